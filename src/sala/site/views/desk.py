"""What waits for my posts: what is late first, then kind by kind, the most urgent first."""

from dataclasses import dataclass
from datetime import date

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


@dataclass(frozen=True)
class Line:
    """A row as the page shows it: with how its due date stands."""

    row: DeskRow
    due: Due | None

    @property
    def late(self) -> bool:
        return self.due is not None and self.due.late


def lines_for(actor: Actor) -> list[Line]:
    """Everything that waits for the actor, by due date; what has none comes last."""
    calendar = Calendar()
    rows = [row for source in waiting.sources() for row in source(actor)]
    rows.sort(key=lambda row: (row.due or date.max, row.url))
    return [Line(row, reckon(row.due, calendar=calendar) if row.due else None) for row in rows]


def desk(request: Request) -> HttpResponse:
    if not request.actor.is_signed_in:
        raise SignInNeeded(_("The desk is for holders of a post. Sign in with your link."))
    lines = lines_for(request.actor)
    late = [line for line in lines if line.late]
    groups = [
        {"code": group, "name": GROUP_NAMES[group], "lines": found}
        for group in Group
        if (found := [line for line in lines if line.row.group == group and not line.late])
    ]
    context = {
        "late": late,
        "groups": groups,
        "names": GROUP_NAMES,
        "count": len(lines),
        "has_post": bool(request.actor.holdings),
        "may_issue": request.actor.has_anywhere(duties_policy.ISSUE),
    }
    return render(request, "site/desk.html", context)
