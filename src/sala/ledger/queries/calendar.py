"""Open charges by the day on which they are due, for the calendar of a post."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sala.access.actor import Actor
from sala.core.calendar import Entry
from sala.ledger import policy
from sala.ledger.models import Charge
from sala.ledger.queries.open_items import with_open
from sala.people.models import Position
from sala.people.queries import actor_of_post


def nobody(actor: Actor, first: date, last: date) -> Iterable[Entry]:
    """What somebody owes stands in nobody's general calendar."""
    return []


def charges_due(actor: Actor, first: date, last: date) -> Iterable[Entry]:
    """What the reader's organisations have to pay, each by itself; what is due to books that the reader keeps, day by day."""
    own = [holding.organisation_id for holding in actor.holdings]
    posts = Position.objects.filter(
        pk__in=actor.position_ids
    )  # the feed of a post holds no other right than to be fetched
    kept = [post.organisation_id for post in posts if actor_of_post(post).has_anywhere(policy.ENTER)]
    due = with_open(Charge.objects.filter(due_on__range=(first, last))).filter(open__gt=0)
    mine = due.filter(account__payer__in=own).select_related("account__owner", "kind", "transaction")
    found = [
        Entry(
            uid=f"charge-{row.pk}", starts=row.due_on, title=row.account.name, url=row.get_absolute_url(), kind=_("To pay"),
            who=row.account.owner.name, note=f"{row.kind} · {row.account.shown(int(row.open))}",
        )
        for row in mine.order_by("due_on", "pk")
    ]  # fmt: skip
    days = due.filter(account__owner__in=kept).order_by().values("due_on").annotate(number=Count("pk"))
    for day, number in days.values_list("due_on", "number").order_by("due_on"):
        words = ngettext("%(count)d charge falls due", "%(count)d charges fall due", number) % {"count": number}
        found.append(
            Entry(uid=f"charges-{day}", starts=day, title=words, url=reverse("ledger:accounts"), kind=_("Debts"))
        )
    return found
