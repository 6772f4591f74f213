"""Datasets of a place: those that cover it, and those whose rows name it or a place within it."""

from dataclasses import dataclass

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.catalogue.models import Dataset, Edition, EditionArea
from sala.core.language import sorted_by
from sala.core.statements import listed
from sala.places.models import Area

COUNTED = 1000  # of a place with more only that is said
LOOKED_THROUGH = COUNTED + COUNTED // 4


@dataclass(frozen=True)
class OfPlace:
    """The datasets to show, and how many there are.

    The first by name; of more than COUNTED the newest that cover the place or a part of it.
    """

    shown: list[Dataset]
    count: int
    has_more: bool = False


def datasets_of(actor: Actor, area: Area, most: int) -> OfPlace:
    """Chosen by number alone, so that only those shown are read whole."""
    seen = visible(actor, Dataset)
    covering = seen.filter(place=area).order_by().values_list("pk", flat=True)[: COUNTED + 1]
    ids = {*covering, *_naming(actor, area)}
    if len(ids) > COUNTED:
        within = seen.filter(place__path__startswith=area.path).order_by("-pk").values_list("pk", flat=True)
        chosen, count = list(within[:most]), COUNTED
    else:
        numbers = list(seen.filter(pk__in=listed(ids)).order_by(sorted_by("title")).values_list("pk", flat=True))
        chosen, count = numbers[:most], len(numbers)
    whole = seen.select_related("owner").defer("description", "source_note").in_bulk(chosen)
    return OfPlace([whole[pk] for pk in chosen], count, len(ids) > COUNTED)


def _naming(actor: Actor, area: Area) -> set[int]:
    """Ids of datasets whose rows name the place or one within it; of a place with very many just more than COUNTED.

    Mostly each of very many rows speaks of another dataset, so the first of them tell that there are more.
    """
    rows = visible(actor, Edition).filter(areas__area__path__startswith=area.path).order_by()
    ids = rows.values_list("distribution__dataset_id", flat=True)
    first = set(found := list(ids[:LOOKED_THROUGH]))
    if len(found) < LOOKED_THROUGH or len(first) > COUNTED:
        return first
    return set(ids.distinct()[: COUNTED + 1])


def rows_about(actor: Actor, area: Area, datasets: list[Dataset]) -> dict[int, tuple[Edition, int]]:
    """dataset id → newest edition that names the place (or one within it) and how many rows do."""
    seen = visible(actor, Edition).filter(distribution__dataset__in=datasets).order_by("number")
    editions = {
        edition.pk: edition
        for edition in seen.select_related("distribution").defer("columns", "profile", "area_map", "faults")
    }
    whole = {dataset.pk: dataset for dataset in datasets}
    rows: dict[int, int] = {}
    named = EditionArea.objects.filter(edition__in=list(editions), area__path__startswith=area.path)
    for edition_id, number in named.values_list("edition_id", "rows"):
        rows[edition_id] = rows.get(edition_id, 0) + number
    found: dict[int, tuple[Edition, int]] = {}
    for pk, edition in editions.items():
        if pk in rows:
            edition.distribution.dataset = whole[edition.distribution.dataset_id]
            found[edition.distribution.dataset_id] = (edition, rows[pk])
    return found
