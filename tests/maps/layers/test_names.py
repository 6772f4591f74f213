"""Names stand once for each shape, in live tiles and in published ones; theme maps are found by their own words."""

import gzip

import mapbox_vector_tile
import pytest

from sala.access.actor import command
from sala.maps import operations
from sala.maps.explorer_config import layer_config
from sala.maps.models import TileArchive
from sala.maps.operations.theme_maps import Placed
from sala.maps.queries import shown_layers

pytestmark = pytest.mark.django_db


def layers_of(answer) -> dict:
    content = answer.content
    return mapbox_vector_tile.decode(gzip.decompress(content) if answer.get("Content-Encoding") == "gzip" else content)


def test_published_tiles_hold_a_point_for_each_name_in_exactly_one_tile(cover, visit):
    assert operations.build_missing(command()) == 1
    archive = TileArchive.objects.get()
    assert archive.has_labels
    numbers = []
    for x, y in ((x, y) for x in range(48, 52) for y in range(26, 30)):
        told = layers_of(visit().get(f"/tiles/cover/6/{x}/{y}.mvt")).get(
            "cover-labels", {"features": [], "extent": 4096}
        )
        for row in told["features"]:
            right, up = row["geometry"]["coordinates"]
            assert row["geometry"]["type"] == "Point" and set(row["properties"]) == {"class"}
            if (
                0 <= right < told["extent"] and 0 < up <= told["extent"]
            ):  # others lie in the margin and are drawn next door
                numbers.append(row["id"])
    assert sorted(numbers) == list(range(1, 10))
    config = layer_config(shown_layers(command(), [cover])[0])
    assert config["labels"] == "cover-labels"


def test_a_layer_without_names_has_no_points_and_another_column_makes_other_tiles(cover, visit):
    operations.build_missing(command())
    first = TileArchive.objects.get()
    operations.change_layer(command(), cover, label="")
    assert operations.build_missing(command()) == 1
    plain = TileArchive.objects.exclude(pk=first.pk).get()
    assert not plain.has_labels and "cover-labels" not in layers_of(visit().get("/tiles/cover/3/6/3.mvt"))
    assert layer_config(shown_layers(command(), [cover])[0])["labels"] == ""


def test_a_theme_map_is_found_by_its_words_by_those_who_may_see_it(world, cover, visit):
    made = operations.make_theme_map(
        command(), world.organisation("LAND"), title={"lo": "ແຜນທີ່ທຸງຫຍ້າ", "en": "Grassland atlas"},
        description={"lo": "ທຸງຫຍ້າ", "en": "Meadows of the north"}, tier="public", layers=[Placed(cover)],
    )  # fmt: skip

    def found(who, words="grassland"):
        return [row["url"] for row in visit(who).get(f"/api/v1/search?q={words}").json()["items"]]

    address = made.get_absolute_url()
    assert found("public") == [] and address in found("member")
    operations.publish_theme_map(command(), made)
    assert address in found("public") and address in found("public", "meadows") and address in found("public", "ທຸງຫຍ້າ")
    operations.change_theme_map(command(), made, tier="government")
    assert found("public") == [] and address in found("stranger")
    operations.withdraw_theme_map(command(), made)
    assert found("stranger") == []
