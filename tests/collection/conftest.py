"""Forms made from workbooks that the tests write, through the real reading and the real operations."""

import copy
from datetime import date, datetime, timedelta
from functools import partial

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from openpyxl import Workbook, load_workbook

from sala.collection import operations
from sala.collection.models import Expected
from sala.collection.operations import forms
from sala.collection.operations.reading import read_submission
from sala.core import clock
from sala.core.language import Translated
from sala.duties import operations as duties
from sala.duties.models import Assignment
from sala.people.models import Appointment, Person, Role
from sala.people.operations import grant_role
from sala.places import operations as places
from sala.places.models import FacilityKind, Level
from tests.collection import answering

SURVEY = [
    ("type", "name", "label::Lao (lo)", "label::English (en)", "required", "constraint", "choice_filter"),
    ("text", "village", "ລະຫັດບ້ານ", "Code of the village", "yes", "", ""),
    ("integer", "people", "ຈຳນວນຄົນ", "People", "yes", ". >= 0", ""),
    ("integer", "women", "ຈຳນວນແມ່ຍິງ", "Women", "", ". <= ${people}", ""),
    ("select_one water", "water", "ແຫຼ່ງນ້ຳ", "Source of water", "", "", ""),
    ("geopoint", "where", "ບ່ອນຢູ່", "Where", "", "", ""),
    ("image", "photo", "ຮູບ", "Photo", "", "", ""),
    ("begin_repeat", "well", "ບໍ່ນ້ຳ", "Well", "", "", ""),
    ("decimal", "depth", "ຄວາມເລິກ (ມ)", "Depth (m)", "", "", ""),
    ("end_repeat", "", "", "", "", "", ""),
]
CHOICES = [
    ("list_name", "name", "label::Lao (lo)", "label::English (en)"),
    ("water", "river", "ແມ່ນ້ຳ", "River"),
    ("water", "well", "ນ້ຳສ້າງ", "Well"),
    ("water", "pipe", "ນ້ຳປະປາ", "Piped water"),
]


def write_workbook(path, survey=SURVEY, choices=CHOICES, **settings):
    """An XLSForm at `path`; rows as they stand above, settings by column."""
    book = Workbook()
    sheet = book.active
    sheet.title = "survey"
    for row in survey:
        sheet.append(row)
    listed = book.create_sheet("choices")
    for row in choices:
        listed.append(row)
    settings = {"form_id": "village_water", "form_title": "ນ້ຳຂອງບ້ານ", "version": "1"} | settings
    told = book.create_sheet("settings")
    told.append(list(settings))
    told.append(list(settings.values()))
    book.save(path)
    return path


@pytest.fixture
def workbook(tmp_path):
    """workbook(name="form.xlsx", survey=…, choices=…, **settings) → path of an XLSForm."""

    def make(name="form.xlsx", **told):
        return write_workbook(tmp_path / name, **told)

    return make


@pytest.fixture
def village_form(world, workbook):
    """village_form(publish=True, **settings) → a form of the health office of province 01, about villages it names."""

    def make(publish=True, **told):
        path = workbook(**told)
        form = operations.make_form(world.actor("owner"), world.organisation("HEALTH-P01"), path, path.name)
        if publish:
            operations.publish_version(world.actor("colleague"), form.versions.get())
            form.refresh_from_db()
        return form

    return make


def expect(world, form, post, area="0201"):
    """The assignment of an issued round, in which the post answers for one place."""
    call = duties.draft_call(
        world.actor("caller"), issuer=world.position("STAT-calls"), asked=[duties.Asked(world.position(post))],
        kind="form-round", title=Translated({"lo": "ຮອບເກັບກຳ"}), purpose=Translated({"lo": "ສຳລັບບົດລາຍງານ"}),
        instruction=Translated({"lo": "ສົ່ງແບບຟອມ"}), due_on=clock.today() + timedelta(days=30),
    )  # fmt: skip
    duties.issue_call(world.actor("caller"), call)
    assignment = Assignment.objects.get(call=call)
    Expected.objects.create(
        assignment=assignment, form=form, area=world.area(area), respondent=assignment.position, period="2026"
    )
    return assignment


@pytest.fixture
def round_of(world):
    """round_of(form, post) → the assignment of an issued round, in which the post answers for one place."""
    return partial(expect, world)


@pytest.fixture(scope="session")
def workbooks_read() -> dict:
    """What the child process said of each workbook by its cells: the same one is read once a run."""
    return {}


