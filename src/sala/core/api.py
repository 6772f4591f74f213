"""Shapes that the parts' addresses for programs share."""

from typing import Any
from uuid import UUID

from ninja import Schema

from sala.core.models import Errand

LARGEST_PAGE, LAST_PAGE = 500, 10**6


class PageQuery(Schema):
    """page: from 1 on; size: rows of a page, LARGEST_PAGE at most. What lies outside is taken as the nearest that is allowed."""

    page: int = 1
    size: int = 50

    def slice(self) -> slice:
        size = min(max(self.size, 1), LARGEST_PAGE)
        first = (min(max(self.page, 1), LAST_PAGE) - 1) * size
        return slice(first, first + size)


class ErrandOut(Schema):
    """state: waiting, reading, done or refused; result: where to look; refusal: why not, and what to do."""

    id: UUID
    state: str
    result: str
    refusal: dict[str, Any]
    url: str

    @staticmethod
    def resolve_url(errand: Errand) -> str:
        return f"/api/v1/errands/{errand.pk}"
