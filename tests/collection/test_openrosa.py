"""The addresses for phones, asked as a phone asks; the whole conversation over a real line is in tests/clients."""

import hashlib
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.models import Q
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sala.collection import operations
from sala.collection.models import FormMedia, Submission
from sala.collection.queries.phones import phone_of
from sala.collection.queries.waiting import SETTLED, expected_of
from sala.core import clock
from sala.core.files import store
from sala.people.models import ApiToken
from tests.collection.answers import answer, multipart, named

LIST = "{http://openrosa.org/xforms/xformsList}"
MANIFEST = "{http://openrosa.org/xforms/xformsManifest}"
RESPONSE = "{http://openrosa.org/http/response}"


@pytest.fixture
def phone(world):
    """phone(post) → (its door, its row); the post is given the phone by the administrator."""

    def give(post="LAND-P02-data", name="Teacher's phone"):
        row, secret = operations.give_phone(world.actor("admin"), world.position(post), name=name)
        return f"/openrosa/{secret}", row

    return give


@pytest.fixture
def caller():
    return Client(headers={"accept-language": "en", "x-openrosa-version": "1.0"}, enforce_csrf_checks=True)


def said(response) -> str:
    return ElementTree.fromstring(response.content).findtext(f"{RESPONSE}message")


def forms_of(response) -> list[str]:
    return [row.findtext(f"{LIST}formID") for row in ElementTree.fromstring(response.content)]


def path_of(url: str) -> str:
    return "/" + url.split("/", 3)[3]


def send(caller, door, *parts, **more):
    body, kind = multipart(*parts)
    return caller.generic("POST", f"{door}/submission", body, content_type=kind, **more)


def test_the_list_holds_what_waits_for_the_post_and_nothing_else(
    world, village_form, workbook, round_of, phone, caller
):
    form = village_form()
    village_form_of_others = workbook(name="other.xlsx", form_id="other_form")
    operations.make_form(
        world.actor("owner"), world.organisation("HEALTH-P01"), village_form_of_others, village_form_of_others.name
    )
    door, _row = phone()
    assert forms_of(caller.get(f"{door}/formList")) == []
    round_of(form, "LAND-P02-data")
    response = caller.get(f"{door}/formList")
    assert response.headers["X-OpenRosa-Version"] == "1.0" and response.headers["Date"]
    assert response.headers["Content-Type"] == "text/xml; charset=utf-8"
    row = ElementTree.fromstring(response.content)[0]
    told = {cell.tag.removeprefix(LIST): cell.text for cell in row}
    assert told["formID"] == "village_water" and told["version"] == "1" and told["name"] == "ນ້ຳຂອງບ້ານ"
    assert "manifestUrl" not in told and "descriptionText" not in told
    xml = caller.get(path_of(told["downloadUrl"]))
    assert told["hash"] == f"md5:{hashlib.md5(xml.content).hexdigest()}"
    assert b'id="village_water"' in xml.content and xml.headers["Last-Modified"]
    assert caller.get(path_of(told["downloadUrl"]), headers={"if-none-match": xml.headers["ETag"]}).status_code == 304


def test_the_list_is_not_sent_again_to_who_has_it(village_form, round_of, phone, caller, world):
    form = village_form()
    round_of(form, "LAND-P02-data")
    door, _row = phone()
    etag = caller.get(f"{door}/formList").headers["ETag"]
    again = caller.get(f"{door}/formList", headers={"if-none-match": etag})
    assert again.status_code == 304 and again.content == b"" and again.headers["X-OpenRosa-Version"] == "1.0"
    assert caller.get(f"{door}/formList?verbose=true", headers={"if-none-match": '"other"'}).status_code == 200
    assert forms_of(caller.get(f"{door}/formList?formID=no_such")) == []
    assert forms_of(caller.get(f"{door}/formList?formID=village_water&listAllVersions=true")) == ["village_water"]


def test_a_list_that_says_something_else_is_sent_again(village_form, round_of, phone, caller, world):
    form = village_form()
    round_of(form, "LAND-P02-data")
    door, row = phone()
    seen = [caller.get(f"{door}/formList").headers["ETag"]]
    seen.append(caller.get(f"{door}/formList?formID=no_such").headers["ETag"])
    title = {"lo": "ນ້ຳ", "en": "Water in villages"}
    operations.change_form(world.actor("owner"), form, title=title)
    cache.clear()  # what is in use is kept for some seconds
    changed = caller.get(f"{door}/formList", headers={"if-none-match": seen[0]})
    assert changed.status_code == 200 and "Water in villages" in changed.content.decode()
    seen.append(changed.headers["ETag"])
    lao = caller.get(f"{door}/formList", headers={"if-none-match": seen[-1], "accept-language": "lo"})
    assert lao.status_code == 200 and "ນ້ຳ" in lao.content.decode()
    seen.append(lao.headers["ETag"])
    assert len(set(seen)) == 4
    assert caller.get(f"{door}/formList", headers={"if-none-match": changed.headers["ETag"]}).status_code == 304
    operations.revoke_phone(world.actor("admin"), row)
    assert caller.get(f"{door}/formList", headers={"if-none-match": changed.headers["ETag"]}).status_code == 401


