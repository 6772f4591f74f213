"""The map without script: picture, legend and tables say what the moving map draws; pages of layers and theme maps."""

import json
import re

import pytest

from sala.access.actor import command
from sala.catalogue.models import Dataset
from sala.maps import operations
from sala.maps.models import Layer, ThemeMap
from sala.maps.operations.theme_maps import Placed

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(visit):
    """page(address, who) → the HTML of a page that is there."""

    def fetch(address, who="public", language="en"):
        answer = visit(who, language).get(address)
        assert answer.status_code == 200, address
        return answer.content.decode()

    return fetch


@pytest.fixture
def theme(world, cover, boundaries) -> ThemeMap:
    operations.set_style(command(), cover, drawing="categories", column="class")
    provinces = operations.make_layer(
        command(), title={"lo": "ແຂວງ", "en": "Provinces"}, live="areas", part="province", code="provinces"
    )
    made = operations.make_theme_map(
        command(), world.organisation("LAND"), title={"lo": "ປ່າໄມ້", "en": "Forest"}, code="forest",
        layers=[Placed(Layer.objects.get(pk=cover.pk), 90), Placed(provinces, 40)],
    )  # fmt: skip
    operations.publish_theme_map(command(), made)
    return made


def config_of(html):
    return json.loads(re.search(r'<script id="map-config" type="application/json">(.+?)</script>', html).group(1))


def test_the_picture_has_every_feature_in_the_colours_of_the_legend(theme, page):
    html = page("/map/forest/")
    picture = html[html.index('<svg class="map wide"') : html.index("</svg>", html.index('<svg class="map wide"'))]
    legend = set(re.findall(r'<rect [^>]*fill="(#[0-9a-f]{6})"', html))
    assert set(re.findall(r'<path fill="(#[0-9a-f]{6})"', picture)) == legend and len(legend) >= 5
    assert picture.count("<path fill=") == 9 + 3 and "Phuthong" in picture


def test_what_is_in_view_is_a_table_whose_rows_lead_to_the_feature(theme, page):
    html = page("/map/forest/")
    assert html.count('data-layer="cover"') == 9 and html.count('data-layer="provinces"') == 3
    html = page("/map/forest/?bbox=100.09,20.09,100.31,20.41")
    assert html.count('data-layer="cover"') == 1
    html = page("/map/in-view/?layers=cover:80:0,provinces&bbox=100.09,20.09,100.31,20.41")
    assert 'data-layer="cover"' not in html and 'data-layer="provinces"' in html and "<html" not in html
    assert "Nothing of this layer lies in view" in page("/map/?layers=cover&bbox=1,1,2,2")


def test_a_feature_says_what_it_is_and_where_in_degrees_and_metres(cover, page):
    html = page("/map/layers/cover/features/1/")
    assert "forest" in html and "UTM 47N" in html and re.search(r"20\.\d{5}, 100\.\d{5}", html)
    assert "/datasets/cover/layer/1/?row=1#row-1" in html


def test_the_address_holds_the_whole_state(theme, page):
    config = config_of(page("/map/?layers=provinces:35:0,cover:70:1&bbox=100,19,101,20"))
    assert [(row["code"], row["opacity"], row["on"]) for row in config["layers"]] == [
        ("provinces", 35, False), ("cover", 70, True),
    ]  # fmt: skip
    assert config["box"] == [100, 19, 101, 20] and config["layers"][1]["tiles"] == "/tiles/cover/{z}/{x}/{y}.mvt"
    assert config["layers"][0]["label"] == "name_en"


@pytest.mark.parametrize(
    "query", ["layers=,,:::,none&bbox=x", "bbox=5,5,1,1", "layers=cover:999999999999:7", "place=none"]
)
def test_an_address_that_means_nothing_still_shows_a_map(cover, page, query):
    assert '<svg class="map wide"' in page(f"/map/?{query}")


def test_the_map_opens_where_a_place_lies(theme, page):
    west, south, east, north = config_of(page("/map/?place=01"))["box"]
    assert 99 < west < east < 103 and north - south < 2
    assert "/map/?place=01" in page("/places/01/")


def test_each_reader_gets_the_layers_of_a_theme_map_that_are_open_to_them(theme, page, visit):
    Dataset.objects.update(tier="government")
    assert [row["code"] for row in config_of(page("/map/forest/"))["layers"]] == ["provinces"]
    assert len(config_of(page("/map/forest/", "stranger"))["layers"]) == 2
    assert visit().get("/map/layers/cover/features/1/").status_code == 404
    assert visit().get("/map/layers/cover/take/gpkg/").status_code == 404


def test_a_piece_is_taken_along_as_geopackage_geojson_and_table(cover, visit):
    address = "/map/layers/cover/take/{}/?bbox=100.09,20.09,100.31,20.41"
    collection = json.loads(b"".join(visit().get(address.format("geojson")).streaming_content))
    assert [feature["properties"]["class"] for feature in collection["features"]] == ["forest"]
    assert b"".join(visit().get(address.format("gpkg")).streaming_content).startswith(b"SQLite format 3")
    table = b"".join(visit().get(address.format("csv")).streaming_content).decode("utf-8-sig")
    assert table.splitlines() == ["number,class,surveyed", "1,forest,2024"]
    assert visit().get("/map/layers/cover/take/exe/").status_code == 404


