"""Who owns which invented dataset, and one call about one of them, so that the desk of a sample post is not empty."""

from sala.access.actor import Actor
from sala.catalogue.models import Dataset
from sala.core import clock
from sala.core.language import Translated
from sala.core.operation import operation
from sala.core.pack import Pack, Report
from sala.documents.working_days import add_working_days
from sala.duties.models import Call, CallKind, Duty
from sala.duties.operations import Asked, assign_duty, draft_call, issue_call
from sala.people.models import Position

FILE = "demonstration"


@operation
def duties(actor: Actor, pack: Pack) -> Report:
    report = Report()
    for entry in pack.listed(FILE, "duties"):
        dataset = Dataset.objects.get(slug=entry["subject"])
        if Duty.objects.filter(subject_type="dataset", subject_id=dataset.pk, kind=entry["kind"]).exists():
            report.count("unchanged")
            continue
        position = Position.objects.get(code=entry["position"])
        start = clock.today().replace(month=1, day=1)
        assign_duty(actor, position, kind=entry["kind"], subject=dataset, start=start, is_invented=True)
        report.count("new", f"duty {entry['position']} {entry['kind']} {entry['subject']}")
    return report


@operation
def calls(actor: Actor, pack: Pack) -> Report:
    report = Report()
    for entry in pack.listed(FILE, "calls"):
        dataset = Dataset.objects.get(slug=entry["subject"])
        if Call.objects.filter(subject_type="dataset", subject_id=dataset.pk, is_invented=True).exists():
            report.count("unchanged")
            continue
        today, issuer = clock.today(), Position.objects.get(code=entry["issuer"])
        call = draft_call(
            actor, issuer=issuer, asked=[Asked(Position.objects.get(code=entry["position"]), checker=issuer)], subject=dataset, is_public=True,
            is_invented=True, kind=CallKind.DATA_CALL, period=entry["period"], opens_on=today,
            due_on=add_working_days(today, entry["days"]),
            title=Translated(entry["title"]), purpose=Translated(entry["purpose"]),
            instruction=Translated(entry["instruction"]),
        )  # fmt: skip
        issue_call(actor, call)
        report.count("new", f"call {call.reference}")
    return report
