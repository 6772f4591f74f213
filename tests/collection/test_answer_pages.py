"""Pages and API of answers: who sees them, what a checker reads, what a teacher reads."""

import pytest

from sala.access.actor import command
from sala.collection.models import Reading, SubmissionFile
from sala.collection.operations.reading import read_submission
from sala.core import clock
from sala.core.files import store
from sala.people.models import Person
from sala.people.operations import close_organisation
from tests.collection.answering import send

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_teacher(client, teacher):
    client.force_login(Person.objects.get(email="teacher@example.org"), backend="sala.people.sign_in.LinkBackend")
    return client


def test_an_answer_is_read_by_the_houses_concerned_and_by_nobody_else(visit, answer, as_teacher):
    for address in (f"/answers/{answer.pk}/", f"/answers/{answer.pk}/answer.xml", f"/api/v1/answers/{answer.pk}"):
        assert {who: visit(who).get(address).status_code for who in ("owner", "colleague", "head", "stranger", "public")} == {
            "owner": 200, "colleague": 200, "head": 200, "stranger": 404, "public": 404,
        }  # fmt: skip
        assert as_teacher.get(address).status_code == 200
    for step in ("approve", "return", "aside", "reopen", "take"):
        statuses = [
            visit(who).get(f"/answers/{answer.pk}/{step}/").status_code for who in ("owner", "colleague", "stranger")
        ]
        assert statuses == [200, 403, 404]
        assert as_teacher.get(f"/answers/{answer.pk}/{step}/").status_code == 403


def test_the_page_shows_words_of_the_choices_and_not_their_codes(visit, answer):
    page = visit("owner", "lo").get(f"/answers/{answer.pk}/").content.decode()
    assert "ແຫຼ່ງນ້ຳ" in page and "ນ້ຳສ້າງ" in page and "ຈຳນວນຄົນ" in page
    assert "Well" in visit("owner").get(f"/answers/{answer.pk}/").content.decode()


def test_what_is_to_be_looked_at_stands_beside_its_question(visit, world, form, asked, teacher):
    found = send(world, form, position=teacher, village="0101", people="many", well="<depth>3</depth>")
    read_submission(found)
    page = visit("owner").get(f"/answers/{found.pk}/").content.decode()
    row = page[page.index("People</th>") :]
    assert "“many” was sent here" in row[: row.index("</tr>")].replace("&quot;", '"')
    assert '<th scope="col">Depth (m)</th>' in page and '<td data-label="Depth (m)">3</td>' in page.replace("\n", "")


def test_an_answer_is_returned_with_a_box_beside_each_question(visit, answer, as_teacher):
    owner = visit("owner")
    page = owner.get(f"/answers/{answer.pk}/return/").content.decode()
    assert page.count('name="remark-') == 7
    refused = owner.post(f"/answers/{answer.pk}/return/", {"reason": ""})
    assert refused.status_code == 200 and b"Say what must be corrected" in refused.content
    assert owner.post(f"/answers/{answer.pk}/return/", {"reason": "", "remark-1": "Count again"}).status_code == 302
    page = as_teacher.get(f"/answers/{answer.pk}/", headers={"accept-language": "lo"}).content.decode()
    row = page[page.index("ຈຳນວນຄົນ</th>") :]
    assert "Count again" in row[: row.index("</tr>")]
    assert f'href="/forms/{answer.form.slug}/fill/?answer={answer.pk}"' in page
    desk = as_teacher.get("/desk/").content.decode()
    assert "Count again" in desk and f"/answers/{answer.pk}/" in desk


def test_the_desk_of_the_office_says_how_many_wait(visit, world, form, asked, teacher, answer):
    read_submission(send(world, form, position=teacher, village="0102", people="many"))
    desk = visit("owner").get("/desk/").content.decode()
    assert "2 answers to check, 1 of them to look at closely" in desk
    assert f"/answers/?form={form.slug}&amp;state=received&amp;office=HEALTH-P01" in desk
    assert "answers to check" not in visit("stranger").get("/desk/").content.decode()
    listed = visit("owner").get(f"/answers/?form={form.slug}&state=received&office=HEALTH-P01")
    assert listed.content.decode().count('name="answer"') == 2


def test_answers_that_wait_for_an_office_that_was_closed_stand_on_the_desk_of_its_successor(
    visit, world, form, asked, answer
):
    old, new = world.organisation("HEALTH-P01"), world.organisation("LAND-P01")
    close_organisation(command(), old, on=clock.today(), reason="Decree 7", successor=new)
    assert world.actor("owner").organisation_paths() == [new.path]
    assert "1 answer to check" in visit("owner").get("/desk/").content.decode()
    listed = visit("owner").get(f"/answers/?form={form.slug}&state=received&office=HEALTH-P01")
    assert listed.content.decode().count('name="answer"') == 1
    assert "to check" not in visit("stranger").get("/desk/").content.decode()


def test_the_list_is_narrowed_by_each_of_its_fields(visit, world, form, asked, teacher, answer):
    other = send(world, form, village="0102", people="many")
    read_submission(other)

    def shown(query):
        page = visit("owner").get(f"/answers/?{query}").content.decode()
        return {pk for pk in (answer.pk, other.pk) if f"/answers/{pk}/" in page}

    both = {answer.pk, other.pk}
    assert shown(f"form={form.slug}") == both
    assert shown("state=approved") == set()
    assert shown("flag=some") == {other.pk} and shown("flag=none") == {answer.pk}
    assert shown("flag=too-fast") == set()
    assert shown("place=0102") == {other.pk} and shown("place=01") == both
    assert shown("sender=S1") == {answer.pk} and shown("office=HEALTH-P01") == both
    assert shown("period=2026") == both and shown("period=2025") == set()
    call = asked["0101"].assignment.call.reference
    assert shown(f"call={call}") == both and shown("call=nothing") == set()
    assert visit("stranger").get(f"/answers/?form={form.slug}").content.decode().count("/answers/") < 20
    assert f"/answers/{answer.pk}/" not in visit("stranger").get("/answers/?period=2026").content.decode()
    assert visit("public").get("/answers/").status_code == 401