def test_the_dataset_leads_to_the_map_and_its_house_to_a_new_layer(edition, page):
    assert "/map/layers/new/" not in page("/datasets/cover/")
    operations.make_layer(command(), title={"lo": "ກ"}, distribution=edition.distribution, code="cover")
    html = page("/datasets/cover/")
    assert "/map/?layers=cover" in html and "/map/layers/new/" not in html


# ---- making ------------------------------------------------------------------------------------------------------------

WORDS = {"title_lo": "ປ່າໄມ້", "title_en": "Forest", "description_lo": "", "description_en": ""}


def test_who_has_nothing_to_draw_is_told_what_to_do_first(edition, visit, world):
    assert "Nothing of yours can be drawn yet" in visit("owner").get("/map/layers/new/").content.decode()
    Dataset.objects.update(owner=world.organisation("HEALTH-P01"), place=world.area("01"))
    assert "Nothing of yours can be drawn yet" not in visit("owner").get("/map/layers/new/").content.decode()


def test_a_layer_is_made_styled_and_changed_on_pages(edition, visit, world):
    Dataset.objects.update(owner=world.organisation("HEALTH-P01"), place=world.area("01"))
    officer = visit("owner")
    part = f"part:{edition.distribution_id}"
    assert visit("citizen").get("/map/layers/new/").status_code == 403
    assert officer.post("/map/layers/new/", WORDS | {"source": part}).status_code == 302
    layer = Layer.objects.get()
    assert layer.code == "forest" and str(layer.title) == "Forest"
    sent = {
        "drawing": "categories",
        "column": "class",
        "method": "quantile",
        "classes": 4,
        "breaks": "",
        "colour": "#0a5c9e",
    }
    assert officer.post("/map/layers/forest/style/", sent).status_code == 302
    assert Layer.objects.get().style.drawing == "categories"
    assert officer.post("/map/layers/forest/edit/", WORDS | {"columns": ["class"], "label": "class"}).status_code == 302
    assert Layer.objects.get().columns == ["class"]
    html = officer.post("/map/layers/forest/style/", sent | {"drawing": "single", "colour": "#ffffee"}).content.decode()
    assert "too light" in html
    for step in ("edit", "style"):
        assert visit("stranger").post(f"/map/layers/forest/{step}/", WORDS).status_code == 403


def test_a_theme_map_is_made_arranged_and_published_and_only_then_seen(cover, visit):
    officer = visit("colleague")
    sent = WORDS | {"owner": "HEALTH-P01", "tier": "public", "west": "", "south": "", "east": "", "north": ""}
    assert officer.post("/map/maps/new/", sent).status_code == 302
    assert visit().get("/map/forest/").status_code == 404
    wrong = officer.post("/map/maps/forest/edit/", sent | {"west": 3, "south": 1, "east": 2, "north": 2})
    assert "west less than east" in wrong.content.decode()
    assert officer.post("/map/maps/forest/publish/").status_code == 200 and not ThemeMap.objects.get().is_published
    assert officer.post("/map/maps/forest/layers/", {"layer0": "cover", "opacity0": 70, "on0": "on"}).status_code == 302
    assert visit("owner").post("/map/maps/forest/publish/").status_code == 403
    assert officer.post("/map/maps/forest/publish/").status_code == 302
    assert visit().get("/map/forest/").status_code == 200
    assert officer.post("/map/maps/forest/withdraw/").status_code == 302
    assert visit().get("/map/forest/").status_code == 404


def test_the_api_names_layers_with_their_columns_and_maps_with_their_layers(theme, visit):
    found = visit().get("/api/v1/layers/cover").json()
    assert found["columns"]["class"] and found["bounds"] and len(found["legend"]) == 5
    assert visit().get("/api/v1/layers?topic=forest").json()["count"] == 0
    placed = visit().get("/api/v1/maps/forest").json()["layers"]
    assert placed == [
        {"layer": "cover", "opacity": 90, "is_on": True}, {"layer": "provinces", "opacity": 40, "is_on": True},
    ]  # fmt: skip


def test_without_layers_in_the_address_the_first_that_shows_something_is_taken(world, page, visit):
    """A layer of which all is closed to the reader is not what the map begins with, and its tiles are empty, not broken."""
    for code, live, part in (("a-closed", "concessions", "granted"), ("b-points", "area-points", "province")):
        operations.make_layer(command(), title={"lo": code}, live=live, part=part, code=code)
    assert [layer["code"] for layer in config_of(page("/map/"))["layers"]] == ["b-points"]
    assert "Phuthong" in page("/map/") and config_of(page("/map/?layers=a-closed"))["layers"]
    tile = visit().get("/tiles/a-closed/5/24/13.mvt")
    assert tile.status_code in (200, 204) and not tile.content
    assert visit().get("/tiles/b-points/5/24/14.mvt").content
