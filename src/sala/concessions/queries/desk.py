"""What waits of concessions for a post: entries to confirm, granted ones without their paper."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sala.access.actor import Actor, Holding
from sala.concessions import policy
from sala.concessions.models import Due, DueBasis
from sala.concessions.queries.dues import waiting
from sala.concessions.queries.lacking import LACKS
from sala.concessions.queries.register import Narrowing, register
from sala.core import clock
from sala.core.desk import DeskRow, Group

MOST = 20  # concessions to charge on a desk


def desk_rows(actor: Actor) -> list[DeskRow]:
    rows = []
    if confirms := actor.post_with(policy.CONFIRM):
        rows += _row(actor, confirms, "confirmation", Group.REVIEW, _("Concessions to confirm"))
    if enters := confirms or actor.post_with(policy.ENTER):
        rows += _row(actor, enters, "agreement", Group.HINT, _("Concessions granted without agreement or decision"))
    if charges := actor.post_with(policy.DUES):
        rows += _to_charge(charges)
    return rows


def _to_charge(post: Holding) -> list[DeskRow]:
    """One row for each concession in these books of which a period has begun that the night could not charge."""
    found: dict[int, Due] = {}
    for due in waiting([post.organisation_id], clock.today()).order_by("next_on", "pk"):
        found.setdefault(due.concession_id, due)
    unreported = _("A period is over of which no value was reported yet.")
    uncharged = _("A period has begun that was not charged yet.")
    return [
        DeskRow(
            group=Group.WORK,
            title=due.concession.name,
            url=reverse("concessions:dues", args=[due.concession.reference]),
            post=post.label,
            due=due.next_on,
            note=unreported if due.basis == DueBasis.PERCENT else uncharged,
        )
        for due in list(found.values())[:MOST]
    ]


def _row(actor: Actor, post: Holding, lacks: str, group: Group, title: str) -> list[DeskRow]:
    """One row for all of them: the list behind it is narrowed to what waits."""
    count = register(actor, Narrowing(lacks=lacks)).count()
    if not count:
        return []
    note = ngettext("%(count)s entry", "%(count)s entries", count) % {"count": count}
    return [
        DeskRow(
            group=group,
            title=title,
            url=f"{reverse('concessions:concessions')}?lacks={lacks}",
            post=post.label,
            note=f"{note}. {LACKS[lacks].advice}",
        )
    ]
