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
