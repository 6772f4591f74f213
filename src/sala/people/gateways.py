"""Ways out for messages, behind one interface: `send(message)` hands over once or raises OSError."""

import sys
from email.utils import formataddr

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from sala.people.models import Message


class Console:
    """Prints each message; for trials and for a machine without a mail server."""

    def send(self, message: Message) -> None:
        sys.stderr.write(f"--- message to person {message.person_id}: {message.title}\n{message.body}\n---\n")


class Smtp:
    """Hands over to the mail server named in the settings. The Message-ID is fixed, so a repeat is recognised."""

    def send(self, message: Message) -> None:
        mail = EmailMessage(
            subject=message.title,
            body=message.body,
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[formataddr((message.person.name, message.address or message.person.email or ""))],
            headers={"Message-ID": f"<{message.message_id}>", "Content-Language": message.language},
            connection=get_connection("django.core.mail.backends.smtp.EmailBackend", timeout=20),
        )
        mail.send()


class Memory:
    """Keeps messages in a list; for tests."""

    sent: list[Message] = []

    def send(self, message: Message) -> None:
        Memory.sent.append(message)
