"""Asking another office for access to data or a document, opening it, refusing it.

The request is a call for an answer, so deadline, reminders and escalation are those of calls. Who may name
organisations for the row opens it; the post asked answers. Where one person may do both, it is one step.
"""

from datetime import date
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import can, require
from sala.catalogue.models import AccessRequest, Dataset, Decision
from sala.core import clock, language, lao, subjects
from sala.core.errors import Conflict, Invalid, Missing
from sala.core.language import Translated
from sala.core.operation import lock, operation
from sala.documents.models import RuleKind
from sala.documents.queries import rule_on
from sala.documents.working_days import add_working_days
from sala.duties import operations as duties
from sala.duties import policy
from sala.duties.due import notice_rule
from sala.duties.models import Assignment, Call, CallKind, DutyKind
from sala.duties.operations.notices import write_about
from sala.duties.queries import duties_on
from sala.duties.states import State
from sala.journal.operations import record
from sala.people.models import Organisation, Position
from sala.people.operations import share, sharing_verb
from sala.places.models import Area

ACCESS = "access"  # code of the asker
DEADLINE_KEY = "access.answer"  # rule of law: working days within which an office answers
DAYS = 15  # where no rule says otherwise
LONGEST_PURPOSE = 300


def who_answers(owner: Organisation, subject: models.Model | None) -> Position:
    """The post that answers for an office: the contact or owner of the row, else one that may answer. Raises Invalid."""
    posts = Position.objects.filter(
        organisation=owner, closed_on__isnull=True, grants__role__verbs__contains=[policy.SUBMIT]
    ).order_by("id")
    named: list[int] = []
    if isinstance(subject, Dataset) and subject.contact_id:
        named.append(subject.contact_id)
    if subject is not None:
        owns = duties_on(clock.today()).filter(
            kind=DutyKind.OWNS, subject_type=subjects.of(subject).noun, subject_id=subject.pk
        )
        named += list(owns.values_list("position", flat=True))
    found = posts.filter(pk__in=named).first() or posts.first()
    if found is None:
        words = _("No post of this office answers requests yet. Write to its head, or to its administrator.")
        raise Invalid(words, {"owner": [words]})
    return found


def in_every_language(words: Any) -> Translated:
    """A sentence of the program in every language of the country. words: called in each."""
    texts = {}
    for code in language.languages():
        with translation.override(code):
            texts[code] = words()
    return Translated(texts)


def as_written(words: str) -> Translated:
    """Somebody's own words under the language they are in, which need not be that of the page."""
    return Translated({language.required_language() if lao.has_lao(words) else language.current(): words})


@operation
def request_access(actor: Actor, *, issuer: Position, owner: Organisation, wanted: str, purpose: str,
                   until: date | None = None, legal_basis: str = "", subject: models.Model | None = None) -> Call:  # fmt: skip
    """Ask an office for access. One open request an office for the same row."""
    if subject is not None:
        owner = subject.owner  # type: ignore[attr-defined]
    if issuer.organisation_id == owner.pk:
        words = _("Your own office keeps this. Ask your colleagues.")
        raise Invalid(words, {"owner": [words]})
    if until is not None and until <= clock.today():
        words = _("The day until which you need it lies ahead. Correct it, or leave it empty.")
        raise Invalid(words, {"until": [words]})
    post = who_answers(owner, subject)
    call = duties.draft_call(
        actor, issuer=issuer, kind=CallKind.ANSWER, asker=ACCESS, asked=[duties.Asked(post)], legal_basis=legal_basis,
        title=in_every_language(lambda: _("Access asked: %(wanted)s") % {"wanted": wanted}),
        purpose=as_written(purpose),
        instruction=in_every_language(
            lambda: _("Open access for the office that asks, or refuse it with the reason and the law it rests on.")
        ),
    )  # fmt: skip
    request = AccessRequest(call=call, organisation=issuer.organisation, owner=owner, wanted=wanted, until=until)
    if subject is not None:
        request.subject_type, request.subject_id = subjects.of(subject).noun, subject.pk
    try:
        with transaction.atomic():
            request.save()
    except IntegrityError as error:
        raise Conflict(_("Your office has asked for this already and waits for the answer. Look at your calls.")) from error  # fmt: skip
    call.due_on = _due(call)
    call.save(update_fields=["due_on"])
    return duties.issue_call(actor, call)


