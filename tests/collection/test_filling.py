"""The page that fills in a form, and what it sends: who gets it, what is written in beforehand, what comes back."""

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from sala.collection import operations
from sala.collection.models import Expected, Reading, Submission
from sala.collection.queries.filling import written_in
from tests.collection.answers import answer, named

CASCADE = [
    ("type", "name", "label::Lao (lo)", "choice_filter"),
    ("select_one province", "province", "ແຂວງ", ""),
    ("select_one district", "district", "ເມືອງ", "province=${province}"),
    ("text", "words", "ຄຳເວົ້າ", ""),
]
CASCADE_CHOICES = [
    ("list_name", "name", "label::Lao (lo)", "province"),
    ("province", "01", "ໜຶ່ງ", ""),
    ("province", "02", "ສອງ", ""),
    ("district", "0101", "ກ", "01"),
    ("district", "0201", "ຂ", "02"),
]


def told(page) -> dict:
    """What the scripts of a page are told."""
    return json.loads(re.search(r'<script id="fill-config"[^>]*>(.*?)</script>', page.content.decode()).group(1))


def post(browser, form, xml, *, person=None, files=(), accept="application/json", **fields):
    if person is None:
        person = told(browser.get("/forms/outbox/"))["person"]
    body = {"xml_submission_file": SimpleUploadedFile("submission.xml", xml, "text/xml"), "person": person, **fields}
    body["file"] = [SimpleUploadedFile(name, content, "image/jpeg") for name, content in files]
    return browser.post(f"/forms/{form.slug}/answers", body, headers={"Accept": accept})


def test_the_house_of_a_form_opens_it_and_others_are_answered_with_what_to_do(village_form, visit):
    form = village_form()
    page = visit("owner").get(f"/forms/{form.slug}/fill/")
    assert page.status_code == 200
    policy = page.headers["Content-Security-Policy"]
    assert "'wasm-unsafe-eval'" in policy and "'unsafe-eval'" not in policy and "http" not in policy
    assert "unsafe" not in visit("owner").get(f"/forms/{form.slug}/").headers["Content-Security-Policy"]
    refused = visit("stranger").get(f"/forms/{form.slug}/fill/")
    assert refused.status_code == 403 and "does not wait for your post" in refused.content.decode()
    assert visit("public").get(f"/forms/{form.slug}/fill/").status_code == 404


def test_a_form_that_a_round_asks_opens_for_the_post_that_is_asked_and_for_nobody_else(village_form, round_of, visit):
    form = village_form()
    round_of(form, "LAND-P02-data")
    row = form.expected.get()
    config = told(visit("stranger").get(f"/forms/{form.slug}/fill/"))
    assert config["expected"] == str(row.pk) and config["about"]
    assert visit("owner").get(f"/forms/{form.slug}/fill/?expected={row.pk}").status_code == 404
    paper = visit("stranger").get(f"/forms/{form.slug}/fill/?channel=paper").content.decode()
    assert f"?expected={row.pk}&amp;channel=paper" in paper
    assert (
        told(visit("stranger").get(f"/forms/{form.slug}/fill/?expected={row.pk}&channel=paper"))["channel"] == "paper"
    )


def test_the_xform_is_the_one_of_the_version_and_its_address_carries_its_hash(village_form, visit):
    form = village_form()
    browser = visit("owner")
    config = told(browser.get(f"/forms/{form.slug}/fill/"))
    assert config["xform"].endswith(f"?v={form.current.md5}")
    assert browser.get(config["xform"]).content.decode() == form.current.xform
    assert visit("public").get(config["xform"]).status_code == 404


def test_a_draft_is_tried_by_those_who_write_forms_only(village_form, visit):
    form = village_form(publish=False)
    page = visit("owner").get(f"/forms/{form.slug}/fill/?preview=1")
    assert told(page)["preview"] is True
    assert visit("reviewer").get(f"/forms/{form.slug}/fill/?preview=1").status_code == 403
    assert visit("owner").get(f"/forms/{form.slug}/fill/?preview=7").status_code == 404
    assert visit("owner").get(f"/forms/{form.slug}/fill/").status_code == 410


def test_an_answer_is_taken_with_its_files_once_and_says_what_is_missing(village_form, visit):
    form, browser, name = village_form(), visit("owner"), named()
    xml = answer(name, photo="p.jpg")
    first = post(browser, form, xml)
    assert first.status_code == 201 and first.json()["missing"] == ["p.jpg"]
    again = post(browser, form, xml, files=[("p.jpg", b"picture")])
    assert again.status_code == 200 and again.json()["missing"] == [] and not again.json()["is_new"]
    kept = Submission.objects.get(instance_id=name)
    assert kept.channel == "browser" and kept.xml.encode() == xml and kept.files.get().bytes == 7


def test_typed_in_from_paper_is_said_so_and_no_other_channel_can_be_claimed(village_form, visit):
    form, browser = village_form(), visit("owner")
    for asked, expected in (("paper", "paper"), ("phone", "browser"), ("", "browser")):
        name = named()
        assert post(browser, form, answer(name), channel=asked).status_code == 201
        assert Submission.objects.get(instance_id=name).channel == expected


