"""A phone at the edge of a plantation: list, form, walk and photo over a real line; approved, it is an inspection."""

import csv
import io
import time
from decimal import Decimal

import pytest

from sala.collection import operations as collection
from sala.collection.models import Submission
from sala.collection.operations import answers
from sala.collection.operations.photos import look_at_photos
from sala.collection.queries.lists import Source
from sala.concessions import operations
from sala.concessions.models import Inspection
from sala.concessions.operations.inspection_forms import map_form
from sala.core import clock
from sala.core.language import Translated
from sala.core.models import Term
from tests.clients.collect import Collect
from tests.collection.conftest import write_workbook
from tests.concessions.conftest import square
from tests.concessions.test_inspections import CHOICES, FIELDS, SURVEY, as_answer, photo_at
from tests.conftest import connected_to
from tests.world import World

POST = "LAND-D0101-concessions"


@pytest.fixture
def ground(served, django_db_blocker):
    """ground() → a context in which the database of the served site is looked at."""

    class Look:
        def __enter__(self):
            self.opened = [django_db_blocker.unblock(), connected_to(served.database)]
            for one in self.opened:
                one.__enter__()
            return World()

        def __exit__(self, *told):
            for one in reversed(self.opened):
                one.__exit__(*told)

    return Look


@pytest.fixture
def phone(served, ground, tmp_path):
    """(a phone of the land office of a district, the concession that it is sent to)"""
    with ground() as world:
        command = world.actor("command")
        made = operations.enter(
            command, kind="concession", name=Translated(lo="ໂຄງການ ສາຍ", en="Over the line"), area=world.area("0101"),
            sector=Term.objects.get(scheme="sector", code="tree_plantation"), lead=world.organisation("LAND-D0101"),
        )  # fmt: skip
        operations.set_area(command, made, purpose="granted", accuracy="survey", geometry=square())
        path = write_workbook(tmp_path / "ground.xlsx", SURVEY, CHOICES, form_id="ground", form_title="ກວດກາ")
        form = collection.make_form(command, world.organisation("LAND"), path, path.name)
        form = collection.change_form(
            command, form, about="other", about_noun="concession", subject_question="concession", is_standing=True,
            tier="government",
        )  # fmt: skip
        version = form.versions.get()
        collection.use_list(command, version, "concessions.csv", Source("concession", "", "DM"))
        collection.publish_version(command, version)
        map_form(command, form, FIELDS)
        secret = collection.give_phone(world.actor("admin"), world.position(POST), name="Old phone")[1]
        reference = made.reference
    return Collect(f"{served.url}/openrosa/{secret}"), reference


def told_of(device, form_id: str) -> dict[str, str]:
    """The form once the phone is told of it: the server keeps its list of forms for some seconds."""
    for _turn in range(40):
        if found := [row for row in device.forms() if row["formID"] == form_id]:
            return found[0]
        time.sleep(0.25)
    raise AssertionError(f"the phone is not told of {form_id}")


def test_an_answer_over_the_line_is_an_inspection_once_it_is_approved(phone, ground):
    device, reference = phone
    form = told_of(device, "ground")
    xform = device.get(form["downloadUrl"], form["hash"])
    listed = {
        row["name"]: row for row in csv.DictReader(io.StringIO(device.files_of(form)["concessions.csv"].decode()))
    }
    assert listed[reference]["label_en"] == "Over the line" and listed[reference]["lat"]
    told = {
        "concession": reference, "inspected_on": clock.today().isoformat(), "team": "Invented inspector", "track": as_answer(square()),
        "activity": "yes", "developed_ha": "17.5", "photo": "field.jpg", "signed": "sign.jpg",
    }  # fmt: skip
    files = {"field.jpg": photo_at(20.405, 100.205), "sign.jpg": photo_at(20.405, 100.205)}
    instance = device.fill(xform, told, files)
    assert all(reply.is_success for reply in device.submit(instance))
    assert all(reply.is_success for reply in device.submit(instance))  # the phone did not hear the answer: once more
    with ground() as world:
        sent = Submission.objects.get(instance_id=instance.name)
        collection.read_submission(sent)
        look_at_photos(sent)
        collection.read_submission(sent)
        assert not Inspection.objects.filter(concession__reference=reference).exists()
        answers.approve(world.actor("command"), sent)
        row = Inspection.objects.get(concession__reference=reference)
        assert (row.developed_ha, row.share_inside, row.signatures, row.activity) == (Decimal("17.50"), 100, 1, "yes")
        assert [one.place for one in row.photos.all()] == ["inside"] and row.flags == []
        assert row.entered_by.code == POST
