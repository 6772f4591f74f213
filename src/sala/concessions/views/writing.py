"""The page on which something of a concession is written: nothing typed is lost, and who was overtaken is told by what."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from sala.access.form_page import form_page
from sala.access.request import Request
from sala.access.scope import require
from sala.concessions.forms.fields import VersionedForm
from sala.concessions.models import Concession
from sala.concessions.queries.history import history
from sala.concessions.views.profile import find

SHOWN = 10  # changes of others that are told to who was overtaken


class PageOf:
    """A further page of a concession, as something to go back to: its name and its address."""

    def __init__(self, concession: Concession, to: str):
        self.name, self.to, self.reference = concession.name, to, concession.reference

    def get_absolute_url(self) -> str:
        return reverse(self.to, args=[self.reference])


def found_for(request: Request, reference: str, verb: str) -> Concession:
    """The concession; 404 when it is not visible, 403 with advice when it is but this may not be done to it."""
    found = find(request, reference)
    require(request.actor, verb, found)
    return found


def sent(request: Request, concession: Concession) -> tuple[Any, bool]:
    """What was sent, brought to the present version, and whether it had been written on an older one."""
    if request.method != "POST":
        return None, False
    data = request.POST.copy()
    overtaken = data.get("version", "").isdecimal() and data["version"] != str(concession.version)
    if overtaken:
        data["version"] = str(concession.version)
    return data, overtaken


def write(request: Request, concession: Concession, make: Callable[..., VersionedForm], work: Callable[[dict[str, Any]], Any],
          to: str = "", **shown: Any) -> HttpResponse:  # fmt: skip
    """Show a form about a concession; sent, do the work. make(data, files, actor=, concession=) → the form.

    to  name of the address of a page of the concession to which the reader goes back; its own page without it
    """
    data, overtaken = sent(request, concession)
    form = make(data, request.FILES or None, actor=request.actor, concession=concession)
    if overtaken and form.is_valid():
        form.add_error(None, _("Somebody changed this entry while you were writing. What was changed stands above; look at it, then send again."))  # fmt: skip
        shown["meanwhile"] = list(history(request.actor, concession)[:SHOWN])
    back = PageOf(concession, to) if to else concession
    return form_page(request, form, work, back=back, template="concessions/form.html", **shown)
