"""One function per change an official would name."""

from sala.collection.operations.devices import give_phone, gives_phones, revoke_phone
from sala.collection.operations.forms import (
    change_form,
    make_form,
    publish_version,
    receive_version,
    remove_draft,
    withdraw_form,
)
from sala.collection.operations.intake import Incoming, Received, receive
from sala.collection.operations.reading import read_submission, read_waiting

__all__ = [
    "Incoming",
    "Received",
    "change_form",
    "give_phone",
    "gives_phones",
    "make_form",
    "publish_version",
    "read_submission",
    "read_waiting",
    "receive",
    "receive_version",
    "remove_draft",
    "revoke_phone",
    "withdraw_form",
]
