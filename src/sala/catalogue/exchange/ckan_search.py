"""package_search: words, field terms, order, a page of datasets, and the counts beside it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import Case, CharField, Count, Q, QuerySet, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Upper
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.catalogue.exchange import ckan_query, ckan_shapes
from sala.catalogue.exchange.records import editions_of, records_of, released, with_change
from sala.catalogue.models import Dataset
from sala.core import language
from sala.core.errors import Invalid
from sala.core.language import sorted_by
from sala.core.models import Term
from sala.people.models import Organisation
from sala.search.matching import matching

KEPT = 60  # seconds for which counts are kept, as in the search
FACETS = {
    "organization": "owner__code",
    "groups": "topics__code",
    "tags": "topics__code",
    "license_id": "licence__code",
}
LAYERS = ("gpkg", "geojson", "shapefile")
LAYER = Q(format__in=LAYERS) & ~Q(table_sha256="")
TABLE = ~Q(format__in=LAYERS) & ~Q(table_sha256="")
COLUMNS = {"name": "slug", "id": "slug", "metadata_created": "created_at", "metadata_modified": "changed"}


@dataclass(frozen=True)
class Search:
    """facets: names of the fields to count, each with at most facet_limit values (negative: all)."""

    q: str = ""
    fq: tuple[str, ...] = ()
    rows: int = 10
    start: int = 0
    sort: str = ""
    facets: tuple[str, ...] = ()
    facet_limit: int = 50


def search(actor: Actor, asked: Search) -> dict[str, Any]:
    """The answer of package_search. Raises Invalid."""
    for name in asked.facets:
        if name not in {*FACETS, "res_format"}:
            words = _("“%(name)s” cannot be counted. These can: %(fields)s.") % {"name": name, "fields": ", ".join([*FACETS, "res_format"])}  # fmt: skip
            raise Invalid(words, {"facet.field": [words]})
    query = ckan_query.read(asked.q, *asked.fq)
    found = matching(actor, query.words, "dataset") if query.words else None
    rows = _narrowed(actor, query, found)
    if found is not None:
        kept = set(rows.order_by().values_list("pk", flat=True))
        found = [pk for pk in found if pk in kept]
        rows = Dataset.objects.filter(pk__in=_listed(found))  # these are seen: nothing is asked of them a second time
    ids = _page(actor, rows, found, asked)
    count, facets = _counts(actor, rows, asked, each_once=found is not None)
    return {
        "count": count, "sort": asked.sort, "facets": {name: {value: number for value, _title, number in values} for name, values in facets.items()},
        "search_facets": {
            name: {"title": name, "items": [{"name": value, "display_name": title, "count": number} for value, title, number in values]}
            for name, values in facets.items()
        },
        "results": [ckan_shapes.package(record) for record in records_of(actor, ids)],
    }  # fmt: skip


def _narrowed(actor: Actor, query: ckan_query.Asked, found: Sequence[int] | None) -> QuerySet[Dataset]:
    rows = released(actor)
    if query.needs_change:
        rows = with_change(actor, rows)
    if found is not None:
        rows = rows.filter(pk__in=_listed(found))
    for condition in query.conditions:
        rows = rows.filter(condition)
    for wanted, formats in query.formats:
        having = _with_formats(actor, formats)
        rows = rows.filter(pk__in=having) if wanted else rows.exclude(pk__in=having)
    return rows


def _listed(ids: Sequence[int]) -> RawSQL:
    """Thousands of numbers as one value of the statement; as one each, writing the statement took longer than its answer."""
    return RawSQL("select unnest(%s::bigint[])", [list(ids)])


def _with_formats(actor: Actor, formats: Sequence[str]) -> QuerySet:
    """Datasets with an edition whose resource is in one of the formats."""
    editions = editions_of(actor)
    conditions = Q(pk__in=[])
    for name in formats:
        if name == "geojson":
            conditions |= LAYER
        elif name == "csv":
            conditions |= TABLE
        else:
            conditions |= Q(table_sha256="", format=name)
    return editions.filter(conditions).values("distribution__dataset")


def _page(actor: Actor, rows: QuerySet[Dataset], found: Sequence[int] | None, asked: Search) -> list[int]:
    """Ids of one page. By score is: as the words found them, or the newest entered first."""
    order = [each for each in ckan_query.orders(asked.sort) if each[0] != "score"]
    end = asked.start + asked.rows
    if found is not None and (not order or ckan_query.orders(asked.sort)[0][0] == "score"):
        return list(found[asked.start : end])
    by: list[Any] = []
    for name, descending in order:
        if name == "title_string":
            by.append(sorted_by("title").desc() if descending else sorted_by("title").asc())
        else:
            by.append(f"{'-' if descending else ''}{COLUMNS[name]}")
    if any(name == "metadata_modified" for name, _down in order):
        rows = with_change(actor, rows)
    return list(rows.order_by(*by, "-pk").values_list("pk", flat=True)[asked.start : end])


def _counts(
    actor: Actor, rows: QuerySet[Dataset], asked: Search, *, each_once: bool
) -> tuple[int, dict[str, list[tuple[str, str, int]]]]:
    """How many there are, and per facet (value, title, number), largest first. each_once: no condition repeats a row."""
    who = "everything" if actor.is_everything else " ".join(sorted(actor.audiences))
    told = repr((who, language.current(), asked.q, asked.fq, asked.facets, asked.facet_limit))
    key = f"ckan:{hashlib.sha256(told.encode()).hexdigest()}"
    kept = cache.get(key)
    if kept is None:
        counted: dict[str, list[tuple[str, str, int]]] = {}  # groups and tags are the same topics
        for name in asked.facets:
            lookup = FACETS.get(name, name)
            if lookup not in counted:
                counted[lookup] = _facet(actor, rows, name, asked.facet_limit, each_once)
        kept = (rows.count(), {name: counted[FACETS.get(name, name)] for name in asked.facets})
        cache.set(key, kept, KEPT)
    return kept


def _facet(actor: Actor, rows: QuerySet[Dataset], name: str, limit: int, each_once: bool) -> list[tuple[str, str, int]]:
    if name == "res_format":
        return _formats(actor, rows)
    lookup = FACETS[name]
    number = Count("pk", distinct=not each_once)
    counted = rows.order_by().values_list(lookup).annotate(number=number).order_by("-number", lookup)
    values = [(code, number) for code, number in counted if code][: limit if limit >= 0 else None]
    titles = _titles(name, [code for code, _number in values])
    return [(code, titles.get(code, code), number) for code, number in values]


def _titles(name: str, codes: Sequence[str]) -> dict[str, str]:
    if name == "organization":
        return {row.code: str(row.name) for row in Organisation.objects.filter(code__in=codes).only("code", "name")}
    scheme = "licence" if name == "license_id" else "topic"
    return {term.code: str(term.name) for term in Term.objects.filter(scheme=scheme, code__in=codes)}


def _formats(actor: Actor, rows: QuerySet[Dataset]) -> list[tuple[str, str, int]]:
    shown = Case(
        When(LAYER, then=Value("GeoJSON")), When(TABLE, then=Value("CSV")), default=Upper("format"), output_field=CharField()
    )  # fmt: skip
    editions = editions_of(actor).filter(distribution__dataset__in=rows.order_by().values("pk"))
    counted = editions.order_by().annotate(shown=shown).values_list("shown")
    totals = counted.annotate(number=Count("distribution__dataset", distinct=True)).order_by("-number", "shown")
    return [(name, name, number) for name, number in totals]
