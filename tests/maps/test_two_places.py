"""Two places side by side: each cell is what its place says alone; a drawn and kept area too; kept, printed, made again."""

import json

import pytest

from sala.catalogue.models import Column
from sala.core.errors import Conflict
from sala.maps.models import Analysis
from sala.maps.operations.analyses import open_analysis
from sala.maps.queries.here import what_is_here
from sala.maps.where import shape_of_place
from tests.maps.test_here import drawn

pytestmark = pytest.mark.django_db
ASKED = {"place": "01", "other": "02"}


def cells(answer) -> dict[tuple[str, str], list]:
    """(title of a group, label of a row) → the two (value, share)."""
    assert answer.status_code == 200, answer
    return {
        (str(group["title"]), row["label"]): [(value, share) for value, _places, share in row["both"]]
        for group in answer.context["groups"]
        for row in group["rows"]
    }


def test_each_cell_is_what_its_place_says_alone(world, boundaries, cover, slope, people, visit):
    told = cells(visit().get("/here/compare/", ASKED))
    alone = [what_is_here(world.actor("public"), shape_of_place(world.area(code))) for code in ("01", "02")]
    assert [value for value, _share in told["Size, geodesic", ""]] == [side["ha"] for side in alone]
    for side, found in enumerate(alone):
        for row in found["layers"][0]["classes"]:
            assert told["Layer cover", row["class"]][side] == (row["ha"], row["share"])
        population = found["people"][0]
        assert told["People and other counts", f"Population {population['period']}"][side][0] == population["value"]
    assert told["Layer slope", "Mean"][0][0] == pytest.approx(19.5, abs=1)
    html = visit().get("/here/compare/", ASKED).content.decode()
    assert "Phuthong" in html and "Nangam" in html and html.count("<svg") >= 2


def test_a_place_leads_here_and_the_second_is_asked(boundaries, cover, visit):
    assert "/here/compare/?place=01" in visit().get("/here/?place=01").content.decode()
    answer = visit().get("/here/compare/?place=01")
    assert (
        "groups" not in answer.context and "Phuthong" in answer.content.decode() and not answer.context["form"].errors
    )


def test_a_drawn_area_that_was_kept_stands_beside_a_place_for_those_who_may_read_it(boundaries, cover, visit):
    browser = visit("owner")
    browser.post("/here/", {"drawing": drawn((100.1, 20.1, 100.4, 20.4)), "keep": "1", "title": "Field", "owner": "HEALTH-P01"})  # fmt: skip
    area = Analysis.objects.get()
    asked = {"kept": area.reference, "other": "01"}
    told = cells(browser.get("/here/compare/", asked))
    assert told["Size, geodesic", ""][0][0] == area.result["ha"]
    for who in ("public", "stranger"):
        answer = visit(who).get("/here/compare/", asked)
        assert "groups" not in answer.context and "Field" not in answer.content.decode()


def test_who_has_kept_areas_is_told_to_name_a_place_or_one_of_them(boundaries, cover, visit):
    browser = visit("owner")
    browser.post("/here/", {"place": "01", "keep": "1", "title": "Kept", "owner": "HEALTH-P01"})
    assert "Name a place, or choose" in browser.get("/here/compare/?place=&other=01").content.decode()


def test_an_office_keeps_it_prints_it_and_makes_it_again(boundaries, cover, slope, people, visit):
    browser = visit("owner")
    browser.post("/here/compare/", ASKED | {"keep": "1", "title": "North and south", "owner": "HEALTH-P01"})
    kept = Analysis.objects.get()
    assert kept.kind == "places" and kept.inputs.count() == 3 and "registers" not in kept.result["sides"][0]
    assert "Phuthong" in browser.get(kept.get_absolute_url()).content.decode()
    assert b"".join(browser.get(f"{kept.get_absolute_url()}paper.pdf")).startswith(b"%PDF")
    assert visit("stranger").get(kept.get_absolute_url()).status_code == 404
    assert browser.get(f"/api/v1/analyses/{kept.reference}").json()["result"]["sides"][0]["ha"] > 0
    again = browser.post(f"{kept.get_absolute_url()}again/", follow=True)
    assert "same to the last digit" in again.content.decode() and Analysis.objects.count() == 1


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"place": "01", "other": "nowhere"}, "nowhere"),
        ({"place": "", "other": "01"}, "This field is required"),
    ],
)
def test_what_is_not_known_is_said(boundaries, cover, visit, asked, words):
    answer = visit().get("/here/compare/", asked)
    assert "groups" not in answer.context and words in answer.content.decode()


def test_what_copies_a_closed_drawing_is_opened_no_further_than_the_drawing(world, boundaries, cover, visit):
    visit("owner").post("/here/", {"drawing": drawn((100.1, 20.1, 100.4, 20.4)), "keep": "1", "title": "Field", "owner": "HEALTH-P01"})  # fmt: skip
    area = Analysis.objects.get()
    open_analysis(world.actor("owner"), area, tier="government")
    visit("stranger").post(
        "/here/compare/", {"kept": area.reference, "other": "01", "keep": "1", "title": "Two", "owner": "LAND-P02"}
    )
    copied = Analysis.objects.get(title="Two")
    assert copied.recipe["sides"][0]["kept"] == area.reference
    with pytest.raises(Conflict, match="Field"):
        open_analysis(world.actor("stranger"), copied, tier="public")
    open_analysis(world.actor("stranger"), copied, tier="government")


def test_figures_of_a_closed_column_are_told_to_its_house_and_never_kept(world, boundaries, cover, people, visit):
    Column.objects.update_or_create(
        distribution=people.distribution,
        name="population",
        defaults={"tier": "government", "label": {"lo": "ພົນລະເມືອງ"}},
    )
    browser = visit("owner")
    assert browser.get("/here/?place=01").context["found"]["people"]
    assert visit().get("/here/?place=01").context["found"]["people"] == []
    for address, asked in (("/here/", {"place": "01"}), ("/here/compare/", ASKED)):
        browser.post(address, asked | {"keep": "1", "title": address, "owner": "HEALTH-P01"})
    assert Analysis.objects.count() == 2
    for kept in Analysis.objects.all():
        assert "population" not in json.dumps(kept.result).lower() and people.pk not in kept.inputs.values_list(
            "edition", flat=True
        )
