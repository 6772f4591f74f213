"""What a file that came back would change: each feature held against the register as it is now, in a few statements."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import shapely
from django.db.models import Count, Max, Q, Sum, TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sala.access.actor import Actor
from sala.access.scope import permitted, visible
from sala.concessions import policy
from sala.concessions.calculations.drawn_again import hectares, same
from sala.concessions.exchange.returned.reading import Said
from sala.concessions.models import (
    Accuracy,
    AreaPurpose,
    AreaReturn,
    AreaShape,
    Change,
    Concession,
    ConcessionArea,
    ReturnedArea,
)
from sala.concessions.models.area import ONE_AT_A_TIME
from sala.concessions.operations.areas import country_box, whole_shape
from sala.core import clock
from sala.core.errors import Invalid


class Outcome(TextChoices):
    CONFLICT = "conflict", gettext_lazy("Changed here meanwhile")
    CHANGED = "changed", gettext_lazy("Changed in the file")
    NEW = "new", gettext_lazy("New in the file")
    MISSING = "missing", gettext_lazy("No more in the file")
    REFUSED = "refused", gettext_lazy("Cannot be taken in")
    UNCHANGED = "unchanged", gettext_lazy("Unchanged")


@dataclass(frozen=True)
class Compared:
    """One feature and what it would change.

    against     id of the area that counts now and would be replaced; None where there is none
    before      shape that counts now          shape, size  of the feature as it would be entered
    difference  hectares that it would be more than now
    words       why it cannot be taken in      changed_by, changed_at  who changed the area meanwhile (a Change)
    """

    said: Said
    outcome: Outcome
    concession: Concession | None = None
    purpose: str = ""
    base: ConcessionArea | None = None
    current: ConcessionArea | None = None
    before: shapely.Geometry | None = None
    drawn_from: shapely.Geometry | None = None
    shape: shapely.MultiPolygon | None = None
    size: Decimal | None = None
    words: str = ""
    change: Change | None = None

    @property
    def against(self) -> int | None:
        return self.current.pk if self.current else None

    @property
    def difference(self) -> Decimal | None:
        if self.size is None or self.current is None or self.current.mapped_ha is None:
            return None
        return self.size - self.current.mapped_ha

    @property
    def changed_at(self) -> datetime | None:
        return self.change.recorded_at if self.change else None


FAULTS = {
    "null-geometry": gettext_lazy("It has no shape."), "empty-geometry": gettext_lazy("It has no shape."),
    "invalid-geometry": gettext_lazy("Its outline crosses itself, so that it is not clear what lies inside. Draw it without crossing lines."),
    "too-many-vertices": gettext_lazy("It has more corners than are read. Simplify it."),
    "swapped-axis": gettext_lazy("Longitude and latitude are swapped. Save the file with longitude first."),
    "far-away": gettext_lazy("It lies outside the world. Check the system of coordinates of the file."),
}  # fmt: skip


def said_of(row: Any) -> Said:
    """A kept feature (models.ReturnedArea) as it was said."""
    return Said(
        row=row.row, area_id=row.base_id, area_said=row.base_said, loan=None, reference=row.reference, purpose=row.purpose,
        stated_ha=row.stated_ha, accuracy=row.accuracy, measured_on=row.measured_on,
        geometry=shapely.from_wkb(bytes(row.geometry.wkb)) if row.geometry else None, is_mended=row.is_mended, fault=row.fault,
    )  # fmt: skip


def compare(actor: Actor, said: Sequence[Said], among: Sequence[Said] = ()) -> list[Compared]:
    """Each feature against the register as it is now, as far as the actor may change it; in the order given.

    among  all features of the file, where only some are compared: two of them may be for one area (no shapes needed)
    """
    return _Comparison(actor, said, among or said).all()


def outcomes(actor: Actor, returned: AreaReturn) -> list[tuple[int, Outcome]]:
    """(feature, outcome) of all that is not entered yet, as they are shown: the gravest first. Compared once and kept, until
    something that it depends on is another: the entries named, the reader's posts, the day, what was entered."""
    stamp = _stamp(actor, returned)
    if returned.compared.get("stamp") != stamp:
        rows = list(returned.features.filter(applied_at__isnull=True))
        order = list(Outcome)
        pairs = list(zip(rows, compare(actor, [said_of(row) for row in rows]), strict=True))
        pairs.sort(key=lambda pair: (order.index(pair[1].outcome), pair[0].row))
        told = [[row.pk, each.outcome.value] for row, each in pairs]
        AreaReturn.objects.filter(pk=returned.pk).update(compared={"stamp": stamp, "outcomes": told})
        returned.compared = {"stamp": stamp, "outcomes": told}
    return [(pk, Outcome(outcome)) for pk, outcome in returned.compared["outcomes"]]


