"""The accepted figures of a closed call become one edition of the dataset that the call is about.

One line for each cell, with the answer it comes from; gaps are lines too, with their reason. The edition goes to the
dataset's reviewer like any other: nothing is published by closing a call.
"""

import csv
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.catalogue.models import (
    AskedFigure,
    Column,
    Dataset,
    Distribution,
    Edition,
    FigureAnswer,
    FigureColumn,
    FigureTable,
)
from sala.catalogue.operations.asking import FIGURES
from sala.catalogue.operations.datasets import add_distribution
from sala.catalogue.operations.declaring import declare_figure
from sala.catalogue.operations.editions import receive_edition, settle_edition
from sala.catalogue.operations.release import submit_edition
from sala.core.files import store
from sala.core.language import Translated, languages, required_language
from sala.core.operation import lock, operation
from sala.duties.models import Call, CallState
from sala.duties.queries.assignments import asked_by
from sala.duties.states import State

PART = "asked"  # code of the distribution in which figures of calls stand
HEADINGS = (
    "area", "place", "period", "concept", "breakdown", "figure", "unit", "value", "status", "reason", "explanation",
    "source",
)  # fmt: skip
ROLES = {"area": "area", "period": "period", "value": "value"}
LONGEST_REASON = 300


def compile_call(actor: Actor, call: Call) -> Edition | None:
    """The edition of a closed call, made now or earlier; None when it asks no figures or names no dataset."""
    table = FigureTable.objects.filter(call=call).first()
    if table is None or call.asker != FIGURES or call.state != CallState.CLOSED or call.subject_type != "dataset":
        return None
    if table.edition is not None:
        return table.edition
    with translation.override(required_language()), tempfile.TemporaryDirectory() as folder:
        lines = lines_of(call)
        if not any(line["value"] != "" for line in lines):
            return None
        path = Path(folder) / f"{call.reference}.csv"
        _write(path, lines)
        distribution = _part(actor, Dataset.objects.get(pk=call.subject_id or 0), table)
        edition = _received(actor, distribution, path, call)
    return _finish(actor, table, edition)


def lines_of(call: Call) -> list[dict[str, Any]]:
    """One line for each cell that the call waited for, accepted or not, in the order of places and of its table."""
    wanted = Q(assignment__in=asked_by(call))
    table = FigureTable.objects.get(call=call)
    rows = list(table.rows.all())
    columns = [column.code for column in table.columns.all()] or [""]
    cells = AskedFigure.objects.filter(
        wanted, concept__in=[row.code for row in rows], breakdown__in=columns
    ).select_related(
        "row", "column", "area", "assignment__call", "given_in__assignment__call"
    )  # fmt: skip
    cells = cells.order_by("area__code", "assignment", "row__order", "row_id", "column__order", "column_id")
    found = list(cells)
    last: dict[int, FigureAnswer] = {}
    for answer in FigureAnswer.objects.filter(asked__in=[cell.given_in_id or cell.pk for cell in found]):
        if answer.asked_id not in last or last[answer.asked_id].version < answer.version:
            last[answer.asked_id] = answer
    return [_line(cell, last.get(cell.given_in_id or cell.pk)) for cell in found]


def _line(cell: AskedFigure, answer: FigureAnswer | None) -> dict[str, Any]:
    source = cell.given_in or cell
    accepted = source.assignment.state == State.ACCEPTED
    given = answer if accepted else None
    if given is None:
        status = "unanswered"
    elif given.value is None:
        status = "gap"
    else:
        status = "given"
    return {
        "area": cell.area.code, "place": str(cell.area.name), "period": cell.period, "concept": cell.concept,
        "breakdown": cell.breakdown, "figure": str(cell.row.label), "unit": cell.row.unit,
        "value": f"{given.value.normalize():f}" if given is not None and given.value is not None else "",
        "status": status, "reason": given.reason if given else "", "explanation": given.note if given else "",
        "source": f"{source.assignment.call.reference}/{source.assignment_id}/{given.version}/{cell.key}" if given else "",
    }  # fmt: skip


