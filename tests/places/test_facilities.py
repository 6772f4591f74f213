"""Keeping a register of schools: each change with its success, and beside it who and what is refused."""

from datetime import date

import pytest
from django.contrib.gis.geos import Point
from django.db import IntegrityError, connection, transaction

from sala.core.errors import Conflict, Invalid, NotPermitted, SignInNeeded
from sala.core.language import Translated
from sala.journal.models import Event
from sala.places import operations
from sala.places.models import Facility, FacilityCode, FacilityKind, FacilityPlace, NameKind, NotSame
from sala.places.queries import counts_here, facilities_of, find_facilities, open_on, place_on

pytestmark = pytest.mark.django_db
DAY = date(2010, 9, 1)


@pytest.fixture
def enter(world):
    """enter(name, area="0101", who="owner", kind="school-primary", …) → a school."""

    def make(name: str, area: str = "0101", who: str = "owner", kind: str = "school-primary", **more):
        given = {"opened_on": DAY, "source": "list of schools", **more}
        return operations.add_facility(
            world.actor(who), kind=FacilityKind.objects.get(code=kind), name=Translated(lo=f"ໂຮງຮຽນ {name}", en=name),
            area=world.area(area), **given,
        )  # fmt: skip

    return make


def last_event(facility: Facility) -> Event:
    return Event.objects.filter(subject_type="facility", subject_id=facility.pk).latest("pk")


# ---- entering ----------------------------------------------------------------------------------------------------


def test_the_register_numbers_what_is_entered_and_keeps_what_came_with_it(world, enter):
    one = enter("Primary School Nongsai", codes={"school-number": "໐໑໐໑-໗"}, names=["PS Nong Xay", " PS Nong Xay "])
    two = enter("Primary School Thakhek", code="s-0101-2")
    assert one.code.startswith("F") and two.code == "S-0101-2" and one.code != two.code
    assert enter("Third").code == f"F{int(one.code[1:]) + 1:05d}"
    assert list(one.codes.values_list("system", "value")) == [("school-number", "0101-7")]
    assert list(one.names.values_list("text", "key")) == [("PS Nong Xay", "ps nong xay")]
    assert {"nongsai", "nongxay"} <= set(one.keys)
    assert last_event(one).verb == "facilities.edit"


@pytest.mark.parametrize(("who", "error"), [
    ("colleague", NotPermitted), ("stranger", NotPermitted), ("citizen", NotPermitted), ("public", SignInNeeded),
])  # fmt: skip
def test_who_has_no_right_in_the_place_enters_nothing(world, enter, who, error):
    with pytest.raises(error):
        enter("Nongsai", who=who)
    assert not Facility.objects.exists()


@pytest.mark.parametrize(("change", "field"), [
    ({"code": "S 1"}, "code"), ({"opened_on": date(2020, 1, 1), "closed_on": date(2019, 1, 1)}, "__all__"),
])  # fmt: skip
def test_what_breaks_a_rule_of_the_register_is_refused(enter, change, field):
    with pytest.raises(Invalid) as refusal:
        enter("Nongsai", **change)
    assert field in refusal.value.fields and not Facility.objects.exists()


def test_a_code_is_given_once(enter):
    enter("One", code="S-1")
    with pytest.raises(Invalid):
        enter("Two", code="s-1")
    with pytest.raises(IntegrityError), transaction.atomic():
        Facility.objects.update(code="S-1", name=Translated(lo="x"), successor=None, is_duplicate=True)


def test_an_area_that_has_ended_takes_no_facility(world, enter):
    world.area("0102").__class__.objects.filter(code="0102").update(ended_on=date(2020, 1, 1))
    with pytest.raises(Invalid):
        enter("Huay", area="0102")


# ---- correcting --------------------------------------------------------------------------------------------------


def test_a_corrected_name_keeps_the_old_one_findable(world, enter):
    school = enter("Nongsai School")
    actor = world.actor("owner")
    operations.change_facility(
        actor, school, name=Translated(lo="ໂຮງຮຽນ ໃໝ່", en="New School"), renamed_on=date(2021, 1, 1)
    )
    school.refresh_from_db()
    former = school.names.get(language="en")
    assert (former.text, former.kind, former.until) == ("Nongsai School", NameKind.FORMER, date(2021, 1, 1))
    assert list(find_facilities(actor, q="nongsai")) == [school]
    assert '"name"' in last_event(school).text


