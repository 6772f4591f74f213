"""A small tree of RDF, written as Turtle or as JSON-LD. It is written as it is read: nothing is held of other datasets."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

PREFIXES = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "hydra": "http://www.w3.org/ns/hydra/core#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
IN_AN_IRI = "!#$%&'()*+,/:;=?@[]~"


@dataclass(frozen=True)
class Literal:
    """language or datatype (prefixed name), never both."""

    text: str
    language: str = ""
    datatype: str = ""


@dataclass
class Node:
    """iri: empty for a blank node    says: (prefixed predicate, Node or Literal), in order"""

    iri: str = ""
    types: tuple[str, ...] = ()
    says: list[tuple[str, "Node | Literal"]] = field(default_factory=list)

    def add(self, predicate: str, value: "Node | Literal | None") -> None:
        if value is not None:
            self.says.append((predicate, value))

    def texts(self, predicate: str, texts: dict[str, str]) -> None:
        """One literal for each language."""
        for language, text in texts.items():
            self.add(predicate, Literal(text, language))

    @property
    def is_reference(self) -> bool:
        return bool(self.iri) and not self.types and not self.says


def iri(address: str) -> str:
    """An address with nothing in it that could end it early."""
    return quote(address, safe=IN_AN_IRI)


# ---- Turtle ----------------------------------------------------------------------------------------------------------


def turtle(nodes: Iterable[Node]) -> str:
    """Each named node once, as a statement of its own; blank nodes within the node that names them."""
    heading = "".join(f"@prefix {name}: <{address}> .\n" for name, address in PREFIXES.items())
    parts, seen, waiting = [heading], set(), list(nodes)
    while waiting:
        node = waiting.pop(0)
        if node.is_reference or node.iri in seen:
            continue
        seen.add(node.iri)
        parts.append(f"\n<{iri(node.iri)}> {_predicates(node, waiting)} .\n")
    return "".join(parts)


def _predicates(node: Node, named: list[Node]) -> str:
    statements = [f"a {', '.join(node.types)}"] if node.types else []
    statements += [f"{predicate} {_object(value, named)}" for predicate, value in node.says]
    return " ;\n  ".join(statements)


def _object(value: Node | Literal, named: list[Node]) -> str:
    if isinstance(value, Literal):
        text = json.dumps(value.text, ensure_ascii=False)
        return f"{text}@{value.language}" if value.language else f"{text}^^{value.datatype}" if value.datatype else text
    if value.iri:
        named.append(value)
        return f"<{iri(value.iri)}>"
    return f"[ {_predicates(value, named)} ]"


# ---- JSON-LD ---------------------------------------------------------------------------------------------------------


def json_ld(nodes: Iterable[Node]) -> dict[str, Any]:
    return {"@context": PREFIXES, "@graph": [_entry(node) for node in nodes]}


def _entry(node: Node) -> dict[str, Any]:
    entry: dict[str, Any] = {"@id": iri(node.iri)} if node.iri else {}
    if node.types:
        entry["@type"] = list(node.types)
    for predicate, value in node.says:
        entry.setdefault(predicate, []).append(_value(value))
    return entry


def _value(value: Node | Literal) -> dict[str, Any]:
    if isinstance(value, Node):
        return _entry(value)
    if value.language:
        return {"@value": value.text, "@language": value.language}
    return {"@value": value.text, "@type": value.datatype} if value.datatype else {"@value": value.text}
