"""Ways out for messages, behind one interface: `send(message)` hands over once, or raises Refused or OSError.

Refused is about this one message, so the next is tried at once; OSError is about the way out, so the others wait. One
gateway is set for mail and one for short messages; another (SMPP) is one more class with `send`, named in the settings.
"""

import json
import re
import sys
from collections.abc import Callable
from email.utils import formataddr
from urllib.parse import quote

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from sala.core import fetching
from sala.people.models import Message
from sala.people.telephone import number_of

REFUSING = (400, 409, 410, 422)  # answers about the one message: no such number, no such text
SLOT = re.compile(r"\{(number|text|id|secret)\}")


class Refused(Exception):
    """The other side does not take this message; nothing is said about others."""


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


class Http:
    """Hands a short message to the gateway of an operator of telephones by one request, laid out in the settings.

    {number}, {text}, {id} and {secret} stand in the address, the headers and the body for what they name, written as
    JSON or as a form wants them. An address in one's own network is only asked where SALA_FETCH_INTERNAL lists it.
    """

    def send(self, message: Message) -> None:
        number = number_of(message.person.phone)
        if not number:
            raise Refused("no telephone number")
        values = {
            "number": number, "text": message.body, "id": message.message_id, "secret": settings.SMS_GATEWAY_SECRET,
        }  # fmt: skip
        headers = {name: _filled(value, values, str) for name, value in settings.SMS_HEADERS.items()}
        media_type = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
        body = _filled(settings.SMS_BODY, values, _writer(media_type)).encode()
        try:
            fetching.post(
                _filled(settings.SMS_URL, values, _quoted), body, headers, method=settings.SMS_METHOD, seconds=20
            )
        except fetching.Unfetched as error:
            if error.answered in REFUSING:
                raise Refused(str(error)) from error
            raise OSError(str(error)) from error


def _filled(template: str, values: dict[str, str], write: Callable[[str], str]) -> str:
    """In one go, so that a text which holds {secret} stays as it is."""
    return SLOT.sub(lambda found: write(values[found[1]]), template)


def _writer(media_type: str) -> Callable[[str], str]:
    if "json" in media_type:
        return lambda value: json.dumps(value)[1:-1]
    return _quoted if "urlencoded" in media_type else str


def _quoted(value: str) -> str:
    return quote(value, safe="")
