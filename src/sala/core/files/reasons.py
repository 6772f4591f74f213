"""The words for a refusal, in the reader's language. Only the parent says them: the child answers codes and values."""

from typing import Any

from django.utils.translation import gettext as _

from sala.core.files import form_words
from sala.core.files.refusals import KINDS, WORDS


def words_of(code: str, values: dict[str, Any]) -> str:
    """The sentence for the reader; an unknown code shows itself. With `more` among the values, all of them, numbered."""
    if more := values.get("more"):
        told = [words_of(code, {name: value for name, value in values.items() if name != "more"})]
        told += [words_of(each["code"], each["values"]) for each in more]
        listed = " ".join(f"({number}) {sentence}" for number, sentence in enumerate(told, start=1))
        return _("%(count)d things are to be corrected: %(list)s") % {"count": len(told), "list": listed}
    sentence = WORDS.get(code)
    if sentence is None:
        return code
    shown = {name: _(KINDS[value]) if name in ("found", "instead") and value in KINDS else value for name, value in values.items()}  # fmt: skip
    if "%(place)s" in sentence:
        shown["place"] = _place(values)
    try:
        return _(sentence) % shown
    except (KeyError, TypeError):
        return _(sentence)


def _place(values: dict[str, Any]) -> str:
    """Where in a form: as much of sheet, row and column as is known."""
    known = tuple(name for name in ("sheet", "row", "column") if values.get(name))
    return _(form_words.PLACES[known]) % values
