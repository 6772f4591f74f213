"""Putting a corrected call in the place of one that runs."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from sala.access.request import Request
from sala.core.errors import Conflict
from sala.duties import operations
from sala.duties.forms import CallForm
from sala.duties.models import CallState
from sala.duties.operations.speaking import require_speaking_for
from sala.duties.views.calls import as_drafted
from sala.duties.views.finding import call_or_404


def replace(request: Request, reference: str) -> HttpResponse:
    """A new draft with the old texts and posts. The old call runs on until the new one is issued."""
    old = call_or_404(request.actor, reference)
    require_speaking_for(request.actor, old.issuer)
    if old.state != CallState.ISSUED:
        raise Conflict(_("Only a call that runs can be replaced. Draft a new one."))
    form = CallForm(request.POST or None, actor=request.actor, call=old, initial=as_drafted(old))
    if form.is_valid():
        made = operations.replace_call(request.actor, old, **form.cleaned_data)
        messages.success(request, _("The corrected draft is kept. The old call ends when you issue this one."))
        return redirect(made)
    heading = _("Replace %(call)s by a corrected call") % {"call": old.reference}
    return render(request, "duties/call_form.html", {"form": form, "heading": heading, "call": old})
