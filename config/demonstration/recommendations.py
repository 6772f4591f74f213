"""Recommendations of the demonstration: those of public reports in the pack's own words, with owners and dates for trial.

Read from the key `recommendations` of demonstration.yaml. What is real is the source and what it recommends; the posts
that own them, the days and the offices asked are examples, so each call carries the mark of invented records.
"""

from typing import Any

from sala.access.actor import Actor
from sala.core import clock
from sala.core.language import Translated
from sala.core.operation import operation
from sala.core.pack import Pack, PackError, Report
from sala.documents.models import Document
from sala.documents.working_days import add_working_days
from sala.duties.models import Recommendation
from sala.duties.operations import (
    Asked,
    draft_recommendation,
    issue_call,
    put_to_offices,
    state_position,
    submit_to,
)
from sala.people.models import Organisation, Position

FILE, KEY = "demonstration", "recommendations"


@operation
def recommendations(actor: Actor, pack: Pack) -> Report:
    report = Report()
    for entry in pack.listed(FILE, KEY):
        source = _found(Document, "slug", entry["source"])
        if Recommendation.objects.filter(source=source, number=entry["number"]).exists():
            report.count("unchanged")
            continue
        _recommend(actor, entry, source)
        report.count("new", f"recommendation {entry['number']}")
    return report


def _recommend(actor: Actor, entry: dict[str, Any], source: Document) -> None:
    made = draft_recommendation(
        actor, issuer=_found(Position, "code", entry["issuer"]), wording=Translated(entry["wording"]),
        owners=[Asked(_found(Position, "code", code)) for code in entry["owners"]],
        title=Translated(entry["title"]), purpose=Translated(entry["purpose"]), is_public=True, is_invented=True,
        due_on=add_working_days(clock.today(), entry["days"]),
        details={
            "number": entry["number"], "theme": Translated(entry["theme"]), "level": entry.get("level"), "source": source,
            "indicator": Translated(entry.get("indicator")), "budget_line": entry.get("budget_line", ""),
        },
    )  # fmt: skip
    issue_call(actor, made.call)
    asked = entry.get("positions", {})
    put_to_offices(actor, made, [_found(Organisation, "code", code) for code in asked])
    for code, stance in asked.items():
        if stance != "asked":
            state_position(actor, made, _found(Organisation, "code", code), stance=stance)
    if entry.get("submitted_to"):
        submit_to(actor, made, _found(Organisation, "code", entry["submitted_to"]))


def _found(model: Any, field: str, value: str) -> Any:
    row = model.objects.filter(**{field: value}).first()
    if row is None:
        raise PackError(f"{FILE}.yaml {KEY}: there is no {model._meta.verbose_name} {value}")
    return row
