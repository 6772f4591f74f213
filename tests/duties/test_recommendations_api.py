"""Programs read the board and take the steps of a recommendation, with the rights and the words of the pages."""

from datetime import timedelta

import pytest
from django.test import Client

from sala.core import clock
from sala.core.language import Translated
from sala.core.models import Term
from sala.documents.models import Document
from sala.duties import operations
from sala.people import operations as people
from sala.people.models import Position

pytestmark = pytest.mark.django_db


@pytest.fixture
def recommended(world):
    def make(**changes):
        caller = world.actor("caller")
        made = operations.draft_recommendation(
            caller, issuer=world.position("STAT-calls"), owners=[operations.Asked(world.position("HEALTH-P01-data"))],
            title=Translated({"lo": "ຄະນະປະສານງານ", "en": "Coordination"}), purpose=Translated({"lo": "ປະສານງານ"}),
            wording=Translated({"lo": "ສ້າງຄະນະ", "en": "Form a committee"}), due_on=clock.today() + timedelta(days=60),
            details={"number": "1.2", "level": 1}, **changes,
        )  # fmt: skip
        operations.issue_call(caller, made.call)
        return made

    return make


def post(browser, one, step, body):
    return browser.post(f"/api/v1/recommendations/{one.call.reference}/{step}", body, content_type="application/json")


@pytest.fixture
def signed(world):
    """signed(who) → a client with a token of that member's post, for the steps of a recommendation."""

    def make(who):
        post = Position.objects.get(pk=world.actor(who).position_ids[0])
        verbs = ["calls.issue", "recommendations.state", "recommendations.answer"]
        _token, secret = people.make_token(world.actor(who), post, name="program", verbs=verbs, days=30)
        return Client(headers={"authorization": f"Bearer {secret}"})

    return make


def test_the_board_holds_what_the_caller_sees(visit, recommended):
    one, public = recommended(), recommended(is_public=True)
    for who, seen in {
        "caller": {one, public}, "owner": {one, public}, "stranger": {public}, "public": {public},
    }.items():  # fmt: skip
        rows = visit(who).get("/api/v1/recommendations").json()
        assert {row["reference"] for row in rows} == {found.call.reference for found in seen}, who
    row = visit("public").get(f"/api/v1/recommendations/{public.call.reference}").json()
    assert row["wording"]["en"] == "Form a committee" and row["owners"][0]["post"] == "HEALTH-P01-data"
    assert visit("public").get(f"/api/v1/recommendations/{one.call.reference}").status_code == 404
    assert visit("caller").get("/api/v1/recommendations?level=2").json() == []
    assert visit("caller").get("/api/v1/recommendations?state=late").json() == []


def test_the_steps_of_the_pages_with_tokens(world, recommended, signed):
    one = recommended()
    caller, land = signed("caller"), signed("stranger")
    assert post(caller, one, "offices", {"organisations": ["LAND-P02"]}).json()["positions"] == {"asked": 1}
    assert post(caller, one, "offices", {"organisations": ["NOWHERE"]}).status_code == 404
    assert post(land, one, "positions", {"organisation": "LAND-P02", "stance": "oppose"}).status_code == 422
    body = {"organisation": "LAND-P02", "stance": "oppose", "note": "No money"}
    assert post(land, one, "positions", body).json()["stances"][0]["note"] == "No money"
    refused = post(land, one, "wordings", {"wording": {"lo": "ໃໝ່"}, "reason": "mine"})
    assert refused.status_code == 403 and refused.json()["detail"]
    answer = post(caller, one, "wordings", {"wording": {"lo": "ໃໝ່"}, "reason": "After the positions"})
    assert [row["number"] for row in answer.json()["wordings"]] == [2, 1]
    assert post(caller, one, "submit", {"office": "GOV"}).json()["outcome"] == "submitted"
    paper = Document.objects.create(
        slug="paper", title=Translated({"lo": "ຂໍ້ຕົກລົງ"}), owner=world.organisation("GOV"), tier="public",
        kind=Term.objects.get(scheme="document-kind", code="decision"), state="published", is_published=True,
    )  # fmt: skip
    body = {"outcome": "endorsed", "document": paper.slug, "on": clock.today().isoformat()}
    assert post(land, one, "answer", body).status_code == 403
    assert post(caller, one, "answer", body | {"document": "none"}).status_code == 404
    assert post(caller, one, "answer", body).json()["outcome"] == "endorsed"
    assert post(caller, one, "answer", body).status_code == 409
