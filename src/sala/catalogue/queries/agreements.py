"""Agreements and offers with what belongs to them; which of them wait for somebody."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import can, visible
from sala.catalogue import policy
from sala.catalogue.models import AgreedDataset, Agreement, Dataset, Transfer
from sala.catalogue.operations.agreements import sides_of
from sala.core import clock
from sala.core.desk import DeskRow, Group

SOON = 30  # days before its last day at which both offices are told on the desk


def agreements(actor: Actor) -> QuerySet[Agreement]:
    return visible(actor, Agreement).select_related("giver__area", "receiver__area", "document")


def datasets_on(actor: Actor, agreement: Agreement) -> list[AgreedDataset | None]:
    """Its datasets with the columns named of them; None for one that is not open to the reader. The parties see all."""
    rows = list(agreement.agreed.select_related("dataset__owner"))
    if actor.is_everything or is_party(actor, agreement):
        return list(rows)
    seen = set(visible(actor, Dataset).filter(pk__in=[row.dataset_id for row in rows]).values_list("pk", flat=True))
    return [row if row.dataset_id in seen else None for row in rows]


def headings_on(agreed: AgreedDataset) -> list[str]:
    """The columns that alone are shared, in the words of the dictionary; of several parts with the name of the part."""
    parts = {part.code: part for part in agreed.dataset.distributions.prefetch_related("dictionary")}
    found = []
    for code, names in agreed.columns.items():
        part = parts.get(code)
        labels = {column.name: str(column.label or column.name) for column in part.dictionary.all()} if part else {}
        before = f"{part.name}: " if part and len(parts) > 1 else ""
        found += [before + labels.get(name, name) for name in names]
    return found


def is_party(actor: Actor, agreement: Agreement) -> bool:
    """The reader holds a post of one of the two offices, or of one above or below it."""
    paths = (agreement.giver.path, agreement.receiver.path)
    return any(party.startswith(own) for own in actor.organisation_paths() for party in paths)


def transfers(actor: Actor) -> QuerySet[Transfer]:
    related = ("dataset__owner", "dataset__place", "giver__area", "receiver__area", "contact")
    return visible(actor, Transfer).select_related(*related)


def desk_rows(actor: Actor) -> Iterable[DeskRow]:
    """Agreements to sign, datasets offered, agreements that run out soon."""
    if not actor.has_anywhere(policy.AGREE) or not actor.holdings:
        return
    own = Q()
    for path in actor.organisation_paths():
        own |= Q(giver__path__startswith=path) | Q(receiver__path__startswith=path)
    today = clock.today()
    ends_soon = Q(state=Agreement.State.SIGNED, ends_on__range=(today, today + timedelta(days=SOON)))
    rows = Agreement.objects.filter(own & (Q(state=Agreement.State.PROPOSED) | ends_soon))
    rows = rows.select_related("giver__area", "receiver__area") if rows.exists() else rows.none()
    for row in rows.filter(state=Agreement.State.PROPOSED):
        if sides_of(actor, row):
            other = row.giver if row.receiver in sides_of(actor, row) else row.receiver
            yield DeskRow(Group.DECIDE, row.title, row.get_absolute_url(), who=other.name, note=_("Agreement to sign"))
    for row in rows.filter(ends_soon):
        words = _("Agreement runs out on %(day)s") % {"day": date_format(row.ends_on, "DATE_FORMAT")}
        yield DeskRow(Group.HINT, row.title, row.get_absolute_url(), note=words)
    offered = Transfer.objects.filter(state=Transfer.State.OFFERED)
    if not offered.exists():
        return
    for offer in offered.select_related("dataset", "giver", "receiver__area"):
        if can(actor, policy.AGREE, offer.receiver):
            yield DeskRow(
                Group.DECIDE, offer.dataset.title, offer.get_absolute_url(), who=offer.giver.name,
                note=_("Dataset offered to your office"),
            )  # fmt: skip