def test_a_correction_outside_the_own_place_is_refused(world, enter):
    school = enter("Nongsai")
    with pytest.raises(NotPermitted):
        operations.change_facility(world.actor("stranger"), school, source="x")
    school.refresh_from_db()
    assert school.source == "list of schools"


def test_a_corrected_opening_day_holds_for_the_register_of_that_day(world, enter):
    school = enter("Nongsai")
    operations.change_facility(world.actor("owner"), school, opened_on=date(2000, 1, 1))
    assert school in open_on(date(2005, 1, 1))
    operations.move_facility(world.actor("registrar"), school, area=world.area("0102"), on=date(2012, 1, 1))
    with pytest.raises(Invalid):
        operations.change_facility(world.actor("owner"), school, opened_on=date(2013, 1, 1))


def test_nothing_changed_is_not_on_record(world, enter):
    school = enter("Nongsai")
    before = Event.objects.count()
    operations.change_facility(world.actor("owner"), school, source="list of schools", names=[])
    assert Event.objects.count() == before


# ---- moving, closing, reopening ----------------------------------------------------------------------------------


def test_a_school_that_moved_is_counted_where_it_stood_on_the_day(world, enter):
    school = enter("Nongsai", point=Point(100.2, 20.5, srid=4326))
    operations.move_facility(
        world.actor("registrar"), school, area=world.area("0201"), on=date(2015, 1, 1), decision="7/ED"
    )
    school.refresh_from_db()
    assert school.area.code == "0201" and school.point is None
    for day, here in ((date(2014, 12, 31), "01"), (date(2015, 1, 1), "02")):
        for code in ("01", "02"):
            found = facilities_of("school-primary", world.area(code).path, day)
            assert list(found) == ([school] if code == here else []), (day, code)
    assert place_on(school, date(2014, 1, 1)).code == "0101"


def test_a_move_needs_the_right_at_both_ends_and_a_day_that_can_be(world, enter):
    school = enter("Nongsai")
    owner, registrar = world.actor("owner"), world.actor("registrar")
    with pytest.raises(NotPermitted):
        operations.move_facility(owner, school, area=world.area("0201"), on=date(2015, 1, 1))
    for on in (DAY, date(2999, 1, 1)):
        with pytest.raises(Invalid):
            operations.move_facility(registrar, school, area=world.area("0201"), on=on)
    with pytest.raises(Conflict):
        operations.move_facility(registrar, school, area=world.area("0101"), on=date(2015, 1, 1))
    assert FacilityPlace.objects.count() == 1


def test_a_closed_school_is_asked_no_more_and_names_who_took_over(world, enter):
    actor, school, other = world.actor("owner"), enter("Nongsai"), enter("Phai")
    operations.close_facility(actor, school, on=date(2020, 7, 1), successor=other, decision="9/ED")
    school.refresh_from_db()
    assert school.has_closed and school.successor == other
    assert list(open_on(date(2020, 6, 30))) == [school, other] and list(open_on(date(2020, 7, 1))) == [other]
    assert [row["count"] for row in counts_here(actor, world.area("01"))] == [1]
    with pytest.raises(Conflict):
        operations.close_facility(actor, school, on=date(2021, 7, 1))
    with pytest.raises(Conflict):
        operations.move_facility(actor, school, area=world.area("0102"), on=date(2021, 7, 1))


def test_a_closing_ahead_of_its_day_leaves_the_school_open_until_then(world, enter):
    school = enter("Nongsai")
    operations.close_facility(world.actor("owner"), school, on=date(2999, 7, 1))
    school.refresh_from_db()
    assert not school.has_closed and school in open_on(date(2998, 1, 1)) and school not in open_on(date(2999, 7, 1))


