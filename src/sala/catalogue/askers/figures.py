"""What calls know of figures to fill in: the asker "figures" (sala.duties.asking)."""

from collections.abc import Sequence
from datetime import date

from django.db import connection
from django.db.models import Count, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sala.access.actor import Actor
from sala.access.scope import can
from sala.catalogue.checks import findings
from sala.catalogue.models import AskedFigure, FigureAnswer, FigureDraft, FigureTable
from sala.catalogue.operations.asking import FIGURES, copy_table
from sala.catalogue.queries.asked import GivenCell, cells_of, plain_cells, sums_of, with_post
from sala.core.errors import Conflict
from sala.core.numbers import display
from sala.duties import policy
from sala.duties.asking import Asker, Fault, Item
from sala.duties.models import Assignment, Call
from sala.duties.states import ENDED, OPEN, Step

ISSUE_LOCK = 7_301_981  # held to the end of the transaction by whoever asks or opens figures
AT_ONCE = 2000  # rows written by one statement
NAMED = 5  # examples named in a refusal
# steps by which an assignment ends without the answer that others wait for
WITHOUT_ANSWER = (Step.WITHDRAW, Step.SUPERSEDE, Step.LAPSE, Step.WAIVE)

# Without a place of its own, an assignment is about the area of its office; as in _places.
MAKE_CELLS = """
insert into catalogue_askedfigure (
  assignment_id, row_id, column_id, concept, breakdown, position_id, area_id, period, is_open, given_in_id
)
select asked.id, line.id, part.id, line.code, coalesce(part.code, ''), asked.position_id,
       coalesce(asked.area_id, office.area_id), asked.period, true, known.id
from duties_assignment asked
join people_position post on post.id = asked.position_id
join people_organisation office on office.id = post.organisation_id
join catalogue_figurerow line on line.table_id = %s
left join catalogue_figurecolumn part on part.table_id = line.table_id
left join catalogue_askedfigure known
  on known.is_open and known.given_in_id is null and known.concept = line.code
 and known.breakdown = coalesce(part.code, '') and known.position_id = asked.position_id
 and known.area_id = coalesce(asked.area_id, office.area_id) and known.period = asked.period
where asked.id = any(%s)
"""

Place = tuple[int, int, str]  # post, area, period
Figure = tuple[str, str]  # concept, breakdown
Owing = tuple[int, int]  # numbers of the assignment and of the cell


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
        if codes := _asked_twice(call):
            words = _("These posts stand twice on the call for the same place and period; take one off: %(codes)s.")
            missing["position"] = [words % {"codes": ", ".join(codes[:NAMED])}]
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
            owing = {known[figure][0] for figure in wanted if figure in known}
            if len(owing) == 1 and all(figure in known for figure in wanted):
                twins[assignment.pk] = owing.pop()
        found = Assignment.objects.in_bulk(set(twins.values()))
        return {own: found[other] for own, other in twins.items()}

    def prepare(self, assignments: Sequence[Assignment]) -> None:
        """One cell for each row and column. What another open assignment delivers already is only referred to."""
        _hold()
        if not assignments:
            return
        table = FigureTable.objects.get(call=assignments[0].call)
        with connection.cursor() as cursor:
            cursor.execute(MAKE_CELLS, [table.pk, [assignment.pk for assignment in assignments]])

    def moved(self, actor: Actor, assignment: Assignment, step: str) -> None:
        if step == Step.SUBMIT:
            _freeze(assignment)
        elif step == Step.REOPEN:
            _open_again(assignment)
        elif step == Step.HAND_ON:
            _take_along(assignment)
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
    return [
        (row, (row.position_id, row.area_id or row.position.organisation.area_id, row.period)) for row in assignments
    ]


def _asked_twice(call: Call) -> list[str]:
    """Codes of posts that are asked more than once for the same place and period."""
    place = Coalesce("area", "position__organisation__area")
    rows = call.assignments.order_by().annotate(place=place).values("position__code", "place", "period")
    return list(rows.annotate(times=Count("pk")).filter(times__gt=1).values_list("position__code", flat=True))


def _figures_of(assignments: Sequence[Assignment]) -> list[Figure]:
    table = FigureTable.objects.filter(call=assignments[0].call).first() if assignments else None
    if table is None:
        return []
    columns = [column.code for column in table.columns.all()] or [""]
    return [(row.code, column) for row in table.rows.all() for column in columns]


def _open_cells(assignments: Sequence[Assignment]) -> dict[Place, dict[Figure, Owing]]:
    """What these posts owe already, by place and figure. Plain values: there may be many thousands."""
    rows = AskedFigure.objects.filter(
        is_open=True, given_in__isnull=True, position__in={row.position_id for row in assignments},
        period__in={row.period for row in assignments},
    )  # fmt: skip
    found: dict[Place, dict[Figure, Owing]] = {}
    for post, area, period, concept, breakdown, assignment, cell in rows.order_by().values_list(
        "position_id", "area_id", "period", "concept", "breakdown", "assignment_id", "pk"
    ):
        found.setdefault((post, area, period), {})[concept, breakdown] = (assignment, cell)
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
    _refuse_twice(assignment)
    AskedFigure.objects.filter(assignment=assignment).update(is_open=True)


def _take_along(assignment: Assignment) -> None:
    """Its cells are asked of the post that has the work now. Refused when that post owes the same to another call."""
    _refuse_twice(assignment)
    AskedFigure.objects.filter(assignment=assignment).update(position=assignment.position)


def _refuse_twice(assignment: Assignment) -> None:
    """No two open calls ask one post for the same figure of the same place and period."""
    _hold()
    own = list(AskedFigure.objects.filter(assignment=assignment, given_in__isnull=True))
    asked = {(cell.concept, cell.breakdown, cell.area_id, cell.period) for cell in own}
    others = AskedFigure.objects.filter(
        is_open=True, given_in__isnull=True, position=assignment.position, concept__in={cell.concept for cell in own}
    ).exclude(assignment=assignment)
    for other in others.select_related("assignment__call"):
        if (other.concept, other.breakdown, other.area_id, other.period) in asked:
            raise Conflict(
                _("%(call)s asks this office for the same figures now. Have them corrected there.")
                % {"call": other.assignment.call.reference}
            )


def _hand_back(assignment: Assignment) -> None:
    """Cells of other open assignments that waited for this one are asked there now: the first takes each, others wait."""
    waiting = AskedFigure.objects.filter(
        given_in__assignment=assignment, is_open=True, assignment__state__in=OPEN
    ).order_by("assignment_id")
    taken: dict[int, AskedFigure] = {}
    for cell in waiting:
        first = taken.setdefault(cell.given_in_id or 0, cell)
        AskedFigure.objects.filter(pk=cell.pk).update(given_in=None if first is cell else first)