def test_ticked_answers_are_approved_and_what_is_to_be_looked_at_is_asked_again(
    visit, world, form, asked, teacher, answer
):
    other = send(world, form, position=teacher, village="0102", people="many")
    read_submission(other)
    owner = visit("owner")
    asks = owner.post("/answers/approve/", {"answer": [answer.pk, other.pk], "query": f"form={form.slug}"})
    assert asks.status_code == 200 and b"something to look at" in asks.content
    assert set(Reading.objects.values_list("state", flat=True)) == {"received"}
    done = owner.post("/answers/approve/", {"answer": [answer.pk, other.pk], "query": "", "sure": "clear"})
    assert done.status_code == 302
    assert dict(Reading.objects.values_list("pk", "state")) == {answer.pk: "approved", other.pk: "received"}
    owner.post("/answers/approve/", {"answer": [other.pk], "sure": "flagged"})
    assert set(Reading.objects.values_list("state", flat=True)) == {"approved"}


def test_all_of_a_list_leaves_what_came_in_since(visit, world, form, asked, teacher, answer):
    owner = visit("owner")
    asks = owner.post("/answers/approve/", {"all": "1", "form": form.slug, "query": f"form={form.slug}"})
    assert asks.status_code == 200 and f'name="until" value="{answer.pk}"' in asks.content.decode()
    later = send(world, form, position=teacher, village="0102", people="1")
    read_submission(later)
    owner.post("/answers/approve/", {"all": "1", "form": form.slug, "until": str(answer.pk), "sure": "clear"})
    assert dict(Reading.objects.values_list("pk", "state")) == {answer.pk: "approved", later.pk: "received"}


def test_strangers_and_those_without_the_right_approve_none(visit, answer):
    assert visit("public").post("/answers/approve/", {"answer": [answer.pk], "sure": "flagged"}).status_code == 401
    visit("stranger").post("/answers/approve/", {"answer": [answer.pk], "sure": "flagged"})
    assert visit("colleague").post("/answers/approve/", {"answer": [answer.pk], "sure": "flagged"}).status_code == 403
    assert Reading.objects.get().state == "received"


def test_what_a_correction_changed_is_shown_question_by_question(visit, world, form, answer, teacher):
    second = send(world, form, position=teacher, deprecated=answer, village="0101", people="170", water="well")
    read_submission(second)
    page = visit("owner").get(f"/answers/{second.pk}/changes/{answer.pk}/").content.decode().replace("\n", "")
    assert ">120</td>" in page and ">170</td>" in page and "Source of water" not in page
    assert visit("stranger").get(f"/answers/{second.pk}/changes/{answer.pk}/").status_code == 404
    assert "What changed since the one before" in visit("owner").get(f"/answers/{second.pk}/").content.decode()


def test_files_are_given_to_be_saved_and_to_nobody_else(visit, world, form, asked, tmp_path):
    path = tmp_path / "a.svg"
    path.write_text("<svg onload='alert(1)'/>")
    digest, size = store.keep(path)
    found = send(world, form, village="0101", people="1", photo="a.svg", files=["a.svg"])
    file = SubmissionFile.objects.create(
        submission=found, name="a.svg", media_type="image/svg+xml", sha256=digest, bytes=size, received_at=clock.now()
    )
    read_submission(found)
    given = visit("owner").get(f"/answers/{found.pk}/files/{file.pk}/")
    assert given.headers["content-type"] == "application/octet-stream"
    assert given.headers["content-disposition"].startswith("attachment")
    assert visit("stranger").get(f"/answers/{found.pk}/files/{file.pk}/").status_code == 404


def test_an_answer_that_is_not_read_yet_says_so(visit, world, form, asked):
    found = send(world, form, village="0101", people="1")
    assert b"is being read" in visit("owner").get(f"/answers/{found.pk}/").content
    assert b"1 answer has just come in" in visit("owner").get("/answers/").content


def test_programs_list_read_approve_return_and_comment(visit, answer, form):
    owner = visit("owner")
    listed = owner.get(f"/api/v1/answers?form={form.slug}&place=0101").json()
    assert (listed["count"], listed["items"][0]["id"], listed["items"][0]["sender"]) == (1, answer.pk, "S1")
    assert owner.get(f"/api/v1/answers/{answer.pk}").json()["values"]["/data/people"] == 120
    assert visit("stranger").get("/api/v1/answers").json()["count"] == 0
    assert visit("public").get("/api/v1/answers").json()["count"] == 0
    body = {"reason": "", "remarks": [{"path": "/data/people", "reason": "Count again"}]}

    def post(who, step, body):
        return visit(who).post(f"/api/v1/answers/{answer.pk}/{step}", body, content_type="application/json")

    assert post("stranger", "return", body).status_code == 404
    assert post("colleague", "return", body).status_code == 403
    assert post("owner", "comment", {"note": "A question"}).status_code == 200
    assert post("owner", "return", {"reason": ""}).status_code == 422
    told = post("owner", "return", body).json()
    assert told["state"] == "returned" and told["steps"][-1]["remarks"][0]["reason"] == "Count again"
    assert post("owner", "approve", {}).json()["state"] == "approved"
    assert post("owner", "approve", {}).status_code == 409
