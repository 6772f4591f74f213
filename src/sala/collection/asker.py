"""What a round of forms tells the engine of calls: the answers expected, how many came, what is still missing."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sala.access.actor import Actor
from sala.access.scope import sees
from sala.collection.about import tell_names
from sala.collection.models import About, Expected, ExpectedState, Reading, ReadingState, RoundForm, VersionState
from sala.collection.operations.rounds import FORMS
from sala.collection.progress import Progress, grouped
from sala.collection.queries import expecting
from sala.collection.queries.counting import count, figures_of, progress_of
from sala.collection.queries.rounds import answers_of
from sala.core import clock
from sala.core.errors import Conflict
from sala.duties.asking import Asker, Fault, Item
from sala.duties.models import Assignment, Call
from sala.duties.states import ENDED, Step

ISSUE_LOCK = 7_301_983  # held to the end of the transaction by whoever asks or opens answers
NAMED = 5  # examples named in a refusal
SHOWN = 20  # open answers shown on the page of an assignment
LYING = (ExpectedState.WAITING, ExpectedState.RECEIVED, ExpectedState.RETURNED)  # not settled

# Of the open rows that waited for an ended one, the first takes its place and the others wait for that.
HAND_BACK = """
with waiting as (
  select own.id, own.given_in_id as ended_id,
         first_value(own.id) over (partition by own.given_in_id order by own.assignment_id, own.id) as first_id
  from collection_expected own join collection_expected ended on ended.id = own.given_in_id
  where own.is_open and ended.assignment_id = %s and ended.state = any(%s)
)
update collection_expected own
set given_in_id = case when own.id = waiting.first_id then null else waiting.first_id end,
    state = case when own.id = waiting.first_id and own.state <> 'waived' then ended.state else own.state end,
    received_at = case when own.id = waiting.first_id then ended.received_at else own.received_at end
from waiting join collection_expected ended on ended.id = waiting.ended_id
where own.id = waiting.id
returning own.id, waiting.ended_id, own.given_in_id
"""


class Forms(Asker):
    code = FORMS
    name = gettext_lazy("forms about places, facilities or rows of a register")

    def missing(self, call: Call) -> dict[str, list[str]]:
        asked = list(RoundForm.objects.filter(call=call).select_related("form"))
        if not asked:
            return {"forms": [_("Say which forms are asked.")]}
        missing: dict[str, list[str]] = {}
        if gone := [row.form for row in asked if not row.form.is_published or row.form.about == About.NOTHING]:
            words = _(
                "These forms cannot be asked now: %(names)s. They must be in use and be about places, facilities or rows of a register."
            )
            missing["forms"] = [words % {"names": ", ".join(map(str, gone[:NAMED]))}]
        elif not self._count(call) and call.assignments.exists():
            missing["forms"] = [_("Nothing would be expected of anybody: the offices asked have nothing that the forms are about. Ask other offices, or other forms.")]  # fmt: skip
        return missing

    def _count(self, call: Call) -> int:
        rows = list(expecting.with_reach(call.assignments.all()))
        return sum(expecting.counts(call, rows, clock.today()).values()) if rows else 0

    def edit_url(self, call: Call) -> str:
        return reverse("collection:round_forms", args=[call.reference])

    def review_url(self, assignment: Assignment) -> str:
        return f"{reverse('collection:round', args=[assignment.call.reference])}?office={assignment.pk}"

    def standing_url(self, call: Call) -> str:
        return reverse("collection:round", args=[call.reference])

    def items(self, actor: Actor, assignment: Assignment) -> Sequence[Item]:
        """One line a form, then the first answers that are missing or wait for a check."""
        url = self.review_url(assignment)
        by_form = grouped(count([assignment]).parts, lambda one: one.form)
        found = [
            Item(key=f"form-{row.form_id}", label=row.form.title, answer=told(by_form.get(row.form_id, Progress())), url=url)
            for row in RoundForm.objects.filter(call=assignment.call_id).select_related("form")
            if sees(actor, row.form)
        ]  # fmt: skip
        lying = list(answers_of(Expected.objects.filter(assignment=assignment)).filter(stands__in=LYING)[:SHOWN])
        tell_names(actor, lying, actor.position_ids)
        return found + [_item(row) for row in lying]

    def check(self, assignment: Assignment) -> Sequence[Fault]:
        """Each answer is approved, or waived with a reason: a gap has a name. Nobody waits for a missing one without end."""
        found = progress_of([assignment])
        faults = []
        if found.unchecked:
            words = ngettext(
                "%(count)d answer waits for your check. Approve it or return it.",
                "%(count)d answers wait for your check. Approve or return them.",
                found.unchecked,
            )
            faults.append(Fault("unchecked", words % {"count": found.unchecked}))
        if left := found.missing + found.returned:
            words = ngettext(
                "%(count)d answer is missing (%(names)s). Wait for it, or say with a reason that it will not come.",
                "%(count)d answers are missing (%(names)s). Wait for them, or say with a reason that they will not come.",
                left,
            )
            faults.append(Fault("missing", words % {"count": left, "names": _first_names(assignment)}))
        return faults

    def prepare(self, assignments: Sequence[Assignment]) -> None:
        """One row for each place or facility. What another open round expects already is only referred to."""
        _hold()
        if not assignments:
            return
        call = assignments[0].call
        for row in RoundForm.objects.filter(call=call):
            row.version = row.form.versions.filter(state=VersionState.CURRENT).first()
            row.save(update_fields=["version"])
        expecting.make(call, _loaded(assignments), clock.today())

    def twins(self, assignments: Sequence[Assignment]) -> dict[int, Assignment]:
        """Assignments all of whose answers one open assignment of the same post gathers already."""
        _hold()
        if not assignments:
            return {}
        pairs = expecting.twins(assignments[0].call, _loaded(assignments), clock.today())
        found = Assignment.objects.in_bulk(set(pairs.values()))
        return {own: found[other] for own, other in pairs.items()}

    def moved(self, actor: Actor, assignment: Assignment, step: str) -> None:
        if step == Step.REOPEN:
            _open_again(assignment)
        elif assignment.state in ENDED:
            Expected.objects.filter(assignment=assignment).update(is_open=False)
            hand_back(assignment)

    def summary(self, assignment: Assignment) -> str:
        return told(progress_of([assignment]))

    def carry_forward(self, source: Call, target: Call, today: date) -> None:
        """The same forms, as far as they are still in use."""
        if not target.round_forms.exists():
            asked = source.round_forms.filter(form__is_published=True).order_by("id")
            RoundForm.objects.bulk_create([RoundForm(call=target, form_id=row.form_id) for row in asked])

    def figures(self, call: Call) -> dict[str, Any]:
        return {"answers": figures_of(call)}


def told(found: Progress) -> str:
    """ "57 of 60 approved, 2 waived, 1 missing": what the counts say, in one line."""
    parts = [_("%(part)d of %(whole)d approved") % {"part": found.approved, "whole": found.expected}]
    if found.unchecked:
        parts.append(_("%(count)d to be checked") % {"count": found.unchecked})
    if found.returned:
        parts.append(_("%(count)d returned") % {"count": found.returned})
    if found.waived:
        parts.append(_("%(count)d waived") % {"count": found.waived})
    if found.missing:
        parts.append(_("%(count)d missing") % {"count": found.missing})
    return ", ".join(parts)


def _loaded(assignments: Iterable[Assignment]) -> list[Assignment]:
    return list(expecting.with_reach(Assignment.objects.filter(pk__in=[row.pk for row in assignments])).order_by("id"))


def _item(row: Any) -> Item:
    label = f"{row.subject.name} · {row.form.title}"
    state = "" if row.stands == ExpectedState.WAITING else ExpectedState(row.stands).label
    return Item(key=f"answer-{row.pk}", label=label, answer=state, missing=row.stands == ExpectedState.WAITING)


def _first_names(assignment: Assignment) -> str:
    rows = answers_of(Expected.objects.filter(assignment=assignment))
    rows = rows.filter(stands__in=(ExpectedState.WAITING, ExpectedState.RETURNED))
    return "; ".join(str(row.subject.name) for row in rows[:NAMED])


def _hold() -> None:
    """Whoever asks for answers waits for the one who is asking now, so that the second sees what the first asked."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [ISSUE_LOCK])


