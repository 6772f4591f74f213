"""What the addresses of datasets mean, for the reader who asks."""

from django.shortcuts import get_object_or_404

from sala.access.request import Request
from sala.access.scope import visible
from sala.catalogue.models import Dataset, Distribution, Edition
from sala.catalogue.queries import find_edition


def part_of(request: Request, slug: str, part: str) -> Distribution:
    dataset = get_object_or_404(visible(request.actor, Dataset), slug=slug)
    return get_object_or_404(Distribution.objects.select_related("dataset"), dataset=dataset, code=part)


def edition_of(request: Request, slug: str, part: str, number: int) -> Edition:
    return find_edition(request.actor, slug, part, number)
