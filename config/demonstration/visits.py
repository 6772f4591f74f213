"""Visits to the field of a demonstration, from the key `visits` of <pack>/demonstration.yaml.

Days are counted from the first Monday of the month after this one, so that the visits lie ahead whenever the
demonstration is loaded; `ago` counts back from today instead. An entry is found again by its `slug` and then left alone.
"""

from datetime import date, timedelta
from typing import Any

from sala.access.actor import Actor
from sala.collection import operations
from sala.collection.models import Form, Visit
from sala.core import clock
from sala.core.language import Translated
from sala.core.models import Term
from sala.core.operation import operation
from sala.core.pack import Pack, PackError, Report
from sala.duties.rhythm import shifted
from sala.people.models import Position
from sala.places.models import Area

FILE, KEY = "demonstration", "visits"


@operation
def visits(actor: Actor, pack: Pack) -> Report:
    """Visits, and proposals of one to go together with others."""
    report = Report()
    for entry in pack.listed(FILE, KEY):
        if Visit.objects.filter(slug=entry["slug"]).exists():
            report.count("unchanged")
            continue
        visit = _plan(actor, entry)
        if entry.get("done"):
            operations.note_done(actor, visit)
        if "propose_to" in entry:
            others = list(Visit.objects.filter(slug__in=entry["propose_to"]).order_by("slug"))
            operations.propose_joint(
                actor, visit, others, title=Translated(entry["joint_title"]), starts_on=visit.starts_on,
                ends_on=visit.ends_on, minutes=max(row.minutes for row in [visit, *others]), note=entry.get("note", ""),
            )  # fmt: skip
        report.count("new", f"visit {visit.slug}")
    return report


def _plan(actor: Actor, entry: dict[str, Any]) -> Visit:
    position = Position.objects.filter(code=entry["post"]).select_related("organisation__area").first()
    if position is None:
        raise PackError(f"{FILE}.yaml {KEY}: there is no post {entry['post']}")
    starts = (
        clock.today() - timedelta(days=entry["ago"]) if "ago" in entry else _monday() + timedelta(days=entry["day"])
    )
    return operations.plan_visit(
        actor, position, slug=entry["slug"], title=Translated(entry["title"]), purpose=Translated(entry.get("purpose")),
        starts_on=starts, ends_on=starts + timedelta(days=entry["days"] - 1), minutes=entry.get("minutes"),
        areas=list(Area.objects.filter(code__in=entry["areas"])),
        topics=list(Term.objects.filter(scheme="topic", code__in=entry["topics"])),
        form=Form.objects.filter(form_id=entry["form"]).first() if "form" in entry else None,
        tier=entry.get("tier", "government"), is_invented=True,
    )  # fmt: skip


def _monday() -> date:
    """The first Monday of next month."""
    first = shifted(clock.today().replace(day=1), 1)
    return first + timedelta(days=(7 - first.weekday()) % 7)
