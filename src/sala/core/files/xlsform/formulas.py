"""Formulas that go round in a circle: a device would stop at such a form, so it is refused with the row."""

import re

from sala.core.files.refusals import Refused
from sala.core.files.xlsform.sheets import Book

_REFERENCE = re.compile(r"\$\{\s*(?:last-saved#)?([^}\s]+?)\s*\}")
# what looks at other turns of a repeat may name its own question
_LOOKS_ELSEWHERE = re.compile(r"indexed-repeat\(|position\(|\[|once\(|last-saved#")
_LOOKED_AT = (("calculate", "calculation"), ("relevant", "relevant"))


def refuse_circles(book: Book) -> None:
    """Raises Refused("form-circle") at the first question whose calculation or relevance needs its own result."""
    needs: dict[str, list[str]] = {}
    columns: dict[str, str] = {}
    rows: dict[str, int] = {}
    for number, cells in book.rows:
        name, bind = str(cells.get("name", "")), cells.get("bind")
        if not name or not isinstance(bind, dict) or name in rows:
            continue
        rows[name] = number
        for key, column in _LOOKED_AT:
            formula = str(bind.get(key, ""))
            named = [] if _LOOKS_ELSEWHERE.search(formula) else _REFERENCE.findall(formula)
            if named:
                needs.setdefault(name, []).extend(named)
                columns.setdefault(name, column)
    circle = _circle(needs)
    if circle:
        first = min(circle[:-1], key=lambda name: rows[name])
        place = circle.index(first)
        shown = [*circle[place:-1], *circle[: place + 1]]
        raise Refused("form-circle", sheet="survey", row=book.line("survey", rows[first]), column=columns[first],
                      value=" → ".join(shown[:12]))  # fmt: skip


def _circle(needs: dict[str, list[str]]) -> list[str]:
    """Names along the first circle found, its first name again at the end; [] where there is none."""
    done: set[str] = set()
    for start in needs:
        if start in done:
            continue
        trail: list[str] = [start]
        on_trail = {start}
        turns = [iter(needs[start])]
        while turns:
            name = next(turns[-1], None)
            if name is None:
                turns.pop()
                finished = trail.pop()
                on_trail.discard(finished)
                done.add(finished)
            elif name in on_trail:
                return [*trail[trail.index(name) :], name]
            elif name in needs and name not in done:
                trail.append(name)
                on_trail.add(name)
                turns.append(iter(needs[name]))
    return []
