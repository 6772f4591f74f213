"""What an answer is about: the place, facility or other row that a code names, and the row of a round that expects it."""

from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Q, QuerySet

from sala.access.actor import path_ids
from sala.collection.about import Named, named, nouns
from sala.collection.flags import Flag, flag
from sala.collection.models import About, Expected, ExpectedState, Form, Reading
from sala.collection.queries.waiting import expected_of
from sala.core import lao
from sala.duties.models import Duty
from sala.people.models import Position
from sala.places.models import Area, AreaCode, Facility, FacilityCode
from sala.places.queries.facilities import place_on, stays


@dataclass
class Subject:
    """What the answer is about, None where it is about nothing or nobody knows; flags: why not.

    area   the place, or where the rest stands     facility     other  the row of another register
    by_place  of the form one answer is about such a row and one of its places; None: the answer does not say which
    """

    area: Area | None = None
    facility: Facility | None = None
    flags: tuple[Flag, ...] = ()
    other: Named | None = None
    by_place: bool | None = False

    @classmethod
    def of(cls, row: Expected | Reading) -> "Subject":
        return cls(area=row.area, facility=row.facility, other=row.other)

    @property
    def is_known(self) -> bool:
        return self.area is not None

    @property
    def is_elsewhere(self) -> bool:
        """One of the places of a row of another register, and not where the row itself lies."""
        return self.other is not None and self.area is not None and self.area.pk != self.other.area_id

    def is_that_of(self, row: Expected) -> bool:
        """Whether a row of a round expects an answer about this."""
        if self.other is not None or row.subject_id is not None:
            same = self.other is not None and (row.subject_type, row.subject_id) == (self.other.noun, self.other.pk)
            return same and (not self.by_place or row.area_id == (self.area.pk if self.area else None))
        return row.facility == self.facility and (row.facility is not None or row.area == self.area)


def subject_of_code(form: Form, code: str, path: str, day: date) -> Subject:
    """The subject by its own code or by its code in any system in force on the day.

    A facility stands where it stood that day; one that turned out to be another is that other.
    """
    code = lao.digits(code.strip())
    if form.about == About.OTHER:
        return _other(form, code, path, day)
    rows: list[Area] | list[Facility] = _facilities(code, day) if form.about == About.FACILITY else _areas(code, day)
    fitting = [row for row in rows if _fits(form, row)]
    if len(fitting) > 1:
        return Subject(flags=(flag("subject-ambiguous", path, code=code),))
    if not fitting and rows:
        return Subject(flags=(flag("subject-other", path, code=code),))
    if not fitting:
        return Subject(flags=(flag("subject-unknown", path, code=code),))
    return subject_of_row(fitting[0], day)


def with_place(subject: Subject, code: str, path: str, day: date) -> Subject:
    """Of a form that is answered place by place: the same subject with the place that the answer names."""
    if subject.other is None:
        return subject
    found = _areas(lao.digits(code.strip()), day) if code else []
    if len(found) == 1:
        return replace(subject, area=found[0], by_place=True)
    flags = (*subject.flags, flag("place-unknown", path, code=code)) if code else subject.flags
    return replace(subject, flags=flags, by_place=None)


def _other(form: Form, code: str, path: str, day: date) -> Subject:
    found = nouns()[form.about_noun].find(code, day) if form.about_noun in nouns() else []
    if len(found) == 1:
        return subject_of_row(found[0], day)
    return Subject(flags=(flag("subject-ambiguous" if found else "subject-unknown", path, code=code),))


def subject_of_row(row: Area | Facility | Named, day: date) -> Subject:
    if isinstance(row, Named):
        return Subject(area=Area.objects.filter(pk=row.area_id).first(), other=row)
    if isinstance(row, Facility):
        return Subject(area=place_on(row, day) or row.area, facility=row)
    return Subject(area=row)


