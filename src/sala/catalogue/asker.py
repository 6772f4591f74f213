"""What calls know of figures to fill in: the asker "figures" (sala.duties.asking)."""

from collections.abc import Sequence
from datetime import date

from django.db import connection
from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sala.access.actor import Actor
from sala.access.scope import can
from sala.catalogue.checks import findings
from sala.catalogue.models import AskedFigure, FigureAnswer, FigureColumn, FigureDraft, FigureTable
from sala.catalogue.operations.asking import FIGURES, copy_table
from sala.catalogue.queries.asked import GivenCell, cells_of, plain_cells, sums_of, with_post
from sala.core.errors import Conflict
from sala.core.numbers import display
from sala.duties import policy
from sala.duties.asking import Asker, Fault, Item
from sala.duties.models import Assignment, Call
from sala.duties.states import ENDED, OPEN, Step

ISSUE_LOCK = 7_301_981  # held to the end of the transaction by whoever asks or opens figures
AT_ONCE = 2000
# steps by which an assignment ends without the answer that others wait for
WITHOUT_ANSWER = (Step.WITHDRAW, Step.SUPERSEDE, Step.LAPSE, Step.WAIVE)

Place = tuple[int, int, str]  # post, area, period
Figure = tuple[str, str]  # concept, breakdown


class Figures(Asker):
    code = FIGURES
    name = gettext_lazy("figures to fill in")

    def missing(self, call: Call) -> dict[str, list[str]]:
        missing: dict[str, list[str]] = {}
        table = FigureTable.objects.filter(call=call).first()
        if table is None or not table.rows.exists():
            missing["figures"] = [_("Say which figures are asked.")]
        if call.assignments.filter(period="").exists():
            missing["period"] = [_("Say for which period the figures are asked.")]
        return missing

    def edit_url(self, call: Call) -> str:
        return reverse("catalogue:asked_table", args=[call.reference])

    def answer_url(self, assignment: Assignment) -> str:
        return reverse("catalogue:fill_in", args=[assignment.pk])

    def review_url(self, assignment: Assignment) -> str:
        return reverse("catalogue:given_figures", args=[assignment.pk])

    def items(self, actor: Actor, assignment: Assignment) -> Sequence[Item]:
        """A draft is shown to the office that writes it only."""
        own = with_post(assignment) and can(actor, policy.SUBMIT, assignment.position)
        return [_item(cell) for cell in cells_of(assignment, drafts=own)]

    def check(self, assignment: Assignment) -> Sequence[Fault]:
        return faults_of(cells_of(assignment))

    def twins(self, assignments: Sequence[Assignment]) -> dict[int, Assignment]:
        """Assignments all of whose cells stand in one open assignment of another call."""
        _hold()
        wanted, taken, twins = _figures_of(assignments), _open_cells(assignments), {}
        for assignment, place in _places(assignments):
            known = taken.get(place, {})
            owing = {known[figure].assignment for figure in wanted if figure in known}
            if len(owing) == 1 and all(figure in known for figure in wanted):
                twins[assignment.pk] = owing.pop()
        return twins

    def prepare(self, assignments: Sequence[Assignment]) -> None:
        """One cell for each row and column. What another open assignment delivers already is only referred to."""
        _hold()
        if not assignments:
            return
        table = FigureTable.objects.get(call=assignments[0].call)
        columns: list[FigureColumn | None] = list(table.columns.all()) or [None]
        rows = list(table.rows.all())
        taken = _open_cells(assignments)
        cells = []
        for assignment, place in _places(assignments):
            post, area, period = place
            known = taken.setdefault(place, {})
            for row in rows:
                for column in columns:
                    breakdown = column.code if column else ""
                    cells.append(
                        AskedFigure(
                            assignment=assignment, row=row, column=column, concept=row.code, breakdown=breakdown,
                            position_id=post, area_id=area, period=period, given_in=known.get((row.code, breakdown)),
                        )
                    )  # fmt: skip
        AskedFigure.objects.bulk_create(cells, batch_size=AT_ONCE)

    def moved(self, actor: Actor, assignment: Assignment, step: str) -> None:
        if step == Step.SUBMIT:
            _freeze(assignment)
        elif step == Step.REOPEN:
            _open_again(assignment)
        elif assignment.state in ENDED:
            AskedFigure.objects.filter(assignment=assignment).update(is_open=False)
            if step in WITHOUT_ANSWER:
                _hand_back(assignment)

    def summary(self, assignment: Assignment) -> str:
        given = [cell.given for cell in cells_of(assignment, drafts=True)]
        counts = {
            "given": sum(one is not None and one.value is not None for one in given),
            "gaps": sum(one is not None and bool(one.reason) for one in given),
        }
        return _("%(given)d figures given, %(gaps)d not available") % counts

    def carry_forward(self, source: Call, target: Call, today: date) -> None:
        table = FigureTable.objects.filter(call=source).first()
        if table is not None and not FigureTable.objects.filter(call=target).exists():
            copy_table(table, target)


