"""The letters of a call: writing one, and its files for whoever sees the call."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from sala.access.request import Request
from sala.access.scope import visible
from sala.documents.models import IssuedFile
from sala.documents.views.files import as_download
from sala.duties.due import reckon
from sala.duties.errands import ask_letter
from sala.duties.models import Assignment
from sala.duties.operations.letters import refuse_a_repetition
from sala.duties.operations.speaking import require_speaking_for
from sala.duties.queries.letters import letters_seen, newest_letter, written_languages
from sala.duties.views.finding import call_or_404


def write(request: Request, reference: str) -> HttpResponse:
    """Shows what the letter will say and to whom; the button issues it. ?assignment= writes to one post."""
    call = call_or_404(request.actor, reference)
    require_speaking_for(request.actor, call.issuer)
    number = request.GET.get("assignment", "")
    assignment = None
    if number:
        rows = visible(request.actor, Assignment).select_related("position__organisation")
        assignment = get_object_or_404(rows, call=call, pk=int(number) if number.isdigit() else 0)
    if request.method == "POST":
        errand = ask_letter(request.actor, call, assignment)
        if errand.found:
            messages.success(request, _("Issued under number %(number)s.") % {"number": errand.found["number"]})
        return redirect(errand)
    due_on = assignment.due_on if assignment else call.due_on
    before = newest_letter(call, assignment)
    if due_on:
        refuse_a_repetition(before or newest_letter(call), reckon(due_on))
    context = {
        "call": call,
        "assignment": assignment,
        "number": call.assignments.count(),
        "due": reckon(due_on) if due_on else None,
        "languages": written_languages(call),
        "before": before,
    }
    return render(request, "duties/letter.html", context)


def letter_file(request: Request, reference: str, pk: int, code: str) -> HttpResponseBase:
    """The paper for those who see the call: whoever is asked must be able to read the letter."""
    call = call_or_404(request.actor, reference)
    papers = [letter.paper_id for letter in letters_seen(request.actor, call) if letter.pk == pk]
    file = get_object_or_404(IssuedFile, issued__in=papers, language=code)
    return as_download(file.sha256, file.name, "application/pdf")
