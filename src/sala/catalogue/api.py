"""Datasets in the API: read what the caller may see; enter and change with the same operations as the pages."""

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
from sala.access.scope import visible
from sala.catalogue import operations, tables
from sala.catalogue.calculations import score
from sala.catalogue.forms import DatasetForm
from sala.catalogue.models import Dataset, Distribution, Edition
from sala.catalogue.queries import (
    completeness_of,
    criteria_of,
    figures_of,
    find_dataset,
    find_edition,
    missing_editions,
    promise_of,
)
from sala.catalogue.views.downloads import formats_of
from sala.core import errands
from sala.core.errors import Invalid, Missing
from sala.core.models import Errand
from sala.people import api as sharing
from sala.people.api import SharingIn, SharingOut
from sala.places.models import Area

router = Router(tags=["datasets"])
MOST_ROWS = 1000


class DatasetOut(Schema):
    slug: str
    title: dict[str, str]
    owner: str
    place: str
    tier: str
    state: str
    url: str
    is_invented: bool


def summary(dataset: Dataset) -> dict[str, Any]:
    """What every answer says of a dataset."""
    return {
        "slug": dataset.slug, "title": dataset.title, "owner": dataset.owner.code, "place": dataset.place.code,
        "tier": dataset.tier, "state": dataset.state, "url": dataset.get_absolute_url(),
        "is_invented": dataset.is_invented,
    }  # fmt: skip


class DatasetPage(Schema):
    count: int
    items: list[DatasetOut]


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

    @staticmethod
    def resolve_part(edition: Edition) -> str:
        return edition.distribution.code

    @staticmethod
    def resolve_url(edition: Edition) -> str:
        return edition.get_absolute_url()

    @staticmethod
    def resolve_formats(edition: Edition) -> list[str]:
        return [*formats_of(edition), "original"]


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


class DatasetDetail(DatasetOut):
    description: dict[str, str]
    publisher: str | None
    contact: str | None
    topics: list[str]
    licence: str | None
    restriction: str | None
    legal_clause: str
    frequency: str | None
    promise: str
    due: str | None
    missing_periods: list[str]
    score: int
    unmet: list[str]
    languages: list[dict[str, Any]]
    concept: str
    is_official: bool
    origins: list[str]
    columns: dict[str, list[dict[str, Any]]]
    editions: list[EditionOut]


class DatasetChange(Schema):
    title: dict[str, str] | None = None
    description: dict[str, str] | None = None
    tier: str | None = None
    licence: str | None = None
    restriction: str | None = None


class RowsOut(Schema):
    columns: list[str]
    rows: list[dict[str, Any]]
    total: int


class FigureOut(Schema):
    figure: str
    name: dict[str, str]
    unit: str
    period: str
    value: str
    dataset: str
    row: int
    source: str


def _dataset(request: Request, slug: str) -> Dataset:
    return find_dataset(request.actor, slug, "owner", "place", "licence", "frequency", "restriction")


@router.get("/datasets", response=DatasetPage, summary="Datasets the caller may see")
def datasets(
    request: Request, owner: str = "", place: str = "", page: int = Query(1, ge=1), size: int = Query(50, ge=1, le=500)
):
    rows = visible(request.actor, Dataset).select_related("owner", "place").order_by("slug")
    if owner:
        rows = rows.filter(owner__code=owner)
    if place:
        area = get_object_or_404(Area, code=place)
        rows = rows.filter(place__path__startswith=area.path)
    return {"count": rows.count(), "items": [summary(row) for row in rows[(page - 1) * size : page * size]]}


@router.get("/datasets/{slug}", response=DatasetDetail, summary="One dataset with its editions")
def dataset(request: Request, slug: str):
    found = _dataset(request, slug)
    return detail(request, found)


