"""One function per change an official would name."""

from sala.collection.operations.forms import (
    change_form,
    make_form,
    publish_version,
    receive_version,
    remove_draft,
    withdraw_form,
)

__all__ = [
    "change_form",
    "make_form",
    "publish_version",
    "receive_version",
    "remove_draft",
    "withdraw_form",
]
