"""The field calendar: who plans, what clashes, going together, and what it spares the villages."""

from datetime import date, timedelta

import pytest

from config.demonstration.visits import visits
from sala.access.scope import visible
from sala.collection import operations
from sala.collection.models import Expected, JointProposal, Visit
from sala.collection.queries.burden import burden_of, saved_by, would_save
from sala.collection.queries.visit_rows import desk_rows, visits_open, visits_own
from sala.collection.queries.visits import clashes_of, pairs, smallest_in, visits_for, warnings
from sala.core import clock
from sala.core.errors import Conflict, Invalid, Missing, NotPermitted
from sala.core.language import Translated
from sala.core.pack import Pack
from sala.documents.models import Rule
from sala.people.models import Message
from sala.people.queries import actor_of_post
from tests.collection import answering
from tests.collection.visiting import EDUC, HEALTH, LAND, holder, plan, three_ministries, topics, villages
from tests.world import PACK

pytestmark = pytest.mark.django_db


def post(world, code):
    return actor_of_post(world.position(code))


def to_decide(world, code):
    return [row.url for row in desk_rows(post(world, code)) if row.group == "decide"]


def propose(world, visit, others, **changes):
    told = {
        "title": Translated(lo="ລົງບ້ານຮ່ວມກັນ", en="One joint visit"), "starts_on": date(2026, 6, 8),
        "ends_on": date(2026, 6, 12), "minutes": 60,
    } | changes  # fmt: skip
    return operations.propose_joint(post(world, visit.position.code), visit, others, **told)


def test_three_ministries_in_forty_villages_are_three_clashes_and_one_joint_visit_spares_3000_minutes(world):
    """Study of indicators 3.10: three ministries, 40 shared villages, same month."""
    shared = villages(world, 40)
    health, schools, land = three_ministries(world, shared)
    found = pairs(world.actor("owner"), [health, schools, land])
    assert {frozenset((one.pk, clash.visit.pk)): (clash.count, clash.saved) for one, clash in found} == {
        frozenset((health.pk, schools.pk)): (40, 1200),
        frozenset((health.pk, land.pk)): (40, 1200),
        frozenset((schools.pk, land.pk)): (40, 1800),
    }
    assert would_save([health, schools, land], 60) == 40 * (30 + 45 + 60) - 40 * 60 == 3000

    people = {code: holder(world, code) for code in (EDUC, LAND)}
    proposal = propose(world, health, [schools, land])
    assert {message.person for message in Message.objects.filter(subject_type="visit")} == set(people.values())
    assert to_decide(world, EDUC) == to_decide(world, LAND) == [proposal.get_absolute_url()]

    answers = {answer.visit_id: answer for answer in proposal.answers.all()}
    joint = operations.agree_joint(post(world, EDUC), answers[schools.pk])
    assert saved_by(joint) == 40 * (30 + 45 - 60)
    assert operations.agree_joint(post(world, LAND), answers[land.pk]) == joint
    assert saved_by(joint) == 3000
    for visit in (health, schools, land):
        visit.refresh_from_db()
        assert (visit.state, visit.joined) == ("joined", joint)
    assert joint.areas.count() == 40 and pairs(world.actor("owner"), [joint]) == []
    assert not to_decide(world, EDUC)
    lines, _houses = burden_of(world.actor("owner"), world.area("0101"), 2026)
    assert [line.total for line in lines] == [60] * 40


