"""Organisations."""

from config.search_entries.wording import also, in_each_language
from sala.people.models import Organisation
from sala.search.entries import Entry

ORGANISATION_READS = ("area",)


def organisation(instance: Organisation) -> Entry | None:
    if instance.closed_on:
        return None
    return Entry(
        title=instance.name,
        body=also([instance.code]),
        url=instance.get_absolute_url(),
        kind=instance.kind,
        kind_name=in_each_language(instance.get_kind_display),
        codes=[instance.code],
        owner_id=instance.pk,
        owner=dict(instance.name),
        areas=instance.area.within(),
        place=dict(instance.area.name),
        tier="public",
    )
