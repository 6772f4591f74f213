"""The description of /ogc/ in OpenAPI 3.0, as the standard asks for."""

from typing import Any

from sala import __version__
from sala.catalogue.exchange.records import absolute
from sala.maps.ogc.asked import MOST, STANDARD

NAME = {
    "name": "collectionId",
    "in": "path",
    "required": True,
    "schema": {"type": "string"},
    "example": "areas.province",
}
NUMBER = {"name": "featureId", "in": "path", "required": True, "schema": {"type": "string"}}
ASKED: list[dict[str, Any]] = [
    {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": MOST, "default": STANDARD}},
    {"name": "offset", "in": "query", "schema": {"type": "integer", "minimum": 0, "default": 0}},
    {"name": "bbox", "in": "query", "style": "form", "explode": False, "example": [100, 13.9, 107.7, 22.5],
     "schema": {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}},
    {"name": "datetime", "in": "query", "schema": {"type": "string"}},
]  # fmt: skip


def described() -> dict[str, Any]:
    paths = {
        "/": ("Landing page", []), "/conformance": ("Classes of the standards that are kept", []),
        "/collections": ("Collections", []), "/collections/{collectionId}": ("One collection", [NAME]),
        "/collections/{collectionId}/items": ("Features or records, page by page", [NAME, *ASKED]),
        "/collections/{collectionId}/items/{featureId}": ("One feature or record", [NAME, NUMBER]),
    }  # fmt: skip
    return {
        "openapi": "3.0.3", "info": {"title": "Sala OGC API", "version": __version__},
        "servers": [{"url": absolute("/ogc")}],
        "paths": {path: {"get": _operation(*entry)} for path, entry in paths.items()},
    }  # fmt: skip


def _operation(summary: str, parameters: list[dict[str, Any]]) -> dict[str, Any]:
    answers = {
        "200": "As asked",
        "400": "A parameter cannot be understood",
        "404": "Not there, or not open to the caller",
    }
    return {
        "summary": summary, "parameters": parameters,
        "responses": {status: {"description": words} for status, words in answers.items()},
    }  # fmt: skip
