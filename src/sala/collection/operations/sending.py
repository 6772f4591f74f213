"""Who may send an answer to a form, and in which post."""

from collections.abc import Collection
from datetime import timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import can, once_visible, require
from sala.collection import policy
from sala.collection.models import Expected, Form, Submission
from sala.core import clock
from sala.core.errors import NotPermitted
from sala.people.models import Position

STILL_TAKEN = timedelta(days=30)  # an answer that was begun before its round closed finds no open door otherwise


def sending_position(actor: Actor, form: Form, instances: Collection[str] = ()) -> Position:
    """The post in which the actor sends an answer to this form. Raises NotPermitted with what to do.

    A form is taken from the posts that a round asks it of, until thirty days after the round; from everyone who sees
    it, where it may be sent at any time; and from the house whose form it is. Being out of use closes no door.
    instances  of the answer and of what it corrects: what a post sent, or others sent for it, it may complete and correct
    """
    if not actor.position_ids:
        require(actor, policy.SEND, form)
    posts = _posts(actor, form, instances)
    if not posts:
        words = _("The form “%(form)s” does not wait for your post. Keep the answer, and ask %(office)s to name your post in the round.")  # fmt: skip
        raise NotPermitted(words % {"form": form.title, "office": form.owner})
    acting = actor.chosen if actor.chosen in posts else posts[0]
    position = Position.objects.select_related("organisation__area").get(pk=acting)
    may_send(actor, form.pk, position)
    return position


def may_send(actor: Actor, form_pk: int, position: Position) -> None:
    """Raises NotPermitted where the post has no right to send answers."""
    subject = Submission(form_id=form_pk, position=position)
    if not can(actor, policy.SEND, subject):
        raise NotPermitted(
            _("Your post may not send answers to forms. Ask your administrator for the right to send them.")
        )
    require(actor, policy.SEND, subject, acting=position.pk)


def _posts(actor: Actor, form: Form, instances: Collection[str]) -> list[int]:
    """Posts of the actor that may send it, the first that is asked for it before all others."""
    held = actor.position_ids or ([actor.position_id] if actor.position_id else [])
    if not held:
        return []
    waits = Expected.objects.filter(form=form, respondent__in=held, is_open=True)
    if post := waits.values_list("respondent_id", flat=True).order_by().first():
        return [post]
    recent = clock.now() - STILL_TAKEN
    taken = Q(is_open=True) | Q(assignment__ended_at__gte=recent) | Q(assignment__call__closed_at__gte=recent)
    asked = Q(respondent__in=held) | Q(assignment__position__in=held)
    row = (
        Expected.objects.filter(asked, taken, form=form)
        .order_by("-is_open")
        .values_list("respondent_id", "assignment__position_id")
        .first()
    )
    if row:
        return [post for post in held if post in row] or held
    if actor.is_everything:
        return held
    if form.is_standing and once_visible(actor, Form).filter(pk=form.pk).exists():
        return held
    if own := [each.position_id for each in actor.holdings if form.owner.path.startswith(each.organisation_path)]:
        return own
    named = Submission.objects.filter(instance_id__in=instances, form=form)
    sent = named.values_list("position_id", "reading__expected__respondent_id")[:10]
    return [post for row in sent for post in row if post in held][:1]
