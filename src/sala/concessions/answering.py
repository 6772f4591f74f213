"""Concessions as forms speak of them: which a round expects, how a code names one, the list that phones get."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import Count, Max, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.collection.about import AboutNoun, Listed, Named
from sala.collection.models import Reading
from sala.collection.queries.waiting import expected_of
from sala.concessions.models import (
    AffectedVillage,
    AreaPurpose,
    AreaShape,
    Concession,
    ConcessionState,
    Confirmation,
    FieldClass,
)
from sala.concessions.operations.answers_of_forms import take_answer
from sala.concessions.operations.inspections import follow_answer
from sala.concessions.queries.register import Line, Narrowing, lines, register
from sala.concessions.redaction import opened, readable
from sala.core import clock, lao
from sala.core.language import Translated
from sala.places.models import Area

NOUN = "concession"
NEAR_M = 3000.0  # from the point of a concession whose own size is not known
# that come into no round: nothing stands on the ground, or no longer
NOT_ASKED = (
    ConcessionState.PROPOSED, ConcessionState.REFUSED, ConcessionState.WITHDRAWN, ConcessionState.LAPSED,
    ConcessionState.RETURNED, ConcessionState.TRANSFERRED,
)  # fmt: skip
AT_ONCE = 200
TOLD_TO_PHONES = (FieldClass.BASICS, FieldClass.PLACE, FieldClass.HOLDER, FieldClass.HECTARES)


class Concessions(AboutNoun):
    code = NOUN
    name = _("concession")
    plural = _("concessions")
    each_place = _("each village affected")
    columns = ("asked", "kind", "sector", "state", "holder", "granted_ha", "developed_ha", "lat", "lon", "villages")

    def rows(self, paths: Sequence[str], ids: Sequence[int], day: date) -> Iterable[tuple[int, int]]:
        """Entered once, and so far along that something may stand on the ground; those named by number in any case."""
        within = Q(pk__in=ids)
        for path in paths:
            within |= Q(area__path__startswith=path) & ~Q(state__in=NOT_ASKED)
        return (
            Concession.objects.filter(within, same_as__isnull=True).order_by("reference").values_list("pk", "area_id")
        )

    def places(self, paths: Sequence[str], ids: Sequence[int], day: date) -> Iterable[tuple[int, int]]:
        """Each village that one of them affects, also where its concession is entered for another place."""
        affected = AffectedVillage.objects.filter(concession__same_as__isnull=True)
        within = Q(concession__in=ids)
        for path in paths:
            within |= Q(area__path__startswith=path) & ~Q(concession__state__in=NOT_ASKED)
        rows = list(
            affected.filter(within).order_by("concession__reference", "area__code").values_list("concession", "area")
        )
        known = set(affected.order_by().values_list("concession", flat=True))
        return [*rows, *(row for row in self.rows(paths, ids, day) if row[0] not in known)]

    def find(self, code: str, day: date) -> list[Named]:
        found = Concession.objects.filter(reference__iexact=lao.digits(code.strip())).select_related("same_as")
        rows = {(row.same_as or row).pk for row in found}  # entered twice: the one that it is
        return list(self.named(rows).values())

    def named(self, ids: Collection[int]) -> dict[int, Named]:
        points = _points(ids)
        return {
            row.pk: Named(
                NOUN, row.pk, row.reference, Translated(row.name), row.area_id,
                reverse("concessions:concession", args=[row.reference]), points.get(row.pk), NEAR_M,
            )
            for row in Concession.objects.filter(pk__in=ids).only("reference", "name", "area_id")
        }  # fmt: skip

    def seen(self, actor: Actor, ids: Collection[int]) -> set[int]:
        return set(readable(actor, FieldClass.BASICS).filter(pk__in=ids).values_list("pk", flat=True))

    def placed(self, actor: Actor, ids: Collection[int], *, each: bool = False) -> set[int]:
        place = FieldClass.VILLAGES if each else FieldClass.PLACE
        return set(readable(actor, FieldClass.BASICS, place).filter(pk__in=ids).values_list("pk", flat=True))

    def like(self, actor: Actor, word: str) -> Iterable[int]:
        return register(actor, Narrowing(q=word)).order_by().values_list("pk", flat=True)

    def listed(self, actor: Actor, path: str) -> Iterable[Listed]:
        """Those whose name and place the reader reads; other cells are empty where their class is hidden.

        asked     1 for those of which an open round or order expects an answer of the reader's posts
        villages  codes of the villages that it affects, parted by spaces
        """
        rows = register(actor, Narrowing(place=Area.objects.get(path=path), order="reference"))
        rows = rows.exclude(state__in=NOT_ASKED).select_related("area", "sector").order_by("reference")
        found = list(rows)
        open_points = set(readable(actor, FieldClass.SHAPE).filter(pk__in=[row.pk for row in found]).values_list("pk", flat=True))  # fmt: skip
        points = _points(open_points)
        asked = set(expected_of(actor.position_ids).filter(subject_type=NOUN).values_list("subject_id", flat=True))
        villages = _villages(self.placed(actor, [row.pk for row in found], each=True))
        for start in range(0, len(found), AT_ONCE):
            for line in lines(actor, found[start : start + AT_ONCE], TOLD_TO_PHONES):
                pk = line.concession.pk
                yield _listed(line, points, pk in asked, villages.get(pk, ""))

    def mark(self, actor: Actor, path: str) -> str:
        """Entries, what is open today, and what the reader's posts are asked; a grant or an area changes its entry."""
        within = Concession.objects.filter(Q(area__path__startswith=path) | Q(places__area__path__startswith=path))
        stand = Concession.objects.filter(pk__in=within.order_by().values("pk")).aggregate(
            Count("pk"), Sum("version"), Max("changed_at")
        )
        asked = expected_of(actor.position_ids).filter(subject_type=NOUN).order_by("subject_id")
        standing = Confirmation.objects.filter(concession__in=within.order_by().values("pk")).aggregate(
            last=Max("pk"), still=Count("pk", filter=Q(withdrawn_at__isnull=True))
        )
        openings = sorted((name, sorted(sectors, key=str)) for name, sectors in opened().items())
        return repr(
            [
                clock.today(),
                *stand.values(),
                *standing.values(),
                openings,
                list(asked.values_list("subject_id", flat=True)),
            ]
        )

    def changed(self, reading: Reading) -> None:
        for told in TOLD:
            told(reading)


