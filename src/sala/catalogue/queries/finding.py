"""One dataset or one edition by its address; what was withdrawn is told from what never was."""

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import once_visible, visible
from sala.catalogue.models import Dataset, Edition
from sala.core.errors import Gone, Missing


def find_dataset(actor: Actor, slug: str, *related: str) -> Dataset:
    """Raises Gone for a withdrawn dataset that the actor could have seen, Missing otherwise."""
    found = visible(actor, Dataset).select_related(*related).filter(slug=slug).first()
    if found is not None:
        return found
    withdrawn = once_visible(actor, Dataset).filter(slug=slug, state="withdrawn").first()
    if withdrawn is None:
        raise Missing(_("Check the address, or search for what you need."))
    last = Edition.objects.filter(distribution__dataset=withdrawn, state="withdrawn").first()
    words = _("“%(title)s” was withdrawn: %(reason)s") % {
        "title": withdrawn.title,
        "reason": last.reason if last else "–",
    }
    raise Gone(words, {row.get_absolute_url(): str(row.title) for row in _instead_of(actor, withdrawn)})


def _instead_of(actor: Actor, withdrawn: Dataset) -> list[Dataset]:
    """The official source of the same concept in the same place."""
    if not withdrawn.concept:
        return []
    same = {"concept": withdrawn.concept, "place_id": withdrawn.place_id, "is_official": True}
    return list(visible(actor, Dataset).filter(**same).exclude(pk=withdrawn.pk))


def find_edition(actor: Actor, slug: str, part: str, number: int) -> Edition:
    """Raises Gone for a withdrawn edition of what the actor may see, Missing otherwise."""
    address = {"distribution__dataset__slug": slug, "distribution__code": part, "number": number}
    related = ("distribution__dataset__owner", "distribution__dataset__place")
    found = visible(actor, Edition).select_related(*related).filter(**address).first()
    if found is not None:
        return found
    withdrawn = once_visible(actor, Edition).select_related(*related).filter(**address, state="withdrawn").first()
    if withdrawn is None:
        raise Missing(_("Check the address, or search for what you need."))
    words = _("“%(title)s” was withdrawn: %(reason)s") % {"title": withdrawn, "reason": withdrawn.reason or "–"}
    newer = visible(actor, Edition).filter(distribution=withdrawn.distribution_id, is_published=True).first()
    raise Gone(words, {newer.get_absolute_url(): str(newer)} if newer else {})
