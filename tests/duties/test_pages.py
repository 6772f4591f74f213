"""The pages of calls and assignments, seen by each of the cast, and the whole way walked through forms."""

import re
from datetime import timedelta

import pytest

from sala.core import clock
from sala.duties import operations
from sala.duties.models import Assignment, Call
from sala.search.models import SearchRow

pytestmark = pytest.mark.django_db
CAST = ("owner", "colleague", "caller", "stranger", "public")


def statuses(visit, path):
    return {who: visit(who).get(path).status_code for who in CAST}


def test_a_draft_is_open_to_the_issuing_organisation_only(visit, drafted):
    found = statuses(visit, drafted().get_absolute_url())
    assert found == {"owner": 404, "colleague": 404, "caller": 200, "stranger": 404, "public": 404}


def test_an_issued_call_is_open_to_those_who_take_part(visit, issued):
    assignment = issued()
    seen = {"owner": 200, "colleague": 200, "caller": 200, "stranger": 404, "public": 404}
    assert statuses(visit, assignment.call.get_absolute_url()) == seen
    assert statuses(visit, assignment.get_absolute_url()) == seen


def test_a_public_call_shows_how_it_stands_but_no_answer(visit, submitted):
    assignment = submitted(is_public=True)
    page = visit().get(assignment.call.get_absolute_url()).content.decode()
    assert "Submitted" in page and "124 births" not in page
    assert assignment.get_absolute_url() not in page
    assert visit().get(assignment.get_absolute_url()).status_code == 404
    assert "124 births" in visit("caller").get(assignment.get_absolute_url()).content.decode()


def test_the_list_holds_what_the_reader_may_see(visit, drafted, issued):
    draft, open_one, public = drafted(), issued().call, issued(is_public=True).call
    found = {
        who: {call.reference for call in (draft, open_one, public) if call.reference in page}
        for who in CAST
        for page in [visit(who).get("/calls/").content.decode()]
    }
    everything = {draft.reference, open_one.reference, public.reference}
    assert found == {
        "owner": everything - {draft.reference}, "colleague": everything - {draft.reference}, "caller": everything,
        "stranger": {public.reference}, "public": {public.reference},
    }  # fmt: skip


def test_the_list_is_narrowed_by_state_kind_and_word(visit, drafted):
    first = drafted(kind="order").reference
    second = drafted().reference
    page = visit("caller").get("/calls/?kind=order&state=draft").content.decode()
    assert first in page and second not in page
    page = visit("caller").get(f"/calls/?q={second.lower()}").content.decode()
    assert second in page and first not in page


def test_search_marks_a_call_for_those_who_may_see_it(world, drafted):
    call = drafted()
    owner_word = f"o{world.organisation('HEALTH-P01').pk}"

    def audiences():
        return set(SearchRow.objects.filter(noun="call", subject_id=call.pk).values_list("audiences", flat=True)[0])

    assert not world.actor("owner").audiences & audiences()
    operations.issue_call(world.actor("caller"), call)
    assert owner_word in audiences() and not world.actor("stranger").audiences & audiences()
    operations.withdraw_call(world.actor("caller"), call, reason="A mistake")
    assert not SearchRow.objects.filter(noun="call", subject_id=call.pk).exists()


def form_for(world, **changes):
    values = {
        "kind": "data-call", "issuer": world.position("STAT-calls").pk, "title_lo": "ຂໍຂໍ້ມູນ", "purpose_lo": "ເພື່ອລາຍງານ",
        "instruction_lo": "ສົ່ງຕໍ່ເມືອງ", "position": "HEALTH-P01-data", "area": "01", "period": "2026-Q1",
        "due_on": (clock.today() + timedelta(days=30)).isoformat(),
    }  # fmt: skip
    return values | changes


def test_the_whole_way_through_the_forms(world, visit):
    caller, owner = visit("caller"), visit("owner")
    answer = caller.post("/calls/new/", form_for(world))
    call = Call.objects.get()
    assert answer["Location"] == call.get_absolute_url()
    assert call.area == world.area("01") and call.assignments.get().period == "2026-Q1"
    assert "Ready to be issued" in caller.get(call.get_absolute_url()).content.decode()
    assert caller.get(f"{call.get_absolute_url()}issue/").status_code == 200
    caller.post(f"{call.get_absolute_url()}issue/")
    assignment = Assignment.objects.get()
    base = assignment.get_absolute_url()
    assert f"{base}acknowledge/" in owner.get(base).content.decode()
    owner.get(f"{base}acknowledge/")
    assignment.refresh_from_db()
    assert assignment.state == "issued", "following a link changes nothing"
    owner.post(f"{base}acknowledge/")
    owner.post(f"{base}submit/", {"answer": "124", "evidence": f"area:{world.area('01').pk}"})
    assert "124" in caller.get(f"{base}accept/").content.decode()
    caller.post(f"{base}return/", {"reason": "Per district, please"})
    assert "Per district, please" in owner.get(base).content.decode()
    owner.post(f"{base}submit/", {"answer": "100 and 24"})
    caller.post(f"{base}accept/", {"note": ""})
    assignment.refresh_from_db()
    call.refresh_from_db()
    assert (assignment.state, call.state) == ("accepted", "closed")


def test_what_is_missing_is_told_on_the_draft_and_again_on_issue(world, visit):
    caller = visit("caller")
    caller.post("/calls/new/", form_for(world, instruction_lo="", instruction_en="English only", due_on=""))
    call = Call.objects.get()
    page = caller.get(call.get_absolute_url()).content.decode()
    assert "Before it can be issued" in page and "until when" in page and "go-issue" not in page
    answer = caller.post(f"{call.get_absolute_url()}issue/")
    assert answer.status_code == 422
    caller.post(f"{call.get_absolute_url()}edit/", form_for(world))
    assert "Ready to be issued" in caller.get(call.get_absolute_url()).content.decode()


def test_the_edit_page_shows_the_draft_as_it_is(drafted, visit):
    call = drafted(legal_basis="Decree 7", is_public=True)
    page = visit("caller").get(f"{call.get_absolute_url()}edit/").content.decode()
    assert "Decree 7" in page and re.search(r'name="is_public"[^>]*checked', page)


def test_pages_of_steps_answer_the_wrong_person_and_the_wrong_state(visit, issued):
    base = issued().get_absolute_url()
    for who, expected in [("colleague", 403), ("caller", 403), ("stranger", 404), ("public", 404)]:
        assert visit(who).get(f"{base}acknowledge/").status_code == expected
        assert visit(who).post(f"{base}acknowledge/").status_code == expected
    assert visit("owner").post(f"{base}start/").status_code == 409
    assert visit("owner").get(f"{base}fly/").status_code == 404


@pytest.mark.parametrize(("who", "expected"), [("caller", 200), ("head", 200), ("owner", 403), ("citizen", 403), ("public", 401)])  # fmt: skip
def test_the_form_of_a_new_call_is_for_those_who_may_issue(visit, who, expected):
    assert visit(who).get("/calls/new/?post=HEALTH-P01-data").status_code == expected


def test_withdrawing_needs_a_reason_and_the_right(visit, issued):
    call = issued().call
    base = call.get_absolute_url()
    assert visit("owner").get(f"{base}withdraw/").status_code == 403
    caller = visit("caller")
    assert "Error" in caller.post(f"{base}withdraw/", {"reason": ""}).content.decode()
    caller.post(f"{base}withdraw/", {"reason": "Asked twice"})
    call.refresh_from_db()
    assert call.state == "withdrawn"
