"""Handing a post over, with what is open on the day, and the sheet that says so on paper.

The people part knows nothing of duties, so the open work is gathered here and given to its operation.
"""

from datetime import date

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from sala.access.request import Request
from sala.access.scope import require, visible
from sala.duties.due import reckon
from sala.duties.models import Assignment
from sala.duties.queries import last_calls, open_work
from sala.duties.states import State
from sala.people import operations, policy
from sala.people.appointing import known_or_invited
from sala.people.forms import HandOverForm
from sala.people.models import HandOver, Organisation, Position


def hand_over(request: Request, code: str) -> HttpResponse:
    position = get_object_or_404(visible(request.actor, Position).select_related("organisation__area"), code=code)
    require(request.actor, policy.APPOINT, position)
    form = HandOverForm(request.POST or None)
    if form.is_valid():
        data = form.cleaned_data
        successor, _told = known_or_invited(request.actor, position, name=data["name"], email=data["email"])
        sheet = operations.hand_over(
            request.actor, position, successor, on=data["on"], note=data["note"], decision=data["decision"],
            open_work=open_work(position),
        )  # fmt: skip
        return redirect(sheet)
    heading = _("Hand this post over")
    return render(request, "people/form.html", {"form": form, "heading": heading, "position": position})


def sheet(request: Request, pk: int) -> HttpResponse:
    """Post, from, to, note; the work that was open on the day, the duties, the last calls, whom to ask."""
    rows = visible(request.actor, HandOver).select_related(
        "position__organisation__parent", "given_by__person", "taken_by__person"
    )
    found = get_object_or_404(rows, pk=pk)
    numbers = [entry["id"] for entry in found.open_work]
    mine = visible(request.actor, Assignment)
    open_to_reader = set(mine.filter(pk__in=numbers).values_list("pk", flat=True))
    context = {
        "sheet": found,
        "position": found.position,
        "work": [_open_row(entry, found.on, entry["id"] in open_to_reader) for entry in found.open_work],
        "calls": last_calls(mine, found.position),
        "offices": _contacts(found.position),
    }
    return render(request, "site/hand_over_sheet.html", context)


def _open_row(entry: dict, on: date, is_open: bool) -> dict:
    """One open assignment as it stood on the day of the hand-over; its title only for who may see the assignment."""
    due = date.fromisoformat(entry["due_on"]) if entry["due_on"] else None
    return {
        **entry,
        "is_open": is_open,
        "state": State(entry["state"]).label,
        "due_on": due,
        "due": reckon(due, today=on) if due else None,
    }


def _contacts(position: Position) -> list[Organisation]:
    """The post's own office and the one above it, for whom to ask."""
    office = position.organisation
    return [office, office.parent] if office.parent else [office]
