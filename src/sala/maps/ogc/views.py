"""The pages of OGC API, as JSON for programs and as HTML for people: ?f=, else what the reader's program accepts."""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from sala.access.request import Request
from sala.catalogue.exchange.records import absolute
from sala.core import clock
from sala.core.errors import SalaError
from sala.core.models import PackFact
from sala.maps.ogc import collections, features, records
from sala.maps.ogc.asked import CRS84, Asked, read
from sala.maps.ogc.collections import Offered
from sala.maps.ogc.openapi import described
from sala.maps.ogc.records import Catalogue

JSON, GEO, HTML, OPENAPI = "application/json", "application/geo+json", "text/html", "application/vnd.oai.openapi+json;version=3.0"  # fmt: skip
CLASSES = [
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/record-core",
    "http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/record-api",
]
Link = dict[str, Any]


def landing(request: Request) -> HttpResponse:
    told = {
        "title": str(PackFact.words("name")) or "Sala", "description": _("Layers, boundaries, datasets and documents"),
        "links": [
            *_both(request.path), _link("service-desc", reverse("ogc:api"), OPENAPI, "API"),
            _link("conformance", reverse("ogc:conformance"), JSON), _link("data", reverse("ogc:collections"), JSON, _("Collections")),
        ],
    }  # fmt: skip
    return _answer(request, told)


def conformance(request: Request) -> HttpResponse:
    return _answer(request, {"title": _("Conformance"), "conformsTo": CLASSES, "links": _both(request.path)})


def api(request: Request) -> HttpResponse:
    return HttpResponse(json.dumps(described(), ensure_ascii=False), content_type=OPENAPI)


def all_collections(request: Request) -> HttpResponse:
    found = [_catalogue(one) for one in records.catalogues().values()]
    found += [_collection(one) for one in collections.all_of(request.actor)]
    return _answer(request, {"title": _("Collections"), "collections": found, "links": _both(request.path)})


def collection(request: Request, name: str) -> HttpResponse:
    catalogue = records.catalogues().get(name)
    return _answer(request, _catalogue(catalogue) if catalogue else _collection(collections.find(request.actor, name)))


def items(request: Request, name: str) -> HttpResponse:
    catalogue = records.catalogues().get(name)
    stamp = clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    if catalogue:
        asked = read(request, "q", "type")
        entries, matched = records.page_of(request.actor, catalogue, asked)
        texts = [json.dumps(entry, ensure_ascii=False) for entry in entries]
    else:
        asked = read(request)
        texts, matched = features.page_of(collections.find(request.actor, name), asked)
    body = features.collected(texts, matched, _pages(request, name, asked, matched), stamp)
    return _answer_geo(request, body)


def item(request: Request, name: str, number: str) -> HttpResponse:
    links = [_link("self", request.path, GEO), _link("collection", reverse("ogc:collection", args=[name]), JSON)]
    catalogue = records.catalogues().get(name)
    if catalogue:
        entry = records.one_of(request.actor, catalogue, number)
        entry["links"] = [*links, *entry["links"]]
        return _answer_geo(request, json.dumps(entry, ensure_ascii=False))
    return _answer_geo(request, features.one_of(collections.find(request.actor, name), number, links))


# ---- what is told ----------------------------------------------------------------------------------------------------


def _collection(found: Offered) -> dict[str, Any]:
    extent: dict[str, Any] = {}
    if box := found.inside.bounds():
        extent["spatial"] = {"bbox": [list(box)], "crs": CRS84}
    if interval := found.interval():
        extent["temporal"] = {"interval": [interval]}
    told = _described(found.id, found.title, found.description, "feature")
    return told | {"extent": extent, "attribution": PackFact.notice()}


def _catalogue(found: Catalogue) -> dict[str, Any]:
    return _described(found.id, str(found.title), "", "record")


def _described(name: str, title: str, description: str, kind: str) -> dict[str, Any]:
    page = reverse("ogc:collection", args=[name])
    inside = reverse("ogc:items", args=[name])
    return {
        "id": name, "title": title, "description": description, "itemType": kind, "crs": [CRS84],
        "links": [*_both(page), _link("items", inside, GEO, title), _link("items", f"{inside}?f=html", HTML, title)],
    }  # fmt: skip


def _pages(request: Request, name: str, asked: Asked, matched: int) -> list[Link]:
    links = [
        _link("self", request.get_full_path(), GEO), _link("alternate", _with(request, f="html"), HTML),
        _link("collection", reverse("ogc:collection", args=[name]), JSON),
    ]  # fmt: skip
    if asked.offset + asked.limit < matched:
        links.append(_link("next", _with(request, offset=asked.offset + asked.limit, limit=asked.limit), GEO))
    if asked.offset:
        links.append(_link("prev", _with(request, offset=max(0, asked.offset - asked.limit), limit=asked.limit), GEO))
    return links


def _with(request: Request, **changes: Any) -> str:
    return f"{request.path}?{urlencode(request.GET.dict() | changes)}"


def _link(relation: str, path: str, kind: str, title: Any = "") -> Link:
    return {"rel": relation, "href": absolute(path), "type": kind, **({"title": str(title)} if title else {})}


def _both(path: str) -> list[Link]:
    return [_link("self", path, JSON), _link("alternate", f"{path}?f=html", HTML)]


# ---- in which form ---------------------------------------------------------------------------------------------------


def _wants_page(request: Request) -> bool:
    asked = request.GET.get("f", "")
    if asked not in ("", "json", "html"):
        raise SalaError(_("Give f as json or html."))
    return asked == "html" or (not asked and "text/html" in request.headers.get("Accept", ""))


def _answer(request: Request, told: dict[str, Any]) -> HttpResponse:
    if _wants_page(request):
        return _page(request, told)
    return HttpResponse(json.dumps(told, ensure_ascii=False), content_type=JSON)


def _answer_geo(request: Request, body: str) -> HttpResponse:
    if _wants_page(request):
        return _page(request, json.loads(body))
    return HttpResponse(body, content_type=GEO)


def _page(request: Request, told: dict[str, Any]) -> HttpResponse:
    found = told.get("features", [told] if "properties" in told else [])
    names: Sequence[str] = list(dict.fromkeys(name for feature in found for name in feature["properties"]))
    context = {
        "told": told, "names": names, "rows": [[feature["properties"].get(name) for name in names] for feature in found],
        "title": told.get("title") or _("Features"),
    }  # fmt: skip
    return render(request, "maps/ogc/page.html", context)
