"""What maps takes from a country pack's maps.yaml: templates of suitability and how much may be asked of the tool.

`load` takes the layers and theme maps of the same file, for demonstrations; what is there already is left alone.
"""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from sala.access.actor import Actor
from sala.catalogue.models import Distribution
from sala.core.errors import SalaError
from sala.core.imports import keep_term
from sala.core.language import Translated
from sala.core.models import Certainty, PackFact, Term
from sala.core.pack import Pack, Report, unique
from sala.maps import operations, suiting
from sala.maps.calculations import standardise
from sala.maps.forms.suitability import METHODS, NUMBER_METHODS
from sala.maps.models import Layer, ThemeMap
from sala.maps.operations.theme_maps import Placed
from sala.maps.starting import SCHEME
from sala.people.models import Organisation

FILE = "maps.yaml"
USES = ("criterion", "constraint")


def validate(pack: Pack) -> list[str]:
    entries = pack.listed("maps", "templates")
    faults = unique(entries, "code", FILE)
    for entry in entries:
        where = f"{FILE} {entry.get('code')}"
        faults += pack.check_words(entry.get("name"), where)
        if entry.get("certainty") not in Certainty.values:
            faults.append(f"{where}: certainty is confirmed or example")
        if entry.get("certainty") == Certainty.CONFIRMED and not entry.get("source"):
            faults.append(f"{where}: what is confirmed names its source")
        for layer in entry.get("layers") or [{}]:
            faults += [f"{where}: {fault}" for fault in _faults_of_layer(pack, layer)]
    known = {each.name for each in fields(suiting.Reach)}
    if unknown := sorted(set(pack.mapping("maps", "suitability")) - known):
        faults.append(f"{FILE} suitability: {', '.join(unknown)} is not known; there are {', '.join(sorted(known))}")
    return faults


def _faults_of_layer(pack: Pack, layer: Mapping[str, Any]) -> list[str]:
    faults = pack.check_words(layer.get("name"), "layer")
    method = layer.get("method", "")
    if not layer.get("dataset"):
        faults.append("a layer names its dataset, or several of which the first that is there is taken")
    if layer.get("as", USES[0]) not in USES:
        faults.append(f"{layer['as']}: a layer is criterion or constraint")
    if method not in dict(METHODS):
        faults.append(f"“{method}” is no way to turn values; there are {', '.join(dict(METHODS))}")
    elif method in NUMBER_METHODS:
        wanted = len(standardise.ARGUMENTS["limits" if method.startswith("limits") else method])
        if len(layer.get("numbers") or []) != wanted:
            faults.append(f"{method} needs {wanted} numbers")
    elif method == "classes" and not all(0 <= score <= 1 for score in (layer.get("scores") or {"": -1}).values()):
        faults.append("classes need scores between 0 and 1")
    return faults


def apply(pack: Pack, actor: object) -> Report:
    report = Report()
    said = pack.mapping("maps", "suitability")
    if PackFact.get(suiting.REACH) == (said or None):
        report.count("unchanged")
    elif said:
        PackFact.objects.update_or_create(key=suiting.REACH, defaults={"value": said})
        report.count("changed", f"fact {suiting.REACH}")
    else:
        PackFact.objects.filter(key=suiting.REACH).delete()
        report.count("changed", f"fact {suiting.REACH}")
    codes = set()
    for order, entry in enumerate(pack.listed("maps", "templates")):
        codes.add(entry["code"])
        keep_term(report, SCHEME, order, entry)
    for gone in Term.objects.filter(scheme=SCHEME, retired=False).exclude(code__in=codes):
        gone.retired = True
        gone.save()
        report.count("changed", f"{SCHEME} {gone.code}")
    return report


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
