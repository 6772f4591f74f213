"""Leases and concessions, and who holds them."""

from dataclasses import replace

from config.search_entries.wording import also, in_each_language
from sala.concessions.models import Concession, Party
from sala.core.language import Translated, languages
from sala.search.entries import Entry

CONCESSION_READS = (
    "sector", "area", "lead", "commodities__commodity", "grants__holder__organisation",
)  # fmt: skip
PARTY_READS = ("names", "area", "keeper", "organisation")


def concession(instance: Concession) -> Entry | None:
    """A concession is found by its names and reference, what it is for and what is grown there.

    Where everybody finds it, its row says nothing of classes that may be closed: no place, no office, no holder.
    """
    if instance.same_as_id:
        return None
    grown = [row.commodity.name for row in instance.commodities.all() if row.is_current]
    holders = [] if instance.is_public else [row.holder.name for row in instance.grants.all()]
    words = {
        code: " ; ".join(filter(None, [
            instance.purpose.get(code, ""), instance.sector.name.get(code, ""),
            *(name.get(code, "") for name in (*grown, *holders)),
        ]))
        for code in languages()
    }  # fmt: skip
    entry = Entry(
        title=instance.name,
        body=Translated(words),
        url=instance.get_absolute_url(),
        kind=instance.kind,
        kind_name=in_each_language(instance.get_kind_display),
        codes=[instance.reference],
    )
    if instance.is_public:
        return entry
    return replace(
        entry, owner_id=instance.lead_id, owner=dict(instance.lead.name), areas=instance.area.within(),
        place=dict(instance.area.name),
    )  # fmt: skip


def party(instance: Party) -> Entry | None:
    """A party is found by each of its names, its number and its registration number."""
    if instance.same_as_id:
        return None
    return Entry(
        title=instance.name,
        body=also([name.text for name in instance.names.all()]),
        url=instance.get_absolute_url(),
        kind=instance.kind,
        kind_name=in_each_language(instance.get_kind_display),
        codes=[instance.number, *filter(None, [instance.registration])],
        owner_id=instance.keeper_id,
        owner=dict(instance.keeper.name),
        areas=instance.area.within(),
        place=dict(instance.area.name),
    )
