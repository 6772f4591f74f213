"""Split, merge, rename, transfer: dated, with the history kept, and refused in clear words when dates contradict."""

from datetime import date, datetime

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from sala.core import clock
from sala.core.errors import Conflict, Invalid, NotPermitted, SignInNeeded
from sala.core.language import Translated
from sala.journal.models import Event
from sala.places import operations, policy
from sala.places.models import Area, AreaCode, AreaName, Parenthood, Succession
from sala.places.operations import NewArea
from sala.places.queries import areas_on, children_on, find_by_name, parent_on

pytestmark = pytest.mark.django_db
BEFORE, DAY = date(2013, 12, 31), date(2014, 1, 1)
NEW = date(2020, 5, 1)


def codes(areas):
    return sorted(areas.values_list("code", flat=True))


def new(code="04", lo="ແຂວງໃໝ່", en="Maiyai", **more):
    return NewArea(code=code, name=Translated(lo=lo, en=en), **more)


# ---- the standing case: a province formed in 2014 ----------------------------------------------------------------


def test_the_tree_of_a_day_before_the_third_province_is_the_old_one(world):
    assert codes(areas_on(BEFORE, "province")) == ["01", "02"]
    assert codes(areas_on(DAY, "province")) == ["01", "02", "03"]
    assert parent_on(world.area("0301"), BEFORE) == world.area("01")
    assert parent_on(world.area("0302"), BEFORE) == world.area("02")
    assert parent_on(world.area("0301"), DAY) == world.area("03")
    assert codes(children_on(world.area("01"), BEFORE)) == ["0101", "0102", "0301"]
    assert codes(children_on(world.area("03"), BEFORE)) == []


def test_a_province_is_formed_out_of_districts_of_two(world):
    made = operations.split(
        world.actor("registrar"), world.area("01"), on=NEW, continues=True, decision="12/PM",
        into=[new(members=[world.area("0102"), world.area("0201")], codes={"stat": "04"})],
    )  # fmt: skip
    formed = made[0]
    assert codes(areas_on(date(2020, 4, 30), "province")) == ["01", "02", "03"]
    assert codes(areas_on(NEW, "province")) == ["01", "02", "03", "04"]
    assert parent_on(world.area("0201"), date(2020, 4, 30)).code == "02"
    assert parent_on(world.area("0201"), NEW) == formed
    assert {row.predecessor.code for row in formed.origins.all()} == {"01", "02"}
    assert world.area("0201").parent == formed and world.area("0201").path.startswith(formed.path)
    assert not world.area("01").has_ended and not world.area("02").has_ended
    assert AreaCode.objects.get(system="stat", value="04").area == formed
    assert Event.objects.filter(verb=policy.CHANGE, subject_type="area", subject_id=formed.pk).count() == 1


def test_a_change_recorded_ahead_waits_for_its_day(world):
    tomorrow = date(2031, 1, 1)
    with clock.fixed(timezone.make_aware(datetime(2030, 6, 1, 12))):
        operations.split(
            world.actor("registrar"), world.area("01"), on=tomorrow, continues=True,
            into=[new(members=[world.area("0102")])],
        )  # fmt: skip
        assert world.area("0102").parent.code == "01"
        assert codes(areas_on(clock.today(), "province")) == ["01", "02", "03"]
        assert operations.bring_up_to_date(world.actor("command")) == []
    with clock.fixed(timezone.make_aware(datetime(2031, 1, 1, 0, 30))):
        moved = operations.bring_up_to_date(world.actor("command"))
        assert [area.code for area in moved] == ["0102"]
        assert world.area("0102").path.startswith(world.area("04").path)
        assert operations.bring_up_to_date(world.actor("command")) == []


def test_the_daily_job_brings_what_is_due_into_force(world):
    from sala.places.jobs import bring_up_to_date

    with clock.fixed(timezone.make_aware(datetime(2030, 6, 1, 12))):
        operations.merge(world.actor("registrar"), [world.area("0102")], into=world.area("0101"), on=date(2031, 1, 1))
        bring_up_to_date(0)
        assert not world.area("0102").has_ended
    with clock.fixed(timezone.make_aware(datetime(2031, 1, 2, 1))):
        bring_up_to_date(0)
        bring_up_to_date(1)
        assert world.area("0102").ended_on == date(2031, 1, 1)
        assert Event.objects.filter(verb=policy.ENDED, subject_id=world.area("0102").pk).count() == 1


