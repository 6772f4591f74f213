"""./sala villages_demo: invented villages on request, a round over them, and that pages bear many of them."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sala.collection.models import Expected, Form, Reading
from sala.duties.models import Call
from sala.places.models import Area, PlaceList
from tests.conftest import ROOT

pytestmark = pytest.mark.django_db
PACK = ROOT / "packs" / "demo"


def run(**options) -> str:
    out = io.StringIO()
    call_command("villages_demo", stdout=out, **options)
    return out.getvalue()


def test_invented_villages_are_entered_marked_and_not_twice(world):
    assert run(count=13).splitlines()[-1] == "13 new, 0 changed, 0 unchanged, 0 refused"
    villages = Area.objects.filter(level__code="village")
    assert villages.count() == 13 and all(area.is_invented and area.certainty == "example" for area in villages)
    assert all(area.parent.level.code == "district" and area.label_point for area in villages)
    assert {area.parent.code for area in villages} == {"0101", "0102", "0201", "0202", "0301", "0302"}
    assert run(count=13).splitlines()[-1] == "0 new, 0 changed, 13 unchanged, 0 refused"
    assert run(count=15).splitlines()[-1] == "2 new, 0 changed, 13 unchanged, 0 refused"
    assert (
        Area.objects.filter(level__code="village").count() == 15
        and PlaceList.objects.filter(is_invented=True).count() == 2
    )
    with pytest.raises(CommandError):
        run(count=0)


def test_points_lie_inside_the_district_where_its_boundary_is_known(world, drawn):
    run(count=12)
    for area in Area.objects.filter(level__code="village"):
        assert area.parent.boundaries.filter(coarse__covers=area.label_point).exists(), area


def test_a_round_asks_every_village_and_some_have_answered(world, settings, tmp_path):
    from config.demonstration.collection import forms
    from sala.access.actor import command
    from sala.core.pack import Pack

    settings.FILES = tmp_path / "files"
    with pytest.raises(CommandError, match="no form village"):
        run(count=12, pack=PACK)
    forms(command(), Pack(PACK))
    run(count=12, pack=PACK)
    call = Call.objects.get(title__en="Village forms 2026")
    assert Form.objects.get(form_id="village").level.code == "village" and call.is_invented
    assert Expected.objects.filter(assignment__call=call, area__level__code="village").count() == 12
    assert Reading.objects.filter(expected__assignment__call=call).count() == 8
    run(count=12, pack=PACK)
    assert Call.objects.filter(title__en="Village forms 2026").count() == 1


def test_a_district_with_many_villages_shows_them_page_by_page(visit, world):
    run(count=1260)
    browser = visit()
    with CaptureQueriesContext(
        connection,
    ) as first:
        text = browser.get("/places/0101/").content.decode()
    assert "Villages <span" in text and "(210)" in text and text.count('href="/places/0101V') == 200
    assert (
        "Page 1 of 2" in text
        and browser.get("/places/0101/?page=2").content.decode().count('href="/places/0101V') == 10
    )
    with CaptureQueriesContext(connection) as other:
        browser.get("/places/0101V00001/")
    assert len(first) < 45 and len(other) < 45
