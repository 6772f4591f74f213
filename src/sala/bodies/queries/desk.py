"""What waits of bodies for a post: minutes to endorse, meetings to come."""

from datetime import timedelta

from django.db.models import F, Min
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.bodies.models import Meeting, Minutes, Signature
from sala.bodies.states import MeetingState, MinutesState
from sala.core import clock
from sala.core.desk import DeskRow, Group

SOON = timedelta(days=30)


def turn(minutes: Minutes) -> Signature | None:
    """The post whose turn it is to endorse; None when nobody's is."""
    if minutes.state != MinutesState.CIRCULATED:
        return None
    waiting = minutes.signatures.filter(edition=minutes.edition, verdict="")
    return waiting.select_related("position__organisation__area").order_by("order").first()


def desk_rows(actor: Actor) -> list[DeskRow]:
    return [*_to_endorse(actor), *_to_come(actor)] if actor.holdings else []


def _to_endorse(actor: Actor) -> list[DeskRow]:
    waiting = Signature.objects.filter(
        verdict="", edition=F("minutes__edition"), minutes__state=MinutesState.CIRCULATED
    )  # fmt: skip
    mine = waiting.filter(position__in=actor.position_ids)
    if not mine.exists():
        return []
    first = waiting.values("minutes").annotate(first=Min("order")).values_list("minutes", "first")
    turns = dict(first)
    mine = mine.select_related("position", "minutes__meeting__body__secretariat")
    return [
        DeskRow(
            group=Group.REVIEW,
            title=row.minutes.meeting.title,
            url=row.minutes.get_absolute_url(),
            post=row.position.title,
            who=row.minutes.meeting.body.secretariat.name,
            note=_("Minutes to endorse"),
        )
        for row in mine
        if turns.get(row.minutes_id) == row.order
    ]


def _to_come(actor: Actor) -> list[DeskRow]:
    now = clock.now()
    rows = Meeting.objects.filter(
        state=MeetingState.CALLED, starts_at__gte=now, starts_at__lte=now + SOON, participants__position__in=actor.position_ids
    )  # fmt: skip
    if not rows.exists():
        return []
    return [
        DeskRow(
            group=Group.HINT,
            title=row.title,
            url=row.get_absolute_url(),
            who=row.body.name,
            note=_("Meeting on %(time)s") % {"time": date_format(localtime(row.starts_at), "DATETIME_FORMAT")},
        )
        for row in rows.select_related("body").distinct()
    ]
