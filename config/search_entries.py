"""How each noun is found: title, words, place, owner, topics."""

from sala.core.language import Translated, languages
from sala.people.models import Organisation
from sala.places.models import Area
from sala.search.entries import Entry


def _also(texts: list[str]) -> Translated:
    """Other names are findable in every language."""
    joined = " ; ".join(texts)
    return Translated({code: joined for code in languages()})


def area(instance: Area) -> Entry:
    others = [name.text for name in instance.names.all()] + [code.value for code in instance.codes.all()]
    return Entry(
        title=instance.name,
        body=_also(others),
        url=instance.get_absolute_url(),
        kind=instance.level.code,
        areas=instance.within(),
        place=dict(instance.parent.name) if instance.parent else {},
        tier="public",
    )


def organisation(instance: Organisation) -> Entry | None:
    if instance.closed_on:
        return None
    return Entry(
        title=instance.name,
        body=_also([instance.code]),
        url=instance.get_absolute_url(),
        kind="organisation",
        owner_id=instance.pk,
        owner=dict(instance.name),
        areas=instance.area.within(),
        place=dict(instance.area.name),
        tier="public",
    )
