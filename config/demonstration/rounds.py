"""Calls of the demonstration that go to many posts and are kept as a template, which the calendar carries forward.

Read from the key `rounds` of demonstration.yaml. An entry is found again by the name of its template and then left alone.
"""

from typing import Any

from sala.access.actor import Actor
from sala.core import clock
from sala.core.language import Translated
from sala.core.operation import operation
from sala.core.pack import Pack, PackError, Report
from sala.documents.working_days import add_working_days
from sala.duties.models import CallTemplate
from sala.duties.operations import Asked, draft_call, issue_call, make_template
from sala.people.models import Organisation, Position

FILE, KEY = "demonstration", "rounds"


@operation
def rounds(actor: Actor, pack: Pack) -> Report:
    report = Report()
    for entry in pack.listed(FILE, KEY):
        template = entry["template"]
        if any(row.name == template["name"] for row in CallTemplate.objects.filter(owner__code=entry["issuer"])):
            report.count("unchanged")
            continue
        call = _call(actor, entry)
        make_template(
            actor, call, name=Translated(template["name"]), note=Translated(template.get("note")),
            tier=template.get("tier", "own"), rhythm=template["rhythm"],
        )  # fmt: skip
        report.count("new", f"call {call.reference} to {call.assignments.count()} posts")
    return report


def _call(actor: Actor, entry: dict[str, Any]) -> Any:
    call = draft_call(
        actor, issuer=_posts(code=entry["issuer"])[0], asked=[Asked(post) for post in _asked(entry["asked"])],
        kind=entry["kind"], period=entry["period"], is_public=True, is_invented=True, minutes=entry.get("minutes"),
        due_on=add_working_days(clock.today(), entry["days"]), title=Translated(entry["title"]),
        purpose=Translated(entry["purpose"]), instruction=Translated(entry["instruction"]),
    )  # fmt: skip
    return issue_call(actor, call)


def _asked(wanted: dict[str, str]) -> list[Position]:
    """Posts of one kind in an organisation and all below it."""
    top = Organisation.objects.filter(code=wanted["under"]).first()
    if top is None:
        raise PackError(f"{FILE}.yaml {KEY}: there is no organisation {wanted['under']}")
    return _posts(organisation__path__startswith=top.path, code__endswith=f"-{wanted['post']}")


def _posts(**wanted: Any) -> list[Position]:
    rows = Position.objects.filter(closed_on__isnull=True, **wanted).select_related("organisation__area")
    found = list(rows.order_by("code"))
    if not found:
        raise PackError(f"{FILE}.yaml {KEY}: there is no post {', '.join(map(str, wanted.values()))}")
    return found
