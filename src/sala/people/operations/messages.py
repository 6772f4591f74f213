"""Messages to people: one row per subject, wave and person; handed over at least once with a fixed Message-ID."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils.module_loading import import_string

from sala.core import clock, language, subjects
from sala.people.models import Message, MessageState, Person

MOST_ATTEMPTS = 5
BATCH = 100


def queue_message(
    person: Person, subject: models.Model, *, wave: str, title: Any, body: Any, channel: str = "mail"
) -> bool:
    """Write the message once; a repeat of the same wave is no new message. True when it is new."""
    if not person.email and channel == "mail":
        return False
    _row, made = Message.objects.get_or_create(
        subject_type=subjects.of(subject).noun, subject_id=subject.pk, wave=wave, person=person, channel=channel,
        defaults={
            "language": person.language or language.required_language(),
            "title": str(title)[:200],
            "body": str(body),
            "message_id": f"{uuid.uuid4()}@sala",
            "made_at": clock.now(),
        },
    )  # fmt: skip
    return made


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