def _stamp(actor: Actor, returned: AreaReturn) -> str:
    left = returned.features.filter(applied_at__isnull=True).order_by()
    named = Q(reference__in=left.exclude(reference="").values("reference")) | Q(
        areas__in=left.exclude(base=None).values("base")
    )
    entries = Concession.objects.filter(pk__in=Concession.objects.filter(named).order_by().values("pk"))
    stand = entries.order_by().aggregate(Count("pk"), Sum("version"), Max("changed_at"))
    return repr([left.count(), sorted(actor.position_ids), clock.today().isoformat(), *map(str, stand.values())])


def shown(actor: Actor, returned: AreaReturn, features: Sequence[int]) -> list[tuple[ReturnedArea, Compared]]:
    """These features (ids) with what each would change, in the order given; the others of the file are looked at only for
    what two of them may say of one area."""
    rows = returned.features.in_bulk(features)
    wanted = [rows[pk] for pk in features if pk in rows]
    others = returned.features.filter(applied_at__isnull=True).defer("geometry")
    among = [_without_shape(row) for row in others]
    return list(zip(wanted, compare(actor, [said_of(row) for row in wanted], among), strict=True))


def _without_shape(row: ReturnedArea) -> Said:
    return Said(row.row, row.base_id, row.base_said, None, row.reference, row.purpose, None, "", None, None)


def missing_of(actor: Actor, areas: Sequence[int], said: Sequence[Said]) -> list[Said]:
    """Areas of a loan that count still and that no feature names."""
    named = {each.area_id for each in said}
    gone = [pk for pk in areas if pk not in named]
    mine = permitted(actor, policy.ENTER, Concession).values("pk")
    rows = ConcessionArea.objects.filter(pk__in=gone, is_current=True, concession__in=mine).select_related("concession")
    return [Said(0, row.pk, str(row.pk), None, row.concession.reference, row.purpose, None, "", None, None) for row in rows.order_by("pk")]  # fmt: skip


def counts(found: Iterable[Outcome], returned: AreaReturn | None = None) -> list[tuple[Outcome, int]]:
    """How many of each outcome, with those that were unchanged when the file was read."""
    told = Counter(found)
    if returned is not None:
        told[Outcome.UNCHANGED] += returned.unchanged
    return [(outcome, told[outcome]) for outcome in Outcome if told[outcome]]


