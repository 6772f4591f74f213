"""What documents take from a country pack: documents.yaml with its files, rules.yaml."""

from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from sala.access.actor import Actor
from sala.core.language import Translated
from sala.core.models import Certainty
from sala.core.pack import Pack, Report, unique
from sala.documents.models import Document, Rule, RuleKind
from sala.documents.operations import rule_value
from sala.documents.records import load
from sala.people.models import Organisation
from sala.places.models import Area

__all__ = ["apply", "load", "validate"]


def validate(pack: Pack) -> list[str]:
    return [*_document_faults(pack), *_rule_faults(pack)]


def _document_faults(pack: Pack) -> list[str]:
    entries = pack.listed("documents")
    faults = [f"documents.yaml entry {number}: slug is missing" for number, entry in enumerate(entries, 1) if not entry.get("slug")]  # fmt: skip
    if faults:
        return faults
    faults = unique(entries, "slug", "documents.yaml")
    kinds = {entry["code"] for entry in pack.listed("vocabularies", "document_kinds")}
    topics = {entry["code"] for entry in pack.listed("topics")}
    for entry in entries:
        where = f"documents.yaml {entry['slug']}"
        faults += pack.check_words(entry.get("title"), f"{where} title")
        if entry.get("kind") not in kinds:
            faults.append(f"{where}: unknown kind {entry.get('kind')}")
        faults += [f"{where}: unknown topic {code}" for code in entry.get("topics", []) if code not in topics]
        if entry.get("certainty", Certainty.CONFIRMED) not in Certainty.values:
            faults.append(f"{where}: unknown certainty {entry['certainty']}")
        for name in [entry.get("file"), *(part["file"] for part in entry.get("files", []))]:
            if name and not pack.path(name).is_file():
                faults.append(f"{where}: the file {name} is not in the pack")
    return faults


def _rule_faults(pack: Pack) -> list[str]:
    faults = []
    for number, entry in enumerate(pack.listed("rules"), 1):
        where = f"rules.yaml entry {number} ({entry.get('key')})"
        faults += [f"{where}: {name} is missing" for name in ("kind", "key", "owner", "start") if not entry.get(name)]
        if entry.get("kind") not in RuleKind.values:
            faults.append(f"{where}: unknown kind {entry.get('kind')}")
        if not isinstance(entry.get("start"), date):
            faults.append(f"{where}: start is not a day such as 2026-01-31")
        if "number" not in entry and "text" not in entry:
            faults.append(f"{where}: give number and unit, or text")
        if "number" in entry and not _is_number(entry["number"]):
            faults.append(f"{where}: {entry['number']} is not a number; write it between quotation marks")
        if entry.get("certainty", Certainty.EXAMPLE) == Certainty.CONFIRMED and not entry.get("source"):
            faults.append(f"{where}: a confirmed rule names its source, the slug of a document")
    return faults


def _is_number(value: Any) -> bool:
    if isinstance(value, float):
        return False  # 0.1 would not stay 0.1
    try:
        return Decimal(str(value)).is_finite()
    except InvalidOperation:
        return False


def apply(pack: Pack, actor: Actor) -> Report:
    """Documents through their operations, rules as rows; loading twice changes nothing."""
    invented = bool(pack.info.get("is_invented"))
    report = load(actor, Path(pack.folder), [{"is_invented": invented, **entry} for entry in pack.listed("documents")])
    money = pack.info.get("currency"), *pack.info.get("currencies", [])
    currencies = [one["code"] for one in money if one] or None
    for entry in pack.listed("rules"):
        _rule(report, entry, invented, currencies)
    return report


def _rule(report: Report, entry: dict[str, Any], invented: bool, currencies: list[str] | None) -> None:
    label = f"rule {entry['kind']} {entry['key']} {entry['start']}"
    owner = Organisation.objects.filter(code=entry["owner"]).first()
    source = Document.objects.filter(slug=entry["source"]).first() if entry.get("source") else None
    area = Area.objects.filter(code=entry["area"]).first() if entry.get("area") else None
    if owner is None or (entry.get("source") and source is None) or (entry.get("area") and area is None):
        report.refuse(f"{label}: owner, source or area is not known here")
        return
    number = Decimal(str(entry["number"])) if "number" in entry else None
    wanted = {
        "value": rule_value(number, entry.get("unit") or "", entry.get("text"), currencies), "note": Translated(entry.get("note")),
        "valid": DateRange(entry["start"], entry.get("end")), "source": source, "clause": entry.get("clause") or "",
        "certainty": entry.get("certainty") or Certainty.EXAMPLE, "owner": owner, "is_invented": invented,
    }  # fmt: skip
    rule = Rule.objects.filter(
        kind=entry["kind"], key=entry["key"], area=area, valid__startswith=entry["start"]
    ).first()  # fmt: skip
    if rule is None:
        Rule.objects.create(kind=entry["kind"], key=entry["key"], area=area, **wanted)
        report.count("new", label)
    elif any(getattr(rule, name) != value for name, value in wanted.items()):
        for name, value in wanted.items():
            setattr(rule, name, value)
        rule.save()
        report.count("changed", label)
    else:
        report.count("unchanged")
