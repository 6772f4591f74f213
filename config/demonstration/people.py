"""Invented holders of posts and citizens of the demonstration, and the links by which a visitor signs in as one of them."""

from dataclasses import dataclass

from sala.access.actor import Actor
from sala.core import clock
from sala.core.language import Translated
from sala.core.operation import operation
from sala.core.pack import Pack, PackError, Report, unique
from sala.people.models import Appointment, Person, PersonKind, Position, SignInLink
from sala.people.operations import appoint
from sala.people.sign_in import make_link

FILE = "demonstration"
DOMAIN = "example.org"  # reserved for examples: no message can ever reach anybody


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


def _email(code: str) -> str:
    return f"{code}@{DOMAIN}"


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