def coverage(call: Call, lines: Iterable[dict[str, Any]]) -> str:
    """How much of what was asked stands in the edition, in one sentence."""
    lines = list(lines)
    counts = {
        "call": call.reference,
        "accepted": asked_by(call).filter(state=State.ACCEPTED).count(),
        "expected": asked_by(call).exclude(state__in=[State.WITHDRAWN, State.SUPERSEDED]).count(),
        "given": sum(line["status"] == "given" for line in lines),
        "gaps": sum(line["status"] == "gap" for line in lines),
        "missing": sum(line["status"] == "unanswered" for line in lines),
    }
    return _("%(call)s: %(accepted)d of %(expected)d answers accepted; %(given)d figures given, %(gaps)d not available, %(missing)d missing") % counts  # fmt: skip


def _write(path: Path, lines: list[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HEADINGS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)


def _part(actor: Actor, dataset: Dataset, table: FigureTable) -> Distribution:
    """The part of the dataset for figures of calls, with a key figure for each row and column asked."""
    part = dataset.distributions.filter(code=PART).first()
    if part is None:
        names = {}
        for code in languages():
            with translation.override(code):
                names[code] = _("Figures asked by calls")
        part = add_distribution(actor, dataset, code=PART, name=Translated(names))
    known = set(part.key_figures.values_list("code", flat=True))
    columns: list[FigureColumn | None] = list(table.columns.all()) or [None]
    for row in table.rows.all():
        for column in columns:
            code = f"{row.code}-{column.code}"[:60] if column else row.code
            if code not in known:
                label = {
                    lang: f"{row.label.text(lang).text} – {column.label.text(lang).text}" if column else text
                    for lang, text in row.label.items()
                }
                declare_figure(
                    actor, part, code=code, name=Translated(label), value_column="value", unit=row.unit,
                    places=row.decimals, filter={"concept": row.code, "breakdown": column.code if column else ""},
                )  # fmt: skip
    return part


def _received(actor: Actor, part: Distribution, path: Path, call: Call) -> Edition:
    """Taken in through the catalogue's own intake; a run that was cut off after that is taken up again."""
    edition = part.editions.filter(sha256=store.digest_of(path)).exclude(state__in=["withdrawn", "returned"]).first()
    if edition is None:
        reason = coverage(call, lines_of(call))[:LONGEST_REASON]
        edition = receive_edition(actor, part, path, path.name, period=call.period, reason=reason)
    if edition.state == Edition.State.RECEIVED:
        edition = settle_edition(actor, edition, recipe={"decimal_mark": {"value": "."}}, roles=ROLES)
        _explain(part)
    return edition


def _explain(part: Distribution) -> None:
    """Headings in every language."""
    for column in Column.objects.filter(distribution=part, name__in=HEADINGS):
        names = {}
        for code in languages():
            with translation.override(code):
                names[code] = HEADING_WORDS[column.name]()
        column.label = Translated(names)
        column.save(update_fields=["label"])


HEADING_WORDS = {
    "area": lambda: _("Code of the place"),
    "place": lambda: _("Place"),
    "period": lambda: _("Period"),
    "concept": lambda: _("Concept"),
    "breakdown": lambda: _("Breakdown"),
    "figure": lambda: _("Figure"),
    "unit": lambda: _("Unit"),
    "value": lambda: _("Value"),
    "status": lambda: _("Status: given, gap (not available) or unanswered"),
    "reason": lambda: _("Why it is not available"),
    "explanation": lambda: _("Explanation"),
    "source": lambda: _("Call, assignment, answer and cell"),
}


@operation
def _finish(actor: Actor, table: FigureTable, edition: Edition) -> Edition:
    """The table remembers its edition, and the edition goes to the reviewer, both or neither."""
    table = lock(table)
    if table.edition is None:
        table.edition = edition
        table.save(update_fields=["edition"])
        if edition.state == Edition.State.DRAFT:
            submit_edition(actor, edition)
    return Edition.objects.get(pk=table.edition_id or 0)
