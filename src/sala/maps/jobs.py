"""Tiles are made in the background: when an edition or a layer comes, and each hour for embargoes that ended."""

from procrastinate.contrib.django import app

from sala.access.actor import command
from sala.journal.models import Event
from sala.maps.models import Layer
from sala.maps.operations import build_missing


@app.task(name="maps.build_tiles")
def build_tiles(event_id: int) -> int:
    """Make the published tiles that an event calls for. Returns how many archives are new."""
    event = Event.objects.get(pk=event_id)
    if event.subject_type == "layer":
        layers = Layer.objects.filter(pk=event.subject_id)
    else:
        layers = Layer.objects.filter(distribution__dataset_id=event.subject_id)
    return sum(build_missing(command(), layer) for layer in layers)


@app.periodic(cron="25 * * * *")
@app.task(name="maps.build_waiting", queueing_lock="maps.build_waiting")
def build_waiting(timestamp: int) -> int:
    """Each hour: tiles of editions whose embargo has ended, and of builders that were killed."""
    return build_missing(command())
