"""Examples in the description of the API, which a test asks of the demonstration country."""

import json
from typing import Any

# name of a parameter → an example that any address which has it understands
QUERY: dict[str, Any] = {
    "q": "water", "page": 1, "size": 20, "limit": 20, "place": "01", "bbox": "100,13.9,107.7,22.5", "lang": "en", "period": "2026",
    "year": 2026,
}  # fmt: skip
TABLE: dict[str, Any] = {"slug": "population", "part": "table", "number": 1}
LATEST = {"where": {"field": "year", "op": "=", "value": 2025}, "sort": [{"field": "population", "order": "desc"}]}
# beginning of an address → examples of its own; of several beginnings the longest counts
OF: dict[str, dict[str, Any]] = {
    "/api/v1/datasets/{slug}": TABLE,
    "/api/v1/datasets/{slug}/{part}/{number}/rows": TABLE | {"column": "code", "value": "01"},
    "/api/v1/datasets/{slug}/{part}/{number}/table": TABLE | {"q": json.dumps(LATEST)},
    "/api/v1/documents/{slug}": {"slug": "decree-on-health-data"},
    "/api/v1/layers/{code}": {"code": "land-cover"},
    "/api/v1/maps/{code}": {"code": "forest"},
    "/api/v1/organisations/{code}": {"code": "HEALTH"},
    "/api/v1/places/{code}": {"code": "01"},
    "/api/v1/here": {"place": "01"},
    "/api/v1/posts/{code}": {"code": "HEALTH-P01-data"},
    "/api/v1/zonal": {"place": "DM", "level": "province", "use": ["land-cover.layer", "slope.raster"]},
}


def with_examples(described: dict[str, Any]) -> dict[str, Any]:
    """The description with an example at each parameter for which there is one."""
    for path, methods in described["paths"].items():
        known = QUERY | OF.get(max((begin for begin in OF if path.startswith(begin)), key=len, default=""), {})
        for operation in methods.values():
            for parameter in operation.get("parameters", []):
                if parameter["name"] in known and _fits(parameter, known[parameter["name"]]):
                    parameter["example"] = known[parameter["name"]]
    return described


def _fits(parameter: dict[str, Any], example: Any) -> bool:
    """Whether the parameter is of the kind of its example; the same name may mean another thing elsewhere."""
    kinds = {str: "string", int: "integer", list: "array"}
    schema = parameter.get("schema", {})
    return any(one.get("type") == kinds[type(example)] for one in [schema, *schema.get("anyOf", [])])
