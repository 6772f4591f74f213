"""The reading actions of CKAN's API, each a function of who asks and what was sent."""

import json
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from sala import __version__
from sala.access.actor import Actor
from sala.catalogue.exchange import ckan_search, ckan_shapes, datastore
from sala.catalogue.exchange.ckan_search import Search
from sala.catalogue.exchange.records import record_of, records_of, released
from sala.catalogue.queries import find_dataset
from sala.core.errors import Invalid, Missing
from sala.core.models import PackFact, Term
from sala.people.models import Organisation

Sent = dict[str, Any]
Action = Callable[[Actor, Sent], Any]
MOST_ROWS, MOST_LISTED = 1000, 100_000
VERSION = "2.10.0"  # of CKAN's API that these actions follow


def site_read(actor: Actor, sent: Sent) -> bool:
    return True


def status_show(actor: Actor, sent: Sent) -> dict[str, Any]:
    return {
        "site_title": str(PackFact.words("name")) or "Sala", "site_description": "", "site_url": settings.BASE_URL,
        "ckan_version": VERSION, "sala_version": __version__, "error_emails_to": None, "locale_default": settings.LANGUAGE_CODE,
        "extensions": ["datastore"],
    }  # fmt: skip


# ---- datasets --------------------------------------------------------------------------------------------------------


def package_list(actor: Actor, sent: Sent) -> list[str]:
    names = released(actor).order_by("slug").values_list("slug", flat=True)
    return list(_slice(names, sent, MOST_LISTED))


def package_show(actor: Actor, sent: Sent) -> dict[str, Any]:
    return ckan_shapes.package(record_of(actor, find_dataset(actor, _named(sent, "id", "name_or_id"))))


def package_search(actor: Actor, sent: Sent) -> dict[str, Any]:
    asked = Search(
        q=str(sent.get("q") or ""),
        fq=(*_texts(sent.get("fq")), *_texts(sent.get("fq_list"))),
        rows=min(_whole(sent, "rows", 10), MOST_ROWS),
        start=_whole(sent, "start", 0),
        sort=str(sent.get("sort") or ""),
        facets=tuple(_texts(sent.get("facet.field"))),
        facet_limit=_whole(sent, "facet.limit", 50, least=-1),
    )
    return ckan_search.search(actor, asked)


def current_package_list_with_resources(actor: Actor, sent: Sent) -> list[dict[str, Any]]:
    ids = _slice(released(actor).order_by("-pk").values_list("pk", flat=True), sent, MOST_ROWS)
    return [ckan_shapes.package(record) for record in records_of(actor, list(ids))]


def resource_show(actor: Actor, sent: Sent) -> dict[str, Any]:
    return ckan_shapes.resource(datastore.part_of(actor, _named(sent, "id")))


def resource_search(actor: Actor, sent: Sent) -> dict[str, Any]:
    """query "name:word" or "format:CSV": over the resources of the first thousand datasets that fit."""
    terms = [str(term).partition(":") for term in _texts(sent.get("query"))]
    if not terms or any(name not in ("name", "format", "description") for name, _colon, _value in terms):
        words = _("Give the query as name:…, format:… or description:….")
        raise Invalid(words, {"query": [words]})
    formats = [f"res_format:({value})" for name, _colon, value in terms if name == "format"]
    packages = ckan_search.search(actor, Search(fq=tuple(formats), rows=MOST_ROWS))["results"]
    found = [
        resource
        for package in packages
        for resource in package["resources"]
        if all(value.lower() in str(resource[name]).lower() for name, _colon, value in terms)
    ]
    start, limit = _whole(sent, "offset", 0), _whole(sent, "limit", 100)
    return {"count": len(found), "results": found[start : start + limit]}


# ---- organisations, topics, licences ---------------------------------------------------------------------------------


def organization_list(actor: Actor, sent: Sent) -> list[Any]:
    counted = released(actor).order_by().values_list("owner__code").annotate(number=Count("pk")).order_by("owner__code")
    return _listed(dict(_slice(counted, sent, MOST_LISTED)), sent, Organisation.objects, ckan_shapes.organisation)


def organization_show(actor: Actor, sent: Sent) -> dict[str, Any]:
    found = Organisation.objects.filter(code=_named(sent, "id")).first()
    if found is None:
        raise Missing(_("Check the address, or search for what you need."))
    return _shown(actor, sent, ckan_shapes.organisation(found), released(actor).filter(owner=found))


def group_list(actor: Actor, sent: Sent) -> list[Any]:
    counted = released(actor).filter(topics__isnull=False).order_by().values_list("topics__code")
    numbers = dict(_slice(counted.annotate(number=Count("pk")).order_by("topics__code"), sent, MOST_LISTED))
    return _listed(numbers, sent, Term.objects.filter(scheme="topic"), ckan_shapes.group)


