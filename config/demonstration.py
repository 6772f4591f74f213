"""Invented records for a demonstration, from <pack>/demonstration.yaml. Each is marked as invented.

PARTS is the list of loaders, in order; each takes (actor, pack), reads its own key of the file, changes nothing on a
second run, and returns a Report. A new part of the product adds its loader here.
"""

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.core.management import call_command

from config import (
    demonstration_answers,
    demonstration_assessments,
    demonstration_bodies,
    demonstration_collection,
    demonstration_concessions,
    demonstration_concessions_plan,
    demonstration_concessions_rows,
    demonstration_facilities,
    demonstration_inspections,
    demonstration_ledger,
    demonstration_rasters,
    demonstration_rounds,
    demonstration_visits,
    packs,
)
from config.demonstration_recommendations import recommendations
from sala.access.actor import Actor
from sala.catalogue import imports as catalogue
from sala.catalogue.models import Dataset
from sala.core import clock
from sala.core.language import Translated
from sala.core.models import PackFact
from sala.core.operation import operation
from sala.core.pack import Pack, PackError, Report, unique
from sala.documents.working_days import add_working_days
from sala.duties.models import Call, CallKind, Duty
from sala.duties.operations import Asked, assign_duty, draft_call, issue_call
from sala.maps import imports as layers
from sala.maps.operations import build_missing
from sala.people.models import Appointment, Person, PersonKind, Position, SignInLink
from sala.people.operations import appoint
from sala.people.sign_in import make_link

FILE = "demonstration"
DOMAIN = "example.org"  # reserved for examples: no message can ever reach anybody

LOADED = "demonstrated"  # the fact that holds what the loaded records came from

Loader = Callable[[Actor, Pack], Report]


def _came_from(folder: Path) -> str:
    return hashlib.sha256(packs.loaded_from(folder).encode() + _programs()).hexdigest()


def _programs() -> bytes:
    return b"".join(
        Path(name).read_bytes()
        for name in (
            __file__,
            demonstration_bodies.__file__,
            demonstration_answers.__file__,
            demonstration_assessments.__file__,
            demonstration_collection.__file__,
            demonstration_concessions.__file__,
            demonstration_concessions_plan.__file__,
            demonstration_concessions_rows.__file__,
            demonstration_facilities.__file__,
            demonstration_ledger.__file__,
            demonstration_rasters.__file__,
            demonstration_rounds.__file__,
            demonstration_visits.__file__,
        )
    )


def is_loaded(folder: Path) -> bool:
    """Whether these very records were loaded already; what a visitor did with them since is left alone."""
    return PackFact.get(LOADED) == _came_from(folder)


def load(actor: Actor, folder: Path) -> Report:
    """Load all demonstration records of a pack. Raises PackError; a pack without the file has none."""
    pack, report = Pack(folder), Report()
    for part in PARTS:
        report.merge(part(actor, pack))
    if not report.refused:
        PackFact.objects.update_or_create(key=LOADED, defaults={"value": _came_from(folder)})
    return report


def _email(code: str) -> str:
    return f"{code}@{DOMAIN}"


@operation
def people(actor: Actor, pack: Pack) -> Report:
    """Invented holders of posts, and invented citizens."""
    report, entries = Report(), pack.listed(FILE, "people")
    if faults := unique(entries, "code", f"{FILE}.yaml"):
        raise PackError("\n".join(faults))
    for entry in entries:
        person, made = Person.objects.get_or_create(
            email=_email(entry["code"]),
            defaults={
                "name": entry["name"],
                "kind": entry.get("kind", PersonKind.OFFICIAL),
                "language": entry.get("language", ""),
                "is_invented": True,
            },
        )
        report.count("new" if made else "unchanged", f"person {entry['code']}")
        for code in entry.get("positions", []):
            _appoint(actor, person, code, report)
    return report


def _appoint(actor: Actor, person: Person, code: str, report: Report) -> None:
    position = Position.objects.filter(code=code).first()
    if position is None:
        raise PackError(f"{FILE}.yaml: there is no post {code}")
    if Appointment.objects.filter(person=person, position=position).exists():
        report.count("unchanged")
    elif position.appointments.filter(valid__contains=clock.today(), kind="holder").exists():
        report.refuse(f"{FILE}.yaml: somebody else holds {code}")
    else:
        appoint(actor, position, person, start=clock.today().replace(month=1, day=1))
        report.count("new", f"appointment to {code}")


def boundaries(actor: Actor, pack: Pack) -> Report:
    """Invented outlines, taken in by the operator's own command."""
    report = Report()
    for entry in pack.listed(FILE, "boundaries"):
        options = [f"--{key.replace('_', '-')}={value}" for key, value in entry.items() if key != "file"]
        said = io.StringIO()
        call_command("places", "import", str(pack.path(entry["file"])), *options, stdout=said)
        last_line = said.getvalue().strip().rpartition("\n")[2]
        outcome = "unchanged" if last_line.startswith("0 new, 0 changed") else "new"
        report.count(outcome, f"boundaries {entry['file']}")
    return report


def datasets(actor: Actor, pack: Pack) -> Report:
    """Invented datasets of datasets.yaml, with their files."""
    return catalogue.load(actor, pack.folder, pack.listed("datasets"))


def maps(actor: Actor, pack: Pack) -> Report:
    """Layers and theme maps of maps.yaml, and the published tiles of what is public."""
    report = layers.load(actor, pack.listed("maps", "layers"), pack.listed("maps"))
    build_missing(actor)
    return report


@operation
def duties(actor: Actor, pack: Pack) -> Report:
    """Who owns which invented dataset."""
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
    """One invented call, so that the desk of a sample post is not empty."""
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


PARTS: list[Loader] = [
    people,
    boundaries,
    demonstration_facilities.facilities,
    datasets,
    demonstration_rasters.rasters,
    maps,
    duties,
    calls,
    demonstration_rounds.rounds,
    demonstration_collection.forms,
    demonstration_collection.schools,
    demonstration_collection.form_rounds,
    demonstration_visits.visits,
    recommendations,
    demonstration_bodies.bodies,
    demonstration_bodies.projects,
    demonstration_bodies.courses,
    demonstration_ledger.ledger,
    demonstration_concessions.concessions,
    demonstration_inspections.orders,
    demonstration_assessments.assessments,
]


@dataclass(frozen=True)
class Sample:
    """One of the invented people whom a visitor may sign in as: what to call the post, and a link that works once."""

    label: str
    link: str


def samples(pack: Pack) -> list[Sample]:
    """A fresh sign-in link, good for 14 days and one use, for each person that the file names for it."""
    found = []
    for entry in pack.listed(FILE, "people"):
        person = Person.objects.filter(email=_email(entry["code"]), is_invented=True).first()
        if person and entry.get("sample"):
            found.append(Sample(Translated(entry["sample"]).text("en").text, make_link(person, SignInLink.INVITATION)))
    return found
