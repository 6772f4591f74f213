"""An invented round of assessment: agreement, contradictions, too little known, grades that stand, and one opened again.

A pack asks for it under the key `assessments` of demonstration.yaml: `name`, `version`, `owner`, `area`, `days` until
answers are due, and `by_form` where a round of forms asks. Otherwise the concessions of the place take turns in what is
answered about them.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from config.demonstration.collection import open_round as open_round_of_forms
from sala.access.actor import Actor
from sala.collection.models import Form, Reading, ReadingState
from sala.collection.operations.answers import approve_many
from sala.concessions.models import Assessment, AssessmentRound, CriteriaVersion
from sala.concessions.operations.assessing import answer, digest_of, validate
from sala.concessions.operations.assessment_rounds import open_round
from sala.core import clock
from sala.core.language import Translated
from sala.core.operation import operation
from sala.core.pack import Pack, PackError, Report
from sala.people.models import Organisation
from sala.places.models import Area

FILE, KEY = "demonstration", "assessments"
GOOD = {"dues": "yes", "compensation": "yes", "measures": "yes", "complaints": "none", "wages": "yes", "reports": "yes",
        "fund": "yes", "consulted": "yes"}  # fmt: skip
FAIR = {"dues": "late", "compensation": "late", "measures": "mostly", "complaints": "settled", "wages": "late",
        "reports": "partly", "fund": "late", "consulted": "partly"}  # fmt: skip
POOR = {"dues": "partly", "compensation": "no", "measures": "no", "complaints": "open", "wages": "partly", "reports": "no",
        "fund": "no", "consulted": "no"}  # fmt: skip


@dataclass(frozen=True)
class Told:
    """What is answered about one concession: respondent → criterion → answer; then validated, then answered again."""

    first: dict[str, dict[str, str]] = field(default_factory=dict)
    is_validated: bool = False
    later: dict[str, dict[str, str]] = field(default_factory=dict)


TURNS = (
    Told({"government": GOOD, "company": GOOD, "village": GOOD}, is_validated=True),
    Told({"government": {**FAIR, "compensation": ""}, "company": GOOD, "village": {**FAIR, "compensation": "no"}}),
    Told({"company": {"dues": "yes"}}),
    Told({"government": FAIR, "company": FAIR, "village": FAIR}, is_validated=True),
    Told({"government": POOR, "company": POOR, "village": POOR}),
    Told(
        {"government": GOOD, "company": GOOD},
        is_validated=True,
        later={"village": {"complaints": "grave", "wages": "no"}},
    ),
)


@operation
def assessments(actor: Actor, pack: Pack) -> Report:
    report = Report()
    for entry in pack.listed(FILE, KEY):
        name = Translated(entry["name"])
        if AssessmentRound.objects.filter(is_invented=True, name=name).exists():
            report.count("unchanged")
            continue
        made = _begin(actor, entry, name)
        report.count("new", f"round {made.slug}")
        if "by_form" in entry:
            _ask_by_form(actor, entry["by_form"], report)
            continue
        for number, row in enumerate(made.assessments.select_related("concession__area", "round").order_by("pk")):
            _tell(actor, row, TURNS[number % len(TURNS)])
    return report


def _begin(actor: Actor, entry: dict[str, Any], name: Translated) -> AssessmentRound:
    version = CriteriaVersion.objects.filter(code=entry["version"]).first()
    owner = Organisation.objects.filter(code=entry["owner"]).first()
    area = Area.objects.filter(code=entry["area"]).first()
    if version is None or owner is None or area is None:
        raise PackError(f"{FILE}.yaml: {KEY}: the criteria, the office or the place of a round are missing")
    return open_round(
        actor, owner, name=name, version=version, area=area, opens_on=_first_day(version),
        due_on=clock.today() + timedelta(days=entry["days"]), is_invented=True,
    )  # fmt: skip


def _first_day(version: CriteriaVersion) -> date:
    return max(version.valid_from, clock.today().replace(month=1, day=1))


def _tell(actor: Actor, row: Assessment, told: Told) -> None:
    _answer(actor, row, told.first)
    if told.is_validated and not [reason for reason in row.reasons if reason[0] == "differs"]:
        validate(actor, row, digest=digest_of(row))
        _answer(actor, row, told.later)


def _answer(actor: Actor, row: Assessment, said: dict[str, dict[str, str]]) -> None:
    asked = list(row.round.version.criteria.all())
    for respondent, answers in said.items():
        mine = {each.code: answers[each.code] for each in asked if respondent in each.ask and each.code in answers}
        answer(
            actor, row, respondent=respondent, answers=mine, answered_on=clock.today(),
            area=_village(row.concession.area) if respondent == "village" else None,
        )  # fmt: skip
    row.refresh_from_db()


def _village(area: Area) -> Area:
    """A village of the concession's place; the place itself where none is installed."""
    return Area.objects.filter(path__startswith=area.path, level__code="village").order_by("code").first() or area


def _ask_by_form(actor: Actor, entry: dict[str, Any], report: Report) -> None:
    """A round of forms about the concessions; answers that came are approved, and enter the round by themselves."""
    open_round_of_forms(actor, entry, report)
    forms = Form.objects.filter(form_id__in=entry["forms"])
    came = Reading.objects.filter(form__in=forms, state=ReadingState.RECEIVED)
    approve_many(actor, list(came.values_list("pk", flat=True)), flagged=True)
