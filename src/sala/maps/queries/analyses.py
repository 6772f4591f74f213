"""Kept analyses: those that a reader may see because every input may be seen as well, and how two of them differ."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.catalogue.models import Edition
from sala.maps.models import Analysis, AnalysisInput


def readable(actor: Actor) -> QuerySet[Analysis]:
    """Analyses open to the reader, but for those made of an edition that is not."""
    hidden = AnalysisInput.objects.filter(analysis=OuterRef("pk")).exclude(edition__in=visible(actor, Edition))
    return visible(actor, Analysis).filter(~Exists(hidden)).select_related("owner", "author")


def newer_inputs(actor: Actor, analysis: Analysis) -> dict[int, Edition]:
    """Edition id → a newer published one of the same part, where the reader sees one."""
    found = {}
    for row in analysis.inputs.select_related("edition"):
        later = visible(actor, Edition).filter(distribution=row.edition.distribution_id, is_published=True)
        newest = later.filter(number__gt=row.edition.number).order_by("-number").first()
        if newest is not None:
            found[row.edition_id] = newest
    return found


def class_changes(first: dict[str, Any], second: dict[str, Any]) -> list[dict[str, Any]]:
    """Hectares of each class of two results of suitability over the same cells, and what the second has more."""
    before, after = (_totals(each) for each in (first, second))
    return [
        {"class": name, "first": one, "second": other, "more": round(other - one, 2)}
        for name, one, other in zip(("N", "S3", "S2", "S1"), before, after, strict=False)
    ]


def _totals(result: dict[str, Any]) -> list[float]:
    return [round(sum(column), 2) for column in zip(*(row["hectares"] for row in result["rows"]), strict=True)]
