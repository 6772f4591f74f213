"""Datasets in the API: their records, as the caller may see them, changed with the same operations as on the pages."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema

from sala.access.request import Request
from sala.access.scope import visible
from sala.catalogue import operations
from sala.catalogue.api.editions import EditionOut
from sala.catalogue.calculations import score
from sala.catalogue.forms.datasets import DatasetForm
from sala.catalogue.models import Dataset, Edition
from sala.catalogue.queries import (
    completeness_of,
    criteria_of,
    duties_of,
    figures_of,
    find_dataset,
    missing_editions,
    overdue,
    promise_of,
    uses_of,
)
from sala.catalogue.queries.columns import hidden_columns
from sala.documents.models import Document
from sala.people.api import sharing
from sala.people.api.sharing import SharingIn, SharingOut
from sala.places.models import Area

router = Router(tags=["datasets"])


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


class DatasetDetail(DatasetOut):
    description: dict[str, str]
    publisher: str | None
    contact: str | None
    topics: list[str]
    licence: str | None
    restriction: str | None
    legal_basis: str | None
    legal_clause: str
    duties: list[dict[str, Any]]
    uses: dict[str, int]
    used_to_make: list[str]
    frequency: str | None
    promise: str
    due: str | None
    retired_on: str | None
    missing_periods: list[str]
    score: int
    joined_percent: int | None
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
    request: Request,
    owner: str = "",
    place: str = "",
    late: bool = False,
    page: int = Query(1, ge=1),
    size: int = Query(50, ge=1, le=500),
):
    rows = visible(request.actor, Dataset).select_related("owner", "place").order_by("slug")
    if owner:
        rows = rows.filter(owner__code=owner)
    if place:
        area = get_object_or_404(Area, code=place)
        rows = rows.filter(place__path__startswith=area.path)
    if late:
        rows = rows.filter(pk__in=overdue(visible(request.actor, Dataset)).order_by().values("pk"))
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
        "legal_basis": visible(request.actor, Document).filter(pk=found.legal_basis_id or 0).values_list("slug", flat=True).first(),
        "duties": [
            {"kind": duty.kind, "post": duty.position.code, "organisation": duty.position.organisation.code,
             "area": duty.area.code if duty.area else None}
            for duty in duties_of(found)
        ],
        "uses": uses_of(found),
        "used_to_make": list(visible(request.actor, Dataset).filter(origins__source=found).values_list("slug", flat=True)),
        "frequency": found.frequency.code if found.frequency else None, "promise": promise.state,
        "due": promise.due.isoformat() if promise.due else None, "missing_periods": missing_editions(found),
        "retired_on": found.retired_on.isoformat() if found.retired_on else None,
        "score": score(criteria),
        "joined_percent": next(each.share for each in criteria if each.code == "places_joined"),
        "unmet": [criterion.code for criterion in criteria if not criterion.met],
        "languages": completeness_of(found), "concept": found.concept, "is_official": found.is_official,
        "origins": _origins(request, found),
        "columns": {
            part.code: [_column(column) for column in part.dictionary.all() if column.name not in hidden]
            for part in parts for hidden in [hidden_columns(request.actor, part)]
        },
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
        "tier": column.tier,
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
