"""Forms of the demonstration, schools that answer for themselves, and rounds with answers that came.

Read from the keys `forms`, `schools` and `form_rounds` of demonstration.yaml. What stands already is left alone.
"""

from typing import Any

from config.demonstration.answers import example_answer
from sala.access.actor import Actor
from sala.collection import operations as collection
from sala.collection.models import Channel, Expected, Form
from sala.collection.queries.held import unanswered
from sala.collection.queries.lists import Source
from sala.concessions.operations.inspection_forms import map_form
from sala.core import clock
from sala.core.language import Translated
from sala.core.operation import operation
from sala.core.pack import Pack, PackError, Report
from sala.documents.working_days import add_working_days
from sala.duties.models import Call, CallKind, Duty, DutyKind
from sala.duties.operations import Asked, assign_duty, draft_call, issue_call
from sala.people.models import Organisation, OrganisationKind, Person, Position, Role
from sala.people.operations import appoint, create_position, found_organisation, grant_role
from sala.people.queries import actor_of_post
from sala.places.models import Facility, FacilityKind, Level
from sala.places.queries import country

FILE = "demonstration"


@operation
def forms(actor: Actor, pack: Pack) -> Report:
    """Workbooks, described and put in use."""
    report = Report()
    for entry in pack.listed(FILE, "forms"):
        path = pack.path(entry["file"])
        if Form.objects.filter(form_id=entry["form_id"]).exists():
            report.count("unchanged")
            continue
        form = collection.make_form(actor, _organisation(entry["owner"]), path, path.name)
        form.is_invented = True
        form.save(update_fields=["is_invented"])
        form = collection.change_form(actor, form, **_said(entry))
        version = form.versions.get()
        for name, noun in entry.get("lists", {}).items():
            collection.use_list(actor, version, name, Source(noun, "", country().code))
        if (reason := entry.get("asked_anyway")) and (held := unanswered(actor, version)):
            collection.ask_anyway(actor, version, {(each.path, each.kind, each.key): reason for each in held})
        collection.publish_version(actor, version)
        if "inspection" in entry:
            map_form(actor, form, entry["inspection"])
        report.count("new", f"form {form.form_id}")
    return report


def _said(entry: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "title": Translated(entry["title"]), "purpose": Translated(entry["purpose"]), "about": entry["about"],
        "subject_question": entry["subject_question"], "minutes": entry["minutes"], "tier": entry.get("tier", "government"),
    }  # fmt: skip
    if "about_noun" in entry:
        told["about_noun"], told["is_standing"] = entry["about_noun"], entry.get("standing", False)
        told["place_question"] = entry.get("place_question", "")
    if "level" in entry:
        told["level"] = Level.objects.get(code=entry["level"])
    if "kind" in entry:
        told["facility_kind"] = FacilityKind.objects.get(code=entry["kind"])
    return told


@operation
def schools(actor: Actor, pack: Pack) -> Report:
    """Registered facilities that answer for themselves: an organisation with one post, whose duty is to report."""
    report = Report()
    for entry in pack.listed(FILE, "schools"):
        facility = Facility.objects.filter(codes__value=entry["number"]).select_related("area").first()
        if facility is None:
            raise PackError(f"{FILE}.yaml schools: there is no facility with the number {entry['number']}")
        if Duty.objects.filter(subject_type="facility", subject_id=facility.pk, kind=DutyKind.REPORTS).exists():
            report.count("unchanged")
            continue
        parent, start = _organisation(entry["under"]), clock.today().replace(month=1, day=1)
        school = found_organisation(
            actor, parent=parent, code=f"{parent.code}-{entry['number']}", name=Translated(facility.name),
            kind=OrganisationKind.UNIT, area=facility.area, is_invented=True,
        )  # fmt: skip
        post = create_position(actor, school, code=f"{school.code}-head", title=Translated(entry["post"]), is_head=True)
        grant_role(actor, post, Role.objects.get(code=entry["role"]))
        assign_duty(actor, post, kind=DutyKind.REPORTS, subject=facility, start=start, is_invented=True)
        if person := Person.objects.filter(email=f"{entry.get('held_by')}@example.org", is_invented=True).first():
            appoint(actor, post, person, start=start)
        report.count("new", f"school {entry['number']}")
    return report


@operation
def form_rounds(actor: Actor, pack: Pack) -> Report:
    """A round that asks offices, and the answers that came so far: every one but each `missing`-th."""
    report = Report()
    for entry in pack.listed(FILE, "form_rounds"):
        open_round(actor, entry, report)
    return report


def open_round(actor: Actor, entry: dict[str, Any], report: Report) -> None:
    """One round; with `answers`, no more than so many come."""
    title = Translated(entry["title"])
    if Call.objects.filter(title=title, is_invented=True).exists():
        report.count("unchanged")
        return
    issuer, asked = Position.objects.get(code=entry["issuer"]), entry["asked"]
    posts = Position.objects.filter(
        organisation__path__startswith=_organisation(asked["under"]).path, code__endswith=f"-{asked['post']}",
        organisation__area__level__code=asked["level"],
    ).order_by("code")  # fmt: skip
    call = draft_call(
        actor, issuer=issuer, asked=[Asked(post, checker=issuer) for post in posts], kind=CallKind.FORM_ROUND,
        period=entry["period"], is_public=True, is_invented=True, minutes=entry.get("minutes"), title=title,
        due_on=add_working_days(clock.today(), entry["days"]), purpose=Translated(entry["purpose"]),
        instruction=Translated(entry["instruction"]),
    )  # fmt: skip
    collection.choose_forms(actor, call, list(Form.objects.filter(form_id__in=entry["forms"])))
    issue_call(actor, call)
    sent = _answer(call, entry["missing"], entry.get("answers"))
    report.count("new", f"round {call.reference} to {len(posts)} posts with {sent} answers")


def _answer(call: Call, missing: int, most: int | None = None) -> int:
    """Let the posts asked send answers, through the door that every answer comes in by. Returns how many."""
    rows = Expected.objects.filter(assignment__call=call, given_in__isnull=True).order_by("pk")[:most]
    sent = 0
    for number, row in enumerate(rows.select_related("form", "area", "facility", "respondent", "assignment__position")):
        sender = row.respondent or row.assignment.position
        if number % missing == missing - 1 or (row.respondent and row.respondent.appointments.exists()):
            continue  # one who may sign in finds something left to do
        answer = example_answer(row, number)
        received = collection.receive(actor_of_post(sender), answer, channel=Channel.IMPORT)
        collection.read_submission(received.submission)
        sent += 1
    return sent


def _organisation(code: str) -> Organisation:
    found = Organisation.objects.filter(code=code).first()
    if found is None:
        raise PackError(f"{FILE}.yaml: there is no organisation {code}")
    return found
