"""Why a file was refused: codes with values from the child, words for the reader in the parent."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

# code → sentence with what to do next; %(name)s are the refusal's values
WORDS = {
    "took-too-long": noop("Reading the file took longer than %(seconds)s seconds. Send a smaller part of it."),
    "too-large-for-memory": noop("The file needs more memory than allowed when it is read. Send it in parts."),
    "too-much-output": noop("The file unpacks to more than is allowed. Send it in parts."),
    "broke-the-reader": noop("The file could not be read; it may be damaged. Open it in its own program, save it anew and send it again. (%(code)s)"),
    "disk-full": noop("The disk of this service is full. Nothing was kept; tell the operator."),
    "empty": noop("The file is empty. Choose the right file and send it again."),
    "unknown-type": noop("This is not a kind of file that is read here (%(found)s). Send one of: %(allowed)s."),
    "wrong-extension": noop("The name says “%(extension)s” but the content is %(found)s. Rename the file or save it in the right format."),
    "unsafe-archive": noop("The archive holds a name that leads outside (%(name)s). Pack the files anew without folders."),
    "archive-bomb": noop("The archive unpacks to %(size)s MB, more than the %(limit)s MB allowed. Send the files singly."),
    "encrypted": noop("The file is protected by a password. Save it without one and send it again."),
}  # fmt: skip


class Refused(Exception):
    """Raised in the child. `code` is a key of WORDS."""

    def __init__(self, code: str, **values: Any):
        super().__init__(code)
        self.code, self.values = code, values


def words_of(code: str, values: dict[str, Any]) -> str:
    """The sentence for the reader; an unknown code shows itself."""
    sentence = WORDS.get(code)
    if sentence is None:
        return code
    try:
        return _(sentence) % values
    except (KeyError, TypeError):
        return _(sentence)