def _areas(code: str, day: date) -> list[Area]:
    """One query for each index, since a database that is asked for both at once reads all areas."""
    found = set(AreaCode.objects.filter(value__iexact=code, valid__contains=day).values_list("area", flat=True))
    found |= set(Area.objects.filter(code__in={code, code.upper()}).values_list("pk", flat=True))
    return list(Area.objects.filter(pk__in=found).select_related("level"))


def _facilities(code: str, day: date) -> list[Facility]:
    found = set(FacilityCode.objects.filter(value__iexact=code, valid__contains=day).values_list("facility", flat=True))
    found |= set(Facility.objects.filter(code__iexact=code).values_list("pk", flat=True))
    rows = Facility.objects.filter(pk__in=found).select_related("successor__area", "area")
    return list({one.pk: one for one in map(stays, rows)}.values())


def _fits(form: Form, row: Area | Facility) -> bool:
    if isinstance(row, Facility):
        return row.kind_id == form.facility_kind_id
    return row.level_id == form.level_id


def subject_of_post(form: Form, position: Position, day: date) -> Subject:
    """What the post itself stands for: the place of its office, or the one facility or row that it or its office reports for."""
    house = position.organisation
    if form.about == About.PLACE:
        return Subject(area=house.area) if house.area.level_id == form.level_id else Subject()
    noun = form.about_noun if form.about == About.OTHER else "facility"
    held = Duty.objects.filter(subject_type=noun, valid__contains=day).filter(
        Q(position=position) | Q(position__organisation=house)
    )
    if form.about == About.OTHER:
        ids = set(held.values_list("subject_id", flat=True)[:2])
        row = named(noun, ids.pop()) if len(ids) == 1 else None
        return subject_of_row(row, day) if row else Subject()
    rows = Facility.objects.filter(pk__in=held.values("subject_id"), kind=form.facility_kind, is_duplicate=False)
    found = list(rows.select_related("area")[:2])
    return subject_of_row(found[0], day) if len(found) == 1 else Subject()


def expected_from(form: Form, position: Position) -> Expected | None:
    """The one row that is meant where the answer does not say: of those that wait for the sender, else were returned."""
    rows = list(expected_of([position.pk]).filter(form=form).select_related("area", "facility__area")[:1000])
    for states in ([ExpectedState.WAITING], [ExpectedState.RETURNED], list(ExpectedState)):
        fitting = [row for row in rows if row.state in states]
        if fitting:
            return fitting[0] if len(fitting) == 1 else None
    return None


def expected_about(form: Form, subject: Subject) -> Expected | None:
    """The row of a round that expects an answer about this subject: of open rounds before closed, waiting before others,
    the earliest due first. A row whose answer is given in another round leads to the row there.
    """
    rows = Expected.objects.filter(form=form)
    if subject.other is not None:
        rows = rows.filter(subject_type=subject.other.noun, subject_id=subject.other.pk)
        if subject.by_place and subject.area is not None:
            rows = rows.filter(area=_place_expected(rows, subject.area))
    elif subject.facility is not None:
        rows = rows.filter(facility=subject.facility)
    else:
        rows = rows.filter(facility=None, subject_id=None, area=subject.area)
    found = list(rows.select_related("assignment", "given_in__assignment").order_by("-pk")[:100])
    wanted = (ExpectedState.WAITING, ExpectedState.RETURNED)
    found.sort(key=lambda row: (not row.is_open, row.state not in wanted, str(row.assignment.due_on or "9"), row.pk))
    if not found:
        return None
    if subject.by_place is None and len({row.area_id for row in found}) > 1:
        return None
    first = found[0]
    return first.given_in or first


def _place_expected(rows: QuerySet[Expected], area: Area) -> int:
    """The place of which an answer is expected: the one that answers, else the narrowest around it, which stands where no
    single places were known."""
    known = set(rows.values_list("area_id", flat=True))
    return next((pk for pk in reversed(path_ids(area.path)) if pk in known), area.pk)