def test_another_answer_with_the_number_and_a_broken_one_are_refused_with_words(village_form, visit):
    form, browser, name = village_form(), visit("owner"), named()
    post(browser, form, answer(name))
    other = post(browser, form, answer(name, people="7"))
    assert other.status_code == 409 and other.json()["detail"]
    assert post(browser, form, b"<data").status_code == 422
    assert browser.post(f"/forms/{form.slug}/answers", {"person": told(browser.get("/forms/outbox/"))["person"]}).status_code == 422  # fmt: skip
    assert Submission.objects.count() == 1


def test_what_one_person_filled_in_is_not_sent_in_the_name_of_another(village_form, visit):
    form = village_form()
    person = told(visit("owner").get("/forms/outbox/"))["person"]
    assert post(visit("colleague"), form, answer(), person=person).status_code == 401
    assert post(visit("public"), form, answer(), person=person).status_code == 401
    assert not Submission.objects.exists()


def test_the_mark_of_the_device_goes_with_signing_out(village_form, visit):
    form, browser = village_form(), visit("owner")
    browser.get(f"/forms/{form.slug}/fill/")
    assert browser.cookies["who"].value and not browser.cookies["who"]["httponly"]
    browser.post("/sign-out/")
    assert browser.cookies["who"].value == ""


def test_the_page_of_what_is_kept_needs_a_person(visit):
    assert visit("owner").get("/forms/outbox/").status_code == 200
    assert visit("public").get("/forms/outbox/").status_code == 401


def test_the_worker_keeps_files_that_are_there_and_changes_its_name_with_them(visit, settings):
    text = visit("public").get("/forms/worker.js").content.decode()
    kept = json.loads(re.search(r"self\.SALA = (.*);\n", text).group(1))
    assert kept["name"].startswith("sala-assets-") and all(each.startswith(kept["folder"]) for each in kept["assets"])


@pytest.mark.parametrize(("code", "expected"), [("0201", {"province": "02", "district": "0201"}), ("0301", {})])
def test_the_subject_and_the_choices_that_lead_to_it_are_written_in(world, village_form, code, expected):
    form = village_form(survey=CASCADE, choices=CASCADE_CHOICES)
    district = world.area("0201").level
    form = operations.change_form(
        world.actor("owner"), form, about="place", level=district, subject_question="district"
    )  # fmt: skip
    found = written_in(form, form.current, world.area(code))
    assert found == {f"/data/{name}": value for name, value in expected.items()}


def test_a_question_of_words_gets_the_code_of_the_subject(world, village_form):
    form = village_form(survey=CASCADE, choices=CASCADE_CHOICES)
    operations.change_form(
        world.actor("owner"), form, about="place", level=world.area("0201").level, subject_question="words"
    )
    form.refresh_from_db()
    assert written_in(form, form.current, world.area("0201")) == {"/data/words": "0201"}
    assert written_in(form, form.current, None) == {}


def test_of_several_places_the_sender_says_which_where_the_form_does_not_ask(world, village_form, round_of, visit):
    form = village_form()
    operations.change_form(
        world.actor("owner"), form, about="place", level=world.area("0201").level, subject_question=""
    )
    assignment = round_of(form, "LAND-P02-data")
    chosen = Expected.objects.create(
        assignment=assignment, form=form, area=world.area("0202"), respondent=assignment.position, period="2026"
    )
    browser, name = visit("stranger"), named()
    asked = browser.get(f"/forms/{form.slug}/fill/").content.decode()
    assert f"?expected={chosen.pk}" in asked and "fill-config" not in asked
    assert told(browser.get(f"/forms/{form.slug}/fill/?expected={chosen.pk}"))["expected"] == str(chosen.pk)
    assert post(browser, form, answer(name), expected=chosen.pk).status_code == 201
    reading = Submission.objects.get(instance_id=name).reading
    assert (reading.expected, reading.area) == (chosen, world.area("0202"))
    chosen.refresh_from_db()
    assert chosen.state == "received"
    assert told(browser.get(f"/forms/{form.slug}/fill/"))["expected"] != str(chosen.pk), "it is asked again"


def test_a_row_of_another_post_cannot_be_claimed(world, village_form, round_of, visit):
    form = village_form()
    round_of(form, "LAND-P02-data")
    name = named()
    assert post(visit("owner"), form, answer(name), expected=form.expected.get().pk).status_code == 201
    assert Submission.objects.get(instance_id=name).said_for is None


def test_an_answer_is_opened_for_correction_by_its_house_while_it_is_not_settled(village_form, visit):
    form, browser, name = village_form(), visit("owner"), named()
    post(browser, form, answer(name, photo="p.jpg"), files=[("p.jpg", b"picture")])
    kept = Submission.objects.get(instance_id=name)
    config = told(browser.get(f"/forms/{form.slug}/fill/?answer={kept.pk}"))["answer"]
    assert config["instance"] == name and browser.get(config["url"]).content.decode() == kept.xml
    [file] = config["files"]
    assert b"".join(browser.get(file["url"]).streaming_content) == b"picture"
    for who in ("stranger", "public"):
        assert visit(who).get(config["url"]).status_code == 404
        assert visit(who).get(file["url"]).status_code == 404
    Reading.objects.filter(pk=kept.pk).update(state="approved")
    assert browser.get(f"/forms/{form.slug}/fill/?answer={kept.pk}").status_code == 404