@pytest.fixture
def read_once(monkeypatch, workbooks_read):
    """Tests that are not about the reading of workbooks need not wait for it each time."""
    original = forms.read_workbook

    def once(path, name):
        cells = repr([[*sheet.values] for sheet in load_workbook(path)])
        if cells not in workbooks_read:
            workbooks_read[cells] = original(path, name)
        return copy.deepcopy(workbooks_read[cells])

    monkeypatch.setattr(forms, "read_workbook", once)


@pytest.fixture
def district_form(world, village_form, read_once):
    """district_form(**settings) → a form in use of which every district gives one answer, named by its question."""

    def make(**told):
        form = village_form(**told)
        about = {"about": "place", "level": Level.objects.get(code="district"), "subject_question": "village"}
        return operations.change_form(world.actor("owner"), form, **about)

    return make


@pytest.fixture
def school_form(world, village_form, read_once):
    """school_form() → a form in use of which every primary school gives one answer, named by its question."""

    def make(**told):
        kind = FacilityKind.objects.get(code="school-primary")
        about = {"about": "facility", "facility_kind": kind, "subject_question": "village"}
        return operations.change_form(world.actor("owner"), village_form(**told), **about)

    return make


@pytest.fixture
def school(world):
    """school(code, area="0101", opened=…, **described) → a primary school in the register."""

    def make(code, area="0101", opened=date(2010, 9, 1), **described):
        return places.add_facility(
            world.actor("registrar"), kind=FacilityKind.objects.get(code="school-primary"), code=code, opened_on=opened,
            name={"lo": f"ໂຮງຮຽນ {code}", "en": f"School {code}"}, area=world.area(area), **described,
        )  # fmt: skip

    return make


@pytest.fixture
def draft_round(world):
    """draft_round(*forms, posts=…, **changes) → a round of the statistics bureau that could be issued."""

    def make(*forms, posts=("HEALTH-P01-data", "LAND-P02-data"), **changes):
        values = {
            "issuer": world.position("STAT-calls"), "kind": "form-round", "period": "2026",
            "asked": [duties.Asked(world.position(code)) for code in posts],
            "title": Translated(lo="ແບບຟອມປະຈຳປີ", en="Yearly forms"), "purpose": Translated(lo="ສຳລັບແຜນປີໜ້າ"),
            "instruction": Translated(lo="ຕອບແບບຟອມ ແລ້ວສົ່ງໃຫ້ເມືອງ"), "due_on": clock.today() + timedelta(days=30),
        }  # fmt: skip
        call = duties.draft_call(world.actor("caller"), **(values | changes))
        return operations.choose_forms(world.actor("caller"), call, forms) if forms else call

    return make


@pytest.fixture
def open_round(world, draft_round):
    """open_round(*forms, posts=…, **changes) → the round, issued."""

    def make(*forms, **changes):
        return duties.issue_call(world.actor("caller"), draft_round(*forms, **changes))

    return make


def part_of(call, post="HEALTH-P01-data"):
    """The part of one post in a round."""
    return Assignment.objects.get(call=call, position__code=post)


def came(rows, state="approved", on=None):
    """Answers came for these rows, as the reading of what was sent writes it."""
    moment = clock.now() if on is None else datetime(on.year, on.month, on.day, 9, tzinfo=clock.now().tzinfo)
    return rows.update(state=state, received_at=moment)


@pytest.fixture
def form(world, village_form, read_once):
    """A form about districts."""
    return answering.about_districts(world, village_form())


@pytest.fixture
def asked(world, form):
    """Rows of a round for two districts, gathered by the health office of their province."""
    assignment = answering.issued_round(world, form)
    return {code: answering.expect(world, assignment, form, code) for code in ("0101", "0102")}


@pytest.fixture
def teacher(world):
    """A post in an office of its own, held by somebody who reads Lao."""
    post = answering.office_of(world, "S1")
    person = Person.objects.create(name="Test teacher", email="teacher@example.org", language="lo", is_invented=True)
    Appointment.objects.create(person=person, position=post, valid=DateRange(date(2020, 1, 1), None))
    grant_role(world.actor("admin"), post, Role.objects.get(code="data_reporter"))
    return post


@pytest.fixture
def answer(world, form, asked, teacher):
    """An answer of the teacher about the first district, read and waiting to be checked."""
    found = answering.send(world, form, position=teacher, village="0101", people="120", water="well")
    read_submission(found)
    return found
