"""What waits for a post to be filled in: forms of open rounds that ask it, and forms that may be sent at any time."""

from collections.abc import Collection

from django.db.models import Q, QuerySet

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.collection.models import Expected, ExpectedState, Form

SETTLED = (
    ExpectedState.APPROVED,
    ExpectedState.WAIVED,
)  # nobody waits for an answer; a received one may still be corrected


def expected_of(positions: Collection[int]) -> QuerySet[Expected]:
    """Answers that open rounds expect of these posts: those they answer for, and those their office enters itself."""
    own = Expected.objects.filter(respondent__in=positions).order_by().values("pk")
    gathered = Expected.objects.filter(assignment__position__in=positions).order_by().values("pk")
    return Expected.objects.filter(pk__in=own.union(gathered), is_open=True, given_in__isnull=True)  # each by its index


def forms_to_fill(actor: Actor, positions: Collection[int]) -> QuerySet[Form]:
    """Forms in use that these posts may fill in today: asked of them by an open round, or standing and visible.

    An office may type in what others answer on paper; its phones get only what it answers itself (migrations/0014).
    """
    asked = expected_of(positions).exclude(state__in=SETTLED).values("form_id")
    standing = visible(actor, Form).filter(is_standing=True).values("pk")
    return Form.objects.filter(Q(pk__in=asked) | Q(pk__in=standing), is_published=True)
