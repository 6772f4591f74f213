"""Meetings by their hour, for the calendar page and its feeds."""

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.bodies.models import Meeting
from sala.bodies.states import MeetingState
from sala.core.calendar import Entry


def meetings_open(actor: Actor, first: date, last: date) -> Iterable[Entry]:
    """Meetings that were called, as far as the reader may see them; a cancelled one says so."""
    return _entries(visible(actor, Meeting), first, last)


def meetings_invited(actor: Actor, first: date, last: date) -> Iterable[Entry]:
    """Meetings to which the reader's posts are invited."""
    mine = Meeting.objects.filter(participants__position__in=actor.position_ids)
    return _entries(Meeting.objects.filter(pk__in=mine.values("pk")), first, last)


def _entries(rows: QuerySet[Meeting], first: date, last: date) -> list[Entry]:
    rows = rows.filter(is_called=True, starts_at__date__range=(first, last))
    return [
        Entry(
            uid=f"meeting-{meeting.pk}", starts=localtime(meeting.starts_at), title=meeting.title,
            ends=localtime(meeting.ends_at) if meeting.ends_at else None, url=meeting.get_absolute_url(),
            kind=_("Meeting"), who=meeting.body.name, place=meeting.venue, note=meeting.reference,
            is_cancelled=meeting.state == MeetingState.CANCELLED,
        )
        for meeting in rows.select_related("body")
    ]  # fmt: skip
