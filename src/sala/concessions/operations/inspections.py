"""Inspections: made from approved answers, or entered by hand with a GPS track; checked against the granted area."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

import shapely
from django.contrib.gis.geos import GEOSGeometry, MultiLineString, Point
from django.db.models import DecimalField
from django.utils import timezone
from django.utils.translation import gettext as _

from sala.access.actor import Actor, command
from sala.access.scope import require, sees
from sala.collection.models import Picture, Reading, ReadingState
from sala.concessions import policy
from sala.concessions.calculations import inspections as calculation
from sala.concessions.models import (
    Accuracy,
    AreaPurpose,
    AreaShape,
    Concession,
    ConcessionArea,
    Inspection,
    InspectionForm,
    InspectionPhoto,
    InspectionTrack,
)
from sala.concessions.operations.areas import set_area
from sala.concessions.operations.inspection_forms import Said, said_by
from sala.concessions.queries.inspections import limits_of
from sala.core import clock
from sala.core.checking import check
from sala.core.errors import Conflict, Invalid, Missing
from sala.core.operation import lock, operation
from sala.documents.models import Document
from sala.duties.models import Assignment
from sala.journal.operations import record

MOST_PHOTOS = 50


@dataclass(frozen=True)
class Sent:
    """A photo that was sent: hash of its kept content, and its name."""

    sha256: str
    name: str


@operation
def enter_inspection(actor: Actor, concession: Concession, *, inspected_on: date, activity: str, track: shapely.Geometry | None = None,
                     photos: Sequence[Sent] = (), document: Document | None = None, assignment: Assignment | None = None,
                     is_invented: bool = False, **fields: Any) -> Inspection:  # fmt: skip
    """Enter an inspection by hand, for those who went without the form. track: lines in WGS 84, such as from a GPX file.

    fields  team, developed_ha, note, signatures
    """
    concession = lock(concession)
    require(actor, policy.INSPECT, concession)
    if inspected_on > clock.today():
        raise Invalid(_("The day lies ahead. Correct it."), {"inspected_on": [_("Choose a day up to today.")]})
    if document is not None and not sees(actor, document):
        raise Missing(_("No such document. Copy the address of its page."))
    if len(photos) > MOST_PHOTOS:
        words = _("At most %(count)d photos go with one inspection. Send those that show what was found.")
        raise Invalid(words % {"count": MOST_PHOTOS}, {"photos": [words % {"count": MOST_PHOTOS}]})
    row = Inspection(
        concession=concession, inspected_on=inspected_on, activity=activity, document=document, assignment=assignment,
        entered_by_id=actor.position_id, entered_at=clock.now(), is_invented=is_invented or concession.is_invented,
        **fields,
    )  # fmt: skip
    check(row)
    row.save()
    _keep(row, track, photos)
    recheck(row, ())
    record(actor, policy.INSPECT, concession, change="inspection entered", inspection=row.pk, document=document)
    return row


@operation
def set_aside_inspection(actor: Actor, inspection: Inspection, *, reason: str) -> Inspection:
    """It counts no longer; it stays readable. One made from an answer goes by the answer."""
    row = lock(inspection)
    require(actor, policy.INSPECT, row.concession)
    if row.reading_id is not None:
        raise Conflict(
            _("This inspection was made from an answer to a form. Set the answer aside, or have it corrected.")
        )
    if not row.is_current:
        raise Conflict(_("It does not count any more already."))
    if not reason.strip():
        raise Invalid("", {"reason": [_("Say why; it is kept with the inspection.")]})
    row.is_current, row.reason = False, reason.strip()
    row.save(update_fields=["is_current", "reason"])
    record(actor, policy.INSPECT, row.concession, change="inspection set aside", inspection=row.pk, reason=reason)
    return row


@operation
def take_developed(actor: Actor, inspection: Inspection, *, version: int | None = None) -> ConcessionArea:
    """Enter what the inspection found as the developed area: its hectares, and the walk where it goes round them.

    The figure that stood before stays readable. Raises Conflict where the inspection says nothing of it, or is older
    than what is entered.
    """
    row = lock(inspection)
    require(actor, policy.ENTER, row.concession)
    if not row.is_current or row.developed_ha is None:
        raise Conflict(_("This inspection says no hectares, or does not count any more."))
    newer = row.concession.areas.filter(
        purpose=AreaPurpose.IMPLEMENTATION, is_current=True, measured_on__gt=row.inspected_on
    )
    if newer.exists():
        raise Conflict(_("A newer figure of the developed area is entered already. Look at it first."))
    ring = calculation.ring_of(track_of(row))
    return set_area(
        actor, row.concession, purpose=AreaPurpose.IMPLEMENTATION, stated_ha=row.developed_ha, geometry=ring,
        accuracy=Accuracy.SURVEY if ring is not None else Accuracy.UNIT, measured_on=row.inspected_on,
        document=row.document, reason=_("Inspection of %(day)s") % {"day": row.inspected_on.isoformat()},
        method=_("Inspection of %(day)s") % {"day": row.inspected_on.isoformat()}, version=version,
    )  # fmt: skip


# ---- from answers --------------------------------------------------------------------------------------------------


def follow_answer(reading: Reading) -> None:
    """An answer about a concession was read, or decided about: its inspection is made, made anew, or counts no more."""
    kept = Inspection.objects.select_for_update().filter(reading=reading).first()
    counts = reading.state == ReadingState.APPROVED and reading.subject_type == "concession"
    mapping = InspectionForm.objects.filter(form=reading.form_id).first()
    if counts and mapping is not None and reading.subject_id is not None:
        _from_answer(reading, said_by(mapping, reading), kept)
    elif kept is not None and kept.is_current:
        kept.is_current = False
        kept.save(update_fields=["is_current"])
        record(command(), policy.INSPECT, kept.concession, change="inspection counts no more", inspection=kept.pk)


@operation
def _made(actor: Actor, row: Inspection, said: Said, is_new: bool) -> None:
    check(row)
    row.save()
    _keep(row, said.track, [Sent(*photo) for photo in said.photos])
    recheck(row, said.accuracies)
    if is_new:
        record(actor, policy.INSPECT, row.concession, change="inspection made from an answer", inspection=row.pk)


def _from_answer(reading: Reading, said: Said, kept: Inspection | None) -> None:
    row = kept or Inspection(reading=reading, entered_at=clock.now())
    concession = Concession.objects.get(pk=reading.subject_id or 0)
    counted_before = kept is not None and kept.is_current and kept.concession_id == concession.pk
    row.concession, row.is_current = concession, True
    sent = reading.submission
    row.entered_by_id = sent.position_id
    row.is_invented = concession.is_invented
    row.assignment = reading.expected.assignment if reading.expected else None
    row.inspected_on = min(said.inspected_on or timezone.localdate(reading.ended_at or sent.received_at), clock.today())
    row.team, row.activity, row.developed_ha = said.team[:300], said.activity, said.developed_ha
    row.note, row.signatures = said.note, said.signatures
    _made(command(), row, said, not counted_before)


# ---- shared --------------------------------------------------------------------------------------------------------


def _keep(row: Inspection, track: shapely.Geometry | None, photos: Iterable[Sent]) -> None:
    """The walk and the photos, in place of those that were kept before."""
    InspectionTrack.objects.filter(inspection=row).delete()
    if track is not None and not track.is_empty:
        lines = shapely.MultiLineString([line for line in shapely.get_parts(track) if line.geom_type == "LineString"])
        kept = cast(MultiLineString, GEOSGeometry(memoryview(lines.wkb), srid=4326))
        InspectionTrack.objects.create(inspection=row, geometry=kept)
    row.photos.all().delete()
    named = {photo.name: photo for photo in photos}
    pictures = Picture.objects.in_bulk([photo.sha256 for photo in named.values()])
    InspectionPhoto.objects.bulk_create(
        InspectionPhoto(
            inspection=row, sha256=photo.sha256, name=photo.name,
            point=pictures[photo.sha256].point if photo.sha256 in pictures else None,
            taken_at=pictures[photo.sha256].taken_at if photo.sha256 in pictures else None,
        )
        for photo in named.values()
    )  # fmt: skip


def track_of(row: Inspection) -> shapely.Geometry | None:
    track = InspectionTrack.objects.filter(inspection=row).first()
    return shapely.from_wkb(bytes(track.geometry.wkb)) if track else None


def recheck(row: Inspection, accuracies: Sequence[float] | None = None) -> None:
    """Hold the inspection against the granted area as it is drawn now. accuracies: None leaves what the device said."""
    area = row.concession.areas.filter(purpose=AreaPurpose.GRANTED, is_current=True).first()
    shape = AreaShape.objects.filter(area=area).first() if area else None
    ground = shapely.from_wkb(bytes(shape.geometry.wkb)) if shape and shape.geometry else None
    limits, rules = limits_of(row.concession, area.accuracy if area else "", row.inspected_on)
    photos = list(row.photos.all())
    told = _said_before(row) if accuracies is None else list(accuracies)
    found = calculation.check(
        track_of(row), told, [calculation.Photo(one.name, _xy(one.point), _local(one.taken_at)) for one in photos],
        ground, row.inspected_on, limits,
    )  # fmt: skip
    for one, placed in zip(photos, found.photos, strict=True):
        one.place, one.metres = placed.place, placed.metres
    InspectionPhoto.objects.bulk_update(photos, ["place", "metres"])
    row.track_km, row.share_inside = _kept("track_km", found.km), _kept("share_inside", found.inside)
    row.accuracy_m, row.flags, row.checked_at = _kept("accuracy_m", found.accuracy_m), found.flags, clock.now()
    row.inputs = {"area": area.pk if area else None, "metres": limits.metres, "rules": rules}
    row.save(update_fields=["track_km", "share_inside", "accuracy_m", "flags", "inputs", "checked_at"])


def recheck_of(concession: int) -> int:
    """After the granted area was drawn anew: inspections that were held against another one. Returns how many."""
    rows = list(Inspection.objects.filter(concession=concession, is_current=True).select_related("concession__area"))
    now = ConcessionArea.objects.filter(concession=concession, purpose=AreaPurpose.GRANTED, is_current=True).first()
    stale = [row for row in rows if row.inputs.get("area") != (now.pk if now else None)]
    for row in stale:
        recheck(row)
    return len(stale)


def _xy(point: Point | None) -> tuple[float, float] | None:
    return (point.x, point.y) if point else None


def _local(moment: datetime | None) -> datetime | None:
    return timezone.localtime(moment) if moment else None


def _said_before(row: Inspection) -> list[float]:
    """What the device said of its accuracy, as far as it was kept; what was odd stays odd."""
    told = [float(row.accuracy_m)] if row.accuracy_m is not None else []
    return [*told, math.inf] if ["track-odd"] in row.flags else told


def _kept(name: str, value: float | None) -> Decimal | None:
    """As this field of an inspection keeps it; None for what is no number, or has no room there."""
    column = cast("DecimalField[Any, Any]", Inspection._meta.get_field(name))
    whole = (column.max_digits or 0) - (column.decimal_places or 0)
    if value is None or not math.isfinite(value) or abs(value) > 10**whole - 1:
        return None
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-(column.decimal_places or 0)))