def faults_of(cells: Sequence[GivenCell]) -> list[Fault]:
    rows, columns = sums_of({cell.asked.row.table for cell in cells})
    percent = next((cell.asked.row.table.unlike_percent for cell in cells), None)
    found = findings(plain_cells(cells), row_sums=rows, column_sums=columns, unlike_percent=percent)
    return [Fault(one.key, one.text, one.blocks) for one in found]


def _item(cell: GivenCell) -> Item:
    given, unit = cell.given, cell.asked.row.unit
    answer = display(given.value.normalize()) if given and given.value is not None else ""
    reason = given.reason if given else ""
    if given and given.next_on:
        reason += " " + _("Expected on %(day)s.") % {"day": date_format(given.next_on, "DATE_FORMAT")}
    return Item(
        key=cell.asked.key,
        label=f"{cell.label} ({unit})" if unit else cell.label,
        answer=answer,
        missing=not answer and not reason,
        reason=reason,
    )


def _hold() -> None:
    """Whoever asks for figures waits for the one who is asking now, so that the second sees what the first asked."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [ISSUE_LOCK])


def _places(assignments: Sequence[Assignment]) -> list[tuple[Assignment, Place]]:
    """Without a place of its own, an assignment is about the area of its office."""
    return [
        (row, (row.position_id, row.area_id or row.position.organisation.area_id, row.period)) for row in assignments
    ]


def _figures_of(assignments: Sequence[Assignment]) -> list[Figure]:
    table = FigureTable.objects.filter(call=assignments[0].call).first() if assignments else None
    if table is None:
        return []
    columns = [column.code for column in table.columns.all()] or [""]
    return [(row.code, column) for row in table.rows.all() for column in columns]


def _open_cells(assignments: Sequence[Assignment]) -> dict[Place, dict[Figure, AskedFigure]]:
    """What these posts owe already, by place and figure."""
    rows = AskedFigure.objects.filter(
        is_open=True, given_in__isnull=True, position__in={row.position_id for row in assignments},
        period__in={row.period for row in assignments},
    )  # fmt: skip
    found: dict[Place, dict[Figure, AskedFigure]] = {}
    for cell in rows.select_related("assignment__call"):
        place = (cell.position_id, cell.area_id, cell.period)
        found.setdefault(place, {})[cell.concept, cell.breakdown] = cell
    return found


def _freeze(assignment: Assignment) -> None:
    """The draft becomes an answer that is never altered."""
    drafts = FigureDraft.objects.filter(asked__assignment=assignment, asked__given_in__isnull=True)
    FigureAnswer.objects.bulk_create(
        [
            FigureAnswer(
                asked_id=draft.asked_id, version=assignment.submissions, value=draft.value, reason=draft.reason,
                next_on=draft.next_on, note=draft.note,
            )
            for draft in drafts.filter(Q(value__isnull=False) | ~Q(reason=""))
        ],
        batch_size=AT_ONCE,
    )  # fmt: skip


def _open_again(assignment: Assignment) -> None:
    """Its cells count as asked again. Refused when another open call has asked the same since."""
    _hold()
    own = list(AskedFigure.objects.filter(assignment=assignment, given_in__isnull=True))
    asked = {(cell.concept, cell.breakdown, cell.position_id, cell.area_id, cell.period) for cell in own}
    others = AskedFigure.objects.filter(
        is_open=True, given_in__isnull=True, position=assignment.position, concept__in={cell.concept for cell in own}
    ).exclude(assignment=assignment)
    for other in others.select_related("assignment__call"):
        if (other.concept, other.breakdown, other.position_id, other.area_id, other.period) in asked:
            raise Conflict(
                _("%(call)s asks this office for the same figures now. Have them corrected there.")
                % {"call": other.assignment.call.reference}
            )
    AskedFigure.objects.filter(assignment=assignment).update(is_open=True)


def _hand_back(assignment: Assignment) -> None:
    """Cells of other open assignments that waited for this one are asked there now: the first takes each, others wait."""
    waiting = AskedFigure.objects.filter(
        given_in__assignment=assignment, is_open=True, assignment__state__in=OPEN
    ).order_by("assignment_id")
    taken: dict[int, AskedFigure] = {}
    for cell in waiting:
        first = taken.setdefault(cell.given_in_id or 0, cell)
        AskedFigure.objects.filter(pk=cell.pk).update(given_in=None if first is cell else first)
