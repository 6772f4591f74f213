"""A recommendation: words, owners, positions of the ministries, a higher office's answer, progress, verification, closure."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sala.access.scope import sees
from sala.core import clock
from sala.core.errors import Conflict, Invalid, Missing, NotPermitted
from sala.core.language import Translated
from sala.core.models import Term
from sala.documents.models import Document
from sala.duties import operations
from sala.duties.models import Recommendation
from sala.duties.queries import recommendations as queries
from sala.journal.models import Event
from sala.people import operations as people
from sala.people.models import Appointment, Message, Position

pytestmark = pytest.mark.django_db

WORDS = Translated({"lo": "ສ້າງຄະນະປະສານງານຢູ່ທຸກແຂວງ", "en": "Form a coordination committee in each province"})
OTHER = Translated({"lo": "ສ້າງຄະນະປະສານງານຢູ່ທຸກແຂວງ ແລະ ເມືອງ", "en": "Form one in each province and district"})


@pytest.fixture
def drafted_one(world):
    """drafted_one(**changes) → the draft of a recommendation by the statistics bureau, owned by the owner's post."""

    def make(**changes):
        values = {
            "issuer": world.position("STAT-calls"),
            "owners": [operations.Asked(world.position("HEALTH-P01-data"))],
            "title": Translated({"lo": "ຄະນະປະສານງານ", "en": "Coordination"}),
            "purpose": Translated({"lo": "ເພື່ອໃຫ້ວຽກງານປະສານກັນ"}),
            "wording": WORDS,
            "due_on": clock.today() + timedelta(days=60),
            "details": {"number": "1.2", "theme": Translated({"lo": "ການປະສານງານ", "en": "Coordination"}), "level": 1},
        }
        return operations.draft_recommendation(world.actor("caller"), **(values | changes))

    return make


@pytest.fixture
def recommended(world, drafted_one):
    """recommended(**changes) → a recommendation that was just issued."""

    def make(**changes):
        made = drafted_one(**changes)
        operations.issue_call(world.actor("caller"), made.call)
        return Recommendation.objects.get(pk=made.pk)

    return make


@pytest.fixture
def office_head(world):
    """The head of the government office, whom its answers wait for."""
    return world.actor("chair")


@pytest.fixture
def decision(world):
    """decision(kind) → a published document of this kind."""

    def make(kind="decision"):
        return Document.objects.create(
            slug=f"paper-{kind}", title=Translated({"lo": "ຂໍ້ຕົກລົງ"}), owner=world.organisation("GOV"), tier="public",
            kind=Term.objects.get(scheme="document-kind", code=kind), state="published", is_published=True,
        )  # fmt: skip

    return make


def submitted_one(world, recommended, **changes):
    one = recommended(**changes)
    return operations.submit_to(world.actor("caller"), one, world.organisation("GOV"))


# ---- drafting ----------------------------------------------------------------------------------------------------


def test_a_draft_holds_words_owner_and_what_it_costs(world, drafted_one):
    made = drafted_one(details={"number": "2.1", "amount": 250_000, "currency": "XTS", "budget_line": "12-04"})
    assert made.wordings.get().text == WORDS and made.call.kind == "recommendation"
    assert made.call.instruction == WORDS
    assert made.call.assignments.get().position == world.position("HEALTH-P01-data")
    assert "XTS" in made.cost
    assert not sees(world.actor("owner"), made) and sees(world.actor("caller"), made)


def test_a_draft_without_words_in_the_countrys_language_is_refused(drafted_one):
    with pytest.raises(Invalid) as refused:
        drafted_one(wording=Translated({"en": "Form a committee"}))
    assert "wording" in refused.value.fields and not Recommendation.objects.exists()


def test_who_may_not_issue_drafts_no_recommendation(world, drafted_one):
    with pytest.raises(NotPermitted):
        operations.draft_recommendation(
            world.actor("owner"), issuer=world.position("HEALTH-P01-data"), wording=WORDS, owners=[],
            title=WORDS, details={"number": "9"},
        )  # fmt: skip
    with pytest.raises(NotPermitted):
        operations.describe_recommendation(world.actor("owner"), drafted_one(), number="9")


