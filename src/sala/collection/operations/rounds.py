"""What an office does about the answers that a round expects of it: do without some, add forgotten ones, ask another post."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from sala.access.actor import Actor, path_ids
from sala.access.scope import require
from sala.collection import policy
from sala.collection.about import Named, nouns, unplaced
from sala.collection.models import About, Expected, ExpectedState, Form, Reading, RoundForm
from sala.collection.operations.hindrances import sent_already
from sala.collection.operations.reading import follow
from sala.collection.queries.expecting import day_of, with_reach
from sala.collection.states import STANDING
from sala.core import clock
from sala.core.errors import Conflict, Invalid
from sala.core.operation import lock, operation
from sala.duties import policy as duties_policy
from sala.duties.models import Assignment, Call
from sala.duties.operations.asked import lock_draft
from sala.duties.states import WITH_ASKED
from sala.journal.operations import record
from sala.people.models import Position
from sala.places.models import Area, Facility
from sala.places.queries import areas_on, open_on, place_on

FORMS = "forms"  # code of the asker, as a call carries it
NAMED = 5  # examples named in a refusal
PLACES_NAMED = 20  # places of a row to choose from, named in a refusal


@operation
def choose_forms(actor: Actor, call: Call, forms: Sequence[Form]) -> Call:
    """Say which forms a draft asks; what was said before is replaced. The call then asks for forms."""
    call = lock_draft(actor, call)
    if not forms:
        raise Invalid("", {"forms": [_("Choose at least one form.")]})
    for form in forms:
        if not form.is_published or form.about == About.NOTHING:
            words = _("“%(form)s” cannot be asked in a round: it must be in use and say which places or facilities its answers are about.")  # fmt: skip
            raise Invalid("", {"forms": [words % {"form": form}]})
    kept = {form.pk for form in forms}
    call.round_forms.exclude(form__in=kept).delete()
    RoundForm.objects.bulk_create([RoundForm(call=call, form=form) for form in forms], ignore_conflicts=True)
    call.asker = FORMS
    call.save(update_fields=["asker"])
    record(actor, duties_policy.ISSUE, call, change="forms chosen", forms=sorted(form.slug for form in forms))
    return call


@operation
def waive_expected(actor: Actor, rows: Iterable[Expected], *, reason: str) -> int:
    """Do without answers, with a reason that is shown wherever they are counted. Returns how many.

    rows  of one round; answers that came are not waived: approve, return or set them aside.
    """
    rows = _locked(actor, rows)
    if not reason.strip():
        raise Invalid("", {"reason": [_("Say why these answers will not come; the gap is named in every total.")]})
    if came := [row for row in rows if _stands(row) in (ExpectedState.RECEIVED, ExpectedState.APPROVED)]:
        raise Conflict(
            _("These have been answered already: %(names)s. Take them off your choice, or open the answers.")
            % {"names": "; ".join(str(row.subject.name) for row in came[:NAMED])}
        )
    wanted = [row.pk for row in rows if row.state != ExpectedState.WAIVED]
    count = Expected.objects.filter(pk__in=wanted).update(
        state=ExpectedState.WAIVED, reason=reason.strip(), waived_by=actor.position_id, waived_at=clock.now()
    )
    _tell(actor, rows, "answers waived", wanted)
    return count


@operation
def expect_again(actor: Actor, rows: Iterable[Expected]) -> int:
    """Take a waiver back: the answers are waited for again. Returns how many."""
    rows = _locked(actor, rows)
    wanted = [row.pk for row in rows if row.state == ExpectedState.WAIVED]
    count = Expected.objects.filter(pk__in=wanted).update(
        state=ExpectedState.WAITING, reason="", waived_by=None, waived_at=None
    )
    came = Reading.objects.filter(state__in=STANDING, expected__in=wanted).values("expected")
    for row in Expected.objects.filter(pk__in=came).order_by("pk"):
        follow(row)
    _tell(actor, rows, "answers expected again", wanted)
    return count


@operation
def give_to(actor: Actor, rows: Iterable[Expected], *, respondent: Position | None) -> int:
    """Ask another post for answers; none: the office enters them itself. Returns how many moved."""
    rows = _locked(actor, rows)
    if respondent is not None and respondent.closed_on is not None:
        raise Invalid("", {"respondent": [_("This post was abolished. Choose another one.")]})
    wanted = [row.pk for row in rows if row.respondent_id != (respondent.pk if respondent else None)]
    count = Expected.objects.filter(pk__in=wanted).update(respondent=respondent)
    Reading.objects.filter(expected__in=wanted).update(answering=respondent.organisation if respondent else None)
    _tell(actor, rows, "answers given to another post", wanted, post=respondent.pk if respondent else None)
    return count


@operation
def add_expected(actor: Actor, assignment: Assignment, form: Form, subject: Area | Facility | Named, *,
                 place: Area | None = None, respondent: Position | None = None) -> Expected:  # fmt: skip
    """Expect one more answer that the registers did not give, such as of a school entered late.

    place  that answers, of a form that asks about each place of a row
    """
    assignment = lock(assignment)
    _require(actor, assignment)
    if not assignment.call.round_forms.filter(form=form).exists():
        raise Invalid("", {"form": [_("This round does not ask that form. Choose one of its forms.")]})
    area = _checked(actor, assignment, form, subject, place)
    about = {
        "facility": subject if isinstance(subject, Facility) else None,
        "subject_type": subject.noun if isinstance(subject, Named) else "",
        "subject_id": subject.pk if isinstance(subject, Named) else None,
    }
    same = Expected.objects.filter(form=form, area=area, period=assignment.period, **about)
    if same.filter(assignment=assignment).exists():
        raise Conflict(_("This answer is expected already. Open the list and look it up."))
    known = same.filter(is_open=True, given_in__isnull=True).select_related("assignment__call").first()
    if known is not None and known.assignment.call_id == assignment.call_id:
        raise Conflict(_("Another office of this round is asked for it already."))
    row = Expected.objects.create(
        assignment=assignment, form=form, area=area, period=assignment.period, given_in=known, respondent=respondent,
        **about,
    )  # fmt: skip
    record(actor, policy.REVIEW, assignment, change="answer added", form=form.slug, answers=[row.pk],
           call=assignment.call_id)  # fmt: skip
    return row


def _checked(actor: Actor, assignment: Assignment, form: Form, subject: Area | Facility | Named, place: Area | None) -> Area:  # fmt: skip
    """Where the subject is, when it is of the form's kind, existed on the period's day and lies in the office's area."""
    day = day_of(assignment.period, clock.today())
    area: Area | None
    if isinstance(subject, Named):
        fits = form.about == About.OTHER and subject.noun == form.about_noun
        if fits and form.place_question:
            area = _answering(actor, assignment, subject, place, day)
        else:
            area = Area.objects.filter(pk=subject.area_id).first()
        stood = any(row.pk == subject.pk for row in nouns()[subject.noun].find(subject.code, day))
    elif isinstance(subject, Facility):
        fits = form.about == About.FACILITY and subject.kind_id == form.facility_kind_id
        area = place_on(subject, day)
        stood = open_on(day).filter(pk=subject.pk).exists()
    else:
        fits = form.about == About.PLACE and subject.level_id == form.level_id
        area, stood = subject, areas_on(day).filter(pk=subject.pk).exists()
    if not fits:
        raise Invalid("", {"subject": [_("The form is about another kind. Choose a place or facility of its kind.")]})
    if area is None or not stood:
        raise Invalid("", {"subject": [_("It did not exist on %(day)s. Correct the register first.") % {"day": day}]})
    if not _reaches(assignment, area):
        raise Invalid("", {"subject": [_("It lies outside of what this office is asked about.")]})
    return area