def test_visits_further_apart_than_the_rule_do_not_clash_and_without_a_rule_only_common_days_do(world):
    shared = villages(world, 2)
    first = plan(world, HEALTH, shared, date(2026, 6, 1), date(2026, 6, 5))
    second = plan(world, EDUC, shared, date(2026, 7, 5), date(2026, 7, 6))
    [clash] = clashes_of(world.actor("owner"), first)
    assert (clash.visit, clash.days, clash.apart) == (second, 0, 29)
    operations.change_visit(post(world, EDUC), second, starts_on=date(2026, 7, 8), ends_on=date(2026, 7, 9))
    assert clashes_of(world.actor("owner"), first) == []
    Rule.objects.filter(key="visits.apart").delete()
    operations.change_visit(post(world, EDUC), second, starts_on=date(2026, 6, 6), ends_on=date(2026, 6, 9))
    assert clashes_of(world.actor("owner"), first) == []
    operations.change_visit(post(world, EDUC), second, starts_on=date(2026, 6, 4), ends_on=date(2026, 6, 9))
    assert [clash.days for clash in clashes_of(world.actor("owner"), first)] == [2]


def test_a_district_stands_for_its_villages_and_common_topics_come_first(world):
    shared = villages(world, 3)
    wide = plan(world, HEALTH, [world.area("0101")], about=("health", "water"))
    plan(world, EDUC, shared[:1], about=())
    alike = plan(world, LAND, shared[1:], about=("water",))
    first, second = clashes_of(world.actor("owner"), wide)
    assert first.visit == alike and [term.code for term in first.topics] == ["water"] and first.count == 2
    assert second.topics == [] and second.count == 1
    assert smallest_in([world.area("0101")]).count() == 3


def test_places_elsewhere_and_visits_that_one_does_not_see_are_no_clash(world):
    here, there = villages(world, 2), villages(world, 2, "0201")
    first = plan(world, HEALTH, here)
    plan(world, LAND, there)
    hidden = plan(world, EDUC, here, tier="own")
    assert clashes_of(world.actor("owner"), first) == []
    assert [clash.visit for clash in clashes_of(world.actor("command"), first)] == [hidden]


# ---- planning ----------------------------------------------------------------------------------------------------


def test_an_office_plans_its_own_visits_and_not_those_of_others(world):
    [place] = villages(world, 1)
    visit = plan(world, HEALTH, [place])
    with pytest.raises(NotPermitted):
        operations.plan_visit(
            world.actor("stranger"), world.position(HEALTH), title=Translated(lo="ລົງ"), areas=[place], minutes=5,
            starts_on=date(2026, 6, 1), ends_on=date(2026, 6, 1),
        )  # fmt: skip
    for change in (
        lambda who: operations.call_off(who, visit, reason="rain"),
        lambda who: operations.note_done(who, visit),
    ):
        with pytest.raises(NotPermitted):
            change(world.actor("stranger"))
    assert Visit.objects.get().state == "planned"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ends": date(2026, 5, 1)}, "ends before"),
        ({"areas": ()}, "at least one place"),
        ({"minutes": None}, "how many minutes"),
        ({"minutes": 5000}, "from 1 to"),
        ({"title": Translated(en="Only English")}, "country's language"),
    ],
)
def test_what_cannot_be_is_refused_with_advice(world, changes, words):
    told = {"areas": [world.area("0101")]} | changes
    with pytest.raises(Invalid, match=words):
        plan(world, HEALTH, **told)
    assert not Visit.objects.exists()


def test_minutes_come_from_the_form_and_a_call_must_ask_it(world, district_form, open_round):
    form = operations.change_form(world.actor("owner"), district_form(), minutes=25)
    call = open_round(form)
    visit = plan(world, HEALTH, [world.area("0101")], minutes=None, form=form, call=call)
    assert visit.minutes == 25
    other = answering.issued_round(world, district_form(form_id="other", version="2"))
    with pytest.raises(Invalid, match="does not ask that form"):
        plan(world, HEALTH, [world.area("0101")], form=form, call=other.call)


def test_a_visit_that_ends_after_its_call_is_due_is_warned_of(world, district_form, open_round):
    call = open_round(district_form())
    assert warnings(call, call.due_on) == []
    [text] = warnings(call, call.due_on + timedelta(days=1))
    assert call.reference in text


