"""Forms made from workbooks that the tests write, through the real reading and the real operations."""

from datetime import timedelta

import pytest
from openpyxl import Workbook

from sala.collection import operations
from sala.collection.models import Expected
from sala.core import clock
from sala.core.language import Translated
from sala.duties import operations as duties
from sala.duties.models import Assignment

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


@pytest.fixture
def round_of(world):
    """round_of(form, post) → the assignment of an issued round, in which the post answers for one place."""

    def make(form, post, area="0201"):
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

    return make
