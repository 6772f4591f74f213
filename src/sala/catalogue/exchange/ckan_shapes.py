"""Datasets, organisations and topics in the shapes that clients of CKAN's action API expect.

Organisations are the owners of datasets; groups and tags are both the topics of the country pack. A part of a dataset
is a resource: its address leads to the newest edition, its id stays.
"""

from datetime import UTC, datetime
from typing import Any

from sala.access.scope import Tier
from sala.catalogue.exchange.records import Part, Record
from sala.core.models import Term
from sala.people.models import Organisation


def package(record: Record) -> dict[str, Any]:
    dataset = record.dataset
    return {
        "id": dataset.slug, "name": dataset.slug, "title": str(dataset.title), "notes": str(dataset.description),
        "title_translated": dict(dataset.title), "notes_translated": dict(dataset.description),
        "url": record.page, "type": "dataset", "state": "active" if dataset.is_published else "draft", "version": "",
        "private": dataset.tier != Tier.PUBLIC,
        "author": str(dataset.owner.name), "author_email": dataset.owner.email,
        "maintainer": str(dataset.contact.title) if dataset.contact else "",
        "maintainer_email": dataset.contact.email if dataset.contact else "",
        **_licence(dataset.licence),
        "metadata_created": _utc(dataset.created_at), "metadata_modified": _utc(record.modified),
        "owner_org": dataset.owner.code, "organization": organisation(dataset.owner),
        "groups": [group(topic) for topic in record.topics], "tags": [tag(topic) for topic in record.topics],
        "num_tags": len(record.topics), "num_resources": len(record.parts),
        "resources": [resource(part, place) for place, part in enumerate(record.parts)],
        "extras": [{"key": key, "value": value} for key, value in _extras(record).items() if value],
        "relationships_as_subject": [], "relationships_as_object": [], "creator_user_id": None,
    }  # fmt: skip


def resource(part: Part, position: int = 0) -> dict[str, Any]:
    edition, described = part.edition, part.distribution
    return {
        "id": part.code, "package_id": described.dataset.slug, "name": str(described.name), "position": position,
        "description": edition.period, "format": _format(part), "mimetype": part.media_type, "url": part.download(),
        "url_type": "upload", "resource_type": None, "state": "active", "size": None,
        "hash": edition.sha256 if part.format == "original" else "",
        "created": _utc(edition.received_at),
        "last_modified": _utc(edition.published_at) if edition.published_at else None,
        "datastore_active": edition.is_table and not edition.is_layer,
    }  # fmt: skip


def organisation(found: Organisation) -> dict[str, Any]:
    return {
        "id": found.code, "name": found.code, "title": str(found.name), "display_name": str(found.name),
        "title_translated": dict(found.name), "type": "organization", "is_organization": True, "state": "active",
        "approval_status": "approved", "description": "", "image_url": "",
    }  # fmt: skip


def group(topic: Term) -> dict[str, Any]:
    return {
        "id": topic.code, "name": topic.code, "title": str(topic.name), "display_name": str(topic.name),
        "title_translated": dict(topic.name), "type": "group", "is_organization": False, "state": "active",
        "approval_status": "approved", "description": "", "image_display_url": "",
    }  # fmt: skip


def tag(topic: Term) -> dict[str, Any]:
    return {"id": topic.code, "name": topic.code, "display_name": str(topic.name), "state": "active", "vocabulary_id": None}  # fmt: skip


def licence(term: Term) -> dict[str, Any]:
    is_open = bool(term.data.get("open"))
    return {
        "id": term.code, "title": str(term.name), "url": term.data.get("url", ""), "status": "active", "family": "",
        "domain_data": is_open, "domain_content": is_open, "domain_software": False, "is_generic": False,
        "od_conformance": "approved" if is_open else "not reviewed", "osd_conformance": "not reviewed", "maintainer": "",
    }  # fmt: skip


def _licence(term: Term | None) -> dict[str, Any]:
    if term is None:
        return {"license_id": "", "license_title": "", "isopen": False}
    return {"license_id": term.code, "license_title": str(term.name), "isopen": bool(term.data.get("open"))}


def _extras(record: Record) -> dict[str, str]:
    dataset = record.dataset
    return {
        "place": dataset.place.code,
        "place_name": str(dataset.place.name),
        "frequency": dataset.frequency.code if dataset.frequency else "",
        "concept": dataset.concept,
        "source": str(dataset.source_note),
        "invented": "true" if dataset.is_invented else "",
    }


def _format(part: Part) -> str:
    if part.format == "original":
        return part.edition.format.upper()
    return {"csv": "CSV", "geojson": "GeoJSON"}[part.format]


def _utc(value: datetime) -> str:
    """As CKAN writes it: UTC without saying so."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