# ---- split -------------------------------------------------------------------------------------------------------


def test_an_area_that_ends_names_its_successors_and_frees_its_codes(world):
    first, second = operations.split(
        world.actor("registrar"), world.area("01"), on=NEW, continues=False,
        into=[new("11", "ແຂວງເໜືອ", "Neua", members=[world.area("0101")], codes={"stat": "11"}),
              new("12", "ແຂວງໃຕ້", "Tai", members=[world.area("0102")])],
    )  # fmt: skip
    area = world.area("01")
    assert area.ended_on == NEW and area.successions.filter(on=NEW).count() == 2
    assert AreaCode.objects.get(area=area, system="stat").valid.upper == NEW
    assert codes(areas_on(NEW, "province")) == ["02", "03", "11", "12"]
    ended = Event.objects.get(verb=policy.ENDED, subject_id=area.pk)
    assert f'"successors":[{first.pk},{second.pk}]' in ended.text
    assert Parenthood.objects.get(area=area).valid == DateRange(None, NEW)


def test_a_split_that_leaves_a_district_without_a_province_is_refused_and_nothing_changes(world):
    with pytest.raises(Invalid, match="Huaykhao"):
        operations.split(
            world.actor("registrar"), world.area("01"), on=NEW, continues=False,
            into=[new("11", members=[world.area("0101")]), new("12", lo="ແຂວງໃຕ້")],
        )  # fmt: skip
    assert not Area.objects.filter(code="11").exists() and Succession.objects.filter(on=NEW).count() == 0


@pytest.mark.parametrize(("code", "day", "words"), [
    ("04", date(2013, 6, 1), "2014|since"),  # the district's province is younger
    ("02", NEW, "in use"),
])  # fmt: skip
def test_contradicting_dates_and_codes_are_refused(world, code, day, words):
    with pytest.raises(Invalid, match=words):
        operations.split(
            world.actor("registrar"), world.area("03"), on=day, continues=True,
            into=[new(code, members=[world.area("0301")])],
        )  # fmt: skip


def test_a_code_of_another_area_is_refused(world):
    with pytest.raises(Conflict, match="DM-NG"):
        operations.split(
            world.actor("registrar"), world.area("01"), on=NEW, continues=True,
            into=[new(members=[world.area("0102")], codes={"iso3166-2": "DM-NG"})],
        )  # fmt: skip


def test_the_country_is_not_split(world):
    with pytest.raises(Invalid):
        operations.split(world.actor("registrar"), world.area("DM"), on=NEW, continues=True, into=[new()])


# ---- merge -------------------------------------------------------------------------------------------------------


def test_two_provinces_become_one_that_exists(world):
    operations.merge(world.actor("registrar"), [world.area("02")], into=world.area("01"), on=NEW, decision="7/PM")
    assert world.area("02").ended_on == NEW
    assert codes(children_on(world.area("01"), NEW)) == ["0101", "0102", "0201", "0202"]
    assert world.area("0202").path.startswith(world.area("01").path)
    assert parent_on(world.area("0202"), date(2020, 4, 30)).code == "02"
    assert world.area("02").successions.get(kind="merge").successor.code == "01"


def test_two_districts_become_a_new_one(world):
    made = operations.merge(
        world.actor("registrar"), [world.area("0101"), world.area("0102")], into=new("0103", "ເມືອງລວມ", "Huam"), on=NEW
    )
    assert made.parent.code == "01" and made.level.code == "district"
    assert world.area("0101").ended_on == world.area("0102").ended_on == NEW


def test_districts_of_two_provinces_do_not_become_a_new_one(world):
    with pytest.raises(Invalid, match="different areas"):
        operations.merge(world.actor("registrar"), [world.area("0101"), world.area("0201")], into=new("0109"), on=NEW)
    assert not world.area("0101").has_ended


def test_what_has_ended_does_not_end_again(world):
    operations.merge(world.actor("registrar"), [world.area("02")], into=world.area("01"), on=NEW)
    with pytest.raises(Invalid, match="ends on"):
        operations.merge(world.actor("registrar"), [world.area("02")], into=world.area("03"), on=date(2021, 1, 1))


