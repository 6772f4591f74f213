"""Every change that matters, in order, unalterable: who, in which position, what, to what, why, on which document.

An event is written once, in the transaction of the change. The database keeps the serving role from altering it and
puts each new event in a queue; the sealer takes batches from that queue and chains them. No personal data: ids only.
"""

import json
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Event(models.Model):
    """One recorded change. `text` is the canonical JSON that the seals are computed from."""

    at = models.DateTimeField(db_index=True)
    verb = models.CharField(max_length=60, db_index=True)
    subject_type = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    person_id = models.BigIntegerField(null=True)
    position_id = models.BigIntegerField(null=True)
    text = models.TextField()

    class Meta:
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "-id"], name="event_subject"),
            models.Index(fields=["position_id", "-id"], name="event_position"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_type} {self.subject_id}"

    def content(self) -> dict[str, Any]:
        """What was recorded, as a mapping."""
        return json.loads(self.text)


class Unsealed(models.Model):
    """Queue of events that no seal covers yet; filled by a trigger, emptied by the sealer."""

    event = models.OneToOneField(Event, on_delete=models.DO_NOTHING, primary_key=True)


class Seal(models.Model):
    """A link of the chain: SHA-256 over the previous digest and the texts of its events, in the order of `events`."""

    at = models.DateTimeField()
    previous = models.CharField(max_length=64)
    events = ArrayField(models.BigIntegerField())
    digest = models.CharField(max_length=64, unique=True)


class Head(models.Model):
    """The last digest of a day, shown publicly and written into each backup, so that anyone can hold the past fixed."""

    day = models.DateField(unique=True)
    seal = models.ForeignKey(Seal, on_delete=models.PROTECT)
    digest = models.CharField(max_length=64)
