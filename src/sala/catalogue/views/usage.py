"""How data is used: everything public together, for everybody; one dataset, for the office that answers for it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.request import Request
from sala.access.scope import can
from sala.catalogue import policy
from sala.catalogue.models import Dataset
from sala.catalogue.queries import find_dataset
from sala.catalogue.queries.usage import GROUPS, KINDS, Usage, most_used, public_usage, usage_of
from sala.core.errors import NotPermitted

OF_THE_OWNER = (policy.EDIT, policy.REVIEW, policy.PUBLISH, policy.WITHDRAW)


def check_owner(actor: Actor, dataset: Dataset) -> None:
    """Raises NotPermitted for whoever has no right over the dataset."""
    if not any(can(actor, verb, dataset) for verb in OF_THE_OWNER):
        raise NotPermitted(_("How a dataset is used in detail is shown to its owner. The totals are public."))


def _context(usage: Usage) -> dict[str, Any]:
    return {
        "usage": usage, "kinds": KINDS,
        "groups": [(words, usage.by_group[code]) for code, words in GROUPS.items()],
    }  # fmt: skip


def total(request: Request) -> HttpResponse:
    context = _context(public_usage()) | {"most": most_used(request.actor)}
    return render(request, "catalogue/exchange/usage.html", context)


def of_dataset(request: Request, slug: str) -> HttpResponse:
    dataset = find_dataset(request.actor, slug, "owner", "place")
    check_owner(request.actor, dataset)
    context = _context(usage_of(Dataset.objects.filter(pk=dataset.pk))) | {"dataset": dataset, "with_sex": True}
    return render(request, "catalogue/exchange/usage.html", context)