def group_show(actor: Actor, sent: Sent) -> dict[str, Any]:
    found = _topic(_named(sent, "id"))
    return _shown(actor, sent, ckan_shapes.group(found), released(actor).filter(topics=found))


def tag_list(actor: Actor, sent: Sent) -> list[Any]:
    """Only tags that a visible dataset has."""
    word = str(sent.get("query") or "").lower()
    codes = released(actor).filter(topics__isnull=False).order_by("topics__code").values_list("topics__code", flat=True)
    terms = [term for term in Term.objects.filter(scheme="topic", code__in=codes.distinct()).order_by("code")
             if word in term.code.lower() or any(word in text.lower() for text in term.name.values())]  # fmt: skip
    return [ckan_shapes.tag(term) for term in terms] if _truth(sent, "all_fields") else [term.code for term in terms]


def tag_show(actor: Actor, sent: Sent) -> dict[str, Any]:
    return ckan_shapes.tag(_topic(_named(sent, "id")))


def license_list(actor: Actor, sent: Sent) -> list[dict[str, Any]]:
    return [ckan_shapes.licence(term) for term in Term.objects.filter(scheme="licence", retired=False)]


# ---- rows of tables --------------------------------------------------------------------------------------------------


def datastore_info(actor: Actor, sent: Sent) -> dict[str, Any]:
    return datastore.info(actor, _named(sent, "id", "resource_id"))


def datastore_search_sql(actor: Actor, sent: Sent) -> Any:
    words = _("SQL is disabled here. Ask with datastore_search, or download the table.")
    raise Invalid(words, {"datastore_search_sql": ["disabled"]})


ACTIONS: dict[str, Action] = {
    "site_read": site_read, "status_show": status_show, "package_list": package_list, "package_show": package_show,
    "package_search": package_search, "current_package_list_with_resources": current_package_list_with_resources,
    "resource_show": resource_show, "resource_search": resource_search, "organization_list": organization_list,
    "organization_show": organization_show, "group_list": group_list, "group_show": group_show, "tag_list": tag_list,
    "tag_show": tag_show, "license_list": license_list, "datastore_info": datastore_info, "datastore_search": datastore.search,
    "datastore_search_sql": datastore_search_sql,
}  # fmt: skip


# ---- what was sent ---------------------------------------------------------------------------------------------------


def _named(sent: Sent, *names: str) -> str:
    for name in names:
        if sent.get(name):
            return str(sent[name])
    words = _("Missing value")
    raise Invalid(words, {names[0]: [words]})


def _texts(value: Any) -> list[str]:
    """A list, JSON of one, or a single text."""
    if isinstance(value, str) and value.startswith("["):
        try:
            value = json.loads(value)
        except ValueError:
            return [value]
    if isinstance(value, (list, tuple)):
        return [str(one) for one in value]
    return [str(value)] if value not in (None, "") else []


def _whole(sent: Sent, name: str, standard: int, least: int = 0) -> int:
    try:
        found = int(sent[name]) if sent.get(name) not in (None, "") else standard
    except (TypeError, ValueError):
        found = least - 1
    if not least <= found < 10**12:
        words = _("Give a whole number, 0 or more.")
        raise Invalid(words, {name: [words]})
    return found


def _truth(sent: Sent, name: str) -> bool:
    return str(sent.get(name, "")).lower() in ("true", "1", "yes", "on")


def _slice(rows: QuerySet, sent: Sent, most: int) -> QuerySet:
    start = _whole(sent, "offset", 0)
    return rows[start : start + min(_whole(sent, "limit", most), most)]


def _topic(code: str) -> Term:
    found = Term.objects.filter(scheme="topic", code=code).first()
    if found is None:
        raise Missing(_("Check the address, or search for what you need."))
    return found


def _listed(numbers: dict[str, int], sent: Sent, rows: Any, shape: Callable[[Any], dict[str, Any]]) -> list[Any]:
    """Names, or whole entries with how many datasets they have."""
    if not _truth(sent, "all_fields"):
        return list(numbers)
    found = {row.code: row for row in rows.filter(code__in=numbers)}
    return [shape(found[code]) | {"package_count": number} for code, number in numbers.items()]


def _shown(actor: Actor, sent: Sent, entry: dict[str, Any], datasets: QuerySet) -> dict[str, Any]:
    entry |= {"package_count": datasets.count(), "users": [], "groups": [], "tags": [], "extras": []}
    if _truth(sent, "include_datasets"):
        ids = list(datasets.order_by("-pk").values_list("pk", flat=True)[:MOST_ROWS])
        entry["packages"] = [ckan_shapes.package(record) for record in records_of(actor, ids)]
    return entry
