"""What of the answers to a form may leave in an edition.

A form that asks about single people gives away only the questions that its author marked as saying nothing of single
people, and no answers of a place from which too few came. Its other questions leave by a confirmed rule of kind
"release" that holds on the day, closed to all but government. Who sent an answer, and from which device, never leaves.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.collection.layout import NAMES_SENDER, Column, Table
from sala.collection.models import Expected, ExpectedState, Form, Reading, ReadingState
from sala.collection.queries.taking import answers_to_take
from sala.core import clock
from sala.core.models import Certainty
from sala.documents.models import Rule, RuleKind
from sala.documents.queries import rule_on
from sala.duties.models import Call
from sala.duties.states import State

LEAST_KEY = "release.answers"  # rule of kind minimum: answers of a place below which none of them leaves
LEAST = 5  # where no rule says otherwise


def release_rule(form: Form) -> Rule | None:
    """The confirmed rule that lets personal answers of a form leave today, with the document that lays it down."""
    rule = rule_on(RuleKind.RELEASE, release_key(form), clock.today(), form.owner.area)
    return rule if rule is not None and rule.certainty == Certainty.CONFIRMED else None


def release_key(form: Form) -> str:
    return f"form.{form.slug}"[:80]


def least_answers(form: Form) -> int:
    rule = rule_on(RuleKind.MINIMUM, LEAST_KEY, clock.today(), form.owner.area)
    return int(rule.number) if rule is not None and rule.number is not None else LEAST


@dataclass(frozen=True)
class Leaving:
    """open: columns that leave; closed: that leave for government only, by the rule; kept: that do not leave."""

    open: list[Column]
    closed: list[Column]
    kept: list[Column]
    rule: Rule | None


def leaving(form: Form, table: Table) -> Leaving:
    rule = release_rule(form) if form.asks_of_persons else None
    found = Leaving([], [], [], rule)
    for column in table.columns:
        if any(each in NAMES_SENDER for each in column.question.types):
            found.kept.append(column)
        elif not form.asks_of_persons or column.question.path in form.impersonal:
            found.open.append(column)
        else:
            (found.closed if rule else found.kept).append(column)
    return found


def enough_beside(form: Form, readings: Sequence[tuple[int, int | None]]) -> list[int]:
    """Numbers of the answers that may leave: of a form that asks of persons, where enough came from the same place.

    readings  (number, id of the place or None)
    """
    if not form.asks_of_persons:
        return [pk for pk, _area in readings]
    counts, least = Counter(area for _pk, area in readings), least_answers(form)
    return [pk for pk, area in readings if counts[area] >= least]


@dataclass(frozen=True)
class RoundStanding:
    """How a round of a form stands, for whoever makes an edition of it."""

    call: Call
    expected: int
    approved: int
    waived: int


def rounds_of(actor: Actor, form: Form) -> list[RoundStanding]:
    """Rounds that asked the form, newest first, as far as the reader sees the calls."""
    rows = Expected.objects.filter(form=form).exclude(assignment__state__in=[State.WITHDRAWN, State.SUPERSEDED])
    counted = rows.order_by().values("assignment__call").annotate(
        expected=Count("pk"), approved=Count("pk", filter=Q(state=ExpectedState.APPROVED)),
        waived=Count("pk", filter=Q(state=ExpectedState.WAIVED)),
    )  # fmt: skip
    found = {row["assignment__call"]: row for row in counted}
    calls = visible(actor, Call).filter(pk__in=found).order_by("-pk")
    return [
        RoundStanding(call, found[call.pk]["expected"], found[call.pk]["approved"], found[call.pk]["waived"])
        for call in calls
    ]


def approved_answers(actor: Actor, form: Form, call: Call | None) -> QuerySet[Reading]:
    return answers_to_take(actor, form, state=ReadingState.APPROVED, call=call.reference if call else "")


def versions_of(rows: QuerySet[Reading]) -> list[str]:
    names = rows.order_by().values_list("submission__version__version", flat=True).distinct()
    return sorted(name for name in names if name)
