"""What concessions take from a country pack's assessment.yaml: versions of the criteria by which they are graded.

A version that a round uses is never altered: an entry that says something else under its code is refused.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sala.concessions.calculations.facts_of_grades import faults, is_points
from sala.concessions.models import CriteriaVersion, Criterion, Respondent
from sala.core.language import Translated
from sala.core.models import Certainty
from sala.core.pack import Pack, Report, unique

NAME, FILE = "assessment", "assessment.yaml"
EFFORTS = range(1, 6)


def validate(pack: Pack) -> list[str]:
    entries = pack.listed(NAME, "versions")
    found = [f"{FILE}: a version has no code" for entry in entries if not entry.get("code")]
    if found:
        return found
    found += unique(entries, "code", FILE)
    for entry in entries:
        found += [f"{FILE} {entry['code']}: {fault}" for fault in _faults(pack, entry)]
    return found


def _faults(pack: Pack, entry: Mapping[str, Any]) -> Iterable[str]:
    yield from pack.check_words(entry.get("name"), "name")
    if not isinstance(entry.get("valid_from"), date):
        yield "valid_from is a day, such as 2026-01-01"
    if entry.get("certainty") not in Certainty.values:
        yield "certainty is confirmed or example"
    if entry.get("certainty") == Certainty.CONFIRMED and not entry.get("source"):
        yield "what is confirmed names its source"
    if not isinstance(entry.get("missing_limit"), int) or not 0 <= entry["missing_limit"] < 100:
        yield "missing_limit is a whole number of per cent, from 0 to 99"
    if entry.get("contradiction", 2) not in range(1, 5):
        yield "contradiction is a number of points from 1 to 4"
    yield from _faults_of_grades(entry.get("grades"))
    if unknown := sorted(set(entry.get("forms") or {}) - set(Respondent.values)):
        yield f"forms: {', '.join(unknown)} is no respondent; there are {', '.join(Respondent.values)}"
    groups = entry.get("groups") or []
    for group in groups:
        yield from pack.check_words(group.get("name"), f"group {group.get('code')}")
    criteria = entry.get("criteria") or []
    if not criteria:
        yield "it has no criteria"
    yield from unique(criteria, "code", "criteria")
    scales = entry.get("scales") or {}
    for name, scale in scales.items():
        yield from _faults_of_choices(pack, scale, f"scale {name}")
    for criterion in criteria:
        where = f"criterion {criterion.get('code')}"
        yield from (f"{where}: {fault}" for fault in _faults_of_criterion(pack, criterion, groups, scales))
    codes = {criterion.get("code") for criterion in criteria}
    for cap in entry.get("caps") or []:
        where = f"cap {cap.get('code')}"
        yield from pack.check_words(cap.get("reason"), where)
        if cap.get("criterion") not in codes:
            yield f"{where}: there is no criterion {cap.get('criterion')}"
        if cap.get("grade") not in (entry.get("grades") or {}):
            yield f"{where}: there is no grade {cap.get('grade')}"
        if cap.get("below") not in range(1, 5):
            yield f"{where}: below is a number of points from 1 to 4"


def _faults_of_grades(grades: Any) -> Iterable[str]:
    least = list(grades.values()) if isinstance(grades, dict) else []
    if len(least) < 2 or not all(isinstance(value, int) and 0 <= value <= 100 for value in least):
        yield "grades give the least score of each letter, from 0 to 100"
    elif least != sorted(set(least), reverse=True) or least[-1] != 0:
        yield "grades: begin with the best, each with a lower score, and end with 0"
    if isinstance(grades, dict) and any(not isinstance(letter, str) or len(letter) > 3 for letter in grades):
        yield "grades: a letter has three characters at most and stands between quotation marks where YAML reads it otherwise"


def _faults_of_choices(pack: Pack, choices: Any, where: str) -> Iterable[str]:
    if not isinstance(choices, list) or not choices:
        yield f"{where}: give the answers with code, points and name"
        return
    for choice in choices:
        if not isinstance(choice.get("code"), str) or not is_points(choice.get("points")):
            yield f"{where}: an answer has a code between quotation marks, and points from 0 to 4"
        yield from pack.check_words(choice.get("name"), where)


def _faults_of_criterion(
    pack: Pack, criterion: Mapping[str, Any], groups: list[Any], scales: Mapping[str, Any]
) -> Iterable[str]:
    yield from pack.check_words(criterion.get("name"), "name")
    if criterion.get("group") not in {group.get("code") for group in groups}:
        yield f"there is no group {criterion.get('group')}"
    if not isinstance(criterion.get("weight"), int) or criterion["weight"] < 1:
        yield "weight is a whole number from 1"
    if criterion.get("effort", 3) not in EFFORTS:
        yield "effort goes from 1 to 5"
    ask = criterion.get("ask") or {}
    if unknown := sorted(set(ask) - set(Respondent.values)):
        yield f"{', '.join(unknown)} is no respondent; there are {', '.join(Respondent.values)}"
    if ask and criterion.get("scale") not in scales:
        yield f"there is no scale {criterion.get('scale')}"
    if not ask and not criterion.get("fact"):
        yield "say whom it asks, or which fact of the register it takes"
    if criterion.get("fact") and (fault := faults(criterion["fact"], criterion.get("steps"))):
        yield fault


def apply(pack: Pack, actor: object) -> Report:
    report = Report()
    for entry in pack.listed(NAME, "versions"):
        digest = hashlib.sha256(json.dumps(entry, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()
        row = CriteriaVersion.objects.filter(code=entry["code"]).first()
        if row is not None and row.digest == digest:
            report.count("unchanged")
        elif row is not None and row.rounds.exists():
            report.refuse(
                f"{FILE} {entry['code']}: a round uses this version, so it stays as it was. Give what changed a new code."
            )
        else:
            _keep(entry, digest)
            report.count("changed" if row else "new", f"criteria {entry['code']}")
    return report


def _keep(entry: Mapping[str, Any], digest: str) -> None:
    row, _made = CriteriaVersion.objects.update_or_create(
        code=entry["code"],
        defaults={
            "name": Translated(entry["name"]), "valid_from": entry["valid_from"], "source": entry.get("source") or "",
            "certainty": entry["certainty"], "missing_limit": entry["missing_limit"],
            "contradiction": entry.get("contradiction", 2),
            # a list, since the database keeps no order of names
            "grades": [[letter, least] for letter, least in entry["grades"].items()],
            "groups": entry["groups"], "caps": entry.get("caps") or [], "forms": entry.get("forms") or {},
            "digest": digest,
        },
    )  # fmt: skip
    row.criteria.all().delete()
    Criterion.objects.bulk_create(
        Criterion(
            version=row, code=each["code"], group=each["group"], name=Translated(each["name"]), weight=each["weight"],
            effort=each.get("effort", 3), choices=entry["scales"][each["scale"]] if each.get("ask") else [],
            ask=each.get("ask") or {}, fact=each.get("fact") or "", steps=each.get("steps") or {}, order=order,
        )
        for order, each in enumerate(entry["criteria"])
    )  # fmt: skip
