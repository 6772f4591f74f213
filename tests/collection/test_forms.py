"""A form from its workbook to its use: who may, what is refused, what is kept."""

import hashlib

import pytest
from lxml import etree

from sala.access.scope import visible
from sala.collection import operations
from sala.collection.models import Form, FormVersion, VersionState
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.core.files import store
from sala.journal.models import Event
from sala.places.models import Level
from tests.collection.conftest import SURVEY

pytestmark = pytest.mark.django_db


def test_a_workbook_becomes_a_form_whose_questions_stand_in_both_languages(world, village_form, workbook):
    form = village_form(publish=False)
    version = form.versions.get()
    assert (form.form_id, form.slug, version.version, version.state) == ("village_water", "village-water", "1", "draft")
    assert version.language_map == {"lo": "Lao (lo)", "en": "English (en)"}
    assert [field["name"] for field in version.questions()][:4] == ["village", "people", "women", "water"]
    assert next(field for field in version.fields if field["name"] == "depth")["repeat"].endswith("/well")
    assert store.path_of(version.sha256).read_bytes() == workbook().read_bytes() or version.bytes > 0
    assert version.md5 == hashlib.md5(version.xform.encode()).hexdigest()


def test_the_workbook_comes_back_byte_for_byte(visit, world, village_form, tmp_path):
    form = village_form(publish=False)
    answer = visit("owner").get(f"/forms/{form.slug}/versions/1/workbook")
    assert b"".join(answer.streaming_content) == (tmp_path / "form.xlsx").read_bytes()
    assert visit("public").get(f"/forms/{form.slug}/versions/1/workbook").status_code == 404


def test_strangers_make_no_form_of_another_house(world, workbook):
    path = workbook()
    with pytest.raises(NotPermitted):
        operations.make_form(world.actor("stranger"), world.organisation("HEALTH-P01"), path, path.name)
    assert not Form.objects.exists()


def test_a_draft_is_seen_by_its_house_and_a_form_in_use_by_government(world, village_form):
    form = village_form(publish=False)
    sees = {who: visible(world.actor(who), Form).filter(pk=form.pk).exists() for who in ("owner", "colleague", "stranger", "public")}  # fmt: skip
    assert sees == {"owner": True, "colleague": True, "stranger": False, "public": False}
    operations.publish_version(world.actor("colleague"), form.versions.get())
    sees = {who: visible(world.actor(who), FormVersion).filter(form=form).exists() for who in ("stranger", "public")}
    assert sees == {"stranger": True, "public": False}


def test_whoever_writes_forms_does_not_put_them_in_use(world, village_form):
    form = village_form(publish=False)
    with pytest.raises(NotPermitted):
        operations.publish_version(world.actor("owner"), form.versions.get())
    form.refresh_from_db()
    assert not form.is_published


def test_a_second_version_takes_over_and_the_first_is_kept(world, village_form, workbook):
    form = village_form()
    path = workbook("second.xlsx", version="2")
    second = operations.receive_version(world.actor("owner"), form, path, path.name)
    operations.publish_version(world.actor("colleague"), second)
    assert list(form.versions.order_by("number").values_list("version", "state")) == [
        ("1", "earlier"),
        ("2", "current"),
    ]
    with pytest.raises(Conflict, match="already"):
        operations.publish_version(world.actor("colleague"), form.versions.get(number=1))


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"version": "1", "form_title": "ອື່ນ"}, "stands already, with other content"),
        ({"form_id": "another", "version": "2"}, "is of the form “another”"),
    ],
)
def test_a_workbook_that_does_not_fit_is_refused_and_nothing_is_kept(world, village_form, workbook, settings, words):
    form = village_form()
    path = workbook("second.xlsx", **settings)
    with pytest.raises((Conflict, Invalid), match=words):
        operations.receive_version(world.actor("owner"), form, path, path.name)
    assert form.versions.count() == 1


def test_the_same_workbook_twice_is_said_and_the_same_id_in_another_house_too(world, village_form, tmp_path):
    form = village_form()
    path = tmp_path / "form.xlsx"
    with pytest.raises(Conflict, match="This very workbook is version 1"):
        operations.receive_version(world.actor("owner"), form, path, path.name)
    with pytest.raises(Conflict, match="stands already"):
        operations.make_form(world.actor("stranger"), world.organisation("LAND-P02"), path, path.name)


