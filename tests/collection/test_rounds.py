"""Rounds: what is expected of whom, never twice; gaps that have a name; figures that stand when the round closes."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.utils import DatabaseError
from django.test.utils import CaptureQueriesContext

from sala.collection import operations
from sala.collection.asker import Forms
from sala.collection.models import Expected
from sala.collection.queries.counting import progress_of
from sala.collection.queries.rounds import answers_of
from sala.core import clock
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.duties import operations as duties
from sala.duties.asking import askers
from sala.duties.models import Assignment, Call, Duty
from sala.journal.models import Event
from sala.places import operations as places
from tests.collection.conftest import came, part_of

pytestmark = pytest.mark.django_db


def codes(rows):
    return sorted(row.subject.code for row in rows.select_related("area", "facility"))


def test_the_list_of_askers_names_forms():
    assert isinstance(askers()["forms"], Forms)


def test_a_round_cannot_be_issued_before_it_says_which_forms(world, draft_round):
    call = draft_round(asker="forms")
    with pytest.raises(Invalid) as refused:
        duties.issue_call(world.actor("caller"), call)
    assert "forms" in refused.value.fields and not Expected.objects.exists()


def test_a_form_that_is_about_nothing_registered_is_refused_in_a_round(world, village_form, draft_round):
    call = draft_round()
    with pytest.raises(Invalid) as refused:
        operations.choose_forms(world.actor("caller"), call, [village_form()])
    assert "forms" in refused.value.fields


@pytest.mark.parametrize("who", ["owner", "stranger", "citizen"])
def test_only_who_speaks_for_the_issuer_chooses_the_forms(world, district_form, draft_round, who):
    call = draft_round()
    with pytest.raises(NotPermitted):
        operations.choose_forms(world.actor(who), call, [district_form()])
    assert not call.round_forms.exists()


def test_every_district_of_an_office_is_expected_once(world, district_form, open_round):
    call = open_round(district_form())
    own = Expected.objects.filter(assignment=part_of(call))
    assert codes(own) == ["0101", "0102"]
    assert {(row.state, row.period, row.is_open, row.facility) for row in own} == {("waiting", "2026", True, None)}
    assert set(codes(Expected.objects.filter(assignment=part_of(call, "LAND-P02-data")))) <= {"0201", "0202"}
    assert call.round_forms.get().version.version == "1"


def test_where_two_offices_reach_a_place_the_narrower_is_asked(world, district_form, open_round):
    call = open_round(district_form(), posts=("HEALTH-P01-data", "HEALTH-D0101-data"))
    assert codes(Expected.objects.filter(assignment=part_of(call))) == ["0102"]
    assert codes(Expected.objects.filter(assignment=part_of(call, "HEALTH-D0101-data"))) == ["0101"]


def test_a_round_over_the_country_asks_each_office_for_its_own_area_only(world, district_form, open_round):
    call = open_round(district_form(), area=world.area("DM"))
    assert codes(Expected.objects.filter(assignment=part_of(call))) == ["0101", "0102"]


def test_schools_are_expected_as_they_stood_on_the_periods_day(world, school_form, school, open_round):
    """Opened later, closed before, moved away, entered twice: none of these is asked."""
    form = school_form()
    registrar, today = world.actor("registrar"), clock.today()
    school("S-STANDS")
    school("S-LATER", opened=today + timedelta(days=400))
    places.close_facility(registrar, school("S-CLOSED"), on=today - timedelta(days=400), decision="12")
    places.move_facility(
        registrar, school("S-MOVED"), area=world.area("0201"), on=today - timedelta(days=400), decision="13"
    )
    call = open_round(form, period=str(today.year))
    assert codes(Expected.objects.filter(assignment=part_of(call))) == ["S-STANDS"]
    assert codes(Expected.objects.filter(assignment=part_of(call, "LAND-P02-data"))) == ["S-MOVED"]
    earlier = open_round(form, period=str(today.year - 2))
    assert codes(Expected.objects.filter(assignment=part_of(earlier))) == ["S-CLOSED", "S-MOVED", "S-STANDS"]


def test_whoever_reports_for_a_school_is_its_respondent(world, school_form, school, open_round):
    form = school_form()
    first, second = school("S-1"), school("S-2")
    for kind, post in (("maintains", "HEALTH-P01-head"), ("reports", "HEALTH-P01-records")):
        Duty.objects.create(
            position=world.position(post), kind=kind, subject_type="facility", subject_id=first.pk,
            valid=DateRange(date(2020, 1, 1), None),
        )  # fmt: skip
    call = open_round(form)
    rows = {row.facility_id: row.respondent for row in Expected.objects.filter(assignment__call=call)}
    assert rows == {first.pk: world.position("HEALTH-P01-records"), second.pk: None}


def test_a_second_round_for_the_same_is_attached_and_not_asked_again(world, district_form, open_round):
    form = district_form()
    first, second = open_round(form), open_round(form)
    assert not second.assignments.exists() and second.attachments.count() == 2
    assert Expected.objects.filter(is_open=True, given_in__isnull=True).count() == Expected.objects.count()
    assert part_of(first).expected_answers.exists()


def test_what_another_round_expects_in_part_is_referred_to_and_one_answer_serves_both(world, district_form, open_round):
    form = district_form()
    first = open_round(form, posts=("HEALTH-P01-data",))
    second = open_round(form, posts=("HEALTH-P01-data_publish",))  # another post of the same office
    given = Expected.objects.filter(assignment__call=second)
    assert all(row.given_in.assignment.call == first for row in given) and given.count() == 2
    came(Expected.objects.filter(assignment__call=first))
    assert [row.stands for row in answers_of(given)] == ["approved", "approved"]
    assert Forms().check(part_of(second, "HEALTH-P01-data_publish")) == []


def test_the_database_keeps_two_open_rows_for_the_same_apart(world, district_form, open_round):
    row = Expected.objects.filter(assignment=part_of(open_round(district_form()))).first()
    other = open_round(district_form(form_id="second", version="9"), period="2025")
    with pytest.raises(IntegrityError), transaction.atomic():
        Expected.objects.create(assignment=part_of(other), form=row.form, area=row.area, period=row.period)


def test_a_round_that_ends_hands_back_what_another_waited_for(world, district_form, open_round):
    form = district_form()
    first = open_round(form, posts=("HEALTH-P01-data",))
    second = open_round(form, posts=("HEALTH-P01-data_publish",))
    approved = Expected.objects.filter(assignment__call=first).first()
    came(Expected.objects.filter(pk=approved.pk))
    duties.withdraw_call(world.actor("caller"), first, reason="Asked elsewhere")
    rows = {row.area_id: (row.given_in_id, row.is_open) for row in Expected.objects.filter(assignment__call=second)}
    assert rows[approved.area_id] == (approved.pk, True)
    assert [value for area, value in rows.items() if area != approved.area_id] == [(None, True)]


def test_an_office_cannot_send_its_answer_while_answers_are_missing_or_unchecked(world, district_form, open_round):
    part = part_of(open_round(district_form()))
    owner = world.actor("owner")
    duties.acknowledge(owner, part)
    with pytest.raises(Invalid, match="2 answers are missing"):
        duties.submit(owner, part)
    rows = Expected.objects.filter(assignment=part).order_by("id")
    came(rows.filter(pk=rows[0].pk), "received")
    assert [fault.item for fault in Forms().check(part)] == ["unchecked", "missing"]
    came(rows.filter(pk=rows[0].pk), "approved")
    operations.waive_expected(owner, rows.exclude(pk=rows[0].pk), reason="The road is cut until November")
    done = duties.submit(owner, part)
    assert (done.state, done.steps.last().note) == ("submitted", "1 of 2 approved, 1 waived")


def test_a_gap_needs_a_reason_and_the_right_and_an_answer_that_came_is_not_waived(world, district_form, open_round):
    part = part_of(open_round(district_form()))
    rows = Expected.objects.filter(assignment=part).order_by("id")
    with pytest.raises(Invalid):
        operations.waive_expected(world.actor("owner"), rows, reason=" ")
    for who in ("stranger", "colleague", "citizen"):
        with pytest.raises(NotPermitted):
            operations.waive_expected(world.actor(who), rows, reason="Not wanted")
    came(rows.filter(pk=rows[0].pk), "received")
    with pytest.raises(Conflict, match="answered already"):
        operations.waive_expected(world.actor("owner"), rows, reason="The road is cut")
    assert set(rows.values_list("state", flat=True)) == {"received", "waiting"}
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(state="waived")


def test_a_waiver_is_taken_back_and_the_journal_names_no_reason(world, district_form, open_round):
    part = part_of(open_round(district_form()))
    rows = Expected.objects.filter(assignment=part)
    assert operations.waive_expected(world.actor("owner"), rows, reason="Mr Somchai is ill") == 2
    assert operations.expect_again(world.actor("owner"), rows) == 2
    assert set(rows.values_list("state", "reason")) == {("waiting", "")}
    told = list(Event.objects.filter(subject_type="assignment", subject_id=part.pk).values_list("text", flat=True))
    assert any("answers waived" in text for text in told) and not any("Somchai" in text for text in told)


def test_another_post_is_asked_and_a_forgotten_school_is_added(world, school_form, school, open_round):
    form = school_form()
    school("S-1")
    part, owner = part_of(open_round(form)), world.actor("owner")
    rows = Expected.objects.filter(assignment=part)
    assert operations.give_to(owner, rows, respondent=world.position("HEALTH-P01-records")) == 1
    assert rows.get().respondent.code == "HEALTH-P01-records"
    late, away = school("S-2"), school("S-3", area="0201")
    operations.add_expected(owner, part, form, late)
    assert codes(rows) == ["S-1", "S-2"]
    with pytest.raises(Conflict, match="expected already"):
        operations.add_expected(owner, part, form, late)
    with pytest.raises(Invalid):
        operations.add_expected(owner, part, form, away)
    with pytest.raises(Invalid):
        operations.add_expected(owner, part, form, world.area("0101"))
    with pytest.raises(NotPermitted):
        operations.add_expected(world.actor("stranger"), part, form, away)


def test_on_time_is_told_by_the_day_the_answer_came(world, district_form, open_round):
    call = open_round(district_form())
    part = part_of(call)
    rows = Expected.objects.filter(assignment=part).order_by("id")
    came(rows.filter(pk=rows[0].pk), "approved", on=part.due_on)
    came(rows.filter(pk=rows[1].pk), "received", on=part.due_on + timedelta(days=20))
    found = progress_of([part])
    assert (found.expected, found.received, found.in_time, found.approved, found.unchecked) == (2, 2, 1, 1, 1)
    assert found.rate == 1.0 and found.on_time_rate == 0.5


def test_a_closed_round_keeps_its_figures_whatever_comes_later(world, district_form, open_round):
    call = open_round(district_form())
    rows = Expected.objects.filter(assignment=part_of(call)).order_by("id")
    came(rows.filter(pk=rows[0].pk))
    expected = Expected.objects.filter(assignment__call=call).count()
    duties.close_call(world.actor("caller"), call, reason="The year is over")
    call.refresh_from_db()
    frozen = call.statistics["answers"]
    assert (frozen["expected"], frozen["received"], frozen["approved"]) == (expected, 1, 1)
    assert frozen["received"] <= frozen["expected"] and not rows.filter(is_open=True).exists()
    assert {row["office"] for row in frozen["offices"]} >= {"HEALTH-P01"}
    came(rows)
    call.refresh_from_db()
    assert call.statistics["answers"] == frozen
    with pytest.raises(DatabaseError), transaction.atomic():
        Call.objects.filter(pk=call.pk).update(statistics={"answers": {}})


def test_a_new_round_asks_the_same_forms(world, district_form, open_round):
    call = open_round(district_form())
    other = Call.objects.create(
        reference="C-1", kind="form-round", title={"lo": "ກ"}, issuer=call.issuer, made_at=clock.now(), asker="forms"
    )
    Forms().carry_forward(call, other, clock.today())
    assert [row.form for row in other.round_forms.all()] == [call.round_forms.get().form]
    assert other.round_forms.get().version is None


def test_many_offices_are_reckoned_in_one_statement(world, district_form, draft_round):
    call = draft_round(district_form())
    offices = list(Assignment.objects.filter(call=call).select_related("call"))
    with CaptureQueriesContext(connection) as few:
        Forms().prepare(offices[:1])
    Expected.objects.all().delete()
    with CaptureQueriesContext(connection) as many:
        Forms().prepare(offices)
    assert len(many) == len(few)


# ---- pages -------------------------------------------------------------------------------------------------------


def test_the_issuer_chooses_forms_on_a_page_and_sees_what_each_office_will_owe(
    visit, world, district_form, draft_round
):
    form, call = district_form(), draft_round()
    caller = visit("caller")
    assert caller.get(f"/calls/{call.reference}/forms/").status_code == 200
    answer = caller.post(f"/calls/{call.reference}/forms/", {"forms": form.slug})
    assert answer.status_code == 302 and call.round_forms.get().form == form
    page = caller.get(f"/calls/{call.reference}/forms/").content.decode()
    assert "Health Department, Phuthong" in page and f'<td class="n" data-label="{form.title}">2</td>' in page
    assert visit("stranger").get(f"/calls/{call.reference}/forms/").status_code == 404


def test_the_page_of_answers_counts_and_names_what_is_missing(visit, world, district_form, open_round):
    call = open_round(district_form())
    rows = Expected.objects.filter(assignment=part_of(call)).order_by("id")
    came(rows.filter(pk=rows[0].pk))
    page = visit("caller").get(f"/calls/{call.reference}/answers/").content.decode()
    assert 'id="counts"' in page and "<svg" in page and "25.0%" in page  # one of four came
    assert "Huaykhao" in page and "Phonsung" in page
    own = visit("stranger").get(f"/calls/{call.reference}/answers/").content.decode()
    assert "Phonsung" in own and "Huaykhao" not in own
    found = (
        visit("caller").get(f"/calls/{call.reference}/answers/", {"place": "01", "state": "approved"}).content.decode()
    )
    assert "Nongsai" in found and "1 answer" in found


@pytest.mark.parametrize(("who", "status"), [("owner", 200), ("caller", 200), ("public", 404), ("citizen", 404), ("secretary", 404)])  # fmt: skip
def test_who_sees_the_answers_of_a_round(visit, district_form, open_round, who, status):
    call = open_round(district_form())
    assert visit(who).get(f"/calls/{call.reference}/answers/").status_code == status
    assert visit(who).get(f"/calls/{call.reference}/answers.csv").status_code == status


def test_of_a_public_round_everybody_sees_rates_and_nobodys_name(visit, district_form, open_round):
    call = open_round(district_form(), is_public=True)
    came(Expected.objects.filter(assignment=part_of(call)))
    page = visit("public").get(f"/calls/{call.reference}/answers/")
    text = page.content.decode()
    assert page.status_code == 200 and "50.0%" in text and 'id="answers"' not in text and "Take along" not in text
    assert visit("public").get(f"/calls/{call.reference}/answers.csv").status_code == 404


def test_an_office_does_without_an_answer_on_a_page_one_or_all(visit, world, district_form, open_round):
    call = open_round(district_form())
    rows = Expected.objects.filter(assignment=part_of(call)).order_by("id")
    owner, address = visit("owner"), f"/calls/{call.reference}/answers/waive/?row={rows[0].pk}"
    assert "Nongsai" in owner.get(address).content.decode()
    assert owner.post(address, {"reason": ""}).status_code == 200
    assert owner.post(address, {"reason": "The road is cut"}).status_code == 302
    assert list(rows.values_list("state", flat=True)) == ["waived", "waiting"]
    assert "The road is cut" in owner.get(f"/calls/{call.reference}/answers/?state=waived").content.decode()
    assert visit("colleague").get(address).status_code == 403
    assert owner.post(f"/calls/{call.reference}/answers/waive/?all=1", {"reason": "Flood"}).status_code == 302
    assert set(rows.values_list("state", flat=True)) == {"waived"}
    again = f"/calls/{call.reference}/answers/again/?state=waived&row={rows[0].pk}"
    assert owner.post(again).status_code == 302
    assert list(rows.values_list("state", flat=True)) == ["waiting", "waived"]


def test_another_post_is_asked_and_one_more_answer_expected_on_pages(visit, world, school_form, school, open_round):
    form = school_form()
    school("S-1")
    call = open_round(form)
    part, owner = part_of(call), visit("owner")
    row = Expected.objects.get(assignment=part)
    address = f"/calls/{call.reference}/answers/give/?row={row.pk}"
    assert owner.post(address, {"respondent": "HEALTH-P01-records"}).status_code == 302
    page = owner.get(f"/calls/{call.reference}/answers/").content.decode()
    assert "Records officer" in page and "School S-1" in page
    school("S-2")
    asked = {"office": part.pk, "form": form.slug, "facility": "S-2"}
    assert owner.post(f"/calls/{call.reference}/answers/add/", asked).status_code == 302
    assert Expected.objects.filter(assignment=part).count() == 2
    assert owner.post(f"/calls/{call.reference}/answers/add/", asked | {"facility": ""}).status_code == 200
    assert visit("colleague").get(f"/calls/{call.reference}/answers/add/").status_code == 403


def test_the_answers_are_taken_along_as_csv_and_excel(visit, district_form, open_round):
    call = open_round(district_form())
    text = b"".join(visit("caller").get(f"/calls/{call.reference}/answers.csv?state=all").streaming_content).decode(
        "utf-8-sig"
    )
    assert "0101" in text and "0201" in text and "Not yet received" in text
    sheet = b"".join(visit("owner").get(f"/calls/{call.reference}/answers.xlsx").streaming_content)
    assert sheet.startswith(b"PK")
    assert visit("owner").get(f"/calls/{call.reference}/answers.pdf").status_code == 404