@pytest.mark.parametrize(("on", "whose"), [(DAY, None), (date(2020, 1, 1), "itself")])
def test_a_closing_that_cannot_be_changes_nothing(world, enter, on, whose):
    school = enter("Nongsai")
    with pytest.raises(Invalid):
        operations.close_facility(world.actor("owner"), school, on=on, successor=school if whose else None)
    school.refresh_from_db()
    assert school.closed_on is None and school in open_on(date(2025, 1, 1))


def test_the_time_between_closing_and_reopening_stays_on_record(world, enter):
    actor, school = world.actor("owner"), enter("Nongsai")
    operations.close_facility(actor, school, on=date(2018, 1, 1))
    with pytest.raises(Invalid):
        operations.reopen_facility(actor, school, on=date(2017, 1, 1))
    operations.reopen_facility(actor, school, on=date(2020, 1, 1))
    school.refresh_from_db()
    assert school.closed_on is None and not school.has_closed
    worked = [day.year for day in (date(2017, 6, 1), date(2019, 6, 1), date(2020, 6, 1)) if school in open_on(day)]
    assert worked == [2017, 2020]
    with pytest.raises(Conflict):
        operations.reopen_facility(actor, school, on=date(2021, 1, 1))


def test_a_closing_taken_back_leaves_no_gap(world, enter):
    actor, school = world.actor("owner"), enter("Nongsai")
    operations.close_facility(actor, school, on=date(2018, 1, 1))
    operations.reopen_facility(actor, school, on=date(2018, 1, 1))
    assert school.places.count() == 1 and school in open_on(date(2018, 1, 1))


# ---- codes -------------------------------------------------------------------------------------------------------


def test_a_new_number_ends_the_former_one_which_is_still_found(world, enter):
    actor, school = world.actor("owner"), enter("Nongsai", codes={"school-number": "17"})
    operations.give_code(actor, school, system="school-number", value="0117", start=date(2022, 1, 1))
    said = {row.value: (row.valid.lower, row.valid.upper) for row in school.codes.all()}
    assert said == {"17": (DAY, date(2022, 1, 1)), "0117": (date(2022, 1, 1), None)}
    assert list(find_facilities(actor, q="0117")) == [school]
    operations.end_code(actor, school.codes.get(value="0117"), on=date(2023, 1, 1))
    assert school.codes.get(value="0117").valid.upper == date(2023, 1, 1)


def test_one_number_means_one_school(world, enter):
    actor = world.actor("owner")
    enter("Nongsai", codes={"school-number": "17a"})
    other = enter("Phai")
    with pytest.raises(Conflict) as refusal:
        operations.give_code(actor, other, system="school-number", value="17A", start=date(2022, 1, 1))
    assert "Nongsai" in str(refusal.value)
    with pytest.raises(Conflict):
        operations.give_code(actor, Facility.objects.get(name__en="Nongsai"), system="school-number", value="17A")
    with pytest.raises(IntegrityError), transaction.atomic():
        FacilityCode.objects.create(facility=other, system="school-number", value="17A")
    operations.give_code(actor, other, system="health-number", value="17A")


def test_a_stranger_gives_and_ends_no_code(world, enter):
    school = enter("Nongsai", codes={"school-number": "17"})
    with pytest.raises(NotPermitted):
        operations.give_code(world.actor("stranger"), school, system="health-number", value="1")
    with pytest.raises(NotPermitted):
        operations.end_code(world.actor("stranger"), school.codes.get(), on=date(2020, 1, 1))
    assert school.codes.get().valid.upper is None


# ---- entered twice -----------------------------------------------------------------------------------------------


def test_merging_moves_codes_and_names_and_the_old_address_leads_on(world, visit, enter):
    actor = world.actor("owner")
    point = Point(100.2, 20.5, srid=4326)
    stays, double = enter("Nongsai"), enter("Nong Xay", codes={"school-number": "17"}, names=["NX"], point=point)
    third = enter("Nong Xai")
    operations.merge_facilities(actor, third, into=double)
    operations.merge_facilities(actor, double, into=stays, reason="one school")
    stays.refresh_from_db()
    assert stays.codes.get().value == "17" and stays.point == point
    assert {"NX", "Nong Xay", "Nong Xai"} <= set(stays.names.values_list("text", flat=True))
    assert list(find_facilities(actor)) == [stays] and list(open_on(date(2020, 1, 1))) == [stays]
    for old in (double, third):
        old.refresh_from_db()
        assert old.is_duplicate and old.successor == stays
        answer = visit().get(f"/facilities/{old.code}/")
        assert (answer.status_code, answer["Location"]) == (301, f"/facilities/{stays.code}/")
    assert last_event(double).verb == last_event(stays).verb == "facilities.merge"


