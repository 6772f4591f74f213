"""What an office does about expected answers, for programs: one more, another post, doing without, waiting again."""

import pytest

from sala.collection.models import Expected
from tests.collection.conftest import part_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(visit):
    """post(who, call, what, body) → the answer."""

    def send(who, call, what, body):
        address = f"/api/v1/calls/{call.reference}/expected" + (f"/{what}" if what else "")
        return visit(who).post(address, body, content_type="application/json")

    return send


def test_one_more_answer_is_expected_of_a_school_entered_late(post, visit, school_form, school, open_round):
    form = school_form()
    school("S-1")
    call = open_round(form)
    school("S-2")
    offices = visit("owner").get(f"/api/v1/calls/{call.reference}/answers").json()["offices"]
    body = {
        "assignment": offices[0]["assignment"],
        "form": form.slug,
        "subject": "s-2",
        "respondent": "HEALTH-P01-records",
    }
    made = post("owner", call, "", body)
    assert made.status_code == 201, made.content
    told = made.json()
    assert (told["subject"], told["kind"], told["state"], told["respondent"]) == (
        "S-2",
        "facility",
        "waiting",
        "HEALTH-P01-records",
    )
    assert Expected.objects.filter(pk=told["id"], assignment=part_of(call)).exists()
    assert post("owner", call, "", body).status_code == 409


@pytest.mark.parametrize(("change", "status", "words"), [
    ({"subject": "NOTHERE"}, 422, "no such code"),
    ({"subject": ""}, 422, "no such code"),
    ({"form": "nothere"}, 422, "does not ask"),
    ({"respondent": "NOTHERE"}, 422, "no post"),
    ({"assignment": 0}, 404, "no such office"),
])  # fmt: skip
def test_what_does_not_fit_is_answered_in_words(post, school_form, school, open_round, change, status, words):
    form = school_form()
    school("S-1")
    call = open_round(form)
    school("S-2")
    body = {"assignment": part_of(call).pk, "form": form.slug, "subject": "S-2", "respondent": "", **change}
    answer = post("owner", call, "", body)
    assert answer.status_code == status and words in answer.content.decode()
    assert Expected.objects.count() == 1


def test_answers_are_given_to_another_post_and_back(post, district_form, open_round):
    call = open_round(district_form())
    rows = Expected.objects.filter(assignment=part_of(call)).order_by("id")
    ids = list(rows.values_list("pk", flat=True))
    assert post("owner", call, "give", {"ids": ids, "respondent": "HEALTH-P01-records"}).json() == {"given": 2}
    assert {row.respondent.code for row in rows.select_related("respondent")} == {"HEALTH-P01-records"}
    assert post("owner", call, "give", {"ids": ids[:1]}).json() == {"given": 1}
    assert rows[0].respondent is None and rows[1].respondent is not None


def test_answers_are_waived_and_waited_for_again(post, district_form, open_round):
    call = open_round(district_form())
    rows = Expected.objects.filter(assignment=part_of(call)).order_by("id")
    ids = list(rows.values_list("pk", flat=True))
    assert post("owner", call, "waive", {"ids": ids, "reason": "The road is cut"}).json() == {"waived": 2}
    assert post("owner", call, "again", {"ids": ids[:1]}).json() == {"expected_again": 1}
    assert list(rows.values_list("state", flat=True)) == ["waiting", "waived"]
    assert post("owner", call, "waive", {"ids": ids, "reason": " "}).status_code == 422


@pytest.mark.parametrize("what", ["waive", "again", "give"])
def test_an_unknown_number_is_named_and_nothing_is_done(post, world, district_form, open_round, what):
    call = open_round(district_form())
    mine = Expected.objects.filter(assignment=part_of(call)).values_list("pk", flat=True)[0]
    theirs = Expected.objects.filter(assignment=part_of(call, "LAND-P02-data")).values_list("pk", flat=True)[0]
    told = {"reason": "x", "respondent": "HEALTH-P01-records"}
    answer = post("owner", call, what, {"ids": [mine, 987654], **told})
    assert answer.status_code == 404 and "987654" in answer.json()["detail"]
    assert post("owner", call, what, {"ids": [mine, theirs], **told}).status_code == 403
    assert not Expected.objects.exclude(state="waiting", respondent=None).exists()


@pytest.mark.parametrize(("who", "status"), [("colleague", 403), ("stranger", 404), ("citizen", 404), ("public", 404)])
def test_who_may_not_decide(post, district_form, open_round, who, status):
    call = open_round(district_form())
    rows = Expected.objects.filter(assignment=part_of(call))
    ids = list(rows.values_list("pk", flat=True))
    form = call.round_forms.get().form
    for what, body in (("waive", {"ids": ids, "reason": "x"}), ("give", {"ids": ids}), ("again", {"ids": ids}),
                       ("", {"assignment": part_of(call).pk, "form": form.slug, "subject": "0101"})):  # fmt: skip
        assert post(who, call, what, body).status_code == status, what
    assert rows.filter(state="waiting").count() == 2


def test_how_a_list_is_shown_does_not_open_what_narrows_it(visit, world):
    def opened(query):
        return '<details class="narrow no-print" open>' in visit("owner").get(f"/visits/{query}").content.decode()

    assert not opened("") and not opened("?by=month") and not opened("?by=list&page=1")
    assert opened("?by=list&place=01") and opened("?month=2026-11")
