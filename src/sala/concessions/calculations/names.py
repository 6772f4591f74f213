"""Search keys of names of projects and parties: what is left when spelling and legal form are taken off."""

import re
from collections.abc import Iterable

from sala.places.names import plain

LONGEST = 200
_SEPARATORS = re.compile(r"[^\w\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd]+|_")
# Forms of companies in many countries; those of the country's language stand in the pack.
FORMS = (
    "company limited", "limited company", "co ltd", "co limited", "company", "limited", "ltd", "plc", "public company",
    "corporation", "corp", "incorporated", "inc", "group", "holdings", "holding", "joint stock company", "jsc", "llc",
    "sole company", "sole co", "joint venture", "jv", "sa", "sarl", "gmbh", "bv", "pte", "sdn bhd",
)  # fmt: skip


def name_key(text: str, forms: Iterable[str] = ()) -> str:
    """Key of a name: accepted spellings and legal forms ("X Co., Ltd" and "X Company") give the same.

    forms  further words of legal forms that may stand before or after a name
    """
    key = " ".join(_SEPARATORS.sub(" ", plain(text)).split())
    known = sorted({*FORMS, *(" ".join(_SEPARATORS.sub(" ", plain(form)).split()) for form in forms)}, key=len, reverse=True)  # fmt: skip
    before = ""
    while before != key:
        before = key
        for form in known:
            key = _without(key, form) or key
    return key.replace(" ", "")[:LONGEST]


def _without(key: str, form: str) -> str:
    """The key without a form at both ends; scripts that write without spaces may have it glued to the name."""
    if form and not form.isascii():
        return key.removeprefix(form).strip().removesuffix(form).strip()
    return key.removeprefix(f"{form} ").removesuffix(f" {form}")


def name_keys(texts: Iterable[str], forms: Iterable[str] = ()) -> list[str]:
    """Each key once, sorted; empty ones left out."""
    known = tuple(forms)
    return sorted({name_key(text, known) for text in texts} - {""})
