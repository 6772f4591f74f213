"""Editions in the API: sending a file, taking it through its states, reading its rows, comparing two."""

import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import File, Query, Router, Schema
from ninja.files import UploadedFile

from sala.access.request import Request
from sala.catalogue import operations
from sala.catalogue.exports import formats_of
from sala.catalogue.models import ColumnRole, Distribution, Edition
from sala.catalogue.queries import (
    compared,
    find_dataset,
    find_edition,
)
from sala.catalogue.queries.columns import askable_columns, hidden_columns, may_take_original
from sala.catalogue.queries.table_answers import answer
from sala.catalogue.queries.table_query import question
from sala.core import errands
from sala.core.api import ErrandOut
from sala.core.errors import Invalid, Missing
from sala.core.models import Errand

router = Router(tags=["datasets"])
MOST_ROWS = 1000
MOST_OFFSET = 10**12


class EditionOut(Schema):
    part: str
    number: int
    period: str
    state: str
    rows: int | None
    sha256: str
    published_at: datetime | None
    url: str
    formats: list[str]
    rules: list[dict[str, Any]]
    places: dict[str, Any] | None

    @staticmethod
    def resolve_places(edition: Edition, context: Any) -> dict[str, Any] | None:
        """How many rows were joined to places; unmatched: at most 50 [text, rows] that no place, or more than one, bears."""
        hidden = hidden_columns(context["request"].actor, edition.distribution)
        return None if edition.area_column in hidden else edition.placed

    @staticmethod
    def resolve_rules(edition: Edition, context: Any) -> list[dict[str, Any]]:
        """Each declared rule with how many rows fail it, and the first of them; none of a column that is hidden."""
        hidden = hidden_columns(context["request"].actor, edition.distribution)
        return [
            {"rule": str(row.rule), "column": row.rule.column, "failing": row.failing, "rows": row.sample}
            for row in edition.results.select_related("rule")
            if row.rule.column not in hidden
        ]

    @staticmethod
    def resolve_part(edition: Edition) -> str:
        return edition.distribution.code

    @staticmethod
    def resolve_url(edition: Edition) -> str:
        return edition.get_absolute_url()

    @staticmethod
    def resolve_formats(edition: Edition, context: Any) -> list[str]:
        is_whole = may_take_original(context["request"].actor, edition)
        return [*formats_of(edition), *(["original"] if is_whole else [])]


class RowsOut(Schema):
    columns: list[str]
    rows: list[dict[str, Any]]
    total: int


@router.post(
    "/datasets/{slug}/{part}/editions",
    response={201: EditionOut, 202: ErrandOut},
    summary="Send a file as the next edition",
)
def send(request: Request, slug: str, part: str, file: File[UploadedFile], period: str = "", reason: str = ""):
    found = find_dataset(request.actor, slug)
    distribution = get_object_or_404(Distribution, dataset=found, code=part)
    """A large file answers 202 with an errand; ask at its address until it says what came of it."""
    name = file.name or "upload"
    with tempfile.NamedTemporaryFile() as copy:
        for chunk in file.chunks():
            copy.write(chunk)
        copy.flush()
        errand = errands.ask(
            request.actor, "edition", title=name, file=Path(copy.name), distribution=distribution.pk, name=name, period=period,
            reason=reason,
        )  # fmt: skip
    if errand.is_open:
        return 202, errand
    return 201, distribution.editions.select_related("distribution__dataset").get(
        sha256=errand.sha256, number=errand.found["number"]
    )


@router.get(
    "/errands/{uuid:pk}", response=ErrandOut, summary="How far a large file is, and what came of it", tags=["errands"]
)
def errand(request: Request, pk: UUID):
    asker = request.actor.as_asker()
    found = Errand.objects.filter(pk=pk).first()
    if found is None or not any(asker[name] and found.asker.get(name) == asker[name] for name in ("token", "person")):
        raise Missing(_("Check the address, or search for what you need."))
    return found


