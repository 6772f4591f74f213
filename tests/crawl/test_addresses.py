"""Every address of the resolver is crawled, or says here why not."""

from django.urls import URLPattern, URLResolver, get_resolver

from .samples import COVERED

# name → what the anonymous reader may get: pages without a subject, and pages whose own tests check who gets them
GENERAL = {
    "site:home", "analyses:here", "analyses:choose", "site:about", "site:health", "site:portal_css", "site:portal_logo", "site:search", "journal:heads", "places:index", "facilities:index",
    "catalogue:index", "catalogue:overdue", "people:directory", "site:calendar", "site:calendar_feed", "people:sign_in", "people:register", "people:link_sent",
    "ogc:landing", "ogc:conformance", "ogc:api", "ogc:collections", "ogc:collection", "ogc:items", "ogc:item",
    "ckan", "ckan_unversioned", "catalog_ttl", "catalog_jsonld", "oai", "site:robots", "site:sitemap", "site:sitemap_part",
    "exchange:releases", "exchange:feeds", "concessions:concessions", "concessions:parties", "concessions:releases", "concessions:completeness",
    "exchange:services", "exchange:showcases", "catalogue:usage",
}  # fmt: skip
ELSEWHERE = {
    "people": "tests/people/test_pages.py",
    "places": "tests/places",
    "facilities": "tests/places",
    "documents": "tests/documents",
    "duties": "tests/duties",
    "ledger": "tests/crawl/test_register.py; who may write: tests/ledger",
    "bodies": "tests/bodies",
    "maps": "tests/maps",
    "collection": "tests/collection",
    "concessions": "tests/crawl/test_register.py; who may write: tests/concessions",
    "catalogue": "tests/catalogue",
    "analyses": "tests/maps",
    "exchange": "tests/catalogue, tests/clients/test_feeds.py",
    "site": "tests/site",
    "openrosa": "tests/collection/test_openrosa.py, tests/clients/test_collect.py",
    "search": "tests/search",
    "api": "tests/site/test_api.py",
}


def names(resolver=None, spaces=()):
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from names(entry, (*spaces, entry.namespace) if entry.namespace else spaces)
        elif isinstance(entry, URLPattern) and entry.name:
            yield ":".join([*spaces, entry.name])


def test_every_address_has_a_name_and_a_place_where_it_is_checked():
    unknown = {name for name in names() if name not in COVERED | GENERAL and name.split(":")[0] not in ELSEWHERE}
    assert unknown == set()