def test_a_phone_is_answered_without_what_only_browsers_need(village_form, round_of, phone, caller, world):
    round_of(village_form(), "LAND-P02-data")
    door, _row = phone()
    caller.get(f"{door}/formList")
    with CaptureQueriesContext(connection) as asked:
        response = caller.get(f"{door}/formList")
    assert len(asked) == 1 and not response.cookies
    assert int(response.headers["Content-Length"]) == len(response.content)
    assert response.headers["X-Content-Type-Options"] == "nosniff" and response.headers["Content-Language"] == "en"
    unknown = caller.get(f"{door}/lost")
    assert unknown.status_code == 404 and "Check the address" in unknown.content.decode()
    assert caller.get(door).headers["Location"] == f"{door}/"


def test_a_fault_is_told_in_the_language_of_the_phone(phone, monkeypatch):
    door, _row = phone()
    monkeypatch.setattr("sala.collection.views.openrosa.listed_for", lambda *asked, **more: 1 / 0)
    lao = Client(raise_request_exception=False, headers={"accept-language": "lo"}).get(f"{door}/formList")
    english = Client(raise_request_exception=False, headers={"accept-language": "en"}).get(f"{door}/formList")
    assert (lao.status_code, english.status_code) == (500, 500)
    assert "Something failed on our side" in english.content.decode() and "Something" not in lao.content.decode()


def test_files_of_a_form_are_listed_with_their_hash_and_handed_out(village_form, round_of, phone, caller, tmp_path):
    form = village_form()
    round_of(form, "LAND-P02-data")
    (tmp_path / "list.csv").write_text("name,label\n1,One\n")
    digest, size = store.keep(tmp_path / "list.csv")
    md5 = hashlib.md5(b"name,label\n1,One\n").hexdigest()
    FormMedia.objects.create(
        version=form.current, name="list of villages.csv", sha256=digest, md5=md5, bytes=size, made_at=clock.now()
    )
    door, _row = phone()
    row = ElementTree.fromstring(caller.get(f"{door}/formList").content)[0]
    listed = caller.get(path_of(row.findtext(f"{LIST}manifestUrl")))
    file = ElementTree.fromstring(listed.content)[0]
    assert file.findtext(f"{MANIFEST}filename") == "list of villages.csv"
    assert file.findtext(f"{MANIFEST}hash") == f"md5:{md5}"
    got = caller.get(path_of(file.findtext(f"{MANIFEST}downloadUrl")))
    assert b"".join(got.streaming_content) == b"name,label\n1,One\n"
    assert caller.get(path_of(file.findtext(f"{MANIFEST}downloadUrl")).replace("list", "lost")).status_code == 404


def test_before_sending_a_phone_learns_how_much_is_taken_at_once(phone, caller):
    door, _row = phone()
    head = caller.head(f"{door}/submission")
    assert head.status_code == 204 and int(head.headers["X-OpenRosa-Accept-Content-Length"]) >= 1_000_000
    assert caller.get(f"{door}/submission").status_code == 405


def test_an_answer_in_parts_is_one_answer(village_form, round_of, phone, caller, world):
    round_of(village_form(), "LAND-P02-data")
    door, row = phone()
    xml = answer(photo="p.jpg")
    first = send(caller, door, ("xml_submission_file", "a.xml", "text/xml", xml))
    assert first.status_code == 201 and said(first) == "Received. Still to come: p.jpg."
    second = send(
        caller,
        door,
        ("xml_submission_file", "a.xml", "text/xml", xml),
        ("p.jpg", "p.jpg", "image/jpeg", b"\xff\xd8photo"),
    )
    assert second.status_code == 201 and said(second) == "Received; it is whole now. Thank you."
    kept = Submission.objects.get()
    assert (kept.channel, kept.token_id, kept.person_id) == ("phone", row.pk, None)
    assert kept.position == world.position("LAND-P02-data")
    assert store.path_of(kept.files.get().sha256).read_bytes() == b"\xff\xd8photo"
    row.refresh_from_db()
    assert row.last_used_at


def test_the_key_may_come_as_bearer_too(village_form, round_of, phone, caller):
    round_of(village_form(), "LAND-P02-data")
    door, _row = phone()
    bearer = {"authorization": f"Bearer {door.rsplit('/', 1)[1]}"}
    listed = caller.get("/openrosa/formList", headers=bearer)
    url = ElementTree.fromstring(listed.content)[0].findtext(f"{LIST}downloadUrl")
    assert path_of(url).startswith("/openrosa/forms/")
    assert caller.get(path_of(url), headers=bearer).status_code == 200
    nobody = caller.get("/openrosa/formList")
    assert nobody.status_code == 401 and nobody.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("change", ["revoked", "ended", "abolished", "unknown"])
