"""Figures asked, with what was given: by a draft, by the answers one after the other, by the period before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet

from sala.catalogue.checks import Cell, Sums
from sala.catalogue.models import AskedFigure, FigureAnswer, FigureDraft, FigureTable
from sala.catalogue.models.asked import Given
from sala.core import periods
from sala.core.periods import Period
from sala.duties.models import Assignment
from sala.duties.states import CHECKED, ENDED, State, Step

MOST_EARLIER = 20_000  # answers looked at to find those of the period before


@dataclass
class GivenCell:
    """A cell asked and what stands in it.

    given     the draft while the assignment lies with the post asked, else the last answer; None: nothing yet
    answers   every answer, the newest last      previous  the accepted answer of the period before
    """

    asked: AskedFigure
    draft: FigureDraft | None = None
    answers: list[FigureAnswer] = field(default_factory=list)
    previous: FigureAnswer | None = None
    as_draft: bool = False

    @property
    def given(self) -> Given | None:
        if self.asked.given_in_id is None and self.as_draft:
            return self.draft
        return self.answers[-1] if self.answers else None

    @property
    def label(self) -> str:
        """Row and column in the reader's language."""
        row = str(self.asked.row.label)
        return f"{row} – {self.asked.column.label}" if self.asked.column else row

    @property
    def corrected_from(self) -> FigureAnswer | None:
        """The answer before the last one, when the last one differs from it."""
        if len(self.answers) < 2:
            return None
        before, last = self.answers[-2:]
        same = (before.value, before.reason) == (last.value, last.reason)
        return None if same else before


def with_post(assignment: Assignment) -> bool:
    """The figures are still with the post asked: what counts is its draft."""
    return assignment.state not in CHECKED + ENDED or assignment.state == State.NOT_AVAILABLE


def cells_of(assignment: Assignment, *, drafts: bool | None = None) -> list[GivenCell]:
    """The cells of an assignment in the order of its table. Five queries, however many cells.

    drafts  show the draft, not the last answer; left out: while the assignment lies with the post asked
    """
    as_draft = with_post(assignment) if drafts is None else drafts
    rows = list(_in_order(AskedFigure.objects.filter(assignment=assignment)))
    sources = [row.given_in_id or row.pk for row in rows]
    answers: dict[int, list[FigureAnswer]] = {}
    for answer in FigureAnswer.objects.filter(asked__in=sources).order_by("version"):
        answers.setdefault(answer.asked_id, []).append(answer)
    kept = {draft.asked_id: draft for draft in FigureDraft.objects.filter(asked__in=rows)}
    before = previous_of(rows)
    return [
        GivenCell(row, kept.get(row.pk), answers.get(row.given_in_id or row.pk, []), before.get(row.pk), as_draft)
        for row in rows
    ]


def _in_order(rows: QuerySet[AskedFigure]) -> QuerySet[AskedFigure]:
    return rows.select_related("row__table", "column", "given_in__assignment__call").order_by(
        "row__order", "row_id", "column__order", "column_id"
    )


def previous_of(rows: Sequence[AskedFigure]) -> dict[int, FigureAnswer]:
    """Cell → the last accepted answer for the same figure and area in the latest earlier period of the same length."""
    if not rows:
        return {}
    earlier = FigureAnswer.objects.filter(
        asked__concept__in={row.concept for row in rows}, asked__area__in={row.area_id for row in rows},
        asked__assignment__state=State.ACCEPTED,
    ).exclude(asked__assignment=rows[0].assignment_id)  # fmt: skip
    newest: dict[tuple[str, str, int], dict[str, FigureAnswer]] = {}
    for answer in earlier.select_related("asked").order_by("asked_id", "version")[:MOST_EARLIER]:
        asked = answer.asked
        newest.setdefault((asked.concept, asked.breakdown, asked.area_id), {})[asked.period] = answer
    found = {}
    for row in rows:
        before = _before(newest.get((row.concept, row.breakdown, row.area_id), {}), row.period)
        if before is not None:
            found[row.pk] = before
    return found


def _before(answers: dict[str, FigureAnswer], code: str) -> FigureAnswer | None:
    this = periods.parse(code)
    known = [(period, answer) for text, answer in answers.items() if (period := _same_length(text, this))]
    return max(known, key=lambda pair: pair[0].start)[1] if known else None


def _same_length(code: str, this: Period) -> Period | None:
    period = periods.parse(code)
    is_alike = len(period.code) == len(this.code) and abs(period.days - this.days) <= 3
    return period if is_alike and period.end < this.start else None


def plain_cells(cells: Iterable[GivenCell]) -> list[Cell]:
    """The cells as the checks take them."""
    found = []
    for cell in cells:
        asked, given = cell.asked, cell.given
        found.append(
            Cell(
                concept=asked.concept, breakdown=asked.breakdown, label=cell.label,
                value=given.value if given else None, reason=given.reason if given else "",
                next_on=given.next_on if given else None, note=given.note if given else "",
                previous=cell.previous.value if cell.previous else None,
                minimum=asked.row.minimum, maximum=asked.row.maximum, decimals=asked.row.decimals,
                elsewhere=asked.given_in_id is not None,
            )
        )  # fmt: skip
    return found


def sums_of(tables: Iterable[FigureTable]) -> tuple[Sums, Sums]:
    """Totals among rows and among columns."""
    tables = list(tables)
    rows = {row.code: row.sums for table in tables for row in table.rows.all() if row.sums}
    columns = {column.code: column.sums for table in tables for column in table.columns.all() if column.sums}
    return rows, columns


def table_of(assignment: Assignment) -> FigureTable | None:
    """The table an assignment was asked by; the call it was issued under may have given it to another since."""
    asked = AskedFigure.objects.filter(assignment=assignment).select_related("row__table").first()
    if asked is not None:
        return asked.row.table
    return FigureTable.objects.filter(call=assignment.call_id).first()


def remarks_on(assignment: Assignment) -> dict[str, str]:
    """Key of a cell → why it was returned last."""
    step = assignment.steps.filter(step=Step.RETURN).order_by("-id").first()
    return {one["item"]: one["reason"] for one in step.remarks if one.get("item")} if step else {}
