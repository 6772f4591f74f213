"""Datasets and documents as records of OGC API Records. A record lies where the place it is about lies."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.catalogue.exchange.records import absolute, records_of, released
from sala.catalogue.models import Edition
from sala.core.errors import Missing
from sala.core.language import current, languages
from sala.documents.models import Document
from sala.maps.ogc.asked import Asked
from sala.places.queries import standing_boundaries
from sala.search.matching import matching

CONFORMS = ["http://www.opengis.net/spec/ogcapi-records-1/1.0/req/record-core"]


@dataclass(frozen=True)
class Catalogue:
    """noun: as the search knows it    places: lookup to the areas that a row is about"""

    id: str
    noun: str
    title: Any
    places: str

    def rows(self, actor: Actor) -> QuerySet:
        return released(actor) if self.noun == "dataset" else visible(actor, Document).filter(is_published=True)


def catalogues() -> dict[str, Catalogue]:
    found = [Catalogue("datasets", "dataset", _("Datasets"), "place"), Catalogue("documents", "document", _("Documents"), "areas")]  # fmt: skip
    return {one.id: one for one in found}


def page_of(actor: Actor, catalogue: Catalogue, asked: Asked) -> tuple[list[dict[str, Any]], int]:
    rows = catalogue.rows(actor)
    if asked.words:
        rows = rows.filter(pk__in=matching(actor, asked.words, catalogue.noun))
    if asked.type and asked.type != catalogue.noun:
        rows = rows.none()
    if asked.has_time:
        rows = rows.filter(_within(actor, catalogue, asked))
    if asked.boxes:
        touching = Q()
        for box in asked.boxes:
            touching |= Q(geometry__intersects=box)
        rows = rows.filter(
            **{f"{catalogue.places}__in": standing_boundaries().filter(touching).values("area")}
        ).distinct()
    ids = list(rows.order_by("-pk").values_list("pk", flat=True)[asked.offset : asked.offset + asked.limit])
    return _records(actor, catalogue, ids), rows.count()


def _within(actor: Actor, catalogue: Catalogue, asked: Asked) -> Q:
    """Documents issued in the time asked for, and datasets with a published edition of it that the reader sees."""
    if catalogue.noun == "document":
        return Q(**{f"issued_on__{sign}": day for sign, day in (("gte", asked.first), ("lte", asked.last)) if day})
    editions = visible(actor, Edition).filter(is_published=True).order_by()
    fitting = [text for text in editions.values_list("period", flat=True).distinct() if asked.meets(text)]
    return Q(pk__in=editions.filter(period__in=fitting).values("distribution__dataset"))


def one_of(actor: Actor, catalogue: Catalogue, slug: str) -> dict[str, Any]:
    found = catalogue.rows(actor).filter(slug=slug).values_list("pk", flat=True).first()
    if found is None:
        raise Missing(_("There is no such record, or it is not open to you."))
    return _records(actor, catalogue, [found])[0]


def _records(actor: Actor, catalogue: Catalogue, ids: Sequence[int]) -> list[dict[str, Any]]:
    found = _of_datasets(actor, ids) if catalogue.noun == "dataset" else _of_documents(actor, ids)
    boxes = _boxes([place for _entry, place in found if place])
    for entry, place in found:
        entry["geometry"] = _shape(boxes.get(place)) if place else None
    return [entry for entry, _place in found]


def _of_datasets(actor: Actor, ids: Sequence[int]) -> list[tuple[dict[str, Any], int | None]]:
    found: list[tuple[dict[str, Any], int | None]] = []
    for record in records_of(actor, ids):
        row = record.dataset
        links = [
            _link("alternate", record.page, "text/html"),
            *(_link("item", part.download(), part.media_type) for part in record.parts),
        ]
        told = {
            "type": "dataset", "title": str(row.title), "description": str(row.description), "language": _language(),
            "created": row.created_at.isoformat(), "updated": record.modified.isoformat(),
            "keywords": [str(topic.name) for topic in record.topics], "license": row.licence.code if row.licence else None,
            "contacts": [{"organization": str(row.owner.name), "roles": ["owner"]}],
        }  # fmt: skip
        found.append((_entry(row.slug, told, links), row.place_id))
    return found


def _of_documents(actor: Actor, ids: Sequence[int]) -> list[tuple[dict[str, Any], int | None]]:
    related = Document.objects.select_related("kind", "owner").prefetch_related("areas", "topics")
    rows = related.in_bulk(list(ids))
    found = []
    for row in (rows[pk] for pk in ids):
        told = {
            "type": "document", "title": str(row.title), "description": str(row.summary), "language": _language(),
            "created": row.added_at.isoformat(), "keywords": [str(topic.name) for topic in row.topics.all()],
            "externalIds": [{"value": row.number}] if row.number else [],
            "contacts": [{"organization": str(row.owner.name), "roles": ["owner"]}],
        }  # fmt: skip
        place = next((area.pk for area in row.areas.all()), None)
        found.append(
            (_entry(row.slug, told, [_link("alternate", absolute(row.get_absolute_url()), "text/html")]), place)
        )
    return found


def _entry(slug: str, told: dict[str, Any], links: list[dict[str, str]]) -> dict[str, Any]:
    return {"id": slug, "type": "Feature", "conformsTo": CONFORMS, "time": None, "geometry": None, "properties": told, "links": links}  # fmt: skip


def _language() -> dict[str, Any]:
    return {"code": current(), "others": [code for code in languages() if code != current()]}


def _link(relation: str, address: str, kind: str) -> dict[str, str]:
    return {"rel": relation, "href": address, "type": kind}


def _boxes(places: Sequence[int]) -> dict[int, tuple[float, ...]]:
    rows = standing_boundaries().filter(area__in=places).order_by("area_id", "-vintage__as_of", "-vintage_id")
    found = rows.distinct("area_id").values_list("area_id", "coarse", "geometry")
    return {area: (coarse or full).extent for area, coarse, full in found}


def _shape(box: tuple[float, ...] | None) -> dict[str, Any] | None:
    if box is None:
        return None
    west, south, east, north = box
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}