def _answering(actor: Actor, assignment: Assignment, subject: Named, place: Area | None, day: date) -> Area:
    """The place, when it is one of those that answer about the row on the day. A refusal names those that can be chosen."""
    ids = {area for _row, area in nouns()[subject.noun].places([], [subject.pk], day)}
    if place is not None and place.pk in ids:
        return place
    closed: set[int] = set()
    if assignment.position_id not in actor.position_ids:  # the post that is asked knows what it is asked about
        closed = {area for _noun, _row, area in unplaced(actor, [(subject.noun, subject.pk, area) for area in ids])}
    rows = [row for row in Area.objects.filter(pk__in=ids - closed).order_by("code") if _reaches(assignment, row)]
    names = "; ".join(f"{row} ({row.code})" for row in rows[:PLACES_NAMED])
    if place is None:
        words = _("Say which place answers. It can be: %(names)s.") if names else _("Say which place answers.")
    elif names:
        words = _("“%(place)s” is not among the places of this row. Choose one of these, or enter it in the register first: %(names)s.")  # fmt: skip
    else:
        words = _("“%(place)s” is not among the places of this row. Enter it in the register first.")
    raise Invalid("", {"place": [words % {"place": place, "names": names}]})


def _reaches(assignment: Assignment, area: Area) -> bool:
    own = assignment.position.organisation.area
    wide = assignment.area_id is None or assignment.area_id in path_ids(own.path)
    return (own.pk if wide else assignment.area_id) in path_ids(area.path)


def _stands(row: Expected) -> str:
    return row.state if row.state == ExpectedState.WAIVED or row.given_in is None else row.given_in.state


def _locked(actor: Actor, rows: Iterable[Expected]) -> list[Expected]:
    """The rows as they are now, held, when the actor may decide about all of them and they still lie with the office."""
    numbers = [row.pk for row in rows]
    if not numbers:
        raise Invalid(_("Tick at least one answer."))
    held = Expected.objects.select_for_update(of=("self",)).filter(pk__in=numbers).order_by("pk")
    found = list(held.select_related("given_in", "area", "facility"))
    offices = with_reach(Assignment.objects.filter(pk__in={row.assignment_id for row in found}))
    for assignment in offices.select_related("position__organisation__area", "area", "call"):
        _require(actor, assignment)
    return found


def _require(actor: Actor, assignment: Assignment) -> None:
    require(actor, policy.REVIEW, assignment.position, acting=assignment.position_id)
    if assignment.state not in WITH_ASKED:
        raise Conflict(sent_already(assignment))


def _tell(actor: Actor, rows: Sequence[Expected], change: str, numbers: Sequence[int], **details: Any) -> None:
    """One event for each office, with the numbers of its rows. A reason is not put in the journal: it may name people."""
    offices = Assignment.objects.in_bulk({row.assignment_id for row in rows if row.pk in set(numbers)})
    for pk, assignment in offices.items():
        own = [row.pk for row in rows if row.assignment_id == pk and row.pk in set(numbers)]
        record(actor, policy.REVIEW, assignment, change=change, answers=own, call=assignment.call_id, **details)