def days_to_answer(area: Area, day: date) -> int:
    """Working days within which an office answers a request, as the rule says."""
    rule = rule_on(RuleKind.DEADLINE, DEADLINE_KEY, day, area)
    return int(rule.number) if rule and rule.number is not None else DAYS


def _due(call: Call) -> date:
    today = clock.today()
    days = days_to_answer(call.issuer.organisation.area, today)
    due, notice = add_working_days(today, days), notice_rule(call, today)
    return max(due, notice.earliest) if notice else due


def _undecided(assignment: Assignment) -> AccessRequest:
    request = lock(AccessRequest.objects.get(call=assignment.call))
    if request.decision or not request.is_open:
        raise Conflict(_("This request was decided already. Open it to see how."))
    return request


@operation
def grant_access(actor: Actor, assignment: Assignment, *, subject: models.Model, until: date | None = None) -> AccessRequest:  # fmt: skip
    """Open the row to the office that asks. Needs the right to name organisations for the row."""
    assignment = lock(assignment)
    request = _undecided(assignment)
    if getattr(subject, "owner_id", None) != request.owner_id:
        raise Missing(_("Choose a dataset or document that your office keeps."))
    purpose = str(assignment.call.purpose)[:LONGEST_PURPOSE]
    request.sharing = share(actor, subject, request.organisation, purpose=purpose, until=until)
    request.subject_type, request.subject_id = subjects.of(subject).noun, subject.pk
    request.decision, request.granted_until = Decision.GRANTED, until
    request.save()
    record(actor, sharing_verb(subject), assignment.call, change="access opened", until=until)
    if can(actor, policy.SUBMIT, assignment.position):
        _answer(actor, assignment)
    else:
        write_about(
            assignment, assignment.position, lambda: _("Access was opened; send the answer"), "access-opened",
            note=lambda: request.wanted, leaving_out=actor.person_id,
        )  # fmt: skip
    return request


@operation
def refuse_access(actor: Actor, assignment: Assignment, *, reason: str) -> AccessRequest:
    """Say no, with the reason."""
    assignment = lock(assignment)
    require(actor, policy.SUBMIT, assignment.position, acting=assignment.position_id)
    request = _undecided(assignment)
    if not reason.strip():
        words = _("Say why access is refused, so that the office can ask better or ask elsewhere.")
        raise Invalid(words, {"reason": [words]})
    request.decision, request.reason = Decision.REFUSED, reason.strip()[:500]
    request.save()
    _answer(actor, assignment)
    return request


@operation
def answer_access(actor: Actor, assignment: Assignment) -> None:
    """Send the answer after somebody else of the office opened access."""
    _answer(actor, lock(assignment))


def _answer(actor: Actor, assignment: Assignment) -> None:
    if assignment.state == State.ISSUED:
        assignment = duties.acknowledge(actor, assignment)
    duties.submit(actor, assignment)


def said(request: AccessRequest) -> str:
    """The decision in one sentence; empty while there is none."""
    if request.decision == Decision.REFUSED:
        return _("Refused: %(reason)s") % {"reason": request.reason}
    if request.decision == Decision.GRANTED and request.granted_until:
        return _("Access opened until %(day)s") % {"day": date_format(request.granted_until, "DATE_FORMAT")}
    return _("Access opened") if request.decision == Decision.GRANTED else ""


def may_open(request: AccessRequest) -> list[Position]:
    """Posts of the owner that may name organisations for a dataset or a document, for the reader to turn to."""
    verbs = [sharing_verb(subjects.by_noun(noun).model_class()) for noun in ("dataset", "document")]
    posts = Position.objects.filter(organisation=request.owner, closed_on__isnull=True)
    holding = models.Q()
    for verb in verbs:
        holding |= models.Q(grants__role__verbs__contains=[verb])
    return list(posts.filter(holding).distinct().select_related("organisation").order_by("id"))