def _open_again(assignment: Assignment) -> None:
    """Its answers are expected again. Refused when another open round has asked for the same since."""
    _hold()
    ended = Expected.objects.filter(is_open=False, state__in=LYING).values("pk")
    Expected.objects.filter(assignment=assignment, given_in__in=ended).update(given_in=None)
    own = Expected.objects.filter(assignment=assignment, given_in__isnull=True)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select call.reference from collection_expected own
            join collection_expected other
              on other.is_open and other.given_in_id is null and other.form_id = own.form_id
             and other.area_id = own.area_id and other.facility_id is not distinct from own.facility_id
             and other.subject_type = own.subject_type and other.subject_id is not distinct from own.subject_id
             and other.period = own.period and other.id <> own.id
            join duties_assignment asked on asked.id = other.assignment_id
            join duties_call call on call.id = asked.call_id
            where own.assignment_id = %s and own.given_in_id is null limit 1
            """,
            [assignment.pk],
        )
        found = cursor.fetchone()
    if found:
        raise Conflict(_("%(call)s expects the same answers now. Have them corrected there.") % {"call": found[0]})
    own.update(is_open=True)
    Expected.objects.filter(assignment=assignment, given_in__isnull=False).update(is_open=True)


def hand_back(assignment: Assignment) -> None:
    """Rows of other open rounds that waited for answers which never settled here expect them themselves now.

    An answer that came and was not decided goes along with its row.
    """
    with connection.cursor() as cursor:
        cursor.execute(HAND_BACK, [assignment.pk, [str(state) for state in LYING]])
        taken = [(own, ended) for own, ended, given_in in cursor.fetchall() if given_in is None]
    for own, ended in taken:
        house = Expected.objects.filter(pk=own).values("respondent__organisation")
        Reading.objects.filter(
            expected=ended, state__in=(ReadingState.RECEIVED, ReadingState.RETURNED)
        ).update(expected=own, answering=Subquery(house))  # fmt: skip
