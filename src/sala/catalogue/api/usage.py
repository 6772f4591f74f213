"""Use of data in the API."""

from datetime import date
from typing import Any

from ninja import Router, Schema

from sala.access.request import Request
from sala.catalogue.models import Dataset
from sala.catalogue.queries import find_dataset
from sala.catalogue.queries.usage import Usage, public_usage, usage_of
from sala.catalogue.views.usage import check_owner

router = Router(tags=["datasets"])


class UsageOut(Schema):
    """by_group: public, office, programme → view, download, api; by_sex: null where a number is too small to be told."""

    since: date
    until: date
    totals: dict[str, int]
    by_group: dict[str, dict[str, int]]
    by_month: dict[str, dict[str, int]]


class OwnUsageOut(UsageOut):
    by_sex: dict[str, dict[str, int] | None]


def usage_as_sent(usage: Usage) -> dict[str, Any]:
    return {
        "since": usage.since, "until": usage.until, "totals": usage.totals, "by_group": usage.by_group,
        "by_month": {month.strftime("%Y-%m"): counts for month, counts in usage.by_month.items()},
        "by_sex": usage.by_sex,
    }  # fmt: skip


@router.get("/usage", response=UsageOut, summary="Use of everything that is public")
def total(request: Request):
    return usage_as_sent(public_usage())


@router.get("/datasets/{slug}/usage", response=OwnUsageOut, summary="Use of one dataset, for its owner")
def of_dataset(request: Request, slug: str):
    found = find_dataset(request.actor, slug, "owner", "place")
    check_owner(request.actor, found)
    return usage_as_sent(usage_of(Dataset.objects.filter(pk=found.pk)))
