"""Reminders of meetings: once, two days before, to whoever acts for an invited post. A new time brings its own."""

from datetime import date, timedelta

from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from sala.bodies import wording
from sala.bodies.models import Meeting, Participant
from sala.bodies.states import MeetingState
from sala.core.language import required_language
from sala.duties.due import against
from sala.duties.standing_in import reached_many
from sala.people.models import Person
from sala.people.operations import Letter, queue_messages

AHEAD = 2  # days before the day of the meeting


def remind_of_meetings(today: date) -> int:
    """Queue what is to be said today. A day missed is made good on the next. Returns how many messages are new."""
    days = (today + timedelta(days=1), today + timedelta(days=AHEAD))
    rows = Participant.objects.filter(
        meeting__state=MeetingState.CALLED, meeting__starts_at__date__range=days, position__isnull=False
    )
    invited = list(rows.select_related("meeting__body", "position__organisation__area").order_by("meeting_id", "id"))
    told = reached_many([row.position for row in invited if row.position])
    letters = {
        (row.meeting_id, person.pk): _letter(row.meeting, person)
        for row in invited
        for person in told[row.position_id or 0].people
    }
    return queue_messages(list(letters.values()))


def _letter(meeting: Meeting, person: Person) -> Letter:
    with translation.override(person.language or required_language()):
        lines = [
            f"{meeting.body}", date_format(localtime(meeting.starts_at), "DATETIME_FORMAT"), f"{meeting.venue}",
            wording.address(meeting),
        ]  # fmt: skip
        title = _("Reminder: %(title)s") % {"title": meeting.title}
        return Letter(person, meeting, against(meeting.day, f"before-{AHEAD}"), title, "\n".join(filter(None, lines)))
