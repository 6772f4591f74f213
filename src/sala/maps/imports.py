"""Layers and theme maps of a pack's maps.yaml, for demonstrations. What is there already is left alone."""

from collections.abc import Mapping
from typing import Any

from sala.access.actor import Actor
from sala.catalogue.models import Distribution
from sala.core.errors import SalaError
from sala.core.language import Translated
from sala.core.models import Term
from sala.core.pack import Report
from sala.maps import operations
from sala.maps.models import Layer, ThemeMap
from sala.maps.operations.theme_maps import Placed
from sala.people.models import Organisation

FILE = "maps.yaml"


def load(actor: Actor, layers: list[dict[str, Any]], maps: list[dict[str, Any]]) -> Report:
    report = Report()
    for make, entries in ((_layer, layers), (_theme_map, maps)):
        for entry in entries:
            try:
                report.count("new" if make(actor, entry) else "unchanged", f"map {entry['code']}")
            except (
                SalaError,
                LookupError,
                Layer.DoesNotExist,
                Distribution.DoesNotExist,
                Organisation.DoesNotExist,
            ) as error:
                report.refuse(f"{FILE} {entry.get('code')}: {error}")
    return report


def _topic(entry: Mapping[str, Any]) -> Term | None:
    return Term.objects.get(scheme="topic", code=entry["topic"]) if entry.get("topic") else None


def _layer(actor: Actor, entry: Mapping[str, Any]) -> bool:
    if Layer.objects.filter(code=entry["code"]).exists():
        return False
    source: dict[str, Any] = {"live": entry.get("live", ""), "part": entry.get("part", "")}
    if entry.get("dataset"):
        parts = Distribution.objects.select_related("dataset")
        source = {"distribution": parts.get(dataset__slug=entry["dataset"], code=entry["part"])}
    layer = operations.make_layer(
        actor, code=entry["code"], title=Translated(entry["title"]), description=Translated(entry.get("description")),
        topic=_topic(entry), is_invented=bool(entry.get("is_invented")), columns=entry.get("columns", []),
        label=entry.get("label", ""), **source,
    )  # fmt: skip
    if entry.get("style"):
        operations.set_style(actor, layer, **entry["style"])
    return True


def _theme_map(actor: Actor, entry: Mapping[str, Any]) -> bool:
    if ThemeMap.objects.filter(code=entry["code"]).exists():
        return False
    layers = [
        Placed(Layer.objects.get(code=each["layer"]), each.get("opacity", 80), each.get("on", True))
        for each in entry["layers"]
    ]
    made = operations.make_theme_map(
        actor, Organisation.objects.get(code=entry["owner"]), code=entry["code"], title=Translated(entry["title"]),
        description=Translated(entry.get("description")), topic=_topic(entry), portal=entry.get("portal", ""),
        is_invented=bool(entry.get("is_invented")), layers=layers,
    )  # fmt: skip
    operations.publish_theme_map(actor, made)
    return True