class _Comparison:
    def __init__(self, actor: Actor, said: Sequence[Said], among: Sequence[Said]):
        self.said = said
        ids = {each.area_id for each in said if each.area_id}
        references = {each.reference for each in said if each.reference}
        seen = visible(actor, Concession).filter(same_as__isnull=True)
        self.bases = {
            row.pk: row for row in ConcessionArea.objects.filter(pk__in=ids, concession__in=seen.values("pk")).select_related("concession")
        }  # fmt: skip
        self.named = {row.reference: row for row in seen.filter(reference__in=references)}
        touched = {row.concession_id for row in self.bases.values()} | {row.pk for row in self.named.values()}
        self.mine = set(permitted(actor, policy.ENTER, Concession).filter(pk__in=touched).values_list("pk", flat=True))
        self.current: dict[tuple[int, str], list[ConcessionArea]] = defaultdict(list)
        for row in ConcessionArea.objects.filter(concession__in=touched, is_current=True).order_by("pk"):
            self.current[row.concession_id, row.purpose].append(row)
        wanted = set(self.bases) | {row.pk for rows in self.current.values() for row in rows}
        self.shapes = {
            pk: shapely.from_wkb(bytes(geometry.wkb))
            for pk, geometry in AreaShape.objects.filter(area__in=wanted).values_list("area_id", "geometry") if geometry
        }  # fmt: skip
        old = [f"area:{pk}" for pk, row in self.bases.items() if not row.is_current]
        ends = Change.objects.filter(
            concession__in=touched, subject__in=old, field="is_current"
        ).select_related("position__organisation")  # fmt: skip
        self.ended = {change.subject: change for change in ends.order_by("recorded_at", "pk")}
        self.twice = {pk for pk, number in Counter(each.area_id for each in among if each.row and each.area_id).items() if number > 1}  # fmt: skip
        new = Counter((each.reference, each.purpose) for each in among if each.row and not each.area_said)
        self.in_pieces = {key for key, number in new.items() if number > 1 and key[1] in ONE_AT_A_TIME}
        self.box = country_box()

    def all(self) -> list[Compared]:
        return [self._new(each) if not each.area_said else self._known(each) for each in self.said]

    def _known(self, said: Said) -> Compared:
        base = self.bases.get(said.area_id or 0)
        if base is None:
            return self._refused(said, _("No area of this number is open to you. Take the areas along anew, and draw in that file."))  # fmt: skip
        concession = base.concession
        about: dict[str, Any] = {"concession": concession, "base": base, "purpose": base.purpose}
        if concession.pk not in self.mine:
            return self._refused(said, _("Your post may not change this entry. Ask the office that keeps it."), **about)
        if not said.row:
            return self._gone(said, about)
        if said.area_id in self.twice:
            return self._refused(said, _("This number stands on several shapes of the file. Merge them into one, or empty the number of the new one."), **about)  # fmt: skip
        if said.reference not in ("", concession.reference) or said.purpose not in ("", base.purpose):
            return self._refused(said, _("Reference or purpose is another one than that of the area of this number. Empty the number to enter a new area."), **about)  # fmt: skip
        shape, words = self._shape(said)
        if shape is None:
            return self._refused(said, words, **about)
        drawn_from = self.shapes.get(base.pk)
        about |= {"shape": shape, "drawn_from": drawn_from}
        if drawn_from is not None and same(shape, drawn_from) and self._says_the_same(said, base):
            return Compared(said, Outcome.UNCHANGED, **about)
        if base.is_current:
            return self._weighed(said, Outcome.CHANGED, base, about)
        return self._overtaken(said, base, about)

    def _overtaken(self, said: Said, base: ConcessionArea, about: dict[str, Any]) -> Compared:
        """The area that it was drawn from does not count any more: was that this very file, or somebody else?"""
        now = self.current[base.concession_id, base.purpose]
        for row in now:
            if self._is(row, about["shape"]) and self._says_the_same(said, row):
                return Compared(said, Outcome.UNCHANGED, **about)
        change = self.ended.get(f"area:{base.pk}")
        current = now[-1] if now and base.purpose in ONE_AT_A_TIME else None
        return self._weighed(said, Outcome.CONFLICT, current, about | {"change": change})

    def _gone(self, said: Said, about: dict[str, Any]) -> Compared:
        base = about["base"]
        if not base.is_current:
            return Compared(said, Outcome.UNCHANGED, **about)
        return Compared(said, Outcome.MISSING, current=base, before=self.shapes.get(base.pk), **about)

    def _new(self, said: Said) -> Compared:
        concession = self.named.get(said.reference)
        if concession is None:
            return self._refused(said, _("It has neither the number of an area nor the reference of an entry that is open to you. Write the reference."))  # fmt: skip
        about: dict[str, Any] = {"concession": concession, "purpose": said.purpose}
        if concession.pk not in self.mine:
            return self._refused(said, _("Your post may not change this entry. Ask the office that keeps it."), **about)
        if said.purpose not in AreaPurpose.values:
            words = _("“%(purpose)s” is no purpose of an area. These are: %(codes)s.")
            return self._refused(said, words % {"purpose": said.purpose, "codes": ", ".join(AreaPurpose.values)}, concession=concession)  # fmt: skip
        if (said.reference, said.purpose) in self.in_pieces:
            return self._refused(said, _("The file has several new shapes of this purpose for the entry, of which one would replace the other. Merge them into one shape."), **about)  # fmt: skip
        if said.accuracy not in Accuracy.values:
            words = _("Say in “accuracy” how the shape was found: %(codes)s.")
            return self._refused(said, words % {"codes": ", ".join(_with_shape())}, **about)
        shape, words = self._shape(said)
        if shape is None:
            return self._refused(said, words, **about)
        about["shape"] = shape
        now = self.current[concession.pk, said.purpose]
        if any(self._is(row, shape) for row in now):
            return Compared(said, Outcome.UNCHANGED, **about)
        if now and said.purpose in ONE_AT_A_TIME and any(row.pk in self.shapes for row in now):
            return self._refused(said, _("The entry has an area of this purpose already. Change that one, or set it aside first."), **about)  # fmt: skip
        current = now[-1] if now and said.purpose in ONE_AT_A_TIME else None
        return self._weighed(said, Outcome.NEW, current, about)

    def _weighed(self, said: Said, outcome: Outcome, current: ConcessionArea | None, about: dict[str, Any]) -> Compared:
        before = self.shapes.get(current.pk) if current else None
        return Compared(said, outcome, current=current, before=before, size=hectares(about["shape"]), **about)

    def _shape(self, said: Said) -> tuple[shapely.MultiPolygon | None, str]:
        """The shape as it would be kept, or why it cannot be."""
        if said.geometry is None:
            return None, str(FAULTS.get(said.fault, FAULTS["invalid-geometry"]))
        if said.measured_on and said.measured_on > clock.today():
            return None, _("The day lies ahead. Correct it.")
        if said.accuracy in (Accuracy.POINT, Accuracy.UNIT):
            return None, _("A shape is there, so say how it was drawn.")
        try:
            return whole_shape(said.geometry, self.box), ""
        except Invalid as error:
            return None, str(error)

    def _is(self, row: ConcessionArea, shape: shapely.Geometry) -> bool:
        return row.pk in self.shapes and same(shape, self.shapes[row.pk])

    @staticmethod
    def _says_the_same(said: Said, row: ConcessionArea) -> bool:
        """What the file leaves empty or says in no known word stays as it is."""
        return (
            said.stated_ha in (None, row.stated_ha)
            and (said.accuracy not in Accuracy.values or said.accuracy == row.accuracy)
            and said.measured_on in (None, row.measured_on)
        )

    @staticmethod
    def _refused(said: Said, words: str, **about: Any) -> Compared:
        return Compared(said, Outcome.REFUSED, words=words, **about)


def _with_shape() -> list[str]:
    return [code for code in Accuracy.values if code not in (Accuracy.POINT, Accuracy.UNIT)]