def test_what_was_merged_is_not_changed_any_more(world, enter):
    actor, stays, double = world.actor("owner"), enter("Nongsai"), enter("Nong Xay")
    operations.merge_facilities(actor, double, into=stays)
    for change in (
        lambda: operations.change_facility(actor, double, source="x"),
        lambda: operations.close_facility(actor, double, on=date(2020, 1, 1)),
        lambda: operations.merge_facilities(actor, stays, into=double),
        lambda: operations.keep_apart(actor, stays, double),
    ):
        with pytest.raises(Conflict) as refusal:
            change()
        assert stays.code in str(refusal.value)


def test_what_cannot_be_one_is_not_merged(world, enter):
    school, clinic, far = (
        enter("Nongsai"),
        enter("Nongsai", kind="health-post"),
        enter("Far", area="0201", who="stranger"),
    )
    with pytest.raises(Conflict):
        operations.merge_facilities(world.actor("owner"), clinic, into=school)
    with pytest.raises(Invalid):
        operations.merge_facilities(world.actor("owner"), school, into=school)
    with pytest.raises(NotPermitted):
        operations.merge_facilities(world.actor("owner"), far, into=school)
    assert not Facility.objects.filter(is_duplicate=True).exists()


def test_two_that_look_alike_are_kept_apart_by_a_decision(world, enter):
    one, other = enter("Nongsai"), enter("Nong Xay")
    operations.keep_apart(world.actor("owner"), other, one, reason="two buildings")
    operations.keep_apart(world.actor("owner"), one, other)
    decided = NotSame.objects.get()
    assert (decided.one, decided.other, decided.reason) == (one, other, "two buildings")
    with pytest.raises(NotPermitted):
        operations.keep_apart(world.actor("stranger"), one, other)


# ---- what is kept ------------------------------------------------------------------------------------------------


def test_every_state_of_a_row_is_kept_with_who_changed_it(world, enter):
    school = enter("Nongsai")
    operations.close_facility(world.actor("owner"), school, on=date(2020, 1, 1))
    with connection.cursor() as cursor:
        cursor.execute("select closed_on from places_facilityevent where pgh_obj_id = %s order by pgh_id", [school.pk])
        assert [row[0] for row in cursor.fetchall()] == [None, date(2020, 1, 1)]


@pytest.mark.parametrize("who", ["owner", "stranger", "public"])
def test_the_page_of_a_facility_is_for_everyone(world, visit, enter, who):
    school = enter("Nongsai", codes={"school-number": "17"}, point=Point(100.2, 20.5, srid=4326))
    text = visit(who).get(f"/facilities/{school.code.lower()}/", follow=True).content.decode()
    assert "Nongsai" in text and "School number" in text and "20.50000, 100.20000" in text and "<svg" in text


def test_a_facility_that_is_not_there_is_not_found(visit, world):
    assert visit().get("/facilities/F99999/").status_code == 404


def test_who_runs_a_school_is_a_duty_and_stands_on_its_page(world, visit, enter):
    school = enter("Nongsai")
    assert "No post is named for it yet." in visit().get(f"/facilities/{school.code}/").content.decode()
    sent = {
        "position": "HEALTH-P01-data",
        "kind": "maintains",
        "subject": f"facility:{school.pk}",
        "start": "2020-01-01",
    }
    assert visit("stranger").post("/duties/new/", sent).status_code == 403
    assert visit("owner").post("/duties/new/", {**sent, "subject": school.code}).status_code == 302
    text = visit().get(f"/facilities/{school.code}/").content.decode()
    assert "Maintains" in text and "Health Department" in text
    assert (
        f"/duties/new/?subject=facility:{school.pk}"
        in visit("owner").get(f"/facilities/{school.code}/").content.decode()
    )
