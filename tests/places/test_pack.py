"""What places takes from a country pack: former parents, words of a level, and faults told with their line."""

import shutil
from datetime import date

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from sala.core.pack import PackError
from sala.places.models import Area, Level, Parenthood
from tests.world import PACK

pytestmark = pytest.mark.django_db


@pytest.fixture
def changed_pack(tmp_path):
    """changed_pack(old, new) → a copy of the invented country's pack with one text replaced in areas.csv."""

    def make(old: str, new: str):
        folder = tmp_path / "pack"
        shutil.copytree(PACK, folder)
        path = folder / "areas.csv"
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1
        path.write_text(text.replace(old, new), encoding="utf-8")
        return folder

    return make


def test_former_parents_become_dated_parenthood(world):
    rows = Parenthood.objects.filter(area=world.area("0301")).order_by("valid")
    day = date(2014, 1, 1)
    assert [(row.parent.code, row.valid) for row in rows] == [
        ("01", DateRange(None, day)),
        ("03", DateRange(day, None)),
    ]


def test_words_of_a_level_are_taken_over(world):
    assert {"District", "ເມືອງ", "ມ."} <= set(Level.objects.get(code="district").words())


@pytest.mark.parametrize(("new", "words"), [
    ("99:2014-01-01", "former parent 99"), ("01:soon", "must look like"), ("01:2014-01-01;02:2012-01-01", "order"),
])  # fmt: skip
def test_a_wrong_former_parent_is_told_with_its_line_and_nothing_changes(world, changed_pack, new, words):
    from config import packs

    before = Area.objects.count()
    with pytest.raises(PackError, match=words) as told:
        packs.load(world.actor("command"), changed_pack("01:2014-01-01", new))
    assert "areas.csv line 10" in str(told.value) and Area.objects.count() == before


def test_loading_the_same_pack_again_changes_nothing(world):
    from config import packs

    report = packs.load(world.actor("command"), PACK)
    assert report.new == report.changed == 0
