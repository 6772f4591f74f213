"""What waits of assessments for a post, and when answers are due: rows of the desk, entries of the calendar."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sala.access.actor import Actor, Holding
from sala.concessions import policy
from sala.concessions.models import (
    Answered,
    Assessment,
    AssessmentRound,
    AssessmentState,
    FieldClass,
    Grant,
    Respondent,
)
from sala.concessions.queries.assessments import OPENED_AGAIN, rounds_for
from sala.concessions.queries.register import Narrowing, register
from sala.concessions.redaction import readable
from sala.core.calendar import Entry
from sala.core.desk import DeskRow, Group


def desk_rows(actor: Actor) -> list[DeskRow]:
    if not actor.holdings:
        return []
    rows = [row for holding in actor.holdings for row in _asked(holding)]
    if post := actor.post_with(policy.GRADE):
        rows += _opened_again(actor, post) + _to_validate(actor, post)
    return rows


def _asked(holding: Holding) -> list[DeskRow]:
    """One row for each open round in which the post's organisation, as a holder, has not answered for all it holds."""
    held = Grant.objects.filter(
        replaced_by__isnull=True, holder__organisation__path__startswith=holding.organisation_path
    )
    told = Answered.objects.filter(assessment=OuterRef("pk"), respondent=Respondent.COMPANY, is_current=True)
    rows = Assessment.objects.filter(
        ~Q(Exists(told)), concession__in=held.values("concession"), concession__same_as__isnull=True,
        round__closed_at__isnull=True, round__version__criteria__ask__has_key=Respondent.COMPANY.value,
    )  # fmt: skip
    rounds: dict[int, list[Assessment]] = {}
    for row in (
        rows.exclude(state=AssessmentState.SUPERSEDED).select_related("round", "concession").distinct().order_by("pk")
    ):
        rounds.setdefault(row.round_id, []).append(row)
    return [
        DeskRow(
            group=Group.WORK, title=mine[0].round.name, url=mine[0].get_absolute_url(), post=holding.label,
            due=mine[0].round.due_on, note=_asked_about(len(mine)),
        )
        for mine in rounds.values()
    ]  # fmt: skip


def _asked_about(number: int) -> str:
    return ngettext(
        "Your company is asked about %(number)s concession.", "Your company is asked about %(number)s concessions.", number
    ) % {"number": number}  # fmt: skip


def _opened_again(actor: Actor, post: Holding) -> list[DeskRow]:
    """One row for all grades that a new fact opened again."""
    number = register(actor, Narrowing(grade=OPENED_AGAIN)).count()
    if not number:
        return []
    url = f"{reverse('concessions:concessions')}?grade={OPENED_AGAIN}"
    return [
        DeskRow(group=Group.REVIEW, title=_("Grades opened again"), url=url, post=post.label, note=_entries(number))
    ]


def _to_validate(actor: Actor, post: Holding) -> list[DeskRow]:
    """One row for each open round with grades that are reckoned and not validated yet."""
    drafts = Assessment.objects.filter(
        round__closed_at__isnull=True, state=AssessmentState.DRAFT,
        concession__in=readable(actor, FieldClass.BASICS, FieldClass.JUDGEMENT),
    )  # fmt: skip
    found: dict[int, int] = {}
    for pk in drafts.exclude(answers=None).distinct().values_list("round_id", flat=True):
        found[pk] = found.get(pk, 0) + 1
    rounds = rounds_for(actor).filter(pk__in=found)
    return [
        DeskRow(
            group=Group.REVIEW, title=row.name, url=f"{row.get_absolute_url()}?state={AssessmentState.DRAFT.value}",
            post=post.label, due=row.due_on, note=": ".join([_("Grades to validate"), _entries(found[row.pk])]),
        )
        for row in rounds
    ]  # fmt: skip


def _entries(number: int) -> str:
    return ngettext("%(count)s entry", "%(count)s entries", number) % {"count": number}


def rounds_open(actor: Actor, first: date, last: date) -> Iterable[Entry]:
    """Days on which answers of rounds are due, as far as the reader sees the rounds."""
    return _due(rounds_for(actor), first, last)


def rounds_led(actor: Actor, first: date, last: date) -> Iterable[Entry]:
    """The same of rounds that the reader's own offices lead."""
    own = Q(pk__in=[])
    for path in actor.organisation_paths():
        own |= Q(owner__path__startswith=path)
    return _due(rounds_for(actor).filter(own), first, last)


def _due(rows: QuerySet[AssessmentRound], first: date, last: date) -> list[Entry]:
    rows = rows.filter(closed_at__isnull=True, due_on__range=(first, last))
    return [
        Entry(
            uid=f"assessment-round-{row.pk}", starts=row.due_on, title=row.name, url=row.get_absolute_url(),
            kind=_("Assessment"), who=row.owner.name, place=str(row.area.name),
        )
        for row in rows
    ]  # fmt: skip
