"""Tables in the API: what the columns are, and questions to the rows, answered as JSON, CSV, XLSX or Parquet."""

import json
from typing import Any

from django.http import HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema

from sala.access.request import Request
from sala.catalogue import operations
from sala.catalogue.models import Edition
from sala.catalogue.queries import find_edition
from sala.catalogue.queries.columns import askable_columns, seen_columns
from sala.catalogue.queries.table_answers import answer, mark_of, plain
from sala.catalogue.queries.table_query import question
from sala.catalogue.queries.table_words import ROW, wrong
from sala.catalogue.views.downloads import answer_file
from sala.core.errors import Invalid

router = Router(tags=["datasets"])
LONGEST = 20_000  # characters of a question
FORMATS = ("json", "csv", "xlsx", "parquet")
QUESTION = (
    'JSON: {"where": {"and": [{"field": "…", "op": ">=", "value": 1}]}, "select": ["…"], "group": ["…"], '
    '"aggregates": [{"function": "sum", "field": "…"}], "sort": [{"field": "…", "order": "desc"}], "limit": 100}'
)


class ColumnOut(Schema):
    """kind: number, text, date, moment or truth, as it is compared; tier: who sees it; role: the part it plays."""

    name: str
    label: dict[str, str]
    meaning: dict[str, str]
    unit: str
    type: str
    kind: str | None
    role: str
    tier: str


class AnswerOut(Schema):
    """rows: heading → value; _row is the row of the delivered file. total only where "count" was asked."""

    columns: list[str]
    rows: list[dict[str, Any]]
    offset: int
    total: int | None = None


class QuestionIn(Schema):
    """The parts of a question; see the manual."""

    where: Any = None
    select: list[str] | None = None
    distinct: bool = False
    group: list[str] | None = None
    aggregates: Any = None
    sort: Any = None
    limit: int = 100
    offset: int = 0
    count: bool = False


@router.get("/datasets/{slug}/{part}/{int:number}/columns", response=list[ColumnOut], summary="Columns of a table")
def columns(request: Request, slug: str, part: str, number: int):
    edition = _table(request, slug, part, number)
    kinds = askable_columns(request.actor, edition)
    described = {column.name: column for column in edition.distribution.dictionary.all()}
    types = {column["name"]: column.get("type", "text") for column in edition.columns}
    return [
        {"name": name, "label": getattr(row, "label", {}), "meaning": getattr(row, "meaning", {}), "unit": getattr(row, "unit", ""),
         "type": types[name], "kind": kinds.get(name), "role": getattr(row, "role", ""), "tier": getattr(row, "tier", "public")}
        for name in seen_columns(request.actor, edition) for row in [described.get(name)]
    ]  # fmt: skip


@router.get(
    "/datasets/{slug}/{part}/{int:number}/table", response=AnswerOut, summary="A question to the rows of a table"
)
def ask(request: Request, slug: str, part: str, number: int, q: str = Query("{}", description=QUESTION),
        format: str = "json"):  # fmt: skip
    """The answer carries an ETag; asked again with it, an unchanged answer is 304."""
    return _answer(request, _table(request, slug, part, number), q, format)


@router.post("/datasets/{slug}/{part}/{int:number}/table", response=AnswerOut, summary="The same for a long question")
def ask_at_length(request: Request, slug: str, part: str, number: int, sent: QuestionIn, format: str = "json"):
    text = json.dumps(sent.dict(exclude_unset=True), ensure_ascii=False)
    return _answer(request, _table(request, slug, part, number), text, format)


def _table(request: Request, slug: str, part: str, number: int) -> Edition:
    edition = find_edition(request.actor, slug, part, number)
    if not edition.is_table:
        raise Invalid(_("This edition is not a table."))
    return edition


def _answer(request: Request, edition: Edition, sent: str, kind: str) -> HttpResponseBase:
    if kind not in FORMATS:
        raise wrong("format", _("An answer comes as one of: %(names)s.") % {"names": ", ".join(FORMATS)})
    columns = askable_columns(request.actor, edition)
    asked = question(_read(sent), columns)
    mark = f'"{mark_of(edition, columns, sent, kind)}"'
    if mark in request.headers.get("If-None-Match", ""):
        return HttpResponseNotModified(headers={"ETag": mark})
    operations.count_use(request.actor, edition.dataset, "api" if kind == "json" else "download")
    if kind != "json":
        response: HttpResponseBase = answer_file(edition, asked, kind)
    else:
        found = answer(edition, asked)
        names = [ROW, *found.names] if found.is_plain else found.names
        rows = [dict(zip(names, map(plain, row), strict=True)) for row in found.rows]
        content = {"columns": found.names, "rows": rows, "offset": found.offset, "total": found.total}
        response = HttpResponse(json.dumps(content, ensure_ascii=False), content_type="application/json")
    response["ETag"] = mark
    response["Cache-Control"] = "private, no-cache"
    return response


def _read(sent: str) -> Any:
    if len(sent) > LONGEST:
        raise wrong("q", _("A question has at most %(count)d characters.") % {"count": LONGEST})
    try:
        return json.loads(sent)
    except (ValueError, RecursionError) as error:
        raise wrong("q", _("This is not JSON: %(fault)s.") % {"fault": str(error)[:100]}) from None
