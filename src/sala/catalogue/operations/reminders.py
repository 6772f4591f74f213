"""Telling those who owe an edition: once when it comes due, once a month while it is late, then their heads too."""

from datetime import date

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from sala.catalogue.calculations import Promise
from sala.catalogue.models import Dataset
from sala.catalogue.queries import promises
from sala.core import clock, language
from sala.people.models import Person, Position
from sala.people.operations import queue_message
from sala.people.queries import people_reached

ESCALATE_AFTER = 30  # days late


def remind_of_promises(today: date | None = None) -> int:
    """Queue the messages of this day; running it twice queues none twice. Returns how many are new."""
    day = today or clock.today()
    datasets = Dataset.objects.filter(is_published=True, retired_on__isnull=True, frequency__isnull=False)
    rows = list(datasets.select_related("frequency", "contact", "owner"))
    found = promises(rows, day)
    return sum(
        _tell(dataset, found[dataset.pk], day) for dataset in rows if found[dataset.pk].state in ("due", "overdue")
    )


def _tell(dataset: Dataset, promise: Promise, day: date) -> int:
    assert promise.due
    late = (day - promise.due).days
    wave = f"{promise.due}-due" if late <= 0 else f"{promise.due}-late-{day:%Y-%m}"
    told = 0
    for person in _whom(dataset, escalate=late > ESCALATE_AFTER):
        with translation.override(person.language or language.required_language()):
            title = _("Edition due: %(title)s") if late <= 0 else _("Edition overdue: %(title)s")
            body = _("The next edition of “%(title)s” is promised until %(due)s.\n%(address)s")
            values = {
                "title": str(dataset.title),
                "due": promise.due,
                "address": settings.BASE_URL + dataset.get_absolute_url(),
            }
            told += queue_message(person, dataset, wave=wave, title=title % values, body=body % values)
    return told


def _whom(dataset: Dataset, escalate: bool) -> list[Person]:
    """The contact post; its head of unit when the post is vacant or the edition long overdue."""
    people = people_reached(dataset.contact) if dataset.contact else []
    if escalate or not people:
        for head in Position.objects.filter(organisation=dataset.owner, is_head=True, closed_on__isnull=True):
            people += people_reached(head)
    return list({person.pk: person for person in people}.values())
