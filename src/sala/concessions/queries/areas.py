"""Current areas of concessions as features: with number, reference, link and version, as far as the reader reads them.

The one source of every file and every address that gives areas away; the layers of the map are in `concessions.layers`.
"""

from typing import Any

from django.contrib.gis.db.models import GeometryField
from django.db.models import BooleanField, Case, CharField, DateField, DecimalField, F, Field, Q, QuerySet, Value, When
from django.db.models.functions import Concat, JSONObject
from django.urls import reverse
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.catalogue.exchange.records import absolute
from sala.concessions.models import AreaPurpose, AreaShape, Concession, FieldClass
from sala.concessions.redaction import readable
from sala.core.language import Translated, in_language, languages
from sala.core.language import current as reader_language
from sala.maps.collections import Collection

HECTARES = DecimalField(max_digits=12, decimal_places=2)
DRAWN = "drawn"  # annotation: the shape where boundaries are open to the reader, else the point that stands for it


def areas(actor: Actor, among: QuerySet[Concession] | None = None, purpose: str = "") -> QuerySet[AreaShape]:
    """Shapes of current areas whose name and place the reader reads, annotated with `drawn` and `shown`.

    among  the concessions that were asked for; None: all that the reader reads     purpose  of AreaPurpose; all without
    Where boundaries are closed the point stands for the area; where there is no point either, it is left out.
    """
    mine = readable(actor, FieldClass.BASICS, FieldClass.PLACE).filter(same_as__isnull=True)
    if among is not None:
        mine = mine.filter(pk__in=among.order_by().values("pk"))
    rows = AreaShape.objects.filter(area__is_current=True, area__concession__in=mine.order_by().values("pk"))
    sized = _open(
        actor, FieldClass.HECTARES
    )  # which areas there are is told with the hectares; the point is with the place
    rows = rows.filter(sized & Q(area__purpose=purpose) if purpose else sized | Q(area__purpose=AreaPurpose.GRANTED))
    bounded = _open(actor, FieldClass.SHAPE)
    drawn = Case(When(bounded & Q(geometry__isnull=False), then=F("geometry")), default=F("point"), output_field=GeometryField(srid=4326))  # fmt: skip
    return rows.annotate(
        bounds_open=Case(When(bounded, then=True), default=False, output_field=BooleanField()),
        **{DRAWN: drawn}, shown=JSONObject(**_properties(actor)),
    )  # fmt: skip


def _open(actor: Actor, field_class: str) -> Q:
    return Q(area__concession__in=readable(actor, field_class).order_by().values("pk"))


def _when(condition: Q, field: str, kind: Field) -> Case:
    return Case(When(condition, then=F(field)), default=Value(None), output_field=kind)


def _properties(actor: Actor) -> dict[str, Any]:
    of = "area__concession__"
    sized = _open(actor, FieldClass.HECTARES)
    page = absolute(reverse("concessions:concessions"))
    return {
        "area_id": F("area_id"), "reference": F(f"{of}reference"),
        "link": Concat(Value(page), F(f"{of}reference"), Value("/")),
        **{f"name_{code}": in_language(f"{of}name", code) for code in languages()},
        "kind": F(f"{of}kind"), "sector": F(f"{of}sector__code"), "state": F(f"{of}state"), "place": F(f"{of}area__code"),
        "purpose": F("area__purpose"), "stated_ha": _when(sized, "area__stated_ha", HECTARES),
        "mapped_ha": _when(sized, "area__mapped_ha", HECTARES), "accuracy": _when(sized, "area__accuracy", CharField()),
        "measured_on": _when(sized, "area__measured_on", DateField()), "version": F(f"{of}version"),
        "is_invented": F(f"{of}is_invented"),
    }  # fmt: skip


def headings() -> dict[str, str]:
    """Property → what it is called, in the order in which they are given."""
    return {
        "area_id": _("Number of the area"), "reference": _("Reference"), "link": _("Page of the entry"),
        **{f"name_{code}": _("Name (%(language)s)") % {"language": code} for code in languages()},
        "kind": _("Kind"), "sector": _("Sector"), "state": _("State"), "place": _("Place"), "purpose": _("Which area"),
        "stated_ha": _("Hectares as stated"), "mapped_ha": _("Hectares as drawn"), "accuracy": _("How the shape was found"),
        "measured_on": _("As of"), "version": _("Version of the entry"), "is_invented": _("Invented"),
    }  # fmt: skip


def collection(actor: Actor, among: QuerySet[Concession] | None = None, purpose: str = "") -> Collection:
    """The areas as any collection of features, for files, tiles and the OGC API."""
    names = headings()
    return Collection(
        rows=areas(actor, among, purpose), names=tuple(names), number="area_id", geometry=DRAWN,
        labels=lambda: {name: Translated({reader_language(): text}) for name, text in names.items()},
        told=lambda: _("Register of leases and concessions, as it is now"),
    )  # fmt: skip
