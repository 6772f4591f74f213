"""Finding areas by name, code, point, and a whole column at once."""

from datetime import date

import pytest
from django.contrib.gis.geos import Point
from django.db.backends.postgresql.psycopg_any import DateRange

from sala.core import lao
from sala.core.language import Translated
from sala.places import operations
from sala.places.models import Area, AreaCode, AreaName, Boundary, BoundarySet, Level, Parenthood
from sala.places.queries import (
    country,
    find_by_name,
    join_column,
    join_pairs,
    latest_boundaries,
    locate,
)
from tests.places.conftest import DEMO

pytestmark = pytest.mark.django_db


def code_of(area):
    return area.code if area else None


def village(world, code, parent, name):
    above = world.area(parent)
    area = Area.objects.create(level=Level.objects.get(code="village"), code=code, parent=above, path="",
                               name=Translated(lo=name, en=name), is_invented=True)  # fmt: skip
    area.path = f"{above.path}{area.pk}/"
    area.save()
    Parenthood.objects.create(area=area, parent=above, valid=DateRange(None, None))
    return area


# ---- names -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "codes"), [
    ("Nongsai", ["0101"]), ("nong sai", ["0101"]), ("Muang Nongsai", ["0101"]), ("ໜອງໃສ", ["0101"]),
    ("ຫນອງໃສ", ["0101"]), ("ເມືອງໜອງໃສ", ["0101"]), ("Houay Khao", ["0102"]), ("Paknam", ["03", "0301"]),
    ("Nowhere", []), ("", []),
])  # fmt: skip
def test_a_name_finds_its_areas_in_any_accepted_spelling(world, text, codes):
    assert [area.code for area in find_by_name(text)] == codes


def test_a_parent_narrows_the_search(world):
    assert [area.code for area in find_by_name("Paknam", parent=world.area("03"))] == ["0301"]
    assert find_by_name("Paknam", parent=world.area("01")) == []


# ---- a whole column ----------------------------------------------------------------------------------------------


def test_a_column_is_joined_by_code_name_and_alias(world):
    found = join_column(["01", "DM-NG", "Phou Thong", "ແຂວງປາກນ້ຳ", "Paknam province", "nowhere", ""], level="province")
    assert {value: code_of(area) for value, area in found.items()} == {
        "01": "01", "DM-NG": "02", "Phou Thong": "01", "ແຂວງປາກນ້ຳ": "03", "Paknam province": "03", "nowhere": None, "": None,
    }  # fmt: skip


@pytest.mark.parametrize(("value", "code"), [("101", "0101"), ("0101", "0101"), ("໐໑໐໑", "0101"), ("1", None)])
def test_codes_that_lost_their_zeros_are_understood_within_a_level(world, value, code):
    assert code_of(join_column([value], level="district")[value]) == code


def test_a_name_of_two_levels_needs_the_level(world):
    assert join_column(["Paknam"])["Paknam"] is None
    assert code_of(join_column(["Paknam"], level="district")["Paknam"]) == "0301"


def test_a_name_of_two_parents_needs_the_parent(world):
    for parent in ("0101", "0201"):
        village(world, f"{parent}01", parent, "Phonxay")
    assert join_column(["Phonxay"])["Phonxay"] is None
    found = join_pairs([("Phonxay", "Nongsai"), ("Phonxay", "0201"), ("Phonxay", "Thakeo"), ("020101", "")])
    assert [code_of(area) for area in found.values()] == ["010101", "020101", None, "020101"]


def test_a_village_never_lends_its_name_to_a_district(world):
    assert join_column(["Ban Nongsai"])["Ban Nongsai"] is None
    village(world, "010101", "0101", "Nongsai")
    assert code_of(join_column(["Ban Nongsai"])["Ban Nongsai"]) == "010101"


def test_an_ended_code_and_an_ended_area_are_not_joined(world):
    AreaCode.objects.filter(value="DM-NG").update(valid=DateRange(None, date(2015, 1, 1)))
    operations.merge(world.actor("registrar"), [world.area("02")], into=world.area("01"), on=date(2020, 1, 1))
    assert join_column(["DM-NG", "02", "Nangam"]) == {"DM-NG": None, "02": None, "Nangam": None}


def test_a_hundred_thousand_values_cost_a_few_queries(world, django_assert_max_num_queries):
    values = [f"value {number}" for number in range(100_000)] + ["0101"]
    with django_assert_max_num_queries(4):
        found = join_column(values, level="district")
    assert len(found) == 100_001 and sum(area is not None for area in found.values()) == 1


def test_an_alias_is_stored_with_its_key(world):
    for name in AreaName.objects.all():
        assert name.key == lao.normalise(name.text)


# ---- boundaries --------------------------------------------------------------------------------------------------


def test_the_smallest_area_holds_a_point(drawn):
    assert code_of(locate(Point(100.25, 20.5, srid=4326))) == "0101"
    assert locate(Point(90, 0, srid=4326)) is None


def test_the_newest_vintage_counts(load, world, make_file, features):
    load(DEMO, "province", as_of=date(2020, 1, 1))
    rows = [feature for feature in features if feature["properties"]["level"] == "province"]
    newer = load(make_file(rows), "province", as_of=date(2024, 1, 1))[0].batch.vintage
    load(make_file(rows[::-1]), "province", as_of=date(2018, 1, 1))
    found = latest_boundaries([world.area("01"), world.area("0101")])
    assert {area: row.vintage for area, row in found.items()} == {world.area("01").pk: newer}


def test_a_boundary_of_before_a_split_is_not_todays(load, world):
    load(DEMO, "province", as_of=date(2020, 1, 1))
    operations.split(
        world.actor("registrar"), world.area("01"), on=date(2021, 1, 1), continues=True,
        into=[operations.NewArea(code="04", name=Translated(lo="ໃໝ່"), members=[world.area("0102")])],
    )  # fmt: skip
    assert set(latest_boundaries([world.area("01"), world.area("02")])) == {world.area("02").pk}
    assert code_of(locate(Point(100.75, 20.5, srid=4326))) is None
    assert Boundary.objects.filter(area=world.area("01")).exists() and BoundarySet.objects.count() == 1


def test_the_country_is_the_one_the_pack_names(world):
    assert country().code == "DM"
