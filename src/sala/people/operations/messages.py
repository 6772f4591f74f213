"""Messages to people: one row per subject, wave and person; handed over at least once with a fixed Message-ID.

By mail to whoever has an address that is known to work, else by short message to their telephone; never by both.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils.module_loading import import_string

from sala.access.actor import command
from sala.core import clock, language, subjects
from sala.journal.operations import record
from sala.people import policy
from sala.people.gateways import Refused
from sala.people.models import Message, MessageChannel, MessageState, Person
from sala.people.telephone import number_of, parts

MOST_ATTEMPTS = 5
BATCH = 100


def channel_of(person: Person, *, short: str = "") -> MessageChannel | None:
    """How a person is reached; by short message only where there are short words and a gateway is set. None: not at all."""
    if person.email and person.verified_at:
        return MessageChannel.MAIL
    if short and settings.SMS_GATEWAY and number_of(person.phone):
        return MessageChannel.SMS
    return MessageChannel.MAIL if person.email else None


def queue_message(
    person: Person, subject: models.Model, *, wave: str, title: Any, body: Any, address: str = ""
) -> bool:
    """Write the mail once; a repeat of the same wave is no new message. True when it is new.

    address  where it goes instead of to the person's own address
    """
    if not (address or person.email):
        return False
    _row, made = Message.objects.get_or_create(
        subject_type=subjects.of(subject).noun, subject_id=subject.pk, wave=wave, person=person,
        defaults={
            "address": address,
            "language": person.language or language.required_language(),
            "title": str(title)[:200],
            "body": str(body),
            "message_id": f"{uuid.uuid4()}@sala",
            "made_at": clock.now(),
        },
    )  # fmt: skip
    return made


@dataclass(frozen=True)
class Letter:
    """A message to be written: to whom, about which row, in which wave, in words of that person's language.

    short  the whole of it as a short message, with nothing in it about anybody; empty where it goes by mail only
    """

    person: Person
    subject: models.Model
    wave: str
    title: str
    body: str
    short: str = ""


def queue_messages(letters: Sequence[Letter]) -> int:
    """Write many messages in few statements; those of a wave that was written already are left. Returns how many are new."""
    now = clock.now()
    reached = [(letter, channel_of(letter.person, short=letter.short)) for letter in letters]
    rows = [
        Message(
            subject_type=subjects.of(letter.subject).noun, subject_id=letter.subject.pk, wave=letter.wave,
            person=letter.person, channel=channel, language=letter.person.language or language.required_language(),
            title=letter.title[:200], body=letter.short if channel == MessageChannel.SMS else letter.body,
            message_id=f"{uuid.uuid4()}@sala", made_at=now,
        )
        for letter, channel in reached
        if channel
    ]  # fmt: skip
    last = Message.objects.order_by("-id").values_list("id", flat=True).first() or 0
    Message.objects.bulk_create(rows, batch_size=BATCH * 10, ignore_conflicts=True)
    return Message.objects.filter(id__gt=last, message_id__in=[row.message_id for row in rows]).count()


def deliver(limit: int = BATCH) -> int:
    """Hand waiting messages to the gateway of their channel. Returns how many went out.

    One that is refused is tried again later, and the next goes on; when a way out does not work, all of it waits.
    """
    ways = {MessageChannel.MAIL: settings.MESSAGE_GATEWAY, MessageChannel.SMS: settings.SMS_GATEWAY}
    gateways = {str(channel): import_string(name)() for channel, name in ways.items() if name}
    sent, refused = 0, set[int]()
    for _attempt in range(limit):
        with transaction.atomic():
            message = (
                Message.objects.select_for_update(skip_locked=True, of=("self",))
                .select_related("person")
                .filter(state=MessageState.WAITING, attempts__lt=MOST_ATTEMPTS, channel__in=gateways)
                .exclude(pk__in=refused)
                .order_by("attempts", "id")
                .first()
            )
            if message is None:
                break
            message.attempts += 1
            try:
                gateways[message.channel].send(message)
            except (Refused, OSError) as error:
                message.error = str(error)[:300]
                if message.attempts >= MOST_ATTEMPTS:
                    message.state = MessageState.FAILED
                refused.add(message.pk)
                if isinstance(error, OSError):
                    del gateways[message.channel]
            else:
                message.state, message.sent_at = MessageState.SENT, clock.now()
                sent += 1
            message.save()
            _note(message)
    return sent


def _note(message: Message) -> None:
    """Short messages cost money and show nobody's copy, so the journal says what became of each; never its words."""
    if message.channel != MessageChannel.SMS or message.state == MessageState.WAITING:
        return
    details: dict[str, Any] = {
        "channel": message.channel, "about": [message.subject_type, message.subject_id], "wave": message.wave,
        "parts": parts(message.body), "attempts": message.attempts,
    }  # fmt: skip
    if message.state == MessageState.SENT:
        record(command(), policy.TELL, message.person, change="short message sent", **details)
    else:
        record(command(), policy.TELL, message.person, change="short message given up", **details)