# what of this part acts when an answer about a concession was read, approved, taken back or set aside
TOLD: list[Callable[[Reading], None]] = [take_answer, follow_answer]


def _villages(ids: Collection[int]) -> dict[int, str]:
    found: dict[int, list[str]] = {}
    rows = AffectedVillage.objects.filter(concession__in=ids).order_by("area__code")
    for pk, code in rows.values_list("concession", "area__code"):
        found.setdefault(pk, []).append(code)
    return {pk: " ".join(codes) for pk, codes in found.items()}


def _listed(line: Line, points: dict[int, Any], asked: bool, villages: str) -> Listed:
    row, point = line.concession, points.get(line.concession.pk)
    cells = [
        "1" if asked else "", row.kind, row.sector.code, row.state, "; ".join(str(holder.name) for holder in line.holders),
        _figure(line.granted), _figure(line.developed), f"{point.y:.6f}" if point else "", f"{point.x:.6f}" if point else "",
        villages,
    ]  # fmt: skip
    return row.reference, row.name, row.area.path, point, cells


def _figure(value: Any) -> str:
    return "" if value is None else format(value.normalize(), "f")


def _points(ids: Collection[int]) -> dict[int, Any]:
    """Concession → a point of its granted area, else of any other of its current areas."""
    shapes = AreaShape.objects.filter(area__concession__in=ids, area__is_current=True).order_by("area_id")
    found: dict[int, Any] = {}
    for concession, purpose, point in shapes.values_list("area__concession", "area__purpose", "point"):
        if concession not in found or purpose == AreaPurpose.GRANTED:
            found[concession] = point
    return found
