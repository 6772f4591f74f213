"""What a dataset was made from, and whether it is still kept."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Router, Schema

from sala.access.request import Request
from sala.access.scope import visible
from sala.catalogue import operations
from sala.catalogue.models import Dataset, Lineage
from sala.catalogue.queries import find_dataset
from sala.core.errors import Invalid

router = Router(tags=["datasets"])


class OriginIn(Schema):
    """source: slug of a dataset kept here; outside: a source elsewhere, in words. One of the two."""

    source: str = ""
    outside: str = ""
    note: str = ""


class OriginOut(Schema):
    """source: slug; empty for a source outside, and where the caller may not see the dataset."""

    pk: int
    source: str
    outside: str
    note: str


class RetireIn(Schema):
    reason: str


class KeptOut(Schema):
    slug: str
    retired_on: str | None


def _told(request: Request, rows: list[Lineage]) -> list[dict[str, Any]]:
    named = visible(request.actor, Dataset).filter(pk__in=[row.source_id for row in rows if row.source_id])
    slugs = dict(named.values_list("pk", "slug"))
    return [
        {"pk": row.pk, "source": slugs.get(row.source_id or 0, ""), "outside": row.outside, "note": row.note}
        for row in rows
    ]


@router.get("/datasets/{slug}/origins", response=list[OriginOut], summary="What it was made from")
def origins(request: Request, slug: str):
    return _told(request, list(find_dataset(request.actor, slug).origins.order_by("pk")))


@router.post("/datasets/{slug}/origins", response={201: OriginOut}, summary="Name one more source")
def name_origin(request: Request, slug: str, sent: OriginIn):
    dataset = find_dataset(request.actor, slug)
    source = visible(request.actor, Dataset).filter(slug=sent.source).first() if sent.source else None
    if sent.source and source is None:
        words = _("There is no dataset with this address.")
        raise Invalid(words, {"source": [words]})
    made = operations.name_origin(request.actor, dataset, source=source, outside=sent.outside, note=sent.note)
    return 201, _told(request, [made])[0]


@router.delete("/datasets/{slug}/origins/{int:pk}", response={204: None}, summary="Take a source back")
def take_back(request: Request, slug: str, pk: int):
    dataset = find_dataset(request.actor, slug)
    operations.take_back_origin(request.actor, get_object_or_404(dataset.origins, pk=pk))
    return 204, None


@router.post("/datasets/{slug}/retire", response=KeptOut, summary="Mark it as no longer kept, with a reason")
def retire(request: Request, slug: str, sent: RetireIn):
    dataset = find_dataset(request.actor, slug)
    operations.retire_dataset(request.actor, dataset, reason=sent.reason)
    return _kept(dataset)


@router.post("/datasets/{slug}/resume", response=KeptOut, summary="It is kept again")
def resume(request: Request, slug: str):
    dataset = find_dataset(request.actor, slug)
    operations.resume_dataset(request.actor, dataset)
    return _kept(dataset)


def _kept(dataset: Dataset) -> dict[str, Any]:
    dataset.refresh_from_db(fields=["retired_on"])
    return {"slug": dataset.slug, "retired_on": dataset.retired_on.isoformat() if dataset.retired_on else None}