def test_what_was_issued_is_not_described_anew(world, recommended, drafted_one):
    draft = operations.describe_recommendation(world.actor("caller"), drafted_one(), number="7.7")
    assert draft.number == "7.7"
    with pytest.raises(Conflict):
        operations.describe_recommendation(world.actor("caller"), recommended(), number="7.8")


# ---- positions of the ministries ---------------------------------------------------------------------------------


def test_ministries_asked_see_it_are_told_once_and_find_it_on_their_desk(world, recommended):
    one = recommended()
    stranger = world.actor("stranger")
    assert not sees(stranger, one) and queries.desk_rows(stranger) == []
    offices = [world.organisation("LAND-P02"), world.organisation("HEALTH-P01")]
    assert operations.put_to_offices(world.actor("caller"), one, offices) == 2
    assert operations.put_to_offices(world.actor("caller"), one, offices) == 0
    assert sees(world.actor("stranger"), one)
    assert [row.url for row in queries.desk_rows(world.actor("stranger"))] == [one.get_absolute_url()]
    told = Message.objects.filter(subject_type="call", subject_id=one.call_id, person=world.person("stranger"))
    assert told.count() == 1 and "coordination committee" in told.get().body


def test_a_ministry_states_its_position_and_the_newest_counts(world, recommended):
    one, land = recommended(), world.organisation("LAND-P02")
    operations.put_to_offices(world.actor("caller"), one, [land, world.organisation("HEALTH-P01")])
    stranger = world.actor("stranger")
    operations.state_position(stranger, one, land, stance="oppose", note="No money is planned")
    assert queries.counted(one.stances.all()) == {"oppose": 1, "asked": 1}
    operations.state_position(stranger, one, land, stance="agree")
    assert queries.counted(one.stances.all()) == {"agree": 1, "asked": 1}
    assert one.stances.filter(organisation=land).count() == 3
    assert queries.desk_rows(stranger) == []
    event = Event.objects.filter(verb="recommendations.state", subject_type="call", subject_id=one.call_id).latest("id")
    assert event.position_id == world.position("LAND-P02-data").pk


def test_the_head_of_an_office_finds_the_question_on_the_desk_and_states_the_position(world, recommended, visit):
    one, health = recommended(), world.organisation("HEALTH-P01")
    operations.put_to_offices(world.actor("caller"), one, [health])
    assert [row.url for row in queries.desk_rows(world.actor("head"))] == [one.get_absolute_url()]
    address = f"{one.get_absolute_url()}position/"
    assert address in visit("head").get(one.get_absolute_url()).content.decode()
    assert visit("head").post(address, {"organisation": health.pk, "stance": "agree"}).status_code == 302
    assert queries.counted(one.stances.all()) == {"agree": 1}
    assert visit("reviewer").get(address).status_code == 403


@pytest.mark.parametrize("stance", ["reservation", "oppose"])
def test_a_reservation_or_a_no_needs_its_reason(world, recommended, stance):
    one, land = recommended(), world.organisation("LAND-P02")
    operations.put_to_offices(world.actor("caller"), one, [land])
    with pytest.raises(Invalid) as refused:
        operations.state_position(world.actor("stranger"), one, land, stance=stance, note=" ")
    assert "note" in refused.value.fields
    assert queries.counted(one.stances.all()) == {"asked": 1}


def test_a_position_is_stated_by_the_office_itself_and_only_when_asked(world, recommended):
    one, land = recommended(), world.organisation("LAND-P02")
    operations.put_to_offices(world.actor("caller"), one, [land])
    for who in ("owner", "colleague", "caller"):
        with pytest.raises(NotPermitted):
            operations.state_position(world.actor(who), one, land, stance="agree")
    with pytest.raises(Missing):
        operations.state_position(world.actor("citizen"), one, land, stance="agree")
    with pytest.raises(Conflict, match="not asked"):
        operations.state_position(world.actor("owner"), one, world.organisation("HEALTH-P01"), stance="agree")
    assert queries.counted(one.stances.all()) == {"asked": 1}


