"""Reading pages that are pictures, after the file was taken in; asking the addresses of documents once a week."""

from procrastinate.contrib.django import app

from sala.access.actor import command
from sala.documents.models import Document
from sala.documents.operations.links import check_links as check
from sala.documents.operations.scans import read_scans
from sala.journal.models import Event


@app.task(name="documents.read_scans", lock="documents.read_scans")
def read_pictures(event_id: int) -> int:
    """A file came that has pages without words. Returns how many have some now. One document at a time."""
    event = Event.objects.get(pk=event_id)
    document = Document.objects.select_related("owner__area").filter(pk=event.subject_id).first()
    return read_scans(command(), document) if document else 0


@app.periodic(cron="50 * * * *")
@app.task(name="documents.check_links", queueing_lock="documents.check_links")
def check_links(timestamp: int) -> int:
    """Every hour: addresses that were not asked for a week. Returns how many were."""
    return check()
