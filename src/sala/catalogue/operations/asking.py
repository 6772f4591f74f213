"""Laying down which figures a call asks, and keeping what the post asked fills in until it submits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.catalogue.models import AskedFigure, FigureColumn, FigureDraft, FigureRow, FigureTable
from sala.catalogue.queries.asked import with_post
from sala.core import clock, language
from sala.core.errors import Conflict, Invalid
from sala.core.language import Translated
from sala.core.operation import lock, operation
from sala.duties import policy
from sala.duties.models import Assignment, Call
from sala.duties.operations.asked import lock_draft
from sala.journal.operations import record

FIGURES = "figures"  # code of the asker, as a call carries it
LARGEST = Decimal(10) ** 18
KEPT_DIGITS = 6  # after the decimal mark
LONGEST_REASON, LONGEST_NOTE = 300, 500  # characters


@dataclass(frozen=True)
class Row:
    """A figure to be asked; see FigureRow."""

    code: str
    label: Translated
    unit: str = ""
    meaning: Translated = field(default_factory=Translated)
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    decimals: int = 0
    sums: Sequence[str] = ()


@dataclass(frozen=True)
class Column:
    """A breakdown of every row; see FigureColumn."""

    code: str
    label: Translated
    sums: Sequence[str] = ()


@dataclass(frozen=True)
class Fill:
    """What is put into one cell. All empty: the cell is emptied."""

    value: Decimal | None = None
    reason: str = ""
    next_on: date | None = None
    note: str = ""


@operation
def lay_out_table(actor: Actor, call: Call, rows: Sequence[Row], columns: Sequence[Column] = (), *,
                  unlike_percent: int | None = None) -> FigureTable:  # fmt: skip
    """Say which figures a draft asks; what was said before is replaced. The call then asks for figures."""
    call = lock_draft(actor, call)
    _check(rows, columns)
    table, _made = FigureTable.objects.get_or_create(call=call)
    table.unlike_percent = unlike_percent
    table.save()
    write_table(table, rows, columns)
    call.asker = FIGURES
    call.save(update_fields=["asker"])
    record(actor, policy.ISSUE, call, change="figures asked", rows=len(rows), columns=len(columns))
    return table


def write_table(table: FigureTable, rows: Sequence[Row], columns: Sequence[Column]) -> None:
    """Put these rows and columns in the place of those that stand there. Raises Invalid naming the code."""
    table.rows.all().delete()
    table.columns.all().delete()
    for order, row in enumerate(rows):
        _save(FigureRow(
            table=table, code=row.code, label=row.label, meaning=row.meaning, unit=row.unit, minimum=row.minimum,
            maximum=row.maximum, decimals=row.decimals, sums=list(row.sums), order=order,
        ))  # fmt: skip
    for order, column in enumerate(columns):
        _save(FigureColumn(table=table, code=column.code, label=column.label, sums=list(column.sums), order=order))


def _save(row: FigureRow | FigureColumn) -> None:
    try:
        row.full_clean()
    except ValidationError as error:
        words = "; ".join(text for texts in error.message_dict.values() for text in texts)
        raise Invalid(f"{row.code}: {words}", {row.code: [words]}) from error
    row.save()


def _check(rows: Sequence[Row], columns: Sequence[Column]) -> None:
    """Codes stand once, labels are there in the country's language, totals add up what stands in the same table."""
    if not rows:
        raise Invalid(_("Name at least one figure."))
    for lines in (rows, columns):
        codes = [line.code for line in lines]
        sums = {line.code: set(line.sums) for line in lines}
        for line in lines:
            if codes.count(line.code) > 1:
                _refuse(line.code, _("This code stands twice. Give each its own."))
            if language.required_language() not in line.label:
                _refuse(line.code, _("Write what is meant in the country's language."))
            if unknown := [code for code in line.sums if code not in codes or code == line.code]:
                words = _("A total adds up other codes of this table; this is none: %(codes)s.")
                _refuse(line.code, words % {"codes": ", ".join(unknown)})
            if any(line.code in sums.get(code, ()) for code in line.sums):
                _refuse(line.code, _("Two totals cannot add up each other. Correct one of them."))


def _refuse(code: str, words: str) -> None:
    raise Invalid(f"{code}: {words}", {code: [words]})


def copy_table(source: FigureTable, target: Call) -> FigureTable:
    """The same figures, asked anew by another call."""
    table = FigureTable.objects.create(call=target, unlike_percent=source.unlike_percent)
    write_table(
        table,
        [
            Row(row.code, row.label, row.unit, row.meaning, row.minimum, row.maximum, row.decimals, row.sums)
            for row in source.rows.all()
        ],
        [Column(column.code, column.label, column.sums) for column in source.columns.all()],
    )
    return table


@operation
def keep_figures(actor: Actor, assignment: Assignment, fills: Mapping[str, Fill]) -> int:
    """Keep what was filled in, as a draft. Cells that are not named stay. Returns how many changed.

    fills  key of the cell (AskedFigure.key) → what stands in it now
    """
    assignment = lock(assignment)
    require(actor, policy.SUBMIT, assignment.position, acting=assignment.position_id)
    if not with_post(assignment):
        raise Conflict(_("The figures were submitted or the call has ended; they are not changed any more. Open the assignment."))  # fmt: skip
    cells = {row.key: row for row in AskedFigure.objects.filter(assignment=assignment)}
    faults = {key: [words] for key, fill in fills.items() if (words := fault_of(cells.get(key), fill))}
    if faults:
        raise Invalid(" ".join(f"{key}: {words[0]}" for key, words in faults.items()), faults)
    drafts = {draft.asked_id: draft for draft in FigureDraft.objects.filter(asked__in=cells.values())}
    changed = sum(_keep(cells[key], drafts.get(cells[key].pk), fill) for key, fill in fills.items())
    if changed:
        record(actor, policy.SUBMIT, assignment, change="figures kept", cells=changed)
    return changed


def fault_of(asked: AskedFigure | None, fill: Fill) -> str:
    """Why this cannot be put into the cell; empty when it can. Whether it is right is asked when it is submitted."""
    if asked is None:
        return _("This is not asked here.")
    if asked.given_in_id is not None and fill != Fill():
        return _("This figure is answered to another call. Write it there.")
    if fill.value is not None and fill.reason:
        return _("Write either the figure or why it is not available, not both.")
    if fill.value is not None and (not fill.value.is_finite() or abs(fill.value) >= LARGEST):
        return _("This number is too large. Check the unit.")
    if fill.value is not None and fill.value != round(fill.value, KEPT_DIGITS):
        return _("At most %(count)d digits after the decimal mark are kept. Round it.") % {"count": KEPT_DIGITS}
    if fill.next_on is not None and not fill.reason:
        return _("Say why the figure is not available; the day alone says nothing.")
    if fill.next_on is not None and fill.next_on <= clock.today():
        return _("The day on which it is expected lies ahead. Choose a later day, or leave it empty.")
    if len(fill.reason) > LONGEST_REASON or len(fill.note) > LONGEST_NOTE:
        return _("This text is too long. Write it in fewer words.")
    return ""


def _keep(asked: AskedFigure, draft: FigureDraft | None, fill: Fill) -> int:
    """1 when something changed."""
    if fill == Fill():
        if draft is not None:
            draft.delete()
        return int(draft is not None)
    draft = draft or FigureDraft(asked=asked)
    old = Fill(draft.value, draft.reason, draft.next_on, draft.note)
    if draft.pk and old == fill:
        return 0
    draft.value, draft.reason, draft.next_on, draft.note = fill.value, fill.reason, fill.next_on, fill.note
    draft.save()
    return 1