def test_only_the_office_that_recommends_puts_it_and_never_as_a_draft(world, recommended, drafted_one):
    offices = [world.organisation("LAND-P02")]
    with pytest.raises(NotPermitted):
        operations.put_to_offices(world.actor("owner"), recommended(), offices)
    with pytest.raises(Conflict, match="draft"):
        operations.put_to_offices(world.actor("caller"), drafted_one(), offices)


# ---- the higher office -------------------------------------------------------------------------------------------


def test_a_higher_office_sees_what_is_submitted_to_it_and_answers(world, recommended, office_head, decision):
    one = recommended()
    assert not sees(office_head, one)
    one = operations.submit_to(world.actor("caller"), one, world.organisation("GOV"))
    assert sees(office_head, one) and one.submitted_on == clock.today()
    assert [row.url for row in queries.desk_rows(office_head)] == [one.get_absolute_url()]
    paper = decision()
    one = operations.answer_recommendation(
        office_head, one, outcome="endorsed", document=paper, on=clock.today(), answer=Translated({"lo": "ເຫັນດີ"})
    )
    assert (one.outcome, one.answered_in, one.answered_on) == ("endorsed", paper, clock.today())
    assert queries.desk_rows(office_head) == []
    told = Message.objects.get(subject_type="assignment", wave="recommendation-answered")
    assert told.person == world.person("owner") and "Endorsed" in told.body


def test_changed_words_are_a_new_wording_and_the_first_is_kept(world, recommended, office_head, decision):
    one = submitted_one(world, recommended)
    with pytest.raises(Invalid, match="present words"):
        operations.answer_recommendation(
            office_head, one, outcome="changed", document=decision(), on=clock.today(), wording=WORDS
        )
    paper = Document.objects.get(slug="paper-decision")
    operations.answer_recommendation(
        office_head, one, outcome="changed", document=paper, on=clock.today(), wording=OTHER
    )
    assert [(row.number, row.text) for row in one.wordings.all()] == [(2, OTHER), (1, WORDS)]
    assert one.wordings.first().document == paper


def test_what_is_not_endorsed_ends_with_its_open_work(world, recommended, office_head, decision):
    one = submitted_one(world, recommended)
    operations.answer_recommendation(office_head, one, outcome="refused", document=decision(), on=clock.today())
    one.call.refresh_from_db()
    assert one.call.state == "withdrawn" and one.call.assignments.get().state == "withdrawn"
    with pytest.raises(Conflict):
        operations.reword(world.actor("caller"), one, wording=OTHER, reason="again")


def test_an_answer_stands_on_a_decision_and_a_day_that_can_be(world, recommended, office_head, decision):
    one = submitted_one(world, recommended)
    with pytest.raises(Invalid) as refused:
        operations.answer_recommendation(
            office_head, one, outcome="endorsed", document=decision("report"), on=clock.today()
        )
    assert "document" in refused.value.fields
    paper = decision()
    for day in (clock.today() + timedelta(days=1), clock.today() - timedelta(days=1)):
        with pytest.raises(Invalid) as refused:
            operations.answer_recommendation(office_head, one, outcome="endorsed", document=paper, on=day)
        assert "on" in refused.value.fields
    one.refresh_from_db()
    assert one.outcome == "submitted"


def test_the_office_that_recommends_may_enter_the_decision_and_others_may_not(world, recommended, decision):
    one, paper = submitted_one(world, recommended), decision()
    for who in ("owner", "stranger", "head"):
        with pytest.raises(NotPermitted):
            operations.answer_recommendation(
                world.actor(who), one, outcome="endorsed", document=paper, on=clock.today()
            )
    operations.answer_recommendation(world.actor("caller"), one, outcome="endorsed", document=paper, on=clock.today())
    with pytest.raises(Conflict):
        operations.answer_recommendation(
            world.actor("caller"), one, outcome="refused", document=paper, on=clock.today()
        )


