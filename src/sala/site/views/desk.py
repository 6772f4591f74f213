"""What waits for my posts: what is late first, then kind by kind, the most urgent first; page by page."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.request import Request
from sala.core import desk as waiting
from sala.core.desk import GROUP_NAMES, DeskRow, Group
from sala.core.errors import SignInNeeded
from sala.documents.working_days import Calendar
from sala.duties import policy as duties_policy
from sala.duties.due import Due, reckon

PER_PAGE = 50
LATE = "late"


@dataclass(frozen=True)
class Line:
    """A row as the page shows it: with how its due date stands."""

    row: DeskRow
    due: Due | None

    @property
    def late(self) -> bool:
        return self.due is not None and self.due.late


@dataclass(frozen=True)
class Section:
    """What is late, or one kind of waiting things: how many in all, and those of this page."""

    code: str
    name: Any
    number: int
    lines: list[Line] = field(default_factory=list)


def lines_for(actor: Actor) -> list[Line]:
    """Everything that waits for the actor: the late ones, then kind by kind, each by due date; what has none comes last."""
    rows = [row for source in waiting.sources() for row in source(actor)]
    calendar = Calendar()
    due = {day: reckon(day, calendar=calendar) for day in {row.due for row in rows} if day}
    lines = [Line(row, due.get(row.due) if row.due else None) for row in rows]
    order = list(Group)
    return sorted(lines, key=lambda line: (0 if line.late else 1 + order.index(line.row.group), line.row.due or date.max,
                                           line.row.url))  # fmt: skip


def sections(lines: list[Line], shown: Iterable[Line]) -> list[Section]:
    """The sections that have a line on this page."""
    numbers = Counter(_section_of(line) for line in lines)
    found: dict[str, Section] = {}
    for line in shown:
        code = _section_of(line)
        found.setdefault(code, Section(code, _name_of(code), numbers[code])).lines.append(line)
    return list(found.values())


def _name_of(code: str) -> Any:
    return _("Overdue") if code == LATE else GROUP_NAMES[Group(code)]


def _section_of(line: Line) -> str:
    return LATE if line.late else line.row.group


def desk(request: Request) -> HttpResponse:
    if not request.actor.is_signed_in:
        raise SignInNeeded(_("The desk is for holders of a post. Sign in with your link."))
    lines = lines_for(request.actor)
    page = Paginator(lines, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "sections": sections(lines, page),
        "names": GROUP_NAMES,
        "count": len(lines),
        "has_post": request.actor.has_post,
        "may_issue": request.actor.has_anywhere(duties_policy.ISSUE),
    }
    return render(request, "site/desk.html", context)
