"""Answers to take along: which a reader gets, and their rows, from the parts and, for the newest, from the readings."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from django.db.models import QuerySet

from sala.access.actor import Actor, public
from sala.access.scope import visible
from sala.collection import layout
from sala.collection.about import tell_names
from sala.collection.layout import Table
from sala.collection.models import About, AnswerPart, Form, Reading, Submission
from sala.collection.queries.columns import read_live
from sala.collection.states import STANDING
from sala.collection.tables import ID, schema_of
from sala.core.files import store
from sala.places.models import Area

AT_ONCE = 500
ALL = "all"


def answers_to_take(actor: Actor, form: Form, *, state: str = "", call: str = "", area: Area | None = None,
                    period: str = "") -> QuerySet[Reading]:  # fmt: skip
    """Readings of the answers to a form that the reader sees, in the order in which they came.

    state  one of ReadingState; empty: those that stand (neither replaced nor doubles nor set aside); ALL: every one
    call   reference of a round
    """
    rows = Reading.objects.filter(form=form, submission__in=visible(actor, Submission).filter(form=form).order_by())
    if state != ALL:
        rows = rows.filter(state__in=[state] if state else STANDING)
    if call:
        rows = rows.filter(expected__assignment__call__reference=call)
    if area is not None:
        rows = rows.filter(area__path__startswith=area.path)
    if period:
        rows = rows.filter(period=period)
    return rows.order_by("pk")


@dataclass(frozen=True)
class Taken:
    """Answers by their numbers, of one table of their form. language: of the texts, such as names of places.

    actor  for whom rows of other registers are named; None: everybody
    """

    form: Form
    table: Table
    ids: np.ndarray
    language: str
    actor: Actor | None = None

    def batches(self) -> Iterator[pa.Table]:
        """Rows with their own columns (layout.OWN) and those of the questions by key, some thousands at a time."""
        for rows in _rows(self.form, self.table, self.ids):
            for start in range(0, rows.num_rows, AT_ONCE * 5):
                yield self._told(rows.slice(start, AT_ONCE * 5))

    @property
    def names(self) -> list[str]:
        return [*self.own, *(column.name for column in self.table.columns)]

    @property
    def own(self) -> list[str]:
        """Names of the columns before those of the questions; of a form about another register also which row."""
        more = layout.OTHER if self.form.about == About.OTHER else ()
        return [*layout.OWN, *more, *self.table.own[len(layout.OWN) :]]

    def _told(self, rows: pa.Table) -> pa.Table:
        ids = rows[ID].to_numpy()
        known, places = np.unique(ids, return_inverse=True)
        about = _about(known.tolist(), self.language)
        if self.form.about == About.OTHER:
            about |= _others(known.tolist(), self.language, self.actor)
        where = pa.array(places)
        arrays = [about[name].take(where) for name in self.own if name in about]
        arrays += [rows[name].combine_chunks() for name in self.table.own[len(layout.OWN) :]]
        arrays += [rows[column.key].combine_chunks() for column in self.table.columns]
        return pa.Table.from_arrays(arrays, self.names)


_ABOUT = (
    "submission__instance_id", "state", "area__code", "area__name", "facility__code", "facility__name", "period",
    "office__code", "submission__position__organisation__code", "submission__version__version", "submission__channel",
    "submission__received_at", "settled_at", "submission__handed_in_on", "submission__handed_how", "submission__given_by",
)  # fmt: skip


def _about(ids: list[int], language: str) -> dict[str, pa.Array]:
    """What stands before the questions, in the order of the numbers."""
    found: dict[int, tuple[Any, ...]] = {}
    for start in range(0, len(ids), AT_ONCE * 5):
        rows = Reading.objects.filter(pk__in=ids[start : start + AT_ONCE * 5]).values_list("pk", *_ABOUT)
        found |= {row[0]: row[1:] for row in rows}
    missing = (None,) * len(_ABOUT)
    columns = list(zip(*(found.get(pk, missing) for pk in ids), strict=True)) or [()] * len(_ABOUT)
    arrays = {}
    for name, values in zip(layout.OWN, columns, strict=True):
        if name in ("answer_received", "answer_settled"):
            arrays[name] = pa.array(values, layout.MOMENT)
        elif name == "answer_handed_in":
            arrays[name] = pa.array(values, layout.DAY)
        elif name in ("answer_place_name", "answer_facility_name"):
            arrays[name] = pa.array([each.text(language).text if each else None for each in values], pa.string())
        else:
            arrays[name] = pa.array([each or None for each in values], pa.string())
    return arrays


def _others(ids: list[int], language: str, actor: Actor | None) -> dict[str, pa.Array]:
    """Code and name of the row of another register, as far as the reader may know it."""
    rows = Reading.objects.in_bulk(ids)
    tell_names(actor or public(), rows.values())
    told = [rows[pk].other if pk in rows else None for pk in ids]
    codes = [(one.code or None) if one else None for one in told]
    names = [one.name.text(language).text if one else None for one in told]
    return dict(zip(layout.OTHER, (pa.array(codes, pa.string()), pa.array(names, pa.string())), strict=True))


# ---- parts, and what is newer than they are ------------------------------------------------------------------------


def _rows(form: Form, table: Table, ids: np.ndarray) -> Iterator[pa.Table]:
    """The rows of these answers (numbers, ascending), in their order."""
    files = dict(AnswerPart.objects.filter(form=form, table=table.path).values_list("number", "sha256"))
    after = 0
    for part in AnswerPart.objects.filter(form=form, table="").order_by("number"):
        mine = ids[(ids > after) & (ids <= part.last)]
        if mine.size:
            newer = Reading.objects.filter(form=form, pk__gt=after, pk__lte=part.last, read_at__gt=part.as_of)
            live = mine[np.isin(mine, np.fromiter(newer.values_list("pk", flat=True), np.int64))]
            yield from _of_part(files.get(part.number, ""), table, np.setdiff1d(mine, live), live)
        after = part.last
    yield from _live(table, ids[ids > after])


def _of_part(digest: str, table: Table, stored: np.ndarray, live: np.ndarray) -> Iterator[pa.Table]:
    """Rows from a file, with those of answers that were read since between them."""
    done = 0
    if digest and stored.size:
        with pq.ParquetFile(store.path_of(digest)) as file:
            for number in range(file.num_row_groups):
                group = _as_now(file.read_row_group(number), table)
                if not group.num_rows:
                    continue
                numbers = group[ID].to_numpy()
                rows = group.filter(pa.array(np.isin(numbers, stored)))
                beside = live[(live > done) & (live <= numbers[-1])]
                done = int(numbers[-1])
                if beside.size:
                    rows = pa.concat_tables([rows, *_live(table, beside)])
                    rows = rows.take(pa.array(np.argsort(rows[ID].to_numpy(), kind="stable")))
                yield rows
    yield from _live(table, live[live > done])


def _as_now(rows: pa.Table, table: Table) -> pa.Table:
    """A part that an earlier version wrote, in the columns and types of today."""
    schema = schema_of(table)
    arrays = [
        rows[each.name].cast(each.type) if each.name in rows.column_names else pa.nulls(rows.num_rows, each.type)
        for each in schema
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def _live(table: Table, ids: np.ndarray) -> Iterator[pa.Table]:
    for start in range(0, len(ids), AT_ONCE):
        yield read_live(table, ids[start : start + AT_ONCE].tolist())