def test_it_is_submitted_once_and_to_another_office(world, recommended):
    one = recommended()
    with pytest.raises(Invalid) as refused:
        operations.submit_to(world.actor("caller"), one, world.organisation("STAT"))
    assert "office" in refused.value.fields
    with pytest.raises(NotPermitted):
        operations.submit_to(world.actor("owner"), one, world.organisation("GOV"))
    operations.submit_to(world.actor("caller"), one, world.organisation("GOV"))
    with pytest.raises(Conflict):
        operations.submit_to(world.actor("caller"), one, world.organisation("GOV"))


def test_words_change_with_a_reason_until_the_higher_office_has_answered(world, recommended, decision):
    one = submitted_one(world, recommended)
    with pytest.raises(Invalid):
        operations.reword(world.actor("caller"), one, wording=OTHER, reason="")
    with pytest.raises(NotPermitted):
        operations.reword(world.actor("owner"), one, wording=OTHER, reason="mine")
    operations.reword(world.actor("caller"), one, wording=OTHER, reason="After the ministries' positions")
    assert one.wordings.latest("number").text == OTHER
    operations.answer_recommendation(
        world.actor("caller"), one, outcome="endorsed", document=decision(), on=clock.today()
    )
    with pytest.raises(Conflict):
        operations.reword(world.actor("caller"), one, wording=WORDS, reason="back")


# ---- carrying it out ---------------------------------------------------------------------------------------------


def test_progress_with_proof_verification_and_closure(world, recommended, visit):
    one = recommended()
    assignment, owner = one.call.assignments.get(), world.actor("owner")
    operations.acknowledge(owner, assignment)
    operations.progress(owner, assignment, note="Three of five committees stand", evidence=[one.call])
    operations.submit(owner, assignment, answer="All committees stand")
    with pytest.raises(NotPermitted):
        operations.accept(owner, assignment)
    operations.accept(world.actor("caller"), assignment)
    one.call.refresh_from_db()
    assert one.call.state == "closed" and one.call.statistics["accepted"] == 1
    page = visit("caller").get(one.get_absolute_url()).content.decode()
    assert "Three of five committees stand" in page and "All committees stand" in page


# ---- pages -------------------------------------------------------------------------------------------------------


def test_who_sees_which_recommendation(visit, recommended, drafted_one):
    draft, running, public = drafted_one(), recommended(), recommended(is_public=True)
    for who, seen in {
        "caller": {draft, running, public}, "owner": {running, public}, "colleague": {running, public},
        "stranger": {public}, "citizen": {public}, "public": {public},
    }.items():  # fmt: skip
        browser = visit(who)
        for one in (draft, running, public):
            assert browser.get(one.get_absolute_url()).status_code == (200 if one in seen else 404), (who, one.pk)
        board = browser.get("/recommendations/").content.decode()
        assert {one for one in (draft, running, public) if one.get_absolute_url() in board} == seen, who


def test_words_of_progress_stay_between_the_offices_that_take_part(world, visit, recommended):
    one = recommended(is_public=True)
    assignment, owner = one.call.assignments.get(), world.actor("owner")
    operations.acknowledge(owner, assignment)
    operations.progress(owner, assignment, note="Only among us")
    assert "Only among us" in visit("caller").get(one.get_absolute_url()).content.decode()
    page = visit().get(one.get_absolute_url()).content.decode()
    assert "Only among us" not in page and "Report progress" in page


def test_the_board_is_narrowed_by_theme_owner_level_state_and_answer(world, visit, recommended):
    land = [operations.Asked(world.position("LAND-P02-data"))]
    first = recommended()
    second = recommended(
        owners=land, details={"number": "3.1", "theme": Translated({"lo": "ດິຈິຕອນ", "en": "Digital"}), "level": 2}
    )
    browser = visit("caller")
    for query, one, other in [
        ("theme=Coordination", first, second), ("theme=Digital", second, first), ("owner=HEALTH", first, second),
        ("owner=LAND-P02", second, first), ("level=1", first, second), ("level=2", second, first),
    ]:  # fmt: skip
        page = browser.get(f"/recommendations/?{query}").content.decode()
        assert one.get_absolute_url() in page and other.get_absolute_url() not in page, query
    operations.submit_to(world.actor("caller"), second, world.organisation("GOV"))
    page = browser.get("/recommendations/?outcome=submitted").content.decode()
    assert second.get_absolute_url() in page and first.get_absolute_url() not in page
    assert first.get_absolute_url() not in browser.get("/recommendations/?state=late").content.decode()
    assert "NoneType" not in browser.get("/recommendations/?level=x&owner=NOBODY").content.decode()