def test_a_visit_is_noted_as_done_from_its_first_day_on_and_then_left_alone(world):
    today = clock.today()
    later = plan(world, HEALTH, [world.area("0101")], today + timedelta(days=1), today + timedelta(days=2))
    with pytest.raises(Conflict, match="has not begun"):
        operations.note_done(world.actor("owner"), later)
    over = plan(world, HEALTH, [world.area("0101")], today - timedelta(days=3), today - timedelta(days=1))
    assert [row.url for row in desk_rows(world.actor("owner"))] == [over.get_absolute_url()]
    operations.note_done(world.actor("owner"), over)
    assert desk_rows(world.actor("owner")) == []
    with pytest.raises(Conflict):
        operations.call_off(world.actor("owner"), over, reason="late")


def test_the_list_is_narrowed_by_place_office_topic_days_and_words(world):
    first, second, _third = three_ministries(world, villages(world, 2))
    everybody = world.actor("stranger")
    assert list(visits_for(everybody, place=world.area("01"))) == list(Visit.objects.order_by("starts_on"))
    assert not visits_for(everybody, place=world.area("02")).exists()
    assert list(visits_for(everybody, office=world.organisation("EDUC"))) == [second]
    assert list(visits_for(everybody, topic="education")) == [second]
    assert list(visits_for(everybody, first=date(2026, 6, 5), last=date(2026, 6, 7))) == [first]
    assert list(visits_for(everybody, q="EDUC")) == [second]
    assert not visits_for(everybody, state="off").exists()
    assert not visits_for(world.actor("public")).exists()


# ---- going together ----------------------------------------------------------------------------------------------


def test_one_who_declines_says_why_and_keeps_the_own_visit(world):
    health, schools, _land = three_ministries(world, villages(world, 2))
    told = holder(world, LAND)  # not asked
    proposal = propose(world, health, [schools])
    answer = proposal.answers.get()
    with pytest.raises(Invalid, match="Say why"):
        operations.decline_joint(post(world, EDUC), answer, reason=" ")
    with pytest.raises(NotPermitted):
        operations.agree_joint(world.actor("stranger"), answer)
    operations.decline_joint(post(world, EDUC), answer, reason="Exams")
    schools.refresh_from_db()
    assert schools.state == "planned"
    mail = Message.objects.get(person=world.person("owner"), subject_type="visit")
    assert "Exams" in mail.body and not Message.objects.filter(person=told).exists()
    with pytest.raises(Conflict, match="answered already"):
        operations.agree_joint(post(world, EDUC), answer)


def test_a_proposal_is_withdrawn_and_then_nobody_agrees(world):
    health, schools, _land = three_ministries(world, villages(world, 2))
    proposal = propose(world, health, [schools])
    with pytest.raises(Conflict, match="still waits"):
        propose(world, health, [schools])
    with pytest.raises(NotPermitted):
        operations.withdraw_proposal(post(world, EDUC), proposal)
    operations.withdraw_proposal(post(world, HEALTH), proposal)
    with pytest.raises(Conflict, match="withdrawn"):
        operations.agree_joint(post(world, EDUC), proposal.answers.get())
    assert Visit.objects.filter(state="planned").count() == 3 and not to_decide(world, EDUC)


def test_a_joint_visit_called_off_gives_everybody_their_own_visit_back(world):
    health, schools, land = three_ministries(world, villages(world, 2))
    proposal = propose(world, health, [schools, land])
    joint = operations.agree_joint(post(world, EDUC), proposal.answers.get(visit=schools))
    with pytest.raises(Conflict, match="went into a joint visit"):
        operations.call_off(post(world, EDUC), schools, reason="rain")
    operations.call_off(post(world, HEALTH), joint, reason="flood")
    assert set(Visit.objects.filter(state="planned")) == {health, schools, land}
    with pytest.raises(Conflict, match="over or was called off"):
        operations.agree_joint(post(world, LAND), proposal.answers.get(visit=land))
    assert not to_decide(world, LAND)


