"""History of one subject, for whoever sees that subject. What was said at each step is for those who may read the journal."""

import json
from typing import Any

from django.core.paginator import Paginator
from django.db import models
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from sala.access.actor import Actor
from sala.access.request import Request
from sala.access.scope import can, visible
from sala.access.verbs import change_of
from sala.core import subjects
from sala.journal.models import Event
from sala.journal.queries import of_subject
from sala.people import policy as people
from sala.people.models import Person, Position
from sala.people.queries.people import people_within

PER_PAGE = 50
READ = "journal.read"
TOLD = ("at", "verb", "subject", "actor", "person", "people", "change")  # said elsewhere, or nobody's business


def history(request: Request, noun: str, pk: int) -> HttpResponse:
    subject, found = subject_of(request.actor, noun, pk)
    page = Paginator(of_subject(noun, pk), PER_PAGE).get_page(request.GET.get("page"))
    context = {"subject": subject, "found": found, "rows": steps(request.actor, found, list(page)), "page": page}
    return render(request, "site/history.html", context)


def subject_of(actor: Actor, noun: str, pk: int) -> tuple[subjects.Subject, models.Model]:
    if not subjects.knows(noun):
        raise Http404
    subject = subjects.by_noun(noun)
    if subject.model_class is Person:  # what befell somebody is for those who administer their posts
        return subject, get_object_or_404(people_within(actor, people.READ), pk=pk)
    return subject, get_object_or_404(visible(actor, subject.model_class), pk=pk)


def steps(actor: Actor, found: models.Model, events: list[Event]) -> list[dict[str, Any]]:
    """Each event in words. The post that acted is for officials, what was said is for readers of the journal."""
    open_to_reader = can(actor, READ, found)
    sees_posts = actor.is_government or actor.is_everything
    ids = {event.position_id for event in events if event.position_id} if sees_posts else set()
    posts = Position.objects.select_related("organisation").in_bulk(ids)
    rows = []
    for event in events:
        content = json.loads(event.text)
        rows.append({
            "event": event,
            "change": change_of(event.verb, str(content.get("change", ""))),
            "post": posts.get(event.position_id or 0),
            "details": {name: value for name, value in content.items() if name not in TOLD} if open_to_reader else {},
        })  # fmt: skip
    return rows
