"""Messages leave in the background, at least once each; a failed one is tried again a minute later."""

from django.db import models
from procrastinate.contrib.django import app

from sala.access.actor import command, owner_word
from sala.core import subjects
from sala.journal.models import Event
from sala.people import limits
from sala.people.operations import messages, pass_grants
from sala.places.models import Area
from sala.search.models import SearchRow
from sala.search.operations import BATCH, refresh_many


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="people.deliver")
def deliver(timestamp: int) -> None:
    """Every minute: hand the waiting messages to the gateway, a hundred at a time until none waits or one fails."""
    while messages.deliver() == messages.BATCH:
        pass


@app.periodic(cron="20 * * * *")
@app.task(queueing_lock="people.forget_attempts")
def forget_attempts(timestamp: int) -> int:
    """Every hour: counts of attempts whose window has ended."""
    return limits.forget_ended()


@app.task(name="people.follow_organisation")
def follow_organisation(event_id: int) -> int:
    """An organisation was moved or closed: whoever reads what it and its units keep finds it, and nobody else does.

    Returns how many search rows were looked at.
    """
    word = owner_word(Event.objects.get(pk=event_id).subject_id)
    found: dict[str, list[int]] = {}
    for noun, pk in SearchRow.objects.filter(audiences__contains=[word]).values_list("noun", "subject_id"):
        found.setdefault(noun, []).append(pk)
    for noun, ids in found.items():
        subject = subjects.by_noun(noun)
        for start in range(0, len(ids), BATCH):
            rows = list(subject.model_class._default_manager.filter(pk__in=ids[start : start + BATCH]))
            models.prefetch_related_objects(rows, *subject.reads)
            refresh_many(rows)
    return sum(map(len, found.values()))


@app.task(name="people.pass_grants")
def grants_of_ended_area(event_id: int) -> None:
    """An area ended: roles that were granted on it go to its successors, to be confirmed."""
    event = Event.objects.get(pk=event_id)
    ended = Area.objects.get(pk=event.subject_id)
    pass_grants(command(), ended, successors=list(Area.objects.filter(pk__in=event.content()["successors"])))
