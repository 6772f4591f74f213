"""Codes to ids and ids to names, from the search's own rows: the search knows no place and no organisation."""

from collections.abc import Iterable
from dataclasses import dataclass

from sala.core.language import Translated
from sala.search.models import SearchRow

PLACE, OWNER = "area", "organisation"


@dataclass(frozen=True)
class Named:
    """A place or an organisation as its search row tells it. within: ids from the outermost down to itself."""

    id: int
    code: str
    name: Translated
    within: tuple[int, ...] = ()


def _named(row: dict) -> Named:
    return Named(row["subject_id"], row["code"], Translated(row["title"]), tuple(row["area_ids"]))


_FIELDS = ("subject_id", "code", "title", "area_ids")


def by_code(noun: str, codes: Iterable[str]) -> dict[str, Named]:
    """Code → what it names. Codes that are nowhere are left out."""
    wanted = [code for code in codes if code]
    if not wanted:
        return {}
    rows = SearchRow.objects.filter(noun=noun, code__in=wanted).values(*_FIELDS)
    return {row["code"]: _named(row) for row in rows}


def by_id(noun: str, ids: Iterable[int]) -> dict[int, Named]:
    wanted = list(ids)
    if not wanted:
        return {}
    rows = SearchRow.objects.filter(noun=noun, subject_id__in=wanted).values(*_FIELDS)
    return {row["subject_id"]: _named(row) for row in rows}


def beneath(place: Named | None) -> dict[int, Named]:
    """The areas directly within a place; without one, those directly within the outermost (the provinces)."""
    rows = SearchRow.objects.filter(noun=PLACE, area_ids__len=len(place.within) + 1 if place else 2)
    if place:
        rows = rows.filter(area_ids__contains=[place.id])
    return {row["subject_id"]: _named(row) for row in rows.values(*_FIELDS)}
