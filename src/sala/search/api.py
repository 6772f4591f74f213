"""The search for programs, mounted by config.api under /api/v1."""

from datetime import date
from typing import Annotated, Any

from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from sala.access.request import Request
from sala.core import language as languages
from sala.core.errors import Invalid
from sala.search.filters import NEWEST, RELEVANCE, Filters
from sala.search.queries import MOST_A_PAGE, SIZE, find
from sala.search.results import Item, Results

router = Router(tags=["search"])


class Asked(Schema):
    """What may be asked. place, owner and topic are codes; bbox is west,south,east,north in degrees."""

    q: str = ""
    noun: str = ""
    kind: str = ""
    topic: str = ""
    place: str = ""
    owner: str = ""
    year: int | None = None
    tier: str = ""
    bbox: str = ""
    sort: str = RELEVANCE
    page: Annotated[int, Field(ge=1)] = 1
    size: Annotated[int, Field(ge=1, le=MOST_A_PAGE)] = SIZE

    def filters(self) -> Filters:
        """Raises Invalid when the box is none."""
        return Filters(
            noun=self.noun, kind=self.kind, topic=self.topic, place=self.place, owner=self.owner, year=self.year,
            tier=self.tier, bbox=box(self.bbox), sort=NEWEST if self.sort == NEWEST else RELEVANCE,
        )  # fmt: skip


class FoundPage(Schema):
    """is_machine_read: the words were read from a picture by machine."""

    number: int
    url: str
    is_machine_read: bool


class FoundItem(Schema):
    """One object. Texts are in the language of the request where they exist."""

    type: str
    title: str
    language: str
    url: str
    place: str
    owner: str
    date: date | None
    tier: str
    snippet: str
    pages: list[FoundPage]


class FacetValue(Schema):
    value: str
    label: str
    count: int


class Found(Schema):
    """count is exact, or when count_is_capped at least that many. how: all, apart or any of the words were found."""

    count: int
    count_is_capped: bool
    how: str
    page: int
    size: int
    items: list[FoundItem]
    facets: dict[str, list[FacetValue]]


@router.get("/search", response=Found, summary="Search everything you may see")
def search(request: Request, asked: Query[Asked]) -> Any:
    """Best first; without words the newest first. The first 1,000 hits can be paged through."""
    results = find(request.actor, asked.q, asked.filters(), page=asked.page, size=asked.size)
    return answer(results, languages.current())


def answer(results: Results, language: str) -> dict[str, Any]:
    return {
        "count": results.count,
        "count_is_capped": results.count_is_capped,
        "how": results.how,
        "page": results.page,
        "size": results.size,
        "items": [_item(item, language) for item in results.items],
        "facets": {
            facet.name: [
                {"value": value.value, "label": str(value.label), "count": value.number} for value in facet.values
            ]
            for facet in results.facets
        },
    }


def _item(item: Item, language: str) -> dict[str, Any]:
    return {
        "type": item.noun,
        "title": item.plain_title,
        "language": item.title_language,
        "url": item.url,
        "place": item.place.text(language).text,
        "owner": item.owner.text(language).text,
        "date": item.dated,
        "tier": item.tier,
        "snippet": item.plain_snippet,
        "pages": [{"number": page.number, "url": page.url, "is_machine_read": page.is_guess} for page in item.pages],
    }


def box(text: str) -> tuple[float, float, float, float] | None:
    """west,south,east,north in degrees; None when empty. Raises Invalid."""
    if not text:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise _not_a_box() from None
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise _not_a_box()
    return west, south, east, north


def _not_a_box() -> Invalid:
    return Invalid(_("Give the box as west,south,east,north in degrees, such as 100,13.9,107.7,22.5."))
