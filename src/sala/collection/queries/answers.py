"""Answers as a reader sees them: the list with what narrows it, how many wait for whom, and rows of the desk."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sala.access.actor import Actor
from sala.access.scope import can, visible
from sala.collection import policy
from sala.collection.about import tell_names
from sala.collection.models import AnswerStep, Form, Reading, ReadingState, Submission
from sala.collection.states import STANDING, Step
from sala.core import clock
from sala.core.desk import DeskRow, Group
from sala.people.models import Organisation
from sala.people.queries import followed_by

FLAGGED, CLEAR = "some", "none"
RETURNED_FOR = timedelta(days=400)  # a returned answer leaves its sender's desk after that
MOST_ROWS = 100  # of the desk
WITH = ("form", "area__parent", "facility", "office__area", "submission__position__organisation")


def answers_for(actor: Actor, *, form: Form | None = None, call: str = "", office: Organisation | None = None,
                state: str = "", flag: str = "", area: Any = None, sender: Organisation | None = None,
                period: str = "", mine: bool = False) -> QuerySet[Reading]:  # fmt: skip
    """Readings of the answers that the reader sees, narrowed, newest first; without their values and their XML.

    office  that checks them        call  reference of the round      flag  a code of flags, or FLAGGED, CLEAR
    sender  with all offices of it  mine  only those that an office of the reader checks or sent
    """
    rows = visible(actor, Reading).select_related(*WITH)
    if form is not None:
        rows = rows.filter(form=form)
    if call:
        rows = rows.filter(expected__assignment__call__reference=call)
    if office is not None:
        rows = rows.filter(office__path__startswith=office.path)
    if state:
        rows = rows.filter(state=state)
    if flag == CLEAR:
        rows = rows.filter(flags=[])
    elif flag == FLAGGED:
        rows = rows.exclude(flags=[])
    elif flag:
        rows = rows.filter(flags__contains=[{"code": flag}])
    if area is not None:
        rows = rows.filter(area__path__startswith=area.path)
    if sender is not None:
        rows = rows.filter(submission__position__organisation__path__startswith=sender.path)
    if period:
        rows = rows.filter(period=period)
    if mine:
        rows = rows.filter(_mine(actor))
    return rows.order_by("-submission_id").defer("values", "submission__xml")


def _mine(actor: Actor) -> Q:
    houses = houses_of(actor)
    return Q(office__in=houses) | Q(submission__position__organisation__in=houses)


def houses_of(actor: Actor) -> list[int]:
    """The reader's organisations and all below them."""
    within = Q(*(Q(path__startswith=path) for path in actor.organisation_paths()), _connector=Q.OR)
    return list(Organisation.objects.filter(within).values_list("pk", flat=True)) if actor.holdings else []


@dataclass(frozen=True)
class FormCounts:
    """How many answers of a form stand where."""

    form: Form
    counts: dict[str, int]
    flagged: int

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def received(self) -> int:
        return self.counts.get(ReadingState.RECEIVED, 0)


def counts_by_form(actor: Actor, checks: bool) -> list[FormCounts]:
    """Per form: answers that the reader's offices check (checks), or those that they sent."""
    houses = houses_of(actor)
    rows = Reading.objects.filter(office__in=houses) if checks else Reading.objects.filter(submission__position__organisation__in=houses)  # fmt: skip
    found: dict[int, dict[str, int]] = {}
    for form, state, count in rows.order_by().values_list("form", "state").annotate(count=Count("pk")):
        found.setdefault(form, {})[state] = count
    close = rows.filter(state=ReadingState.RECEIVED).exclude(flags=[]).order_by()
    flagged = dict(close.values_list("form").annotate(count=Count("pk")))
    forms = Form.objects.filter(pk__in=found).select_related("owner").order_by("slug")
    return [FormCounts(form, found[form.pk], flagged.get(form.pk, 0)) for form in forms]


def counts_by_state(rows: QuerySet[Reading]) -> dict[str, int]:
    return dict(rows.order_by().values_list("state").annotate(count=Count("pk")))


def flag_codes(rows: Iterable[Reading]) -> set[str]:
    return {flag["code"] for reading in rows for flag in reading.flags}


# ---- the desk ----------------------------------------------------------------------------------------------------


