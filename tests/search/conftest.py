"""Objects put straight into the index, for tests of finding them."""

from datetime import date

import pytest

from sala.core.language import Translated
from sala.search.entries import Entry, Page
from sala.search.operations import Found, bump, index
from sala.search.readers import Readers

NOUN = "thing"


@pytest.fixture
def put(db):
    """put(title, audiences=…, **entry) → its address. Titles: a text in English, or languages as a dictionary.

    audiences: words such as "public", "gov", "o5"; before: those that see it before not_before.
    """
    numbers = iter(range(1, 1000))

    def one(title, *, audiences=("public",), before=(), pages=(), noun=NOUN, **entry) -> str:
        number = next(numbers)
        entry.setdefault("dated", date(2024, 1, 1))
        entry.setdefault("tier", "public" if "public" in audiences else "government")
        texts = {name: Translated(value if isinstance(value, dict) else {"en": value})
                 for name, value in {"title": title, "body": entry.pop("body", {})}.items()}  # fmt: skip
        not_before = entry.get("not_before")
        made = Entry(url=f"/{noun}s/{number}/", pages=[Page(*page) for page in pages], **texts, **entry)
        index([Found(noun, number, made, Readers(list(audiences), list(before), not_before))])
        bump()
        return made.url

    return one


@pytest.fixture
def urls():
    """urls(results) → their addresses, in order."""
    return lambda results: [item.url for item in results.items]


def audience_of(actor) -> str:
    """The audience word of the actor's own office."""
    return f"o{actor.holdings[0].organisation_id}"
