"""Shapes that the parts' addresses for programs share."""

from typing import Any
from uuid import UUID

from ninja import Schema

from sala.core.models import Errand


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