def test_what_is_overdue_is_counted_for_each_addressee(world, visit, recommended):
    one, other = recommended(), recommended(owners=[operations.Asked(world.position("LAND-P02-data"))])
    one.call.assignments.update(due_on=clock.today() - timedelta(days=20))
    rows = queries.board(queries.recommendations(world.actor("caller")))
    offices = {found.organisation.code: (found.open, found.late) for found in queries.by_addressee(rows)}
    assert offices == {"HEALTH-P01": (1, 1), "LAND-P02": (1, 0)}
    page = visit("caller").get("/recommendations/?state=late").content.decode()
    assert one.get_absolute_url() in page and other.get_absolute_url() not in page


def test_the_board_takes_the_same_number_of_queries_however_long(world, recommended, django_assert_num_queries):
    recommended()
    with CaptureQueriesContext(
        connection,
    ) as few:
        queries.board(queries.recommendations(world.actor("caller")))
    for _number in range(6):
        recommended()
    with django_assert_num_queries(len(few)):
        assert len(queries.board(queries.recommendations(world.actor("caller")))) == 7


def test_the_table_to_save_holds_the_board_and_runs_no_formula(visit, recommended):
    recommended(wording=Translated({"lo": "=1+1", "en": "=1+1"}))
    answer = visit("caller").get("/recommendations.csv?level=1")
    text = answer.content.decode("utf-8-sig")
    assert answer["Content-Type"].startswith("text/csv") and "1.2" in text and "'=1+1" in text
    assert "=1+1" not in visit().get("/recommendations.csv").content.decode()


def test_a_recommendation_is_drafted_put_stated_and_submitted_on_pages(world, visit):
    caller, stranger = visit("caller"), visit("stranger")
    assert visit("owner").get("/recommendations/new/").status_code == 403
    assert visit().get("/recommendations/new/").status_code == 401
    body = {
        "issuer": world.position("STAT-calls").pk, "number": "1.3", "title_lo": "ຄະນະແຂວງ", "title_en": "Committees",
        "wording_lo": WORDS["lo"], "wording_en": WORDS["en"], "purpose_lo": "ປະສານງານ", "owners": "HEALTH-P01-data",
        "level": "1", "due_on": (clock.today() + timedelta(days=60)).isoformat(), "cost": "1500",
    }  # fmt: skip
    answer = caller.post("/recommendations/new/", body)
    made = Recommendation.objects.get()
    assert answer.status_code == 302 and answer["Location"] == made.get_absolute_url()
    assert made.call.assignments.get().position.code == "HEALTH-P01-data" and made.currency
    caller.post(f"/calls/{made.call.reference}/issue/")
    page = made.get_absolute_url()
    assert caller.post(f"{page}put/", {"organisations": "LAND-P02"}).status_code == 302
    assert (
        stranger.post(
            f"{page}position/", {"organisation": world.organisation("LAND-P02").pk, "stance": "oppose"}
        ).status_code
        == 200
    )
    body = {"organisation": world.organisation("LAND-P02").pk, "stance": "reservation", "note": "Not in our plan yet"}
    assert stranger.post(f"{page}position/", body).status_code == 302
    assert "Not in our plan yet" in caller.get(page).content.decode()
    assert stranger.get(f"{page}put/").status_code == 403
    assert caller.get(f"{page}position/").status_code == 403
    assert caller.post(f"{page}submit/", {"office": "GOV"}).status_code == 302
    assert caller.get(f"{page}nothing/").status_code == 404
    made.refresh_from_db()
    assert made.outcome == "submitted"