def detail(request: Request, found: Dataset) -> dict[str, Any]:
    criteria, promise = criteria_of(found), promise_of(found)
    parts = list(found.distributions.prefetch_related("dictionary"))
    editions = (
        visible(request.actor, Edition).filter(distribution__dataset=found).select_related("distribution__dataset")
    )
    return {
        **summary(found), "description": found.description, "publisher": found.publisher.code if found.publisher else None,
        "contact": found.contact.code if found.contact else None,
        "topics": list(found.topics.values_list("code", flat=True)),
        "licence": found.licence.code if found.licence else None,
        "restriction": found.restriction.code if found.restriction else None, "legal_clause": found.legal_clause,
        "frequency": found.frequency.code if found.frequency else None, "promise": promise.state,
        "due": promise.due.isoformat() if promise.due else None, "missing_periods": missing_editions(found),
        "score": score(criteria), "unmet": [criterion.code for criterion in criteria if not criterion.met],
        "languages": completeness_of(found), "concept": found.concept, "is_official": found.is_official,
        "origins": _origins(request, found),
        "columns": {part.code: [_column(column) for column in part.dictionary.all()] for part in parts},
        "editions": list(editions),
    }  # fmt: skip


def _origins(request: Request, found: Dataset) -> list[str]:
    """What it was made from; a dataset that the caller may not see is not named."""
    seen = set(visible(request.actor, Dataset).filter(derived__dataset=found).values_list("pk", flat=True))
    rows = found.origins.select_related("source")
    return [
        str(row) if not row.source_id or row.source_id in seen else _("a dataset that is not open to you")
        for row in rows
    ]


def _column(column: Any) -> dict[str, Any]:
    return {
        "name": column.name,
        "label": column.label,
        "meaning": column.meaning,
        "unit": column.unit,
        "role": column.role,
    }


@router.patch("/datasets/{slug}", response=DatasetDetail, summary="Change the record of a dataset")
def change(request: Request, slug: str, sent: DatasetChange):
    found = _dataset(request, slug)
    saved = operations.change_dataset(request.actor, found, DatasetForm, sent.dict(exclude_unset=True))
    return detail(request, saved)


@router.get("/datasets/{slug}/sharings", response=list[SharingOut], summary="Organisations it is shared with")
def sharings(request: Request, slug: str):
    return sharing.listed(request, _dataset(request, slug))


@router.post("/datasets/{slug}/sharings", response={201: SharingOut}, summary="Share it with one more organisation")
def share(request: Request, slug: str, sent: SharingIn):
    return 201, sharing.add(request, _dataset(request, slug), sent)


@router.delete("/datasets/{slug}/sharings/{int:pk}", response={204: None}, summary="End a sharing")
def end_sharing(request: Request, slug: str, pk: int):
    sharing.end(request, _dataset(request, slug), pk)
    return 204, None


@router.post(
    "/datasets/{slug}/{part}/editions",
    response={201: EditionOut, 202: ErrandOut},
    summary="Send a file as the next edition",
)
def send(request: Request, slug: str, part: str, file: File[UploadedFile], period: str = "", reason: str = ""):
    found = _dataset(request, slug)
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
def rows(request: Request, slug: str, part: str, number: int, offset: int = Query(0, ge=0), limit: int = Query(100, ge=1, le=MOST_ROWS),
         column: str = "", value: str = ""):  # fmt: skip
    edition = find_edition(request.actor, slug, part, number)
    if not edition.is_table:
        raise Invalid(_("This edition is not a table."))
    operations.count_use(request.actor, edition.dataset, "api")
    page = tables.page(edition, offset=offset, limit=limit, equals={column: value} if column else None)
    return {
        "columns": page.names,
        "rows": [{"_row": row, **dict(zip(page.names, values, strict=True))} for row, values in page.rows],
        "total": page.total,
    }


@router.get(
    "/places/{code}/figures",
    response=list[FigureOut],
    summary="Key figures of a place, each with its source",
    tags=["places"],
)
def figures(request: Request, code: str):
    area = get_object_or_404(visible(request.actor, Area), code=code)
    return [
        {
            "figure": figure.key_figure.code, "name": figure.key_figure.name, "unit": figure.key_figure.unit,
            "period": figure.period, "value": format(figure.value.normalize(), "f"),
            "dataset": figure.edition.dataset.slug, "row": figure.row, "source": figure.get_absolute_url(),
        }
        for figure in figures_of(request.actor, area)[:2000]
    ]  # fmt: skip