@router.get("/datasets/{slug}/{part}/{int:number}/rows", response=RowsOut, summary="Rows of an edition")
def rows(request: Request, slug: str, part: str, number: int, offset: int = Query(0, ge=0, le=MOST_OFFSET), limit: int = Query(100, ge=1, le=MOST_ROWS),
         column: str = "", value: str = ""):  # fmt: skip
    edition = find_edition(request.actor, slug, part, number)
    if not edition.is_table:
        raise Invalid(_("This edition is not a table."))
    operations.count_use(request.actor, edition.dataset, "api")
    where = {"field": column, "op": "=", "value": value} if value else {"field": column, "op": "empty"}
    sent = {"offset": offset, "limit": limit, "count": True, "where": where if column else None}
    found = answer(edition, question(sent, askable_columns(request.actor, edition)))
    names = ["_row", *found.names]
    return {
        "columns": found.names,
        "rows": [dict(zip(names, row, strict=True)) for row in found.rows],
        "total": found.total,
    }


class SettleIn(Schema):
    """recipe: as the settle page makes it (sheet, header_row, decimal_mark by column …); roles: column → part it plays."""

    recipe: dict[str, Any] = {}
    roles: dict[str, str] = {}
    level: str = ""


class StepIn(Schema):
    """reason: for return and withdraw; not_before: for publish, the instant until which only its house sees it."""

    reason: str = ""
    not_before: datetime | None = None


@router.post(
    "/datasets/{slug}/{part}/{int:number}/settle",
    response={200: EditionOut, 202: ErrandOut},
    summary="Say how a file is read",
)
def settle(request: Request, slug: str, part: str, number: int, sent: SettleIn):
    edition = find_edition(request.actor, slug, part, number)
    unknown = set(sent.roles.values()) - set(ColumnRole.values)
    if unknown:
        words = _("A column plays one of these parts: %(parts)s.") % {
            "parts": ", ".join(filter(None, ColumnRole.values))
        }
        raise Invalid(words, {"roles": [words]})
    return _answer(edition, errands.ask(
        request.actor, "settle", title=edition.file_name, size=edition.bytes, edition=edition.pk, recipe=sent.recipe,
        roles=sent.roles, level=sent.level,
    ))  # fmt: skip


@router.post(
    "/datasets/{slug}/{part}/{int:number}/{step}", response={200: EditionOut, 202: ErrandOut},
    summary="submit, return, publish or withdraw an edition",
)  # fmt: skip
def step(request: Request, slug: str, part: str, number: int, step: str, sent: StepIn):
    edition = find_edition(request.actor, slug, part, number)
    if step == "publish":
        moment = sent.not_before.isoformat() if sent.not_before else ""
        return _answer(edition, errands.ask(
            request.actor, "publish", title=str(edition), size=edition.bytes, edition=edition.pk, not_before=moment
        ))  # fmt: skip
    if step == "submit":
        operations.submit_edition(request.actor, edition)
    elif step in ("return", "withdraw"):
        change = operations.return_edition if step == "return" else operations.withdraw_edition
        change(request.actor, edition, reason=sent.reason)
    else:
        raise Missing(_("Check the address, or search for what you need."))
    return _answer(edition)


def _answer(edition: Edition, errand: Errand | None = None) -> tuple[int, Any]:
    if errand is not None and errand.is_open:
        return 202, errand
    return 200, Edition.objects.select_related("distribution__dataset").get(pk=edition.pk)


class DifferenceOut(Schema):
    """Rows compared by the columns that identify them; sample: pairs of row numbers, old and new."""

    keys: list[str]
    added: int
    removed: int
    changed: int
    new_columns: list[str]
    lost_columns: list[str]
    sample: list[dict[str, Any]]


@router.get(
    "/datasets/{slug}/{part}/{int:number}/against/{int:other}",
    response=DifferenceOut,
    summary="What changed between two editions",
)
def compare(request: Request, slug: str, part: str, number: int, other: int):
    new, old = (find_edition(request.actor, slug, part, each) for each in (number, other))
    keys, difference = compared(request.actor, new, old)
    if difference is None:
        raise Invalid(_("The editions cannot be compared: say in the list of columns which one identifies the row."))
    return {"keys": keys, **vars(difference)}
