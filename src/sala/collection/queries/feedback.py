"""What a place gets back for its answers: its own numbers, where it stands among like places, what was decided.

Numbers only. Of forms that ask about single people only those questions are told that say nothing of them; where few
places answered, a place is not compared, for from few one reckons what the neighbours said.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any

from django.db.models import QuerySet

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.collection.models import Form, FormVersion, Reading, ReadingState, Visit, VisitState
from sala.collection.queries.shown import label_of
from sala.collection.queries.visits import within
from sala.core import clock
from sala.core.language import Translated
from sala.documents.models import Document
from sala.places.models import Area

FEWEST = 5  # places that must have answered before one is told where it stands
FIGURES = ("integer", "decimal", "range")
DECISION = "decision"
MOST = 10  # decisions and visits


@dataclass(frozen=True)
class Number:
    """One number of the place, and how like places answered the same question for the same period.

    among   places that answered, this one included; 0 where they are too few to be told
    less, more   of them with a smaller and a larger number       middle  the number in the middle of all
    """

    label: Translated
    value: float
    among: int = 0
    less: int = 0
    more: int = 0
    middle: float | None = None


@dataclass(frozen=True)
class Answered:
    """The last answer of a place to one form."""

    form: Form
    period: str
    on: date
    numbers: list[Number]


def answered(actor: Actor, place: Area) -> list[Answered]:
    """The last approved answer about the place to each form, as far as the reader sees it."""
    rows = visible(actor, Reading).filter(
        area=place, facility__isnull=True, subject_id__isnull=True, state=ReadingState.APPROVED
    )
    newest = rows.order_by("form_id", "-period", "-submission_id").distinct("form_id")
    found = []
    for reading in newest.select_related("form__owner", "submission__version"):
        version = reading.submission.version
        if version is None:
            continue
        numbers = list(_numbers(reading, version, place))
        if numbers:
            found.append(Answered(reading.form, reading.period, reading.submission.received_at.date(), numbers))
    return found


def _numbers(reading: Reading, version: FormVersion, place: Area) -> Iterator[Number]:
    told = {each["path"]: each for each in _told(reading.form, version)}
    others = _values_of(_like(reading, place))
    for path, each in told.items():
        value = reading.values.get(path)
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield _compared(label_of(version, each), value, [row[path] for row in others if _is_number(row.get(path))])


def _told(form: Form, version: FormVersion) -> Iterator[Mapping[str, Any]]:
    """Figures asked outside of repeats that may be told to everybody in the place."""
    for each in version.fields:
        is_figure = each["type"] in FIGURES and not each["repeat"] and each["labels"]
        if is_figure and (not form.asks_of_persons or each["path"] in form.impersonal):
            yield each


def _like(reading: Reading, place: Area) -> QuerySet[Reading]:
    """Approved answers of places of the same level in the same larger place, to the same form for the same period."""
    return Reading.objects.filter(
        form=reading.form_id, period=reading.period, facility__isnull=True, subject_id__isnull=True, state=ReadingState.APPROVED,
        area__level=place.level_id, area__parent=place.parent_id,
    )  # fmt: skip


def _values_of(rows: QuerySet[Reading]) -> list[Mapping[str, Any]]:
    """The last answer of each place."""
    newest = rows.order_by("area_id", "-submission_id").distinct("area_id")
    return list(newest.values_list("values", flat=True))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _compared(label: Translated, value: float, values: Iterable[float]) -> Number:
    values = list(values)
    if len(values) < FEWEST:
        return Number(label, value)
    return Number(
        label, value, len(values), sum(one < value for one in values), sum(one > value for one in values), median(values)
    )  # fmt: skip


def decided(actor: Actor, place: Area) -> list[Document]:
    """Decisions that name the place, the newest first."""
    rows = visible(actor, Document).filter(areas=place, kind__code=DECISION).select_related("issuer", "owner")
    return list(rows.order_by("-issued_on", "-pk")[:MOST])


def coming(actor: Actor, place: Area) -> list[Visit]:
    """Visits that are still to come to the place."""
    rows = visible(actor, Visit).filter(within(place), state=VisitState.PLANNED, ends_on__gte=clock.today())
    found = Visit.objects.filter(pk__in=rows.order_by().values("pk")).select_related("organisation", "position")
    return list(found.order_by("starts_on", "pk")[:MOST])
