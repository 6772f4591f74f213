"""When a question is asked, in words: the formulas of a workbook that people write most, told with question numbers.

Knows no table. What it cannot read it gives back with the names of questions made plain, which still tells a careful
reader; a paper must never leave a condition out.
"""

import re
from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _

QUESTION = r"\$\{\s*(?P<name>[\w.:-]+)\s*\}"
VALUE = r"""(?:'(?P<one>[^']*)'|"(?P<two>[^"]*)"|(?P<number>-?\d+(?:\.\d+)?))"""
COMPARED = re.compile(rf"^{QUESTION}\s*(?P<sign>!=|>=|<=|=|>|<)\s*{VALUE}$")
SELECTED = re.compile(rf"^(?P<no>not\s*\(\s*)?selected\s*\(\s*{QUESTION}\s*,\s*{VALUE}\s*\)(?(no)\s*\))$")
NAMED = re.compile(QUESTION)
PARTS = re.compile(r"\s+(and|or)\s+")


def told(formula: str, number_of: Mapping[str, str], label_of: Callable[[str, str], str]) -> str:
    """The condition in words, such as "question 3 is “Well”".

    number_of  name of a question → its number on the paper    label_of  (question, value) → words of the choice
    """
    text = formula.strip()
    while text.startswith("(") and text.endswith(")") and _whole(text):
        text = text[1:-1].strip()
    if not text:
        return ""
    pieces = _split(text)
    said = [_part(piece, number_of, label_of) for piece in pieces[::2]]
    joined = said[0]
    for word, part in zip(pieces[1::2], said[1:], strict=True):
        joined = (_("%(first)s and %(second)s") if word == "and" else _("%(first)s or %(second)s")) % {
            "first": joined, "second": part,
        }  # fmt: skip
    return joined


def _whole(text: str) -> bool:
    """The first bracket is closed by the last one."""
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return place == len(text) - 1
    return False


def _split(text: str) -> list[str]:
    """Parts and the words between them, split outside of brackets and of quoted texts only."""
    found, begin, depth, quote = [], 0, 0, ""
    place = 0
    while place < len(text):
        letter = text[place]
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter in "()":
            depth += 1 if letter == "(" else -1
        elif depth == 0 and (match := PARTS.match(text, place)):
            found += [text[begin:place], match[1]]
            place = begin = match.end()
            continue
        place += 1
    return [*found, text[begin:]]


def _part(text: str, number_of: Mapping[str, str], label_of: Callable[[str, str], str]) -> str:
    text = text.strip()
    if text.startswith("(") and text.endswith(")") and _whole(text):
        return "(" + told(text, number_of, label_of) + ")"
    if match := SELECTED.match(text):
        words = _("in question %(number)s “%(value)s” is not ticked") if match["no"] else _("in question %(number)s “%(value)s” is ticked")  # fmt: skip
        return words % {"number": _number(match["name"], number_of), "value": label_of(match["name"], _value(match))}
    if match := COMPARED.match(text):
        return _compared(match, number_of, label_of)
    return NAMED.sub(lambda match: f"[{_number(match['name'], number_of)}]", text)


def _compared(match: re.Match[str], number_of: Mapping[str, str], label_of: Callable[[str, str], str]) -> str:
    value = _value(match)
    given = {"number": _number(match["name"], number_of), "value": label_of(match["name"], value)}
    if not value and match["sign"] in ("=", "!="):
        words = _("question %(number)s is empty") if match["sign"] == "=" else _("question %(number)s is answered")
        return words % given
    words = {
        "=": _("the answer to question %(number)s is “%(value)s”"),
        "!=": _("the answer to question %(number)s is not “%(value)s”"),
        ">": _("the answer to question %(number)s is more than %(value)s"),
        ">=": _("the answer to question %(number)s is %(value)s or more"),
        "<": _("the answer to question %(number)s is less than %(value)s"),
        "<=": _("the answer to question %(number)s is %(value)s or less"),
    }[match["sign"]]
    return words % given


def _value(match: re.Match[str]) -> str:
    return next((match[name] for name in ("one", "two", "number") if match[name] is not None), "")


def _number(name: str, number_of: Mapping[str, str]) -> str:
    return number_of.get(name, name)