def test_a_phone_that_may_not_send_any_more_is_told_so(world, village_form, round_of, phone, caller, change):
    round_of(village_form(), "LAND-P02-data")
    door, row = phone()
    assert caller.get(f"{door}/formList").status_code == 200
    if change == "revoked":
        operations.revoke_phone(world.actor("admin"), row)
    elif change == "ended":
        ApiToken.objects.filter(pk=row.pk).update(expires_at=clock.now() - timedelta(seconds=1))
    elif change == "abolished":
        row.position.closed_on = clock.today()
        row.position.save()
    else:
        door += "x"
    for response in (
        caller.get(f"{door}/formList"),
        send(caller, door, ("xml_submission_file", "a.xml", "text/xml", answer())),
    ):
        assert response.status_code == 401 and "ask the office that gave you the code" in said(response)
        assert "WWW-Authenticate" not in response.headers
    assert not Submission.objects.exists()


def test_a_phone_opens_nothing_but_its_own_door(world, phone, visit):
    door, _row = phone()
    answered = visit().get("/api/v1/forms", headers={"authorization": f"Bearer {door.rsplit('/', 1)[1]}"})
    assert answered.status_code == 401


def test_what_is_wrong_is_said_in_words_that_the_phone_shows(world, village_form, round_of, phone, caller):
    form = village_form()
    assignment = round_of(form, "LAND-P02-data")
    door, _row = phone()
    name = named()
    assert send(caller, door, ("xml_submission_file", "a.xml", "text/xml", answer(name))).status_code == 201
    cases = [
        (409, "Another answer", ("xml_submission_file", "a.xml", "text/xml", answer(name, people="7"))),
        (404, "no form “lost”", ("xml_submission_file", "a.xml", "text/xml", answer(form="lost"))),
        (400, "did not arrive whole", ("xml_submission_file", "a.xml", "text/xml", answer()[:90])),
        (400, "no answer to a form", ("photo.jpg", "photo.jpg", "image/jpeg", b"x")),
        (413, "larger than", ("xml_submission_file", "a.xml", "text/xml", answer(village="x" * 6_000_000))),
    ]
    for status, words, part in cases:
        response = send(caller, door, part)
        assert response.status_code == status and words in said(response), said(response)
    plain = caller.post(f"{door}/submission", b"hello", content_type="text/plain")
    assert plain.status_code == 400 and "no answer to a form" in said(plain)
    assignment.expected_answers.update(is_open=False)
    closed = send(caller, door, ("xml_submission_file", "a.xml", "text/xml", answer()))
    assert closed.status_code == 403 and "does not wait for your post" in said(closed)
    assert Submission.objects.count() == 1


def test_words_come_in_the_language_that_the_phone_asks_for(phone):
    door, _row = phone()
    lao = Client(headers={"accept-language": "lo"}).get(door + "x/formList")
    assert lao.headers["Content-Language"] == "lo" and "ໂທລະສັບ" in said(lao)


def test_a_form_out_of_use_leaves_the_list_and_its_answers_are_still_taken(
    world, village_form, round_of, phone, caller
):
    form = village_form()
    round_of(form, "LAND-P02-data")
    door, _row = phone()
    url = ElementTree.fromstring(caller.get(f"{door}/formList").content)[0].findtext(f"{LIST}downloadUrl")
    operations.withdraw_form(world.actor("colleague"), form, reason="Replaced by another")
    assert caller.get(path_of(url)).status_code == 404
    assert send(caller, door, ("xml_submission_file", "a.xml", "text/xml", answer())).status_code == 201


def test_a_phone_is_asked_what_the_list_of_what_waits_says(world, village_form, workbook, round_of, phone):
    """The statement behind a key says the same as waiting.expected_of of what is not settled: for who answers all of it,
    for the office asked what no other post answers."""
    form = village_form()
    assignment = round_of(form, "LAND-P02-data")
    row = assignment.expected_answers.get()
    secrets = {post: phone(post)[0].rsplit("/", 1)[1] for post in ("LAND-P02-data", "HEALTH-P01-records")}

    def agree(*asked):
        for post, secret in secrets.items():
            found = phone_of(secret)
            waits = expected_of([found.position_id]).exclude(state__in=SETTLED)
            own = waits.filter(Q(respondent=found.position_id) | Q(respondent=None))
            assert found.asked == set(own.values_list("form_id", flat=True)) == ({form.pk} if post in asked else set())

    def states(*asked):
        for state in ("waiting", "received", "returned"):
            assignment.expected_answers.update(state=state)
            agree(*asked)
        for state in ("approved", "waived"):
            row.state, row.reason, row.waived_at = state, "The road is cut", clock.now()
            row.save()
            agree()
        row.state = "waiting"
        row.save()

    states("LAND-P02-data")
    row.respondent = None  # the office enters it itself
    row.save()
    states("LAND-P02-data")
    row.respondent = world.position("HEALTH-P01-records")
    row.save()
    states("HEALTH-P01-records")
    row.is_open = False
    row.save()
    agree()
