"""How long editions of datasets wait for their reviewer and publisher, for "Where papers wait"."""

from collections.abc import Iterator
from datetime import date, datetime

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.catalogue import policy
from sala.catalogue.models import Dataset
from sala.duties.queries.waits import DAY, REVIEW, Wait
from sala.journal.models import Event
from sala.people.models import Position

SENT, ENDED = "edition submitted", ("edition returned", "edition published")


def review_waits(actor: Actor, first: date, last: date) -> Iterator[Wait]:
    """Each finished wait from sending an edition to its return or release, of those sent between two days.

    The wait is that of the office which then took the step. What still waits is not counted.
    """
    events = Event.objects.filter(
        subject_type="dataset", subject_id__in=visible(actor, Dataset).order_by().values("pk"),
        verb__in=(policy.SUBMIT, policy.REVIEW, policy.PUBLISH), at__date__gte=first,
    ).order_by("id")  # fmt: skip
    offices = dict(Position.objects.values_list("pk", "organisation_id"))
    sent: dict[int, datetime] = {}
    for event in events.iterator(chunk_size=5000):
        told = event.content()
        edition, change = told.get("edition"), told.get("change")
        if edition is None:
            continue
        if change == SENT and event.at.date() <= last:
            sent[edition] = event.at
        elif change in ENDED and edition in sent and event.position_id in offices:
            yield Wait(offices[event.position_id], REVIEW, (event.at - sent.pop(edition)).total_seconds() / DAY)
