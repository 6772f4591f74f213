"""Questions on a call or another subject, answered once for all who see it."""

from datetime import date

from django.conf import settings
from django.db import models
from django.utils import translation
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import can, require, sees
from sala.core import clock, subjects
from sala.core.errors import Conflict, Invalid, Missing, NotPermitted, SignInNeeded, TooLarge, TooMany
from sala.core.language import required_language
from sala.core.operation import lock, operation
from sala.duties import policy
from sala.duties.models import Assignment, Call, Thread, ThreadEntry
from sala.duties.operations.notices import write_about
from sala.journal.operations import record
from sala.people.models import Person, Position
from sala.people.operations import queue_message

LONGEST = 4000  # characters of one entry
MOST_WAITING = 5  # unanswered questions of one person without a post


@operation
def ask(actor: Actor, subject: models.Model, *, text: str, answers: Position | None = None,
        due_on: date | None = None) -> Thread:  # fmt: skip
    """Ask something about a subject one sees; the answer will be read by everybody who sees it.

    answers  the post that must answer; on a call, its issuer
    due_on   the day by which an answer is promised
    """
    if not actor.is_signed_in and actor.kind != "token":
        raise SignInNeeded(_("Sign in to ask a question."))
    if not sees(actor, subject):
        raise Missing()
    text = _checked(text)
    _limit(actor)
    thread = Thread.objects.create(
        subject_type=subjects.of(subject).noun, subject_id=subject.pk, asked_by_id=_post_of(actor, subject),
        answers=subject.issuer if isinstance(subject, Call) else answers, made_at=clock.now(), due_on=due_on,
    )  # fmt: skip
    _write(actor, thread, text, thread.asked_by_id)
    record(actor, policy.ASK, subject, change="question asked", thread=thread.pk)
    if thread.answers is not None:
        write_about(
            subject, thread.answers, lambda: _("A question waits for your answer"), f"thread-{thread.pk}",
            note=lambda: text, leaving_out=actor.person_id,
        )  # fmt: skip
    return thread


@operation
def reply(actor: Actor, thread: Thread, *, text: str) -> ThreadEntry:
    """Answer a question, or add to it. The first word of the side that must answer counts as the answer."""
    thread = lock(thread)
    subject = subjects.by_noun(thread.subject_type).find(thread.subject_id)
    if subject is None or not sees(actor, subject):
        raise Missing()
    if not actor.is_signed_in and actor.kind != "token":
        raise SignInNeeded(_("Sign in to answer."))
    if thread.closed_at is not None:
        raise Conflict(_("This question is closed. Ask a new one."))
    text = _checked(text)
    answers = may_answer(actor, thread, subject)
    post = _post_of(actor, subject)
    if answers:
        require(actor, _verb(subject), thread.answers, acting=thread.answers_id)  # type: ignore[arg-type]
        post = actor.position_id
        thread.answered_at = thread.answered_at or clock.now()
        thread.save(update_fields=["answered_at"])
    entry = _write(actor, thread, text, post, is_answer=answers)
    record(
        actor, policy.ASK, subject, change="answered" if answers else "asked again", thread=thread.pk, entry=entry.pk
    )
    if answers and thread.asked_by is None:
        _tell_person(thread, subject, entry, text)
    to = thread.asked_by if answers else thread.answers
    if to is not None:
        title = (
            (lambda: _("Your question was answered")) if answers else (lambda: _("A question waits for your answer"))
        )
        write_about(
            subject, to, title, f"thread-{thread.pk}-{entry.pk}", note=lambda: text, leaving_out=actor.person_id
        )
    return entry


@operation
def hide(actor: Actor, entry: ThreadEntry, *, reason: str) -> None:
    """Take an entry out of sight, with a reason that stands in its place."""
    thread = lock(entry.thread)
    subject = subjects.by_noun(thread.subject_type).find(thread.subject_id)
    if subject is None or not may_answer(actor, thread, subject):
        raise NotPermitted(_("Only the office that answers here may hide an entry."))
    if not reason.strip():
        raise Invalid(_("Say why it is hidden."), {"reason": [_("Say why it is hidden.")]})
    entry.hidden_reason = reason.strip()[:300]
    entry.save(update_fields=["hidden_reason"])
    record(actor, policy.ASK, subject, change="entry hidden", thread=thread.pk, entry=entry.pk, reason=reason)


def may_answer(actor: Actor, thread: Thread, subject: models.Model) -> bool:
    """Whether a word of the actor counts as the answer."""
    return thread.answers is not None and can(actor, _verb(subject), thread.answers)


def _verb(subject: models.Model) -> str:
    return policy.ISSUE if isinstance(subject, Call) else policy.SUBMIT


def _post_of(actor: Actor, subject: models.Model) -> int | None:
    """The post in which somebody asks: the one that the call asks, else the one chosen or only held."""
    mine = actor.position_ids
    if isinstance(subject, Call):
        asked = Assignment.objects.filter(call=subject, position__in=mine).values_list("position_id", flat=True).first()
        if asked is not None:
            return asked
    return actor.chosen or (mine[0] if mine else None)


def _limit(actor: Actor) -> None:
    """Somebody without a post may have only so many questions waiting."""
    if actor.holdings or actor.person_id is None:
        return
    waiting = Thread.objects.filter(answered_at__isnull=True, asked_by__isnull=True, entries__person_id=actor.person_id)
    if waiting.distinct().count() >= MOST_WAITING:
        raise TooMany(
            _("You have %(count)d questions without an answer. Ask the next one when one of them is answered.")
            % {"count": MOST_WAITING}
        )


def _tell_person(thread: Thread, subject: models.Model, entry: ThreadEntry, text: str) -> None:
    """Tell somebody who asked without a post that the answer is there."""
    first = thread.entries.exclude(person_id=None).first()
    person = Person.objects.filter(pk=first.person_id or 0, is_active=True).first() if first else None
    if person is None:
        return
    link = f"{settings.BASE_URL.rstrip('/')}{subject.get_absolute_url()}#thread-{thread.pk}"  # type: ignore[attr-defined]
    with translation.override(person.language or required_language()):
        title, body = _("Your question was answered"), "\n".join([str(subject), text, link])
    queue_message(person, subject, wave=f"thread-{thread.pk}-{entry.pk}", title=title, body=body)


def _checked(text: str) -> str:
    if not text.strip():
        raise Invalid(_("Write something."), {"text": [_("Write something.")]})
    if len(text) > LONGEST:
        raise TooLarge(_("This is too long. Write at most %(count)d characters.") % {"count": LONGEST})
    return text.strip()


def _write(actor: Actor, thread: Thread, text: str, post: int | None, *, is_answer: bool = False) -> ThreadEntry:
    return ThreadEntry.objects.create(
        thread=thread, position_id=post, person_id=actor.person_id, text=text, is_answer=is_answer, at=clock.now()
    )
