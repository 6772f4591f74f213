"""Showcases: proposed by anybody who signed in, accepted or declined by the office of the dataset."""

from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require, sees
from sala.catalogue import policy
from sala.catalogue.models import Dataset, Showcase
from sala.catalogue.operations.validity import check_fields
from sala.core import clock
from sala.core.errors import Conflict, Invalid, Missing, SignInNeeded, TooMany
from sala.core.language import required_language
from sala.core.operation import lock, operation
from sala.journal.operations import record
from sala.people.operations import queue_message

MOST_WAITING = 5  # proposals of one person that wait for a decision
State = Showcase.State


@operation
def propose_showcase(actor: Actor, dataset: Dataset, **fields: Any) -> Showcase:
    """Propose what was made of a dataset. The office of the dataset decides whether it is shown.

    fields  title, description, kind, url, made_by, year
    """
    if actor.person_id is None and actor.kind not in ("token", "command"):
        raise SignInNeeded(_("Sign in with your e-mail address to propose something."))
    if not sees(actor, dataset):
        raise Missing()
    if not dataset.is_published:
        raise Conflict(_("This dataset is not published. Only published data can be shown in use."))
    if Showcase.objects.filter(dataset=dataset, url=fields.get("url", "")).exists():
        words = _("This address was proposed for this dataset already.")
        raise Conflict(words, {"url": [words]})
    waiting = Showcase.objects.filter(proposed_by_id=actor.person_id, state=State.PROPOSED)
    if actor.person_id and waiting.count() >= MOST_WAITING:
        raise TooMany(_("You have %(count)d proposals that wait for a decision. Wait for one of them.") % {"count": MOST_WAITING})  # fmt: skip
    mine = actor.position_ids
    made = Showcase(
        dataset=dataset, proposed_by_id=actor.person_id, post_id=actor.chosen or (mine[0] if mine else None),
        proposed_at=clock.now(), **fields,
    )  # fmt: skip
    check_fields(made, leaving_out=("proposed_by", "post", "decided_at"))
    made.save()
    record(actor, policy.PROPOSE, dataset, change="showcase proposed", showcase=made.pk)
    return made


def _proposed(actor: Actor, showcase: Showcase) -> Showcase:
    dataset = lock(showcase.dataset)
    require(actor, policy.EDIT, dataset)
    return lock(showcase)


@operation
def accept_showcase(actor: Actor, showcase: Showcase) -> Showcase:
    """Show it on the page of the dataset, to those who see the dataset."""
    showcase = _proposed(actor, showcase)
    if showcase.state == State.ACCEPTED:
        raise Conflict(_("It was accepted already."))
    _decide(showcase, State.ACCEPTED, "")
    record(actor, policy.EDIT, showcase.dataset, change="showcase accepted", showcase=showcase.pk)
    _tell(showcase)
    return showcase


@operation
def decline_showcase(actor: Actor, showcase: Showcase, *, reason: str) -> None:
    """Do not show it, or take it out again; who proposed it is told why."""
    showcase = _proposed(actor, showcase)
    if not reason.strip():
        words = _("Say why; who proposed it will read it.")
        raise Invalid(words, {"reason": [words]})
    _decide(showcase, State.DECLINED, reason.strip()[:300])
    record(actor, policy.EDIT, showcase.dataset, change="showcase declined", showcase=showcase.pk, reason=reason)
    _tell(showcase)


def _decide(showcase: Showcase, state: str, reason: str) -> None:
    showcase.state, showcase.is_accepted, showcase.reason = state, state == State.ACCEPTED, reason
    showcase.decided_at = clock.now()
    showcase.save(update_fields=["state", "is_accepted", "reason", "decided_at"])


def _tell(showcase: Showcase) -> None:
    person, dataset = showcase.proposed_by, showcase.dataset
    if person is None or not person.is_active:
        return
    with translation.override(person.language or required_language()):
        title = _("Your proposal is shown") if showcase.is_accepted else _("Your proposal is not shown")
        address = settings.BASE_URL.rstrip("/") + dataset.get_absolute_url()
        body = "\n".join(filter(None, [showcase.title, showcase.reason, str(dataset), address]))
    wave = f"showcase-{showcase.pk}-{showcase.decided_at:%Y%m%d%H%M%S}"
    queue_message(person, dataset, wave=wave, title=title, body=body)
