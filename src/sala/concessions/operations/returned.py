"""Taking areas into a map program, bringing them back, and entering those that somebody chose after comparing."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import cast

import shapely
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.concessions import policy
from sala.concessions.exchange.returned.giving import MOST, within_reach
from sala.concessions.exchange.returned.reading import Said, read
from sala.concessions.models import Accuracy, AreaLoan, AreaReturn, Concession, ConcessionArea, ReturnedArea
from sala.concessions.models.area import ONE_AT_A_TIME
from sala.concessions.operations.areas import set_area, set_aside_area
from sala.concessions.queries.returned import Compared, Outcome, compare, missing_of, said_of
from sala.core import clock
from sala.core.errors import Conflict, Invalid, TooLarge
from sala.core.operation import lock, operation
from sala.documents.models import Document

APPLICABLE = (Outcome.CHANGED, Outcome.NEW, Outcome.CONFLICT, Outcome.MISSING)
Choices = Mapping[int, int | None]  # id of a returned area → id of the area it was shown against


@operation
def take_along(actor: Actor, found: QuerySet[Concession], asked: str = "") -> AreaLoan:
    """Note which areas go out. Raises Invalid when there is none that the actor may change, TooLarge for too many."""
    post = actor.acting_post(policy.ENTER)
    areas = list(within_reach(actor, found).order_by("area_id").values_list("area_id", flat=True)[: MOST + 1])
    if not areas:
        raise Invalid(_("No area is drawn yet among the entries that your post may change. Enter one first, or ask for other places."))  # fmt: skip
    if len(areas) > MOST:
        raise TooLarge(_("That is more than can be made at once. Narrow the list, and take it along in parts."))
    return AreaLoan.objects.create(
        owner_id=post.organisation_id, position_id=post.position_id, areas=areas, asked=asked[:500], taken_at=clock.now(),
    )  # fmt: skip


@operation
def bring_back(actor: Actor, path: Path, name: str) -> AreaReturn:
    """Read a file and keep what it says otherwise than the register. Nothing of it counts before it is applied."""
    post = actor.acting_post(policy.ENTER)
    said = read(path, name)
    numbers = {each.loan for each in said if each.loan}
    loan = visible(actor, AreaLoan).filter(pk__in=numbers).first() if len(numbers) == 1 else None
    said += missing_of(actor, loan.areas, said) if loan else []
    found = compare(actor, said)
    with path.open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
    returned = AreaReturn.objects.create(
        loan=loan, owner_id=post.organisation_id, position_id=post.position_id, file_name=name[:200], sha256=digest,
        unchanged=sum(each.outcome == Outcome.UNCHANGED for each in found), read_at=clock.now(),
    )  # fmt: skip
    ReturnedArea.objects.bulk_create(_kept(returned, each) for each in found if each.outcome != Outcome.UNCHANGED)
    return returned


def _kept(returned: AreaReturn, each: Compared) -> ReturnedArea:
    said = each.said
    polygon = said.geometry is not None and said.geometry.geom_type.endswith("Polygon")
    return ReturnedArea(
        returned=returned, row=said.row, base=each.base, base_said=said.area_said, reference=said.reference,
        purpose=said.purpose, stated_ha=said.stated_ha, accuracy=said.accuracy, measured_on=said.measured_on,
        geometry=_as_kept(said.geometry) if polygon else None, is_mended=said.is_mended,
        fault=said.fault or ("" if polygon or not said.row else "null-geometry"),
    )  # fmt: skip


def _as_kept(shape: shapely.Geometry | None) -> MultiPolygon:
    flat = shapely.force_2d(shape)
    whole = flat if flat.geom_type == "MultiPolygon" else shapely.MultiPolygon([flat])
    return cast(MultiPolygon, GEOSGeometry(memoryview(shapely.to_wkb(whole)), srid=4326))


@operation
def apply_returned(actor: Actor, returned: AreaReturn, choices: Choices, *, reason: str, document: Document) -> int:
    """Enter the chosen features, all or none. Returns how many.

    choices  what was chosen and what it was shown against: where that is another one by now, nothing is entered
    """
    returned = lock(returned)
    left = list(returned.features.filter(applied_at__isnull=True).order_by("row", "pk"))
    chosen = [
        (row, each)
        for row, each in zip(left, compare(actor, [said_of(row) for row in left]), strict=True)
        if row.pk in choices
    ]
    if not chosen or len(chosen) != len(choices):
        raise Conflict(_("Some of what you chose is entered already. Look at the list again."))
    _need_one_of_each(each for _row, each in chosen)
    for row, each in chosen:
        if each.outcome not in APPLICABLE or each.against != choices[row.pk]:
            words = _("Row %(row)s is not any more as it was shown to you. Look at it again; nothing was entered.")
            raise Conflict(words % {"row": row.row or row.reference})
        row.entered = _enter(actor, each, returned, reason, document)
        row.applied_at = clock.now()
        row.save(update_fields=["entered", "applied_at"])
    return len(chosen)


def _need_one_of_each(chosen: Iterable[Compared]) -> None:
    """Of most purposes an entry has one area at a time: the second of two would set the first aside."""
    keys = Counter(
        (each.concession.pk, each.purpose)
        for each in chosen
        if each.concession and each.outcome != Outcome.MISSING and each.purpose in ONE_AT_A_TIME
    )
    if any(number > 1 for number in keys.values()):
        raise Conflict(_("You chose two shapes of one purpose for the same entry. Choose one of them; nothing was entered."))  # fmt: skip


def _enter(actor: Actor, each: Compared, returned: AreaReturn, reason: str, document: Document) -> ConcessionArea:
    concession, said = each.concession, each.said
    if concession is None:
        raise Conflict(_("This entry is not there any more."))
    if each.outcome == Outcome.MISSING and each.current:
        set_aside_area(actor, each.current, reason=reason)
        return each.current
    older = each.current or each.base
    if each.outcome == Outcome.CHANGED and each.current:
        _set_aside_one_of_several(actor, each.current, reason)
    return set_area(
        actor, concession, purpose=each.purpose, accuracy=_accuracy(said, older), geometry=each.shape,
        stated_ha=said.stated_ha if said.stated_ha is not None or older is None else older.stated_ha,
        measured_on=said.measured_on or (older.measured_on if older else None), document=document, reason=reason,
        method=returned.file_name,
    )  # fmt: skip


def _set_aside_one_of_several(actor: Actor, current: ConcessionArea, reason: str) -> None:
    """Of returned and disputed land several pieces count at a time: the one that was drawn anew gives way itself."""
    if current.purpose not in ONE_AT_A_TIME:
        set_aside_area(actor, current, reason=reason)


def _accuracy(said: Said, older: ConcessionArea | None) -> str:
    if said.accuracy in Accuracy.values or older is None:
        return said.accuracy
    return older.accuracy if older.accuracy not in (Accuracy.POINT, Accuracy.UNIT) else Accuracy.SKETCH