def test_nobody_is_asked_about_a_visit_that_the_proposer_does_not_see_or_about_the_own_one(world):
    places = villages(world, 1)
    health, hidden = plan(world, HEALTH, places), plan(world, EDUC, places, tier="own")
    with pytest.raises(Missing):
        propose(world, health, [hidden])
    with pytest.raises(Invalid, match="at least one"):
        propose(world, health, [health])
    assert not JointProposal.objects.exists()


def test_who_goes_together_sees_what_is_closed_to_others(world):
    health, schools, _land = three_ministries(world, villages(world, 1))
    Visit.objects.filter(pk=health.pk).update(tier="own")
    health.refresh_from_db()
    joint = operations.agree_joint(post(world, EDUC), propose(world, health, [schools]).answers.get())
    assert joint.tier == "own"
    assert joint in visible(post(world, EDUC), Visit) and joint not in visible(world.actor("stranger"), Visit)


# ---- burden, calendar --------------------------------------------------------------------------------------------


def test_the_burden_of_a_place_holds_visits_and_expected_answers_by_ministry(world, district_form, open_round):
    form = operations.change_form(world.actor("owner"), district_form(), minutes=25)
    call = open_round(form)
    year = call.due_on.year
    plan(world, EDUC, [world.area("0101")], date(year, 6, 1), date(year, 6, 2), 40)
    lines, houses = burden_of(world.actor("owner"), world.area("01"), year)
    told = {line.area.code: {houses[pk].code: minutes for pk, minutes in line.minutes.items()} for line in lines}
    assert told == {"0101": {"EDUC": 40, "HEALTH": 25}, "0102": {"HEALTH": 25}}
    plan(world, HEALTH, [world.area("0102")], date(year, 6, 1), date(year, 6, 2), 30, form=form, call=call)
    Expected.objects.filter(area__code="0101").update(state="waived", reason="flood", waived_at=clock.now())
    lines, houses = burden_of(world.actor("owner"), world.area("01"), year)
    assert {line.area.code: line.total for line in lines} == {"0101": 40, "0102": 30}
    assert burden_of(world.actor("public"), world.area("01"), year)[0] == []


def test_visits_stand_in_the_calendar_of_those_who_see_them_and_of_those_who_go(world):
    health, schools, _land = three_ministries(world, villages(world, 1))
    june = date(2026, 6, 1), date(2026, 6, 30)
    assert len(list(visits_open(world.actor("stranger"), *june))) == 3
    assert list(visits_open(world.actor("public"), *june)) == []
    assert [entry.uid for entry in visits_own(post(world, HEALTH), *june)] == [f"visit-{health.pk}"]
    joint = operations.agree_joint(post(world, EDUC), propose(world, health, [schools]).answers.get())
    assert [entry.uid for entry in visits_own(post(world, EDUC), *june)] == [f"visit-{joint.pk}"]
    operations.call_off(post(world, HEALTH), joint, reason="flood")
    assert {entry.uid: entry.is_cancelled for entry in visits_open(world.actor("stranger"), *june)}[f"visit-{joint.pk}"]


def test_the_demonstration_has_three_ministries_in_one_district_and_a_proposal_that_waits(world):
    pack, command = Pack(PACK), world.actor("command")
    assert visits(command, pack).new == 4
    assert visits(command, pack).unchanged == 4
    assert Visit.objects.filter(is_invented=True, state="planned", starts_on__gt=clock.today()).count() == 3
    first = Visit.objects.get(slug="water-and-health")
    assert (
        len(clashes_of(world.actor("owner"), first)) == 2
        and len(to_decide(world, EDUC)) == len(to_decide(world, LAND)) == 1
    )
    assert Visit.objects.get(state="done").tier == "public"


def test_topics_are_those_of_the_vocabulary():
    assert {term.code for term in topics("health", "education", "land", "water")} == {"health", "education", "land", "water"}  # fmt: skip
