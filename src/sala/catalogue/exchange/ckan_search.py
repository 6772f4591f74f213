"""package_search: words, field terms, order, a page of datasets, and the counts beside it."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import Case, CharField, Count, Q, QuerySet, Value, When
from django.db.models.functions import Upper
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.catalogue.exchange import ckan_query, ckan_shapes
from sala.catalogue.exchange.records import editions_of, records_of, released, with_change
from sala.catalogue.models import Dataset
from sala.core import language
from sala.core.errors import Invalid
from sala.core.language import Translated, sorted_by
from sala.core.statements import array_of, listed
from sala.search.matching import matching

KEPT = 60  # seconds for which counts are kept, as in the search
FACETS = {"organization": "owner_id", "groups": "topics", "tags": "topics", "license_id": "licence_id"}
READ = ("owner_id", "licence_id")  # what a dataset that was found belongs to, one of each
Kept = Mapping[int, Sequence[int | None]]  # number of a dataset → READ
# The largest of what was counted by numbers, with code and name. Names are read of those only.
OF_ORGANISATIONS = """
    select named.code, named.name::text, counted.number
    from unnest(%s::bigint[], %s::bigint[]) as counted (id, number) join people_organisation named using (id)
    order by counted.number desc, named.code limit %s
"""
OF_TERMS = OF_ORGANISATIONS.replace("people_organisation", "core_term")
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
    rows, kept = _narrowed(actor, query, found), None
    if found is not None:
        kept = {pk: belongs for pk, *belongs in rows.order_by().values_list("pk", *READ)}
        found = [pk for pk in found if pk in kept]
        rows = Dataset.objects.filter(pk__in=listed(found))  # these are seen: nothing is asked of them a second time
    ids = _page(actor, rows, found, asked)
    count, facets = _counts(actor, rows, kept, asked)
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
        rows = rows.filter(pk__in=listed(found))
    for condition in query.conditions:
        rows = rows.filter(condition)
    for wanted, formats in query.formats:
        having = _with_formats(actor, formats)
        rows = rows.filter(pk__in=having) if wanted else rows.exclude(pk__in=having)
    return rows


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
    actor: Actor, rows: QuerySet[Dataset], kept: Kept | None, asked: Search
) -> tuple[int, dict[str, list[tuple[str, str, int]]]]:
    """How many there are, and per facet (value, title, number), largest first. kept: the same rows where they were read."""
    who = "everything" if actor.is_everything else " ".join(sorted(actor.audiences))
    told = repr((who, language.current(), asked.q, asked.fq, asked.facets, asked.facet_limit))
    key = f"ckan:{hashlib.sha256(told.encode()).hexdigest()}"
    counted: tuple[int, dict[str, list[tuple[str, str, int]]]] | None = cache.get(key)
    if counted is None:
        facets: dict[str, list[tuple[str, str, int]]] = {}  # groups and tags are the same topics
        for name in asked.facets:
            field = FACETS.get(name, name)
            if field not in facets:
                facets[field] = _facet(actor, rows, kept, name, asked.facet_limit)
        number = rows.count() if kept is None else len(kept)
        counted = (number, {name: facets[FACETS.get(name, name)] for name in asked.facets})
        cache.set(key, counted, KEPT)
    return counted


def _facet(
    actor: Actor, rows: QuerySet[Dataset], kept: Kept | None, name: str, limit: int
) -> list[tuple[str, str, int]]:
    if name == "res_format":
        return _formats(actor, rows, kept)
    field, statement = FACETS[name], OF_ORGANISATIONS if name == "organization" else OF_TERMS
    counted: dict[Any, int]
    if kept is not None and field in READ:
        place = READ.index(field)
        counted = Counter(belongs[place] for belongs in kept.values())
    elif kept is not None:
        topics = Dataset.topics.through.objects.filter(dataset__in=listed(kept))
        counted = dict(topics.values_list("term_id").annotate(number=Count("pk")))
    else:
        counted = dict(rows.order_by().values_list(field).annotate(number=Count("pk")))
    counted.pop(None, None)
    with connection.cursor() as cursor:
        cursor.execute(statement, (array_of(counted), array_of(counted.values()), limit if limit >= 0 else None))
        return [(code, str(Translated.kept(json.loads(words))), number) for code, words, number in cursor.fetchall()]


def _formats(actor: Actor, rows: QuerySet[Dataset], kept: Kept | None) -> list[tuple[str, str, int]]:
    shown = Case(
        When(LAYER, then=Value("GeoJSON")), When(TABLE, then=Value("CSV")), default=Upper("format"), output_field=CharField()
    )  # fmt: skip
    ids: Any = rows.order_by().values("pk") if kept is None else listed(kept)
    editions = editions_of(actor).filter(distribution__dataset__in=ids)
    counted = editions.order_by().annotate(shown=shown).values_list("shown")
    totals = counted.annotate(number=Count("distribution__dataset", distinct=True)).order_by("-number", "shown")
    return [(name, name, number) for name, number in totals]
