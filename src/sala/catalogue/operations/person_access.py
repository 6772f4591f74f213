"""A person without a post asks an office for what is closed to them; the office answers in words, in time."""

from collections.abc import Iterator

from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.catalogue import policy
from sala.catalogue.models import PersonDecision, PersonRequest
from sala.catalogue.operations.access import days_to_answer, who_answers
from sala.core import clock, language
from sala.core.errors import Conflict, Invalid, NotPermitted, SignInNeeded
from sala.core.operation import lock, operation
from sala.documents.working_days import add_working_days
from sala.duties import policy as duties
from sala.duties.operations import Owed
from sala.duties.operations.notices import write_about
from sala.journal.operations import record
from sala.people.models import Organisation, Person
from sala.people.operations import queue_message


@operation
def ask_as_person(actor: Actor, *, owner: Organisation, wanted: str, purpose: str) -> PersonRequest:
    """Ask an office. Needs an e-mail address that was verified; one request at a time stands open at an office."""
    person = Person.objects.filter(pk=actor.person_id or 0).first()
    if person is None:
        raise SignInNeeded(_("Sign in with your e-mail address, so that the office can answer you."))
    if person.verified_at is None:
        raise NotPermitted(_("Open the link in the message that was sent to you first; then ask."))
    faults = {
        name: [_("Write it in a few words.")] for name, text in (("wanted", wanted), ("purpose", purpose)) if not text.strip()
    }  # fmt: skip
    if faults:
        raise Invalid("", faults)
    today = clock.today()
    asked = PersonRequest(
        person=person, owner=owner, position=who_answers(owner, None), wanted=wanted.strip(), purpose=purpose.strip(),
        asked_at=clock.now(), due_on=add_working_days(today, days_to_answer(owner.area, today)),
    )  # fmt: skip
    try:
        with transaction.atomic():
            asked.save()
    except IntegrityError as error:
        raise Conflict(_("Your last request to this office is not answered yet. Wait for the answer.")) from error
    record(actor, policy.ASK, asked, change="access asked", office=owner.pk)
    write_about(
        asked, asked.position, lambda: _("A person asks for access"), "asked", note=lambda: asked.purpose,
        leaving_out=actor.person_id,
    )  # fmt: skip
    return asked


@operation
def withdraw_request(actor: Actor, asked: PersonRequest) -> PersonRequest:
    """The person needs it no more: it leaves the desk of the office, which is told."""
    asked = lock(asked)
    if actor.person_id is None or asked.person_id != actor.person_id:
        raise NotPermitted(_("Only who asked may take a request back."))
    if asked.decision:
        raise Conflict(_("This request was decided already. Open it to see how."))
    asked.decision = PersonDecision.WITHDRAWN
    asked.save(update_fields=["decision"])
    record(actor, policy.ASK, asked, change="access request withdrawn")
    write_about(
        asked, asked.position, lambda: _("A request for access was taken back"), "withdrawn",
        note=lambda: _("Nothing is to be done any more."), leaving_out=actor.person_id,
    )  # fmt: skip
    return asked


def requests_owed() -> Iterator[Owed]:
    """Requests of people that wait for an answer, for reminders of the post and word to its heads."""
    rows = PersonRequest.objects.filter(decision="").select_related("position__organisation__area")
    for asked in rows.order_by("pk").iterator(chunk_size=500):
        yield _owed(asked)


def _owed(asked: PersonRequest) -> Owed:
    return Owed(
        asked, asked.position, asked.due_on, "", note=lambda: asked.purpose,
        soon=lambda: _("Reminder: an answer to a request for access is due soon"),
        late=lambda: _("Overdue: a request for access waits for your answer"),
        told=lambda: _("Late in your unit: a request for access waits for its answer"),
    )  # fmt: skip


@operation
def answer_person(actor: Actor, asked: PersonRequest, *, given: bool, answer: str) -> PersonRequest:
    """Say where it is found or how it comes, or refuse with the reason. The person is told by mail."""
    asked = lock(asked)
    require(actor, duties.SUBMIT, asked.position, acting=asked.position_id)
    if asked.decision:
        raise Conflict(_("This request was decided already. Open it to see how."))
    if not answer.strip():
        words = _("Say where it is found or how it comes; when you refuse, say why.")
        raise Invalid(words, {"answer": [words]})
    asked.decision = PersonDecision.GRANTED if given else PersonDecision.REFUSED
    asked.answer, asked.answered_at, asked.answered_by_id = answer.strip(), clock.now(), actor.position_id
    asked.save()
    record(actor, duties.SUBMIT, asked, change="access answered", given=given)
    with translation.override(asked.person.language or language.required_language()):
        queue_message(
            asked.person, asked, wave="answered", title=_("Answer to your request for access"),
            body=f"{asked.wanted}\n{asked.owner}\n\n{asked.answer}",
        )  # fmt: skip
    return asked
