"""A dataset in schema.org's words, for search engines, and as Croissant, for programs that learn from tables."""

import json
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from sala.access.actor import Actor
from sala.access.scope import Tier
from sala.catalogue.exchange.records import MEDIA_TYPES, Part, Record, absolute
from sala.catalogue.queries.columns import hidden_columns
from sala.core.models import PackFact

KINDS = {"integer": "sc:Integer", "number": "sc:Float", "date": "sc:Date", "boolean": "sc:Boolean"}
CONTEXT = {
    "@language": "en", "@vocab": "https://schema.org/", "sc": "https://schema.org/", "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/", "dct": "http://purl.org/dc/terms/", "citeAs": "cr:citeAs", "column": "cr:column",
    "conformsTo": "dct:conformsTo", "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"}, "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract", "field": "cr:field", "fileProperty": "cr:fileProperty", "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet", "format": "cr:format", "includes": "cr:includes", "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath", "key": "cr:key", "md5": "cr:md5", "parentField": "cr:parentField", "path": "cr:path",
    "recordSet": "cr:recordSet", "references": "cr:references", "regex": "cr:regex", "repeated": "cr:repeated",
    "replace": "cr:replace", "samplingRate": "cr:samplingRate", "separator": "cr:separator", "source": "cr:source",
    "subField": "cr:subField", "transform": "cr:transform",
}  # fmt: skip


def dataset(record: Record) -> dict[str, Any]:
    row = record.dataset
    told = {
        "@context": "https://schema.org/", "@type": "Dataset", "@id": record.page, "url": record.page,
        "name": _said(row.title), "description": _said(row.description or row.title), "identifier": row.slug,
        "creator": _organisation(row.owner), "publisher": _organisation(row.publisher or row.owner),
        "datePublished": row.created_at.date().isoformat(), "dateModified": record.modified.isoformat(timespec="seconds"),
        "isAccessibleForFree": row.tier == Tier.PUBLIC, "keywords": [str(topic.name) for topic in record.topics],
        "license": _licence(record), "spatialCoverage": _place(record),
        "temporalCoverage": next((part.edition.period for part in record.parts if part.edition.period), ""),
        "includedInDataCatalog": {"@type": "DataCatalog", "name": str(PackFact.words("name")) or "Sala", "url": absolute("/datasets/")},
        "distribution": [_download(part) for part in record.parts],
    }  # fmt: skip
    return {name: value for name, value in told.items() if value not in ("", None, [])}


def block(record: Record) -> SafeString:
    """JSON for a script element that is data; nothing in it can end the element."""
    text = json.dumps(dataset(record), ensure_ascii=False)
    for sign, escaped in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        text = text.replace(sign, escaped)
    return mark_safe(text)  # noqa: S308 (what could end the element is escaped)


def croissant(actor: Actor, record: Record) -> dict[str, Any]:
    """Tables as the Parquet that they are kept in, with its hash, and their columns.

    A table of which a column is closed to the reader is left out: what they can take along is not that file.
    """
    row = record.dataset
    tables = [part for part in record.parts if part.edition.is_table and not part.edition.is_layer]
    tables = [part for part in tables if not hidden_columns(actor, part.distribution)]
    told = {
        "@context": CONTEXT, "@type": "sc:Dataset", "@id": record.page, "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": row.slug, "description": str(row.description or row.title), "url": record.page, "license": _licence(record),
        "citeAs": f"{row.owner.name}: {row.title}", "creator": _organisation(row.owner), "version": "1.0.0",
        "datePublished": row.created_at.date().isoformat(), "distribution": [_file(part) for part in tables],
        "recordSet": [_records(part) for part in tables],
    }  # fmt: skip
    return {name: value for name, value in told.items() if value}


def _file(part: Part) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject", "@id": f"{part.distribution.code}.parquet", "name": f"{part.distribution.code}.parquet",
        "contentUrl": part.download("parquet"), "encodingFormat": "application/x-parquet", "sha256": part.edition.table_sha256,
    }  # fmt: skip


def _records(part: Part) -> dict[str, Any]:
    code = part.distribution.code
    return {
        "@type": "cr:RecordSet", "@id": code, "name": code,
        "field": [
            {
                "@type": "cr:Field", "@id": f"{code}/{column['name']}", "name": column["name"],
                "description": column.get("label") or column["name"], "dataType": KINDS.get(column["type"], "sc:Text"),
                "source": {"fileObject": {"@id": f"{code}.parquet"}, "extract": {"column": column["name"]}},
            }
            for column in part.edition.columns
        ],
    }  # fmt: skip


def _said(texts: dict[str, str]) -> Any:
    said = [{"@value": text, "@language": code} for code, text in texts.items()]
    return said[0] if len(said) == 1 else said


def _organisation(found: Any) -> dict[str, Any]:
    return {"@type": "Organization", "name": str(found.name), "url": absolute(found.get_absolute_url())}


def _licence(record: Record) -> str:
    licence = record.dataset.licence
    return (licence.data.get("url") or str(licence.name)) if licence else ""


def _place(record: Record) -> dict[str, Any]:
    place = record.dataset.place
    told: dict[str, Any] = {"@type": "Place", "name": str(place.name), "url": absolute(place.get_absolute_url())}
    if record.bounds:
        west, south, east, north = record.bounds
        told["geo"] = {"@type": "GeoShape", "box": f"{south} {west} {north} {east}"}
    return told


def _download(part: Part) -> dict[str, Any]:
    kind = MEDIA_TYPES.get(part.format, part.edition.media_type)
    return {"@type": "DataDownload", "name": str(part.distribution.name), "contentUrl": part.download(), "encodingFormat": kind}  # fmt: skip
