"""Reading what another catalogue answered, in the limited child: a page of a CKAN, or a DCAT catalogue in RDF.

Both give {"items": [...], "next": address or "", "total": number or None, "refused": [...]}. An item is {"id", "title",
"description" (texts by language, "" where the source does not say which), "publisher", "licence", "page", "modified",
"parts": [{"name", "format", "url"}]}. Texts are cut, addresses that are not of the web left out.
"""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import rdflib
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF

from sala.core.files.refusals import Refused

HYDRA = rdflib.Namespace("http://www.w3.org/ns/hydra/core#")
MOST_PARTS = 200
SHORT, LONG = 300, 10_000  # letters


def ckan_page(path: str) -> dict[str, Any]:
    """One page of package_search. Raises Refused: not-a-catalogue."""
    try:
        answer = json.loads(Path(path).read_bytes())
        result = answer["result"]
        rows, total = result["results"], int(result["count"])
        if answer["success"] is not True or not isinstance(rows, list):
            raise ValueError
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Refused("not-a-catalogue") from None
    items, refused = [], []
    for row in rows:
        if isinstance(row, dict) and row.get("id") and (row.get("title") or row.get("name")):
            items.append(_package(row))
        else:
            refused.append(_text(row.get("id") if isinstance(row, dict) else row, 80))
    return {"items": items, "next": "", "total": total, "refused": refused}


def _package(row: dict[str, Any]) -> dict[str, Any]:
    office = row.get("organization") if isinstance(row.get("organization"), dict) else {}
    resources = [entry for entry in row.get("resources") or [] if isinstance(entry, dict)]
    return {
        "id": _text(row["id"], 500),
        "title": _translated(row, "title") or {"": _text(row.get("name"))},
        "description": _translated(row, "notes", LONG),
        "publisher": _text((office or {}).get("title") or row.get("author")),
        "licence": _text(row.get("license_title") or row.get("license_id")),
        "page": _address(row.get("url")),
        "modified": _text(row.get("metadata_modified"), 40),
        "parts": [
            {"name": _text(entry.get("name")), "format": _text(entry.get("format"), 40), "url": address}
            for entry in resources[:MOST_PARTS]
            if (address := _address(entry.get("url")))
        ],
    }


def _translated(row: dict[str, Any], name: str, most: int = SHORT) -> dict[str, str]:
    """CKAN's own text and, where its extension for languages is in use, those by language."""
    by_language = row.get(f"{name}_translated")
    if isinstance(by_language, dict):
        texts = {str(code)[:10]: _text(text, most) for code, text in by_language.items()}
        return {code: text for code, text in texts.items() if text}
    text = _text(row.get(name), most)
    return {"": text} if text else {}


def dcat_page(path: str, syntax: str, base: str) -> dict[str, Any]:
    """A catalogue in Turtle or JSON-LD, or one page of it. Raises Refused: not-a-catalogue, context-elsewhere."""
    content = Path(path).read_bytes()
    if syntax == "json-ld":
        _no_context_elsewhere(content)
    graph = rdflib.Graph()
    try:
        graph.parse(data=content, format=syntax, publicID=base)
    except MemoryError:
        raise
    except Exception:  # the parsers of rdflib raise whatever they stumble over
        raise Refused("not-a-catalogue") from None
    described = set(graph.subjects(RDF.type, DCAT.Dataset))
    if not described and not set(graph.subjects(RDF.type, DCAT.Catalog)):
        raise Refused("not-a-catalogue")
    items, refused = [], []
    for node in sorted(described, key=str):
        texts = _texts(graph, node, DCTERMS.title)
        if texts and (isinstance(node, rdflib.URIRef) or graph.value(node, DCTERMS.identifier)):
            items.append(_dataset(graph, node, texts))
        else:
            refused.append(str(node)[:80])
    onward = sorted(str(value) for value in graph.objects(None, HYDRA.next))
    totals = [value.toPython() for value in graph.objects(None, HYDRA.totalItems) if isinstance(value, rdflib.Literal)]
    total = totals[0] if totals and isinstance(totals[0], int) else None
    return {"items": items, "next": _address(onward[0]) if onward else "", "total": total, "refused": refused}


def _no_context_elsewhere(content: bytes) -> None:
    """JSON-LD may name a context at another address, or a file of this machine; nothing is fetched for a file's sake."""
    try:
        waiting = [json.loads(content)]
    except (ValueError, RecursionError):
        raise Refused("not-a-catalogue") from None
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            for name, inner in value.items():
                contexts = inner if isinstance(inner, list) else [inner]
                if name == "@import" or (name == "@context" and any(isinstance(one, str) for one in contexts)):
                    raise Refused("context-elsewhere")
                waiting.append(inner)
        elif isinstance(value, list):
            waiting += value


def _dataset(graph: rdflib.Graph, node: Any, texts: dict[str, str]) -> dict[str, Any]:
    publisher = graph.value(node, DCTERMS.publisher)
    names = [graph.value(publisher, FOAF.name)] if publisher is not None else []
    parts = []
    for part in sorted(graph.objects(node, DCAT.distribution), key=str)[:MOST_PARTS]:
        address = _address(graph.value(part, DCAT.downloadURL) or graph.value(part, DCAT.accessURL))
        kind = graph.value(part, DCTERMS["format"]) or graph.value(part, DCAT.mediaType)
        if address:
            name = next(iter(_texts(graph, part, DCTERMS.title).values()), "")
            parts.append({"name": name, "format": _text(kind, 300).rsplit("/", 1)[-1][:40], "url": address})
    return {
        "id": str(node)[:500] if isinstance(node, rdflib.URIRef) else _text(graph.value(node, DCTERMS.identifier), 500),
        "title": texts,
        "description": _texts(graph, node, DCTERMS.description, LONG),
        "publisher": _text(next(filter(None, names), "")),
        "licence": _text(graph.value(node, DCTERMS.license) or next((graph.value(part, DCTERMS.license) for part in graph.objects(node, DCAT.distribution)), "")),
        "page": _address(graph.value(node, DCAT.landingPage)) or _address(node),
        "modified": _text(graph.value(node, DCTERMS.modified), 40),
        "parts": parts,
    }  # fmt: skip


def _texts(graph: rdflib.Graph, node: Any, name: Any, most: int = SHORT) -> dict[str, str]:
    found: dict[str, str] = {}
    for value in sorted(graph.objects(node, name), key=str):
        text = _text(value, most)
        if isinstance(value, rdflib.Literal) and text:
            found.setdefault((value.language or "").split("-")[0][:10], text)
    return found


def _text(value: Any, most: int = SHORT) -> str:
    return "".join(sign for sign in str(value if value is not None else "") if sign.isprintable() or sign == "\n").strip()[:most]  # fmt: skip


def _address(value: Any) -> str:
    text = str(value or "").strip()
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return text if parts.scheme in ("http", "https") and parts.hostname and len(text) <= 1000 else ""
