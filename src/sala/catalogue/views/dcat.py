"""The catalogue and each dataset in DCAT-AP, as Turtle and as JSON-LD; a dataset as Croissant. The whole is read page by page."""

from collections.abc import Sequence
from urllib.parse import urlencode

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from sala.access.request import Request
from sala.catalogue.exchange import dcat, graph, schema_org
from sala.catalogue.exchange.graph import Node
from sala.catalogue.exchange.records import absolute, record_of, records_of, released
from sala.catalogue.queries import find_dataset
from sala.core.errors import Missing

SIZE = 100


def catalogue(request: Request, kind: str) -> HttpResponse:
    rows = released(request.actor).order_by("pk")
    total = rows.count()
    last = max(1, -(-total // SIZE))
    number = request.GET.get("page", "1")
    if not (number.isascii() and number.isdigit() and len(number) < 9 and 1 <= int(number) <= last):
        raise Missing(_("There is no such page of the catalogue. Begin with the first and follow its links."))
    page = int(number)
    records = records_of(request.actor, list(rows.values_list("pk", flat=True)[(page - 1) * SIZE : page * SIZE]))
    numbers = {"first": 1, "previous": page - 1, "next": page + 1, "last": last}
    links = {name: _address(request, one) for name, one in numbers.items() if 1 <= one <= last}
    return _answer(dcat.catalogue(records, total, links, _address(request, page)), kind)


def _address(request: Request, page: int) -> str:
    return absolute(f"{request.path}?{urlencode({'page': page})}")


def dataset(request: Request, slug: str, kind: str) -> HttpResponse:
    return _answer([dcat.dataset(record_of(request.actor, find_dataset(request.actor, slug)))], kind)


def croissant(request: Request, slug: str) -> HttpResponse:
    told = schema_org.croissant(request.actor, record_of(request.actor, find_dataset(request.actor, slug)))
    return JsonResponse(told, content_type="application/ld+json", json_dumps_params={"ensure_ascii": False})


def _answer(nodes: Sequence[Node], kind: str) -> HttpResponse:
    if kind == "jsonld":
        return JsonResponse(
            graph.json_ld(nodes), content_type="application/ld+json", json_dumps_params={"ensure_ascii": False}
        )
    return HttpResponse(graph.turtle(nodes), content_type="text/turtle; charset=utf-8")