def desk_rows(actor: Actor) -> Iterator[DeskRow]:
    """One row for each form with answers to check, and one for each answer that came back to whoever sent it."""
    if not actor.holdings:
        return
    yield from _to_check(actor)
    yield from _returned(actor)


def _to_check(actor: Actor) -> Iterator[DeskRow]:
    """Of the offices in which the reader checks and those they took over from; an office further down has its own desk."""
    own = {holding.organisation_id: holding.label for holding in actor.holdings}
    own |= {closed: own[house] for closed, house in followed_by(own).items()}
    offices = [
        office for office in Organisation.objects.filter(pk__in=own).select_related("area") if can(actor, policy.REVIEW, office)
    ]  # fmt: skip
    waiting = Reading.objects.filter(office__in=offices, state=ReadingState.RECEIVED).order_by()
    counted = waiting.values("form", "form__title", "form__slug", "office", "office__code", "office__name").annotate(
        count=Count("pk"), flagged=Count("pk", filter=~Q(flags=[]))
    )  # fmt: skip
    for row in counted:
        note = ngettext("%(count)s answer to check", "%(count)s answers to check", row["count"]) % {
            "count": row["count"]
        }
        if row["flagged"]:
            note += ", " + _("%(count)s of them to look at closely") % {"count": row["flagged"]}
        yield DeskRow(
            group=Group.REVIEW, title=row["form__title"], note=note, post=own[row["office"]], who=row["office__name"],
            url=f"{reverse('collection:answers')}?form={row['form__slug']}&state=received&office={row['office__code']}",
        )  # fmt: skip


def _returned(actor: Actor) -> Iterator[DeskRow]:
    """Answers that were returned, until their correction comes."""
    posts = actor.position_ids
    rows = Reading.objects.filter(state=ReadingState.RETURNED, settled_at__gt=clock.now() - RETURNED_FOR).filter(
        Q(submission__position__in=posts) | Q(expected__respondent__in=posts)
    )
    rows = rows.select_related("form", "area", "facility", "office", "expected__assignment", "submission__position")
    found = list(rows.defer("values")[:MOST_ROWS])
    tell_names(actor, found, posts)
    steps = AnswerStep.objects.filter(submission__in=[row.pk for row in found], step=Step.RETURN).order_by("pk")
    reasons = {step.submission_id: step for step in steps}
    for reading in found:
        yield DeskRow(
            group=Group.RETURNED, title=reading.form.title, url=reading.submission.get_absolute_url(),
            post=reading.submission.position.title, who=_name(reading),
            due=reading.expected.assignment.due_on if reading.expected else None, note=_short(reasons.get(reading.pk)),
        )  # fmt: skip


def _name(reading: Reading) -> Any:
    row = reading.facility or reading.other or reading.area
    return row.name if row else ""


def _short(step: AnswerStep | None) -> str:
    if step is None:
        return ""
    return "; ".join(filter(None, [step.note, *(f"{remark['label']}: {remark['reason']}" for remark in step.remarks)]))[:300]  # fmt: skip


# ---- one answer --------------------------------------------------------------------------------------------------


def line_of(actor: Actor, submission: Submission) -> list[Submission]:
    """The answers of one line of corrections, and others about the same row of a round, newest first, as far as seen."""
    root = submission.root_id or submission.pk
    line = Q(pk=root) | Q(root=root) | Q(pk=submission.pk)
    reading = Reading.objects.filter(pk=submission.pk).only("expected").first()
    if reading is not None and reading.expected_id:
        line |= Q(reading__expected=reading.expected_id)
    rows = visible(actor, Submission).filter(line).select_related("reading", "position__organisation", "version")
    return list(rows.defer("xml").order_by("-pk")[:MOST_ROWS])


def other_that_stands(reading: Reading) -> Reading | None:
    """The answer that stands where this one is a double."""
    if reading.expected_id is None:
        return None
    rows = Reading.objects.filter(expected=reading.expected_id, state__in=STANDING).exclude(pk=reading.pk)
    return rows.select_related("submission").first()


def being_read(actor: Actor) -> int:
    """How many answers to see came in that the worker has not read yet."""
    houses = houses_of(actor)
    unread = Submission.objects.filter(unread__isnull=False).filter(
        Q(form__owner__in=houses) | Q(position__organisation__in=houses)
    )
    return unread.filter(~Exists(Reading.objects.filter(pk=OuterRef("pk")))).count()
