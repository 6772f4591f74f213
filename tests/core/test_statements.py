"""Statements that are written once: they answer as the ORM does, with the values and at the instant of each asking."""

from datetime import timedelta

import pytest
from django.contrib.gis.db.models.functions import AsGeoJSON

from sala.catalogue.models import Dataset
from sala.core import clock
from sala.core.statements import Statement, among, given
from sala.people.models import AttemptCount
from sala.places.models import Area

pytestmark = pytest.mark.django_db


def test_it_gives_what_the_same_rows_give_for_each_value(world):
    areas = Area.objects.select_related("level", "parent").order_by("code")
    kept = Statement(lambda: areas.filter(level__code=given("level")))
    for level in ("province", "district", "nowhere", "it's"):
        wanted, found = list(areas.filter(level__code=level)), kept.objects(level=level)
        assert found == wanted and bool(wanted) == (level in ("province", "district"))
        assert [vars(one.level)["name"] for one in found] == [vars(one.level)["name"] for one in wanted]
        assert [one.parent and one.parent.name for one in found] == [one.parent and one.parent.name for one in wanted]


def test_geometry_annotations_and_translated_words_are_read_as_the_orm_reads_them(world):
    shape = AsGeoJSON("label_point", precision=3)
    areas = Area.objects.annotate(shape=shape).order_by("code").values_list("shape", "code", "name", "label_point")
    ids = list(Area.objects.order_by("pk").values_list("pk", flat=True)[:5])
    assert Statement(lambda: areas.filter(among("pk", "ids"))).rows(ids=ids) == list(areas.filter(pk__in=ids))
    assert Statement(lambda: areas.filter(among("pk", "ids"))).rows(ids=[]) == []


def test_the_instant_is_that_of_asking_and_not_of_writing(db):
    kept, now = Statement(lambda: AttemptCount.objects.filter(until__gt=clock.now())), clock.now()
    assert kept.objects() == []
    counted = AttemptCount.objects.create(key="a", count=1, until=now + timedelta(days=1))
    assert kept.objects() == [counted]
    with clock.fixed(now + timedelta(days=2)):
        assert kept.objects() == []


def test_what_depends_on_the_day_is_not_kept(world):
    with pytest.raises(TypeError, match="day"):
        Statement(lambda: Dataset.objects.filter(retired_on__lt=clock.today())).objects()