def test_what_a_draft_carries_is_edited_on_a_page(world, visit, drafted_one, recommended):
    draft = drafted_one(details={"number": "2.1", "amount": 250_000, "currency": "XTS", "level": 1})
    caller, page = visit("caller"), f"{draft.get_absolute_url()}describe/"
    assert 'value="2.1"' in caller.get(page).content.decode()
    body = {"number": "2.2", "theme_lo": "ຄ່າທຳນຽມ", "level": "2", "budget_line": "12-04", "cost": ""}
    assert caller.post(page, body).status_code == 302
    draft.refresh_from_db()
    assert (draft.number, draft.level, draft.budget_line, draft.amount) == ("2.2", 2, "12-04", None)
    assert visit("owner").get(page).status_code == 404
    assert caller.get(f"{recommended().get_absolute_url()}describe/").status_code == 409


def test_the_call_leads_to_its_recommendation(visit, recommended):
    one = recommended()
    assert one.get_absolute_url() in visit("owner").get(one.call.get_absolute_url()).content.decode()


def test_the_answer_is_entered_on_a_page_with_its_faults_beside_the_fields(world, visit, recommended, decision):
    one = submitted_one(world, recommended)
    report, paper = decision("report"), decision()
    caller, page = visit("caller"), f"{one.get_absolute_url()}answer/"
    body = {"outcome": "changed", "document": report.slug, "on": clock.today().isoformat()}
    shown = caller.post(page, body)
    assert shown.status_code == 200 and "decision" in shown.content.decode()
    body |= {"document": paper.slug, "wording_lo": OTHER["lo"], "wording_en": OTHER["en"]}
    assert caller.post(page, body).status_code == 302
    text = caller.get(one.get_absolute_url()).content.decode()
    assert OTHER["en"] in text and WORDS["en"] in text and "Endorsed with changed wording" in text
    assert visit("owner").get(page).status_code == 403


def test_posts_without_a_holder_are_told_through_their_head(world, recommended):
    """The office has no contact point today: its head is written to."""
    one = recommended()
    office = world.organisation("HEALTH-P01")
    Appointment.objects.filter(position__in=Position.objects.filter(organisation=office).exclude(is_head=True)).delete()
    operations.put_to_offices(world.actor("caller"), one, [office])
    told = Message.objects.filter(subject_type="call", subject_id=one.call_id, wave__startswith="position-")
    assert {message.person for message in told} == {world.person("head")}


def test_what_was_asked_of_an_office_that_was_closed_waits_for_its_successor(world, recommended):
    land, finance = world.organisation("LAND-P02"), world.organisation("FIN-P02")
    one = recommended()
    operations.put_to_offices(world.actor("caller"), one, [land])
    people.close_organisation(world.actor("command"), land, on=clock.today(), reason="Decree 7", successor=finance)
    stranger = world.actor("stranger")
    assert stranger.organisation_paths() == [finance.path]
    assert [row.url for row in queries.desk_rows(stranger)] == [one.get_absolute_url()]
    assert queries.offices_to_speak_for(stranger, one) == [land]
    assert operations.state_position(stranger, one, world.organisation("LAND-P02"), stance="agree").organisation == land
    assert queries.desk_rows(world.actor("stranger")) == []
    with pytest.raises(NotPermitted):
        operations.state_position(world.actor("owner"), one, world.organisation("LAND-P02"), stance="agree")


def test_an_answer_that_a_closed_office_owes_waits_for_its_successor(world, recommended):
    one = submitted_one(world, recommended)
    gone, home, last = (world.organisation(code) for code in ("GOV", "HOME", "FIN"))
    for office, successor in ((gone, home), (home, last)):
        people.close_organisation(world.actor("command"), office, on=clock.today(), reason="x", successor=successor)
    chair = world.actor("chair")
    assert chair.organisation_paths() == [last.path]
    assert [row.url for row in queries.desk_rows(chair)] == [one.get_absolute_url()]
    assert queries.desk_rows(world.actor("stranger")) == []