def test_a_workbook_without_a_version_gets_one_that_phones_can_tell_apart(world, village_form):
    version = village_form(version="").versions.get()
    root = etree.fromstring(version.xform.encode())
    instance = next(root.iter("{http://www.w3.org/2002/xforms}instance"))
    assert version.version and instance[0].get("version") == version.version


def test_a_form_that_lacks_a_file_is_not_put_in_use(world, village_form):
    survey = [*SURVEY, ("select_one_from_file places.csv", "place", "ສະຖານທີ່", "Place", "", "", "")]
    form = village_form(publish=False, survey=survey)
    with pytest.raises(Invalid, match=r"places\.csv"):
        operations.publish_version(world.actor("colleague"), form.versions.get())


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"survey": SURVEY, "sum": "not-a-function(1)"}, "not-a-function"),
        ({"public_key": "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA"}, "public_key"),
        ({"submission_url": "https://example.org/submission"}, "submission_url"),
    ],
)
def test_a_form_that_no_device_opens_or_that_answers_elsewhere_is_not_put_in_use(world, village_form, changes, words):
    if "survey" in changes:
        head = (*SURVEY[0], "calculation")
        rows = [(*row, "") for row in SURVEY[1:]] + [("calculate", "sum", "", "", "", "", "", changes.pop("sum"))]
        changes = {"survey": [head, *rows]}
    form = village_form(publish=False, **changes)
    with pytest.raises(Invalid, match=words):
        operations.publish_version(world.actor("colleague"), form.versions.get())
    form.refresh_from_db()
    assert not form.is_published


def test_what_one_answer_is_about_is_checked(world, village_form):
    form = village_form(publish=False)
    with pytest.raises(Invalid) as refused:
        operations.change_form(world.actor("owner"), form, about="place", level=None)
    assert "level" in refused.value.fields
    with pytest.raises(Invalid) as refused:
        operations.change_form(world.actor("owner"), form, subject_question="depth")  # stands in a repeat
    assert "subject_question" in refused.value.fields
    district = Level.objects.get(code="district")
    changed = operations.change_form(
        world.actor("owner"), form, about="place", level=district, subject_question="village", minutes=15
    )
    assert (changed.about, changed.subject_question, changed.minutes) == ("place", "village", 15)


def test_a_withdrawn_form_keeps_its_versions_and_can_come_back(world, village_form, workbook):
    form = village_form()
    operations.withdraw_form(world.actor("head"), form, reason="Asked elsewhere")
    form.refresh_from_db()
    assert not form.is_published and form.withdrawn_at and form.versions.get().state == VersionState.EARLIER
    path = workbook("again.xlsx", version="2")
    again = operations.receive_version(world.actor("owner"), form, path, path.name)
    operations.publish_version(world.actor("colleague"), again)
    form.refresh_from_db()
    assert form.is_published and form.withdrawn_at is None
    told = Event.objects.filter(subject_type="form", subject_id=form.pk).values_list("text", flat=True)
    assert any("Asked elsewhere" in text for text in told)


def test_pages_lead_from_the_workbook_to_a_form_in_use(visit, world, workbook):
    owner, colleague = visit("owner"), visit("colleague")
    with workbook().open("rb") as file:
        answer = owner.post("/forms/new/", {"file": file, "owner": world.organisation("HEALTH-P01").code})
    assert answer.status_code == 302 and answer["Location"] == "/forms/village-water/"
    assert "Source of water" in owner.get("/forms/village-water/").content.decode()
    assert visit("stranger").get("/forms/village-water/").status_code == 404
    assert owner.get("/forms/village-water/versions/1/publish/").status_code == 403
    assert colleague.post("/forms/village-water/versions/1/publish/").status_code == 302
    assert "village-water" in visit("stranger").get("/forms/").content.decode()
    assert visit("stranger").get("/forms/village-water/edit/").status_code == 403
    assert visit("public").get("/forms/village-water/").status_code == 404
    found = visit("stranger").get("/api/v1/forms/village-water").json()
    assert found["questions"][0]["label"] == {"lo": "ລະຫັດບ້ານ", "en": "Code of the village"}


def test_a_workbook_with_a_fault_is_answered_with_sheet_and_row(visit, world, workbook):
    path = workbook(survey=[*SURVEY[:3], ("select_one nowhere", "x", "ກ", "X", "", "", "")])
    with path.open("rb") as file:
        answer = visit("owner").post("/forms/new/", {"file": file, "owner": world.organisation("HEALTH-P01").code})
    page = answer.content.decode()
    assert answer.status_code == 200 and "survey" in page and "4" in page and "nowhere" in page
    assert not Form.objects.exists()
