"""Programs do what the pages do, with the same rights and the same words."""

import pytest

from sala.duties.models import Assignment
from sala.people import operations as people

pytestmark = pytest.mark.django_db


def post(browser, path, body=None):
    return browser.post(f"/api/v1{path}", body or {}, content_type="application/json")


def test_the_owner_answers_and_the_caller_decides(visit, issued):
    assignment = issued()
    owner, caller = visit("owner"), visit("caller")
    mine = owner.get("/api/v1/assignments").json()
    assert [(row["id"], row["state"], row["steps"]) for row in mine] == [(assignment.pk, "issued", ["acknowledge"])]
    assert caller.get("/api/v1/assignments").json() == []
    assert post(owner, f"/assignments/{assignment.pk}/acknowledge").json()["state"] == "acknowledged"
    body = {"answer": "124", "evidence": [f"call:{assignment.call_id}"]}
    assert post(owner, f"/assignments/{assignment.pk}/submit", body).json()["submissions"] == 1
    assert [row["id"] for row in caller.get("/api/v1/assignments").json()] == [assignment.pk]
    assert post(caller, f"/assignments/{assignment.pk}/return", {"reason": "Mend"}).json()["reason"] == "Mend"
    post(owner, f"/assignments/{assignment.pk}/submit", {"answer": "125"})
    assert post(caller, f"/assignments/{assignment.pk}/accept").json()["state"] == "accepted"


def test_refusals_are_problems_with_advice(visit, submitted):
    assignment = submitted()
    answer = post(visit("owner"), f"/assignments/{assignment.pk}/accept")
    assert answer.status_code == 403 and answer.json()["type"] == "/errors/not-permitted" and answer.json()["detail"]
    assert post(visit("owner"), f"/assignments/{assignment.pk}/acknowledge").status_code == 409
    assert post(visit("stranger"), f"/assignments/{assignment.pk}/accept").status_code == 404
    assert post(visit(), f"/assignments/{assignment.pk}/accept").status_code == 404
    answer = post(visit("caller"), f"/assignments/{assignment.pk}/return", {"reason": " "})
    assert answer.status_code == 422 and "reason" in answer.json()["fields"]
    assignment.refresh_from_db()
    assert assignment.state == "submitted"


def test_a_call_says_what_was_asked_to_those_who_see_it(visit, submitted):
    call = submitted().call
    found = visit("owner").get(f"/api/v1/calls/{call.reference}")
    assert found.json()["asked"][0] == {
        "post": "HEALTH-P01-data", "organisation": "HEALTH-P01", "state": "submitted",
        "due_on": call.due_on.isoformat(),
    }  # fmt: skip
    assert "124 births" not in found.content.decode()
    for who in ("stranger", "public"):
        assert visit(who).get(f"/api/v1/calls/{call.reference}").status_code == 404


def test_a_token_acts_in_its_post_within_its_verbs(world, visit, issued):
    assignment = issued()
    _token, secret = people.make_token(
        world.actor("owner"), world.position("HEALTH-P01-data"), name="robot", verbs=["assignments.acknowledge"], days=5
    )
    robot = visit()
    robot.defaults["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
    assert post(robot, f"/assignments/{assignment.pk}/acknowledge").json()["state"] == "acknowledged"
    assert post(robot, f"/assignments/{assignment.pk}/submit", {"answer": "1"}).status_code == 403
    step = Assignment.objects.get(pk=assignment.pk).steps.last()
    assert step.position == world.position("HEALTH-P01-data") and step.person_id is None


def test_a_program_drafts_issues_follows_and_closes_a_call(world, visit):
    caller, owner = visit("caller"), visit("owner")
    body = {
        "kind": "data-call", "issuer": "STAT-calls", "title": {"lo": "ຂໍຂໍ້ມູນ"}, "purpose": {"lo": "ສຳລັບບົດລາຍງານ"},
        "instruction": {"lo": "ສົ່ງຕົວເລກ"}, "due_days": 30, "review_plan": [{"up": 0, "post": "head"}],
        "asked": [{"post": "HEALTH-P01-data"}, {"post": "LAND-P02-data"}],
    }  # fmt: skip
    made = post(caller, "/calls", body)
    assert made.status_code == 201 and made.json()["state"] == "draft"
    reference = made.json()["reference"]
    assert post(owner, f"/calls/{reference}/issue").status_code == 404
    assert post(caller, f"/calls/{reference}/issue").json()["counts"] == {"issued": 2}
    pk = owner.get("/api/v1/assignments").json()[0]["id"]
    post(owner, f"/assignments/{pk}/acknowledge")
    assert post(owner, f"/assignments/{pk}/progress", {"note": "half"}).json()["state"] == "in_progress"
    assert post(owner, f"/assignments/{pk}/declare", {"reason": "late survey"}).json()["state"] == "not_available"
    assert post(owner, f"/assignments/{pk}/submit", {"answer": "124"}).json()["state"] == "submitted"
    assert post(visit("head"), f"/assignments/{pk}/approve").json()["state"] == "approved"
    remarks = [{"item": "a", "reason": "one is double"}]
    assert post(caller, f"/assignments/{pk}/return", {"remarks": remarks}).json()["state"] == "returned"
    board = caller.get(f"/api/v1/calls/{reference}/board").json()
    assert {line["code"]: line["counts"] for line in board} == {
        "HEALTH-P01": {"returned": 1}, "LAND-P02": {"issued": 1},
    }  # fmt: skip
    closed = post(caller, f"/calls/{reference}/close", {"reason": "goes to print"}).json()
    assert closed["state"] == "closed" and closed["statistics"]["expected"] == 2


def test_a_program_asks_and_answers_questions_and_more_time(world, visit, issued):
    assignment = issued()
    call, owner, caller = assignment.call.reference, visit("owner"), visit("caller")
    thread = post(owner, f"/calls/{call}/questions", {"text": "Which month?"}).json()
    answered = post(caller, f"/questions/{thread['id']}", {"text": "All of them"}).json()
    assert [entry["is_answer"] for entry in answered["entries"]] == [False, True] and answered["answered_at"]
    assert owner.get(f"/api/v1/calls/{call}/questions").json()[0]["entries"][1]["text"] == "All of them"
    assert visit("stranger").get(f"/api/v1/calls/{call}/questions").status_code == 404
    until = str(assignment.due_on.replace(year=assignment.due_on.year + 1))
    asked = post(owner, f"/assignments/{assignment.pk}/more-time", {"until": until, "reason": "Flood"}).json()
    assert asked["granted"] is None
    assert post(owner, f"/more-time/{asked['id']}", {"granted": True}).status_code == 403
    assert post(caller, f"/more-time/{asked['id']}", {"granted": True}).json()["granted_until"] == until
