"""Calls of every kind."""

from django.utils.translation import gettext as _

from config.search_entries.wording import in_each_language
from sala.core import periods
from sala.core.language import Translated, languages
from sala.duties.models import Call
from sala.search.entries import Entry

CALL_READS = (
    "area", "issuer__organisation__area", "assignments__position__organisation",
    "assignments__validating_position__organisation", "assignments__reviews__position__organisation",
    "attachments__assignment__position__organisation", "recommendation__stances__organisation",
    "recommendation__answered_by",
)  # fmt: skip


def call(instance: Call) -> Entry | None:
    """A call is found by whoever may see it: everybody when it is public, else the offices that take part."""
    if instance.state == "withdrawn":
        return None
    words = {
        code: " ; ".join(filter(None, [
            instance.reference, instance.purpose.get(code, ""), instance.instruction.get(code, ""), instance.legal_basis,
        ]))
        for code in languages()
    }  # fmt: skip
    place = instance.area or instance.issuer.organisation.area
    return Entry(
        title=instance.title,
        body=Translated(words),
        url=instance.get_absolute_url(),
        kind="call",
        kind_name=in_each_language(lambda: _("call")),
        codes=[instance.reference],
        owner_id=instance.issuer.organisation_id,
        owner=dict(instance.issuer.organisation.name),
        areas=place.within(),
        place=dict(place.name),
        tier=instance.tier,
        year=periods.parse(instance.period).end.year if instance.period else None,
        dated=instance.opens_on,
    )
