"""Static maps: what is drawn, what stands in when nothing is, how heavy they are, and what stands under them."""

import json
import re
from xml.etree import ElementTree

import pytest
from django.contrib.gis.geos import MultiPolygon
from django.utils.safestring import SafeString

from sala.core.models import PackFact
from sala.places.labels import Label, placed
from sala.places.maps import boundary_source, surroundings, svg_map
from sala.places.models import Area, Boundary

pytestmark = pytest.mark.django_db


def draw(area: Area, language: str = "en") -> ElementTree.Element:
    """The figure as a tree; it must be well formed."""
    children = list(area.children.select_related("level").order_by("code"))
    figure = svg_map(area, children, language)
    assert isinstance(figure, SafeString)
    return ElementTree.fromstring(figure)


def classes(figure) -> list[str]:
    return [found.get("class") for found in figure.iter() if found.tag in ("path", "circle")]


def texts(figure) -> list[str]:
    return [found.text for found in figure.iter("text")]


def words(figure) -> str:
    return " ".join("".join(figure.find("figcaption").itertext()).split())


def test_what_is_around_may_be_told_beforehand(drawn, world):
    for code in ("DM", "01", "0101"):
        area = world.area(code)
        children = list(area.children.order_by("code"))
        around = surroundings(area, children)
        assert svg_map(area, children, "en", around) == svg_map(area, children, "en") != ""
        assert around.boundaries[area.pk].area == area


def test_a_border_drawn_before_is_drawn_anew_where_it_changed(drawn, world):
    area = world.area("0101")
    before = svg_map(area, [], "en")
    assert svg_map(area, [], "en") == before
    boundary = Boundary.objects.get(area=area)
    Boundary.objects.filter(pk=boundary.pk).update(coarse=MultiPolygon(boundary.coarse.envelope))
    assert svg_map(area, [], "en") != before


def test_a_country_shows_its_provinces_by_name(drawn, world):
    figure = draw(world.area("DM"))
    assert classes(figure) == ["area"] * 3 and set(texts(figure)) == {"Phuthong", "Nangam", "Paknam"}
    svg = figure.find("svg")
    assert svg.get("role") == "img" and svg.get("aria-label") == svg.find("title").text == "Map of Demoland"


def test_a_province_shows_its_districts_among_its_neighbours(drawn, world):
    figure = draw(world.area("01"))
    assert classes(figure).count("area") == 2 and "context" in classes(figure)
    assert texts(figure) == ["Nongsai", "Huaykhao"]


def test_a_district_is_marked_among_its_neighbours(drawn, world):
    figure = draw(world.area("0101"))
    assert classes(figure) == ["context", "here"] and "Nongsai" in texts(figure)


def test_names_and_caption_speak_the_readers_language(drawn, world):
    figure = draw(world.area("DM"), "lo")
    assert "ແຂວງພູທອງ" in texts(figure)
    assert {found.get("lang") for found in figure.iter("text")} == {"lo"}
    assert "ບໍ່ແມ່ນຂອງຈິງ" in words(figure)


def test_the_source_and_the_disclaimer_stand_under_the_map(drawn, world):
    told = words(draw(world.area("01")))
    assert told.startswith("Boundaries: Invented, 1 January 2020 (CC0).") and told.endswith("shown here is real.")
    assert boundary_source(world.area("01")).startswith("Invented") and boundary_source(world.area("DM"))


def test_without_boundaries_label_points_stand_for_the_areas(world):
    figure = draw(world.area("01"))
    assert classes(figure) == ["point", "point"] and texts(figure) == ["Nongsai", "Huaykhao"]
    assert boundary_source(world.area("01")) == "" and "Boundaries:" not in words(figure)


def test_a_district_without_boundary_is_a_point_in_its_province(load, world):
    from tests.places.conftest import DEMO

    load(DEMO, "province")
    assert classes(draw(world.area("0101"))) == ["context", "point"]


def test_the_outline_of_the_pack_is_the_ground_until_boundaries_exist(world, settings, tmp_path):
    outline = {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates":
               [[[100, 19], [102, 19], [102, 21], [100, 21], [100, 19]]]}}  # fmt: skip
    (tmp_path / "outline").mkdir()
    (tmp_path / "outline" / "demo.json").write_text(json.dumps(outline))
    settings.STATICFILES_DIRS = [tmp_path]
    PackFact.objects.create(key="outline", value={"package": "x", "file": "y", "source": "survey"})
    sources = [{"id": "survey", "title": "Old survey", "licence": "CC0"}]
    PackFact.objects.update_or_create(key="sources", defaults={"value": sources})
    figure = draw(world.area("DM"))
    assert classes(figure) == ["context", "point", "point", "point"]
    assert words(figure).startswith("Boundaries: Old survey (CC0).")


def test_a_place_of_which_nothing_is_known_has_no_map(world):
    Area.objects.filter(code__startswith="01").update(label_point=None)
    area = world.area("0101")
    assert svg_map(area, [], "en") == ""


def test_a_map_needs_neither_script_nor_style(drawn, world):
    figure = svg_map(world.area("DM"), list(world.area("DM").children.all()), "lo")
    assert not re.search(r"<script|style=|<style|href|onload", figure)


def test_a_name_with_markup_is_only_a_name(drawn, world):
    area = world.area("0101")
    area.name = {**area.name, "en": "<b>&amp"}
    area.save()
    assert texts(draw(world.area("01")))[0] == "<b>&amp"


def test_labels_do_not_lie_over_each_other_and_stay_inside():
    labels = [Label(f"Name {number}", "en", 5 + number % 3, 50 + number % 5) for number in range(30)]
    kept = placed(labels, 340, 200)
    boxes = [label.box for label in kept]
    assert 1 < len(kept) < 30
    for index, one in enumerate(boxes):
        assert one[0] >= 0 and one[2] <= 340 and one[1] >= 0 and one[3] <= 200
        for other in boxes[index + 1 :]:
            assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def test_the_outlines_that_packs_name_are_copied_from_the_browser_packages(tmp_path):
    from config.browser_files import copy_outlines

    copy_outlines(tmp_path)
    content = json.loads((tmp_path / "outline" / "laos.json").read_text())
    assert content["type"] == "Feature" and not (tmp_path / "outline" / "demo.json").exists()
