"""What shows that data is used: services that serve it, showcases, and proposals that wait for a decision."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import can, once_visible, visible
from sala.catalogue import policy
from sala.catalogue.models import DataService, Dataset, Showcase
from sala.core.desk import DeskRow, Group
from sala.core.errors import Gone, Missing
from sala.core.language import sorted_by


def services(actor: Actor) -> QuerySet[DataService]:
    return visible(actor, DataService).select_related("owner", "contact", "licence", "restriction")


def find_service(actor: Actor, slug: str) -> DataService:
    """Raises Gone for a withdrawn service that the actor could have seen, Missing otherwise."""
    found = services(actor).filter(slug=slug).first()
    if found is not None:
        return found
    withdrawn = once_visible(actor, DataService).filter(slug=slug, state="withdrawn").first()
    if withdrawn is None:
        raise Missing(_("Check the address, or search for what you need."))
    raise Gone(_("“%(title)s” was withdrawn: %(reason)s") % {"title": withdrawn.title, "reason": withdrawn.reason})


def served_by(actor: Actor, service: DataService) -> QuerySet[Dataset]:
    """Datasets that it serves, as far as the reader sees them."""
    return visible(actor, Dataset).filter(services=service).select_related("owner").order_by(sorted_by("title"))


def showcases(actor: Actor) -> QuerySet[Showcase]:
    """Those accepted, and for the office of the dataset those proposed. Datasets out of sight take theirs along."""
    rows = visible(actor, Showcase).filter(dataset__in=visible(actor, Dataset).values("pk"))
    return rows.select_related("dataset__owner", "dataset__place", "post")


def desk_rows(actor: Actor) -> Iterable[DeskRow]:
    """Proposals for datasets of the offices in which the reader holds posts."""
    offices = [holding.organisation_id for holding in actor.holdings] if actor.has_anywhere(policy.EDIT) else []
    rows = Showcase.objects.filter(dataset__owner__in=offices, state=Showcase.State.PROPOSED)
    if not offices or not rows.exists():
        return
    for row in rows.select_related("dataset__owner", "dataset__place"):
        if can(actor, policy.EDIT, row.dataset):
            yield DeskRow(
                Group.DECIDE, row.dataset.title, row.get_absolute_url(), who=row.made_by, note=_("Showcase proposed")
            )