def test_areas_of_two_levels_are_not_merged(world):
    with pytest.raises(Invalid, match="same level"):
        operations.merge(world.actor("registrar"), [world.area("0101")], into=world.area("02"), on=NEW)


# ---- transfer ----------------------------------------------------------------------------------------------------


def test_a_district_moves_to_another_province_with_its_new_code(world):
    AreaCode.objects.create(area=world.area("0201"), system="stat", value="0201")
    operations.transfer(
        world.actor("registrar"), world.area("0201"), parent=world.area("01"), on=NEW, codes={"stat": "0103"}
    )
    area = world.area("0201")
    assert area.parent.code == "01" and area.path == f"{world.area('01').path}{area.pk}/"
    assert parent_on(area, date(2020, 4, 30)).code == "02"
    ranges = {code.value: (code.valid.lower, code.valid.upper) for code in area.codes.filter(system="stat")}
    assert ranges == {"0201": (None, NEW), "0103": (NEW, None)}


@pytest.mark.parametrize(("parent", "error"), [("02", Conflict), ("0101", Invalid)])
def test_a_transfer_to_where_it_is_or_to_a_wrong_level_is_refused(world, parent, error):
    with pytest.raises(error):
        operations.transfer(world.actor("registrar"), world.area("0201"), parent=world.area(parent), on=NEW)
    assert world.area("0201").parent.code == "02"


def test_a_transfer_to_a_province_of_later_days_is_refused(world):
    with pytest.raises(Invalid, match="does not exist"):
        operations.transfer(world.actor("registrar"), world.area("0201"), parent=world.area("03"), on=date(2010, 1, 1))


def test_a_second_transfer_before_the_first_is_refused(world):
    operations.transfer(world.actor("registrar"), world.area("0201"), parent=world.area("01"), on=NEW)
    with pytest.raises(Invalid, match="since"):
        operations.transfer(world.actor("registrar"), world.area("0201"), parent=world.area("03"), on=date(2019, 1, 1))


# ---- rename ------------------------------------------------------------------------------------------------------


def test_a_renamed_area_is_found_under_both_names(world):
    operations.rename(
        world.actor("registrar"), world.area("0102"), name=Translated(lo="ເມືອງຫ້ວຍແດງ", en="Huaydeng"), on=NEW
    )
    area = world.area("0102")
    assert area.name.text("en").text == "Huaydeng"
    former = AreaName.objects.get(area=area, language="en", kind="former")
    assert former.text == "Huaykhao" and former.until == NEW
    assert [found.code for found in find_by_name("huaykhao")] == ["0102"]
    assert [found.code for found in find_by_name("Huay-Deng")] == ["0102"]


@pytest.mark.parametrize(("day", "name"), [
    (date(2999, 1, 1), "Huaydeng"), (NEW, "Huaykhao"), (date(2013, 1, 1), "Huaydeng"),
])  # fmt: skip
def test_a_rename_with_a_wrong_date_or_the_same_name_is_refused(world, day, name):
    area = world.area("0102" if day.year != 2013 else "03")
    changed = Translated({**area.name, "en": name})
    with pytest.raises(Invalid):
        operations.rename(world.actor("registrar"), area, name=changed, on=day)
    assert not AreaName.objects.filter(area=area, kind="former").exists()


# ---- who -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "error"), [("stranger", NotPermitted), ("owner", NotPermitted), ("public", SignInNeeded)]
)
def test_nobody_but_the_registrar_changes_the_tree(world, who, error):
    actor, area = world.actor(who), world.area("0101")
    with pytest.raises(error):
        operations.rename(actor, area, name=Translated(lo="ອື່ນ"), on=NEW)
    with pytest.raises(error):
        operations.transfer(actor, area, parent=world.area("02"), on=NEW)
    with pytest.raises(error):
        operations.merge(actor, [area], into=world.area("0102"), on=NEW)
    with pytest.raises(error):
        operations.split(actor, area, on=NEW, into=[new("0109")], continues=True)
    assert world.area("0101").parent.code == "01" and Succession.objects.filter(on=NEW).count() == 0


def test_a_pack_loaded_again_does_not_undo_a_registrars_change(world):
    from config import packs
    from tests.world import PACK

    operations.merge(world.actor("registrar"), [world.area("02")], into=world.area("01"), on=NEW)
    packs.load(world.actor("command"), PACK)
    assert world.area("02").ended_on == NEW
