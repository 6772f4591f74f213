"""Rounds that expect answers, and answers as devices send them, for the tests of what becomes of them."""

import hashlib
import uuid
from datetime import timedelta

from sala.collection import operations
from sala.collection.models import Expected, Form, FormVersion, RoundForm, Submission, Unread
from sala.core import clock
from sala.core.language import Translated
from sala.duties import operations as duties
from sala.duties.models import Assignment
from sala.duties.states import ENDED
from sala.people.models import Organisation, Position
from sala.places.models import Level

LAO = {"lo": "ຮອບແບບຟອມນ້ຳ", "en": "Round of the water form"}


def about_districts(world, form: Form, **described) -> Form:
    """The form is about districts, which the answer to its question `village` names."""
    told = {"about": "place", "level": Level.objects.get(code="district"), "subject_question": "village"} | described
    return operations.change_form(world.actor("owner"), form, **told)


def issued_round(world, form: Form, period="2026", position="HEALTH-P01-data", **told) -> Assignment:
    """A call that asks one office for a form; its rows are added by expect()."""
    caller = world.actor("caller")
    call = duties.draft_call(
        caller, issuer=world.position("STAT-calls"), asked=[duties.Asked(world.position(position))], kind="form-round",
        title=Translated(LAO), purpose=Translated({"lo": "ສຳລັບບົດລາຍງານ"}), instruction=Translated({"lo": "ຕື່ມແບບຟອມ"}),
        due_on=clock.today() + timedelta(days=30), period=period, **told,
    )  # fmt: skip
    duties.issue_call(caller, call)
    RoundForm.objects.create(call=call, form=form)
    return Assignment.objects.get(call=call)


def part_stands_at(assignment: Assignment, state: str) -> None:
    """As the part of a round would stand after its office, or those who check it, took their step."""
    ended = clock.now() if state in ENDED else None
    waits = None if ended else assignment.position
    Assignment.objects.filter(pk=assignment.pk).update(state=state, ended_at=ended, waits_for=waits)
    Expected.objects.filter(assignment=assignment).update(is_open=ended is None)


def expect(
    world, assignment: Assignment, form: Form, code: str, respondent: Position | None = None, **told
) -> Expected:
    return Expected.objects.create(
        assignment=assignment, form=form, area=world.area(code), period=assignment.period, respondent=respondent, **told
    )


def office_of(world, code: str, parent="HEALTH-P01", area="0101") -> Position:
    """One more office with a post that sends answers, as a school or a district office has."""
    house = Organisation.objects.create(
        code=code, name=Translated({"lo": f"ຫ້ອງການ {code}", "en": f"Office {code}"}), kind="office",
        parent=world.organisation(parent), area=world.area(area), path="",
    )  # fmt: skip
    house.path = f"{house.parent.path}{house.pk}/"
    house.save()
    return Position.objects.create(
        organisation=house, code=f"{code}-data", title=Translated({"lo": "ຜູ້ຕື່ມ", "en": "Respondent"})
    )


def instance(form: Form, body: str, version="1", deprecated="") -> tuple[str, str]:
    """(instanceID, XML) of one answer; `body` are its elements."""
    name = f"uuid:{uuid.uuid4()}"
    old = f"<deprecatedID>{deprecated}</deprecatedID>" if deprecated else ""
    return name, (
        f'<data id="{form.form_id}" version="{version}" xmlns:orx="http://openrosa.org/xforms">{body}'
        f"<orx:meta><orx:instanceID>{name}</orx:instanceID>{old}</orx:meta></data>"
    )


def send(world, form: Form, position="HEALTH-P01-data", deprecated: Submission | None = None, version="1", files=(),
         channel="phone", received=None, said_for: Expected | None = None, person_id: int | None = None,
         handed_in_on=None, **values) -> Submission:  # fmt: skip
    """A submission as intake keeps it, with its row of what is not read yet. values: question → text of its element."""
    post = position if isinstance(position, Position) else world.position(position)
    body = "".join(f"<{name}>{text}</{name}>" for name, text in values.items())
    instance_id, xml = instance(form, body, version, deprecated.instance_id if deprecated else "")
    found = Submission.objects.create(
        form=form, version=FormVersion.objects.filter(form=form, version=version).first(), instance_id=instance_id,
        deprecated_id=deprecated.instance_id if deprecated else "", root=(deprecated.root or deprecated) if deprecated else None,
        number=deprecated.number + 1 if deprecated else 1, xml=xml, sha256=hashlib.sha256(xml.encode()).hexdigest(),
        files_named=list(files), channel=channel, position=post, said_for=said_for, person_id=person_id, handed_in_on=handed_in_on,
        received_at=received or clock.now(),
    )  # fmt: skip
    Unread.objects.create(submission=found)
    return found
