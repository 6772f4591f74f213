"""History of one subject, for whoever sees that subject. What was said at each step is for those who may read the journal."""

import json

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from sala.access.request import Request
from sala.access.scope import can, visible
from sala.core import subjects
from sala.journal.queries import of_subject

PER_PAGE = 50
READ = "journal.read"


def history(request: Request, noun: str, pk: int) -> HttpResponse:
    if not subjects.knows(noun):
        raise Http404
    subject = subjects.by_noun(noun)
    found = get_object_or_404(visible(request.actor, subject.model_class), pk=pk)
    page = Paginator(of_subject(noun, pk), PER_PAGE).get_page(request.GET.get("page"))
    open_to_reader = can(request.actor, READ, found)
    rows = [(event, details(event.text) if open_to_reader else {}) for event in page]
    return render(request, "site/history.html", {"subject": subject, "found": found, "rows": rows, "page": page})


def details(text: str) -> dict:
    """What an event says beyond who, when and what."""
    content = json.loads(text)
    for name in ("at", "verb", "subject", "actor", "person", "people"):
        content.pop(name, None)
    return content
