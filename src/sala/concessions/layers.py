"""Areas of concessions as live layers of the map, a layer for each purpose: what the reader may see, as it is now."""

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, JSONObject
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sala.access.actor import Actor
from sala.concessions.models import AreaPurpose, AreaShape, FieldClass
from sala.concessions.queries.areas import collection
from sala.concessions.redaction import readable
from sala.core.language import Translated, in_language, languages, required_language
from sala.core.language import current as reader_language
from sala.maps.live import LiveNoun


def rows(actor: Actor, part: str) -> QuerySet[AreaShape]:
    """Shapes of current areas of a purpose, of concessions whose name, place, boundaries and hectares the reader reads."""
    open_to_reader = readable(actor, FieldClass.BASICS, FieldClass.PLACE, FieldClass.SHAPE, FieldClass.HECTARES)
    names = {f"name_{code}": in_language("area__concession__name", code) for code in languages()}
    of_purpose = Q(area__is_current=True, area__purpose=part or AreaPurpose.GRANTED, geometry__isnull=False)
    found = AreaShape.objects.filter(
        of_purpose, area__concession__in=open_to_reader.filter(same_as__isnull=True).values("pk")
    )
    return found.annotate(
        size=F("area__mapped_ha"),
        shown=JSONObject(
            code=F("area__concession__reference"),
            **names,
            sector=in_language("area__concession__sector__name"),
            sector_code=F("area__concession__sector__code"),
            state=F("area__concession__state"),
            ha=Coalesce(F("area__stated_ha"), F("area__mapped_ha")),
            accuracy=F("area__accuracy"),
        ),
    )


def columns(part: str) -> list[tuple[str, Translated]]:
    names = [(f"name_{code}", _("Name (%(language)s)") % {"language": code}) for code in languages()]
    told = [
        ("code", _("Reference")), *names, ("sector", _("Sector")), ("state", _("State")), ("ha", _("Hectares")),
        ("accuracy", _("How it was found")),
    ]  # fmt: skip
    return [(key, Translated({reader_language(): text})) for key, text in told]


def parts() -> list[tuple[str, Translated]]:
    return [(value, Translated({reader_language(): str(label)})) for value, label in AreaPurpose.choices]


def told_here() -> list[tuple[str, Translated]]:
    """What somebody who looks at a piece of land must know of: what was granted there, asked for, worked on, disputed."""
    titles = {
        AreaPurpose.GRANTED: _("Granted: leases and concessions"), AreaPurpose.REQUESTED: _("Asked for: leases and concessions"),
        AreaPurpose.IMPLEMENTATION: _("Developed by leases and concessions"), AreaPurpose.DISPUTED: _("Disputed land of leases and concessions"),
    }  # fmt: skip
    return [(purpose.value, Translated({reader_language(): title})) for purpose, title in titles.items()]


def source(part: str) -> str:
    return _("Register of leases and concessions, as it is now")


CONCESSIONS = LiveNoun(
    key="concessions", name=gettext_lazy("Leases and concessions"), rows=rows, columns=columns, parts=parts, size="size",
    label=f"name_{required_language()}", source=source, told_here=told_here,
    address=lambda reference: reverse("concessions:concession", args=[reference]),
    offered=lambda actor, part: collection(actor, purpose=part or AreaPurpose.GRANTED),
)  # fmt: skip
