"""Messages to people: one row per subject, wave and person; handed over at least once with a fixed Message-ID."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils.module_loading import import_string

from sala.core import clock, language, subjects
from sala.people.models import Message, MessageState, Person

MOST_ATTEMPTS = 5
BATCH = 100


def queue_message(
    person: Person, subject: models.Model, *, wave: str, title: Any, body: Any, channel: str = "mail", address: str = ""
) -> bool:
    """Write the message once; a repeat of the same wave is no new message. True when it is new.

    address  where it goes instead of to the person's own address
    """
    if not (address or person.email) and channel == "mail":
        return False
    _row, made = Message.objects.get_or_create(
        subject_type=subjects.of(subject).noun, subject_id=subject.pk, wave=wave, person=person, channel=channel,
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
    """A message to be written: to whom, about which row, in which wave, in words of that person's language."""

    person: Person
    subject: models.Model
    wave: str
    title: str
    body: str


def queue_messages(letters: Sequence[Letter], channel: str = "mail") -> int:
    """Write many messages in few statements; those of a wave that was written already are left. Returns how many are new."""
    now = clock.now()
    rows = [
        Message(
            subject_type=subjects.of(letter.subject).noun, subject_id=letter.subject.pk, wave=letter.wave,
            person=letter.person, channel=channel, language=letter.person.language or language.required_language(),
            title=letter.title[:200], body=letter.body, message_id=f"{uuid.uuid4()}@sala", made_at=now,
        )
        for letter in letters
        if letter.person.email or channel != "mail"
    ]  # fmt: skip
    last = Message.objects.order_by("-id").values_list("id", flat=True).first() or 0
    Message.objects.bulk_create(rows, batch_size=BATCH * 10, ignore_conflicts=True)
    return Message.objects.filter(id__gt=last, message_id__in=[row.message_id for row in rows]).count()


def deliver(limit: int = BATCH) -> int:
    """Hand waiting messages to the gateway. Returns how many went out. A failed one is tried again later."""
    gateway = import_string(settings.MESSAGE_GATEWAY)()
    sent = 0
    for _attempt in range(limit):
        with transaction.atomic():
            message = (
                Message.objects.select_for_update(skip_locked=True, of=("self",))
                .select_related("person")
                .filter(state=MessageState.WAITING, attempts__lt=MOST_ATTEMPTS)
                .order_by("attempts", "id")
                .first()
            )
            if message is None:
                break
            message.attempts += 1
            try:
                gateway.send(message)
            except OSError as error:
                message.error = str(error)[:300]
                if message.attempts >= MOST_ATTEMPTS:
                    message.state = MessageState.FAILED
                message.save()
                break
            message.state, message.sent_at = MessageState.SENT, clock.now()
            message.save()
            sent += 1
    return sent
