"""An invented answer to any form: the instance of its XForm, filled in by the types and limits of its questions."""

import re
import uuid
from typing import Any

from lxml import etree

from sala.collection.models import Expected, FormVersion
from sala.core import clock

XFORMS = "{http://www.w3.org/2002/xforms}"
JAVAROSA = "http://openrosa.org/javarosa"
NAMESPACE = uuid.UUID("5a1a0000-0000-4000-8000-000000000001")  # any; fixed, so that the same row makes the same answer
OTHER = re.compile(r"\.\s*<=\s*\$\{(\w+)\}")
LEAST = re.compile(r"\.\s*>=\s*\$\{(\w+)\}")


def example_answer(row: Expected, number: int, **known: Any) -> bytes:
    """XML of an answer to what is expected. number: tells answers apart; the same one gives the same answer.

    known  question → what stands there in any case
    """
    version = row.form.versions.get(state="current")
    primary = etree.fromstring(version.xform.encode()).find(f".//{XFORMS}model/{XFORMS}instance")
    if primary is None:
        raise ValueError(f"{version} has no primary instance")
    instance = primary[0]
    for template in instance.xpath(".//*[@jr:template]", namespaces={"jr": JAVAROSA}):
        template.getparent().remove(template)  # what a new row of a repeat is made of; no answer has it
    given: dict[str, Any] = {row.form.subject_question: row.subject.code, **known}
    if row.form.place_question:
        given[row.form.place_question] = row.area.code
    for order, field in enumerate(version.questions()):
        node = _node(instance, field["path"])
        if node is None or field["type"] in ("image", "audio", "video", "file", "calculate"):
            continue
        name = field["name"]
        given.setdefault(name, _value(field, version, given, number * 31 + order * 7, row))
        node.text = str(given[name])
    named = next(child for child in instance.iter() if etree.QName(child).localname == "instanceID")
    named.text = f"uuid:{uuid.uuid5(NAMESPACE, f'{row.assignment.call.reference}/{row.pk}')}"
    return etree.tostring(instance, encoding="utf-8", xml_declaration=True)


def _node(instance: Any, path: str) -> Any:
    """The element of a question; the first row where it stands in a repeat."""
    found = instance
    for name in path.strip("/").split("/")[1:]:
        found = next((child for child in found if etree.QName(child).localname == name), None)
        if found is None:
            return None
    return found


def _value(field: dict[str, Any], version: FormVersion, given: dict[str, Any], seed: int, row: Expected) -> Any:
    kind = field["type"]
    if kind in ("integer", "decimal", "range"):
        return _number(field, given, seed)
    if kind in ("start", "end", "dateTime"):
        return clock.now().isoformat(timespec="seconds")
    if kind in ("date", "today"):
        return clock.today().isoformat()
    if kind.startswith("select_one"):
        choices = version.choices.get(field["list"], [])
        return choices[seed % len(choices)]["value"] if choices else ""
    if kind.startswith("select_multiple"):
        return " ".join(choice["value"] for choice in version.choices.get(field["list"], [])[: 1 + seed % 2])
    if kind == "geopoint":
        point = row.facility.point if row.facility else row.area.label_point
        return f"{point.y:.5f} {point.x:.5f} 0 {4 + seed % 9}" if point else ""
    if kind == "deviceid":
        return f"example:{row.pk}"
    return {"text": "–"}.get(kind, "")


def _number(field: dict[str, Any], given: dict[str, Any], seed: int) -> int:
    """Within what the question's limits say of other questions; else a number that such a place may have."""
    constraint = field.get("constraint") or ""
    if (other := OTHER.search(constraint)) and str(given.get(other.group(1), "")).isdigit():
        return int(given[other.group(1)]) * (40 + seed % 15) // 100
    if (least := LEAST.search(constraint)) and str(given.get(least.group(1), "")).isdigit():
        return int(given[least.group(1)]) * 5 + seed % 40
    return 3 + seed % 37
