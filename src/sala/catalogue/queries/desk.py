"""What of the catalogue waits on a desk: editions to review or release, those sent back, and promised ones that are due."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import can
from sala.catalogue import policy
from sala.catalogue.models import Dataset, Edition, HarvestRun, PersonRequest, RunState
from sala.catalogue.queries.promises import promises
from sala.core.desk import DeskRow, Group

# state of an edition → verb that takes it on, and the group it stands in
WAITING = {
    Edition.State.REVIEW: (policy.PUBLISH, Group.REVIEW),
    Edition.State.RETURNED: (policy.SUBMIT, Group.RETURNED),
}


def desk_rows(actor: Actor) -> Iterable[DeskRow]:
    """Rows for the posts that the actor holds."""
    if not actor.holdings:
        return
    organisations = [holding.organisation_id for holding in actor.holdings]
    editions = Edition.objects.filter(distribution__dataset__owner__in=organisations, state__in=list(WAITING))
    if not any(map(actor.has_anywhere, (policy.PUBLISH, policy.SUBMIT))) or not editions.exists():
        editions = editions.none()
    for edition in editions.select_related("distribution__dataset__owner__area", "distribution__dataset__place"):
        verb, group = WAITING[Edition.State(edition.state)]
        if can(actor, verb, edition.dataset):
            note = edition.reason if group == Group.RETURNED else ""
            yield DeskRow(
                group, edition.dataset.title, edition.get_absolute_url(), who=_("Edition of a dataset"), note=note
            )
    yield from _promised(actor)
    yield from _asked_by_people(actor)
    yield from _stopped(actor, organisations)


def _asked_by_people(actor: Actor) -> Iterable[DeskRow]:
    waiting = PersonRequest.objects.filter(position__in=actor.position_ids, decision="")
    if not waiting.exists():
        return
    for row in waiting.select_related("position", "person"):
        yield DeskRow(
            Group.QUESTION, row.wanted, row.get_absolute_url(), post=row.position.title, who=row.person.get_kind_display(),
            note=_("A person asks for access"), due=row.due_on,
        )  # fmt: skip


def _stopped(actor: Actor, organisations: list[int]) -> Iterable[DeskRow]:
    """Readings of other catalogues that stopped because too much was missing."""
    if not actor.has_anywhere(policy.HARVEST):
        return
    runs = HarvestRun.objects.filter(state=RunState.STOPPED, source__owner__in=organisations)
    for run in runs.select_related("source__owner__area"):
        if can(actor, policy.HARVEST, run.source):
            yield DeskRow(
                Group.DECIDE, run.source.name, run.get_absolute_url(), who=_("Another catalogue"), note=run.words
            )


def _promised(actor: Actor) -> Iterable[DeskRow]:
    mine = Dataset.objects.filter(contact__in=actor.position_ids, retired_on__isnull=True, is_published=True)
    if not mine.exists():
        return
    rows = list(mine.select_related("frequency", "contact"))
    found = promises(rows)
    for dataset in rows:
        promise = found[dataset.pk]
        if promise.state in ("due", "overdue"):
            post = dataset.contact.title if dataset.contact else ""
            yield DeskRow(
                Group.WORK,
                dataset.title,
                dataset.get_absolute_url(),
                post=post,
                who=_("Promised edition"),
                due=promise.due,
            )
