"""Recommendations of the demonstration load once, marked as invented, in the languages of the country."""

from pathlib import Path

import pytest

from config.demonstration.recommendations import recommendations
from config.demonstration.rounds import rounds
from sala.core.pack import Pack, PackError
from sala.duties.models import CallTemplate, Recommendation

PACKS = Path(__file__).resolve().parents[2] / "packs"


@pytest.mark.django_db
def test_they_load_once_and_stand_on_the_public_board(world, visit):
    pack = Pack(PACKS / "demo")
    assert recommendations(world.actor("command"), pack).new == 1
    again = recommendations(world.actor("command"), pack)
    assert (again.new, again.unchanged) == (0, 1)
    one = Recommendation.objects.get()
    assert one.call.is_invented and one.outcome == "submitted" and one.call.assignments.count() == 2
    page = visit().get("/recommendations/").content.decode()
    assert one.get_absolute_url() in page and "Invented for demonstration" in page


@pytest.mark.django_db
def test_a_call_to_many_posts_loads_once_and_is_kept_as_a_yearly_template(world, visit):
    pack = Pack(PACKS / "demo")
    assert rounds(world.actor("command"), pack).new == 1
    again = rounds(world.actor("command"), pack)
    assert (again.new, again.unchanged) == (0, 1)
    template = CallTemplate.objects.get()
    posts = set(template.source.assignments.values_list("position__code", flat=True))
    assert {"HEALTH-data", "HEALTH-P01-data", "HEALTH-P02-data"} <= posts
    assert template.rhythm == "yearly" and template.next_on and template.source.is_invented
    assert template.source.get_absolute_url() in visit().get("/calls/").content.decode()


@pytest.mark.django_db
def test_a_source_that_is_not_there_is_named(world, tmp_path):
    (tmp_path / "pack.yaml").write_text("code: x", encoding="utf-8")
    (tmp_path / "demonstration.yaml").write_text(
        "recommendations: [{number: '1', source: nothing-here}]", encoding="utf-8"
    )
    with pytest.raises(PackError, match="nothing-here"):
        recommendations(world.actor("command"), Pack(tmp_path))
    assert not Recommendation.objects.exists()


def test_those_of_the_workshop_are_complete_in_both_languages():
    entries = Pack(PACKS / "laos").listed("demonstration", "recommendations")
    assert [entry["number"] for entry in entries] == ["1.1", "1.2", "1.3", "2.1", "3.1", "3.2"]
    assert {tuple(sorted(entry[name])) for entry in entries for name in ("title", "theme", "wording", "purpose")} == {
        ("en", "lo")
    }
    assert len({entry["wording"]["lo"] for entry in entries}) == 6
    documents = {entry["slug"] for entry in Pack(PACKS / "laos").listed("documents")}
    assert {entry["source"] for entry in entries} <= documents
