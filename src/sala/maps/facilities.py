"""Facilities of a kind as a live layer: those that work today and whose point is known."""

from django.db.models import F, QuerySet
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.core import clock
from sala.core.language import Translated, in_language, languages, required_language
from sala.core.language import current as reader_language
from sala.maps.live import LiveNoun
from sala.places.models import Facility, FacilityKind
from sala.places.queries import open_on

EVERY = "every"  # the part that shows all kinds


def rows(actor: Actor, part: str) -> QuerySet[Facility]:
    names = {f"name_{code}": in_language("name", code) for code in languages()}
    found = visible(actor, Facility).filter(pk__in=open_on(clock.today()).values("pk"), point__isnull=False)
    if part != EVERY:
        found = found.filter(kind__code=part)
    return found.annotate(
        shown=JSONObject(
            code="code",
            **names,
            kind=in_language("kind__name"),
            place=in_language("area__name"),
            opened_on=F("opened_on"),
        )
    )


def columns(part: str) -> list[tuple[str, Translated]]:
    names = [(f"name_{code}", _("Name (%(language)s)") % {"language": code}) for code in languages()]
    told = [("code", _("Code")), *names, ("kind", _("Kind")), ("place", _("Place")), ("opened_on", _("Opened on"))]
    return [(key, Translated({reader_language(): text})) for key, text in told]


def parts() -> list[tuple[str, Translated]]:
    return [(EVERY, Translated({reader_language(): _("All kinds")})), *kinds()]


def kinds() -> list[tuple[str, Translated]]:
    return [(kind.code, kind.plural) for kind in FacilityKind.objects.filter(retired=False)]


def source(part: str) -> str:
    return _("Registers of facilities, as they are now")


FACILITIES = LiveNoun(
    key="facilities", name=gettext_lazy("Facilities"), rows=rows, columns=columns, geometry="point", parts=parts,
    label=f"name_{required_language()}", source=source, told_here=kinds,
    address=lambda code: reverse("site:facility", args=[code]),
)  # fmt: skip
