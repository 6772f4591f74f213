"""How well the search finds Lao words: precision and recall on the frozen collection in tests/search_relevance.

Every hit a query returns counts, on whatever page of results. Nothing of the collection is known to the program.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction

from sala.access.actor import public
from sala.core.language import Translated
from sala.search.entries import Entry
from sala.search.operations import Found, index
from sala.search.queries import MOST_A_PAGE, find
from sala.search.readers import Readers

COLLECTION = Path(__file__).resolve().parent.parent / "tests" / "search_relevance"
NOUN = "relevance-test"
AIM = 0.95


@dataclass
class Tally:
    """relevant: pairs judged relevant; returned: hits; right: hits that are relevant; trapped: (query, document)."""

    relevant: int = 0
    returned: int = 0
    right: int = 0
    trapped: list[tuple[str, str]] = field(default_factory=list)
    missing: list[tuple[str, str]] = field(default_factory=list)
    wrong: list[tuple[str, str]] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.right / self.returned if self.returned else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.relevant if self.relevant else 1.0


def rows(name: str) -> list[dict[str, str]]:
    with (COLLECTION / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def load(documents: Iterable[dict[str, str]]) -> dict[str, str]:
    """Index the collection for the public. Returns address → document id."""
    found, ids = [], {}
    for number, row in enumerate(documents, start=1):
        url = f"/{NOUN}/{row['id']}/"
        language = row["language"]
        entry = Entry(
            title=Translated({language: row["title"]}), body=Translated({language: row["text"]}), url=url, tier="public"
        )
        found.append(Found(NOUN, number, entry, Readers(["public"], [])))
        ids[url] = row["id"]
    index(found)
    return ids


def measure(ids: dict[str, str]) -> dict[str, Tally]:
    """Ask every query as the public. Group → tally, and "all"."""
    tallies: dict[str, Tally] = {"all": Tally()}
    for query in rows("queries.csv"):
        relevant = set(filter(None, query["relevant"].split("|")))
        traps = set(filter(None, query["irrelevant"].split("|")))
        returned = {ids[url] for url in _addresses(query["query"]) if url in ids}
        for tally in (tallies["all"], tallies.setdefault(query["group"], Tally())):
            tally.relevant += len(relevant)
            tally.returned += len(returned)
            tally.right += len(relevant & returned)
            tally.trapped += [(query["query"], one) for one in sorted(traps & returned)]
            tally.missing += [(query["query"], one) for one in sorted(relevant - returned)]
            tally.wrong += [(query["query"], one) for one in sorted(returned - relevant)]
    return tallies


def _addresses(text: str) -> list[str]:
    found: list[str] = []
    page = 1
    while True:
        results = find(public(), text, page=page, size=MOST_A_PAGE, language="lo")
        found += [item.url for item in results.items]
        if page >= results.last_page:
            return found
        page += 1


def run(report: Any) -> None:
    """Rows of the report: precision, recall and traps per group. Leaves nothing behind."""
    with transaction.atomic():
        tallies = measure(load(rows("documents.csv")))
        transaction.set_rollback(True)
    for group, tally in sorted(tallies.items()):
        report.row("search relevance", f"{group} precision", round(tally.precision, 3), "", target=AIM, better="more")
        report.row("search relevance", f"{group} recall", round(tally.recall, 3), "", target=AIM, better="more")
        report.row("search relevance", f"{group} traps found", len(tally.trapped), "", target=0)
