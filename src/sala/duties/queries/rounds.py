"""What the calendar left on the desks of those who issue recurring calls."""

from datetime import date

from django.db.models import Q

from sala.access.actor import Actor
from sala.core import clock
from sala.core.desk import DeskRow, Group
from sala.documents.working_days import Calendar, add_working_days
from sala.duties.due import notice_rule
from sala.duties.models import Call, CallState, CallTemplate
from sala.duties.operations.templates import what_is_missing
from sala.duties.standing_in import reached_many


def desk_rows(actor: Actor) -> list[DeskRow]:
    """Rounds that wait to be issued, with what is missing, and rounds that could not be drafted, with the reason."""
    if not actor.position_ids:
        return []
    templates, calendar = _of(actor), Calendar()
    rows = [_waiting(template.last, calendar) for template in templates if template.last and template.last.is_draft]
    return rows + [_troubled(template) for template in templates if template.trouble]


def _of(actor: Actor) -> list[CallTemplate]:
    """Templates with something that waits, of the actor's posts and of vacant ones that fall to the actor as head."""
    waiting = CallTemplate.objects.filter(retired=False).exclude(rhythm="")
    waiting = waiting.filter(Q(last__state=CallState.DRAFT) | ~Q(trouble="")).order_by("id")
    if not waiting.exists():
        return []
    rows = list(waiting.select_related("owner__organisation__area", "last__issuer__organisation__area", "last__area"))
    told = reached_many([row.owner for row in rows if row.owner_id not in actor.position_ids])
    fallen = {
        post for post, who in told.items() if who.vacant and actor.person_id in [person.pk for person in who.people]
    }
    return [row for row in rows if row.owner_id in fallen or row.owner_id in actor.position_ids]


def _waiting(call: Call, calendar: Calendar) -> DeskRow:
    today = clock.today()
    return DeskRow(
        group=Group.DECIDE, title=call.title, url=call.get_absolute_url(), post=call.issuer.title,
        who=call.issuer.organisation.name, due=last_day_to_issue(call, calendar), note=what_is_missing(call, today),
    )  # fmt: skip


def last_day_to_issue(call: Call, calendar: Calendar) -> date | None:
    """The last day on which a draft can be issued with the notice that the rule asks; None where its due date is open."""
    if call.due_on is None:
        return call.opens_on
    notice = notice_rule(call, clock.today())
    last = call.due_on if calendar.is_working(call.due_on) else add_working_days(call.due_on, -1, calendar)
    return add_working_days(last, -notice.days, calendar) if notice else call.due_on


def _troubled(template: CallTemplate) -> DeskRow:
    return DeskRow(
        group=Group.DECIDE, title=template.name, url=template.get_absolute_url(), post=template.owner.title,
        who=template.owner.organisation.name, due=template.next_on, note=template.trouble,
    )  # fmt: skip
