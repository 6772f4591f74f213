"""Data services and showcases in the API."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema

from sala.access.actor import Actor
from sala.access.request import Request
from sala.access.scope import visible
from sala.catalogue.api.exchange import ReasonIn
from sala.catalogue.models import DataService, Dataset, Showcase
from sala.catalogue.models.service import ServiceKind
from sala.catalogue.models.showcase import ShowcaseKind
from sala.catalogue.operations import services as operations
from sala.catalogue.operations import showcases as showing
from sala.catalogue.queries import find_dataset
from sala.catalogue.queries.evidence import find_service, served_by, services, showcases
from sala.core.language import Translated
from sala.core.models import Term
from sala.people.models import Organisation, Position

router = Router(tags=["datasets"])


class ServiceIn(Schema):
    """owner, contact: codes; datasets: their addresses (slug); licence, restriction: codes of the vocabularies."""

    owner: str
    slug: str
    title: dict[str, str]
    endpoint: str
    kind: ServiceKind = ServiceKind.API
    description: dict[str, str] = {}
    conditions: dict[str, str] = {}
    contract: str = ""
    contact: str = ""
    datasets: list[str] = []
    tier: str = "own"
    licence: str = ""
    restriction: str = ""


class ServiceOut(Schema):
    slug: str
    title: dict[str, str]
    description: dict[str, str]
    kind: str
    owner: str
    contact: str | None
    endpoint: str
    contract: str
    conditions: dict[str, str]
    tier: str
    state: str
    licence: str | None
    datasets: list[str]
    url: str
    is_invented: bool


class ServicePage(Schema):
    count: int
    items: list[ServiceOut]


class ShowcaseIn(Schema):
    title: str
    description: str
    kind: ShowcaseKind
    url: str
    made_by: str
    year: int


class ShowcaseOut(Schema):
    id: int
    dataset: str
    title: str
    description: str
    kind: str
    url: str
    made_by: str
    year: int
    state: str


def service_as_sent(actor: Actor, row: DataService) -> dict[str, Any]:
    return {
        "slug": row.slug, "title": row.title, "description": row.description, "kind": row.kind, "owner": row.owner.code,
        "contact": row.contact.code if row.contact else None, "endpoint": row.endpoint, "contract": row.contract,
        "conditions": row.conditions, "tier": row.tier, "state": row.state,
        "licence": row.licence.code if row.licence else None, "url": row.get_absolute_url(),
        "datasets": list(served_by(actor, row).values_list("slug", flat=True)), "is_invented": row.is_invented,
    }  # fmt: skip


def showcase_as_sent(row: Showcase) -> dict[str, Any]:
    return {
        "id": row.pk, "dataset": row.dataset.slug, "title": row.title, "description": row.description, "kind": row.kind,
        "url": row.url, "made_by": row.made_by, "year": row.year, "state": row.state,
    }  # fmt: skip


@router.get("/data-services", response=ServicePage, summary="Data services the caller may see")
def listed(request: Request, page: int = Query(1, ge=1), size: int = Query(50, ge=1, le=500)):
    rows = services(request.actor).order_by("slug")
    items = [service_as_sent(request.actor, row) for row in rows[(page - 1) * size : page * size]]
    return {"count": rows.count(), "items": items}


@router.get("/data-services/{slug}", response=ServiceOut, summary="One data service")
def one(request: Request, slug: str):
    return service_as_sent(request.actor, find_service(request.actor, slug))


@router.post("/data-services", response={201: ServiceOut}, summary="Enter a data service, as a draft")
def enter(request: Request, sent: ServiceIn):
    owner = get_object_or_404(visible(request.actor, Organisation).select_related("area"), code=sent.owner)
    fields = sent.dict(
        exclude={"owner", "datasets", "contact", "licence", "restriction", "title", "description", "conditions"}
    )
    made = operations.enter_service(
        request.actor, owner=owner, **fields, title=Translated(sent.title), description=Translated(sent.description),
        conditions=Translated(sent.conditions),
        contact=get_object_or_404(Position, code=sent.contact) if sent.contact else None,
        licence=_term("licence", sent.licence), restriction=_term("restriction", sent.restriction),
        datasets=list(visible(request.actor, Dataset).filter(slug__in=sent.datasets)),
    )  # fmt: skip
    return 201, service_as_sent(request.actor, made)


def _term(scheme: str, code: str) -> Term | None:
    return get_object_or_404(Term, scheme=scheme, code=code) if code else None


@router.post("/data-services/{slug}/{step}", response={204: None}, summary="publish or withdraw it")
def take_step(request: Request, slug: str, step: str, sent: ReasonIn):
    found = find_service(request.actor, slug)
    if step == "publish":
        operations.publish_service(request.actor, found)
    elif step == "withdraw":
        operations.withdraw_service(request.actor, found, reason=sent.reason)
    else:
        raise Http404
    return 204, None


@router.get("/showcases", response=list[ShowcaseOut], summary="What was made of data, newest first")
def shown(request: Request, dataset: str = ""):
    rows = showcases(request.actor)
    return [showcase_as_sent(row) for row in (rows.filter(dataset__slug=dataset) if dataset else rows)[:500]]


@router.post("/datasets/{slug}/showcases", response={201: ShowcaseOut}, summary="Propose what was made of a dataset")
def propose(request: Request, slug: str, sent: ShowcaseIn):
    found = find_dataset(request.actor, slug, "owner", "place")
    return 201, showcase_as_sent(showing.propose_showcase(request.actor, found, **sent.dict()))


@router.post("/showcases/{int:pk}/{step}", response={204: None}, summary="accept or decline it")
def decide(request: Request, pk: int, step: str, sent: ReasonIn):
    row = get_object_or_404(showcases(request.actor), pk=pk)
    if step == "accept":
        showing.accept_showcase(request.actor, row)
    elif step == "decline":
        showing.decline_showcase(request.actor, row, reason=sent.reason)
    else:
        raise Http404
    return 204, None
