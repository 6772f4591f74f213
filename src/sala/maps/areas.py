"""A level of areas as a live layer: today's areas, each in its newest standing boundary, or as a point."""

from django.db.models import F, QuerySet
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.core.language import Translated, in_language, languages, required_language
from sala.core.language import current as reader_language
from sala.maps.live import LiveNoun
from sala.places.maps import told_of
from sala.places.models import Area, Boundary, Level
from sala.places.queries import current, standing_boundaries


def _newest(level: str) -> QuerySet[Boundary]:
    order = ("area_id", "-vintage__as_of", "-vintage_id")
    return standing_boundaries().filter(area__in=current(level)).order_by(*order).distinct("area_id")


def rows(actor: Actor, level: str) -> QuerySet[Boundary]:
    """The rows' number is that of the area, so that it stays when a new vintage comes."""
    newest = _newest(level).values("pk")
    names = {f"name_{code}": in_language("area__name", code) for code in languages()}
    return Boundary.objects.filter(pk__in=newest, area__in=visible(actor, Area)).annotate(
        shown=JSONObject(code="area__code", **names, area_ha=F("area_ha"))
    )


def points(actor: Actor, level: str) -> QuerySet[Area]:
    """Where the areas of a level lie, one point for each; there before any boundary is."""
    names = {f"name_{code}": in_language("name", code) for code in languages()}
    inside = current(level).filter(label_point__isnull=False, pk__in=visible(actor, Area))
    return inside.annotate(shown=JSONObject(code="code", **names))


def columns_of_points(level: str) -> list[tuple[str, Translated]]:
    return [column for column in columns(level) if column[0] != "area_ha"]


def columns(level: str) -> list[tuple[str, Translated]]:
    names = [(f"name_{code}", _("Name (%(language)s)") % {"language": code}) for code in languages()]
    told = [("code", _("Code")), *names, ("area_ha", _("Size in hectares"))]
    return [(key, Translated({reader_language(): text})) for key, text in told]


def levels() -> list[tuple[str, Translated]]:
    return [(level.code, level.plural) for level in Level.objects.all()]


def source(level: str) -> str:
    """Source, day and licence of each vintage that is drawn."""
    found = {row.vintage_id: row for row in _newest(level).select_related("vintage").defer("geometry", "coarse")}
    return "; ".join(sorted({told_of(row) for row in found.values()}))


AREAS = LiveNoun(
    key="areas", name=gettext_lazy("Areas"), rows=rows, columns=columns, number="area_id", size="area_ha", parts=levels,
    label=f"name_{required_language()}", source=source,
)  # fmt: skip
AREA_POINTS = LiveNoun(
    key="area-points", name=gettext_lazy("Places as points"), rows=points, columns=columns_of_points, geometry="label_point",
    parts=levels, label=f"name_{required_language()}",
)  # fmt: skip
