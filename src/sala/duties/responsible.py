"""Which post answers for a row of any noun: by a duty on it, or as the office of the area in which it lies.

Each finder takes rows of one noun and gives row → post for those it knows one for, in few queries however many they are.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import models
from django.db.models.functions import Length

from sala.access.actor import path_ids
from sala.core import clock, subjects
from sala.duties.models import Duty
from sala.people.models import Organisation, Position

Rows = Sequence[models.Model]
Finder = Callable[[Rows], Mapping[int, Position]]


def by_duty(kind: str) -> Finder:
    """The post that owns, reports … the row today. One that does so everywhere comes before one of a single area."""

    def find(rows: Rows) -> Mapping[int, Position]:
        if not rows:
            return {}
        duties = Duty.objects.filter(
            kind=kind, subject_type=subjects.of(rows[0]).noun, subject_id__in=[row.pk for row in rows],
            valid__contains=clock.today(), position__closed_on__isnull=True,
        )  # fmt: skip
        found: dict[int, Position] = {}
        ordered = duties.order_by(models.F("area").asc(nulls_first=True), "id")
        for duty in ordered.select_related("position__organisation__area"):
            found.setdefault(duty.subject_id, duty.position)
        return found

    return find


def by_area(area: str, post: str, under: Organisation) -> Finder:
    """The post of this kind in the office below an organisation, whose area is the row's or the nearest around it.

    area  name of the row's area, such as "place"; post: last part of the post's code, such as "data"
    """

    def find(rows: Rows) -> Mapping[int, Position]:
        chains = {row.pk: path_ids(_path(row, area)) for row in rows}
        around = {pk for chain in chains.values() for pk in chain}
        offices: dict[int, str] = {}
        units = Organisation.objects.filter(path__startswith=under.path, area__in=around, closed_on__isnull=True)
        for office_area, code in units.order_by(Length("path"), "code").values_list("area_id", "code"):
            offices.setdefault(office_area, code)
        wanted = {
            pk: next((f"{offices[one]}-{post}" for one in reversed(chain) if one in offices), "")
            for pk, chain in chains.items()
        }
        posts = Position.objects.filter(code__in=set(wanted.values()), closed_on__isnull=True)
        by_code = {one.code: one for one in posts.select_related("organisation__area")}
        return {pk: by_code[code] for pk, code in wanted.items() if code in by_code}

    return find


def _path(row: Any, area: str) -> str:
    place = getattr(row, area)
    return place.path if place is not None else ""


def responsible(rows: Rows, finders: Sequence[Finder | str]) -> dict[int, Position]:
    """Row → its post, by the first finder that knows one. A text is the kind of a duty."""
    found: dict[int, Position] = {}
    for finder in finders:
        left = [row for row in rows if row.pk not in found]
        found |= (by_duty(finder) if isinstance(finder, str) else finder)(left)
    return found
