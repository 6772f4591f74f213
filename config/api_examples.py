"""Examples in the description of the API, which a test asks of the demonstration country."""

from typing import Any

# name of a parameter → an example that any address which has it understands
QUERY = {
    "q": "water", "page": 1, "size": 20, "limit": 20, "place": "01", "bbox": "100,13.9,107.7,22.5", "lang": "en", "period": "2026",
    "year": 2026,
}  # fmt: skip
# address and parameter → an example
PATH = {
    ("/api/v1/places/{code}", "code"): "01",
}


def with_examples(described: dict[str, Any]) -> dict[str, Any]:
    """The description with an example at each parameter for which there is one."""
    for path, methods in described["paths"].items():
        for operation in methods.values():
            for parameter in operation.get("parameters", []):
                name, where = parameter["name"], parameter["in"]
                if where == "query" and name in QUERY and _fits(parameter, QUERY[name]):
                    parameter["example"] = QUERY[name]
                elif where == "path" and (path, name) in PATH:
                    parameter["example"] = PATH[path, name]
    return described


def _fits(parameter: dict[str, Any], example: Any) -> bool:
    """Whether the parameter is of the kind of its example; the same name may mean another thing elsewhere."""
    kinds = {str: "string", int: "integer"}
    schema = parameter.get("schema", {})
    return any(one.get("type") == kinds[type(example)] for one in [schema, *schema.get("anyOf", [])])
