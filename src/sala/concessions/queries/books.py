"""Which office keeps the books of what is owed for land of a place."""

from sala.access.actor import path_ids
from sala.concessions import policy
from sala.core.models import PackFact
from sala.ledger import policy as ledger
from sala.people.models import Organisation
from sala.places.models import Area


def books_of(area: Area) -> Organisation | None:
    """The office around a place that says what is owed for land and enters charges: of the level that the pack names, else of the smallest area.

    None where no office around the place may.
    """
    rows = Organisation.objects.filter(
        area__in=path_ids(area.path), closed_on__isnull=True, positions__closed_on__isnull=True,
        positions__grants__role__verbs__contains=[ledger.ENTER, policy.DUES],
    )  # fmt: skip
    level = (PackFact.get("concessions") or {}).get("books", "")
    found = sorted(
        rows.select_related("area__level").distinct(),
        key=lambda row: (row.area.level.code == level, row.area.level.rank, row.code), reverse=True,
    )  # fmt: skip
    return found[0] if found else None
