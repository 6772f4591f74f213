"""Rasters on the map: tiles in the colours of the legend, under the rule of who sees them; a picture without script."""

import io

import numpy as np
import pytest
from django.db.models import Sum
from PIL import Image

from sala.access.actor import command
from sala.catalogue.models import DailyUse, Dataset, Distribution, Edition
from sala.catalogue.operations import withdraw_edition
from sala.core import clock
from sala.core.errors import Invalid
from sala.core.files import store
from sala.core.models import Term
from sala.maps import operations
from sala.maps.models import LayerKind
from tests.maps.conftest import _read
from tests.rasters import write_raster
from tests.world import World

pytestmark = pytest.mark.django_db

SPOT = "9/398/226"  # a tile in the middle of the raster


def raster_edition(folder, cells, *, number=1, tier="public", **options) -> Edition:
    """A published edition of invented cells over province 01, entered straight."""
    path = write_raster(folder / f"cells-{number}.tif", cells, west=100, north=21, cell=0.01, **options)
    dataset, _made = Dataset.objects.get_or_create(
        slug="cells", defaults={"title": {"lo": "ຫ້ອງ", "en": "Cells"}, "owner": World().organisation("LAND"), "place": World().area("DM"),
        "tier": tier, "state": "published", "is_published": True, "is_invented": True,
        "licence": Term.objects.get(scheme="licence", code="CC-BY-4.0")},
    )  # fmt: skip
    part, _made = Distribution.objects.get_or_create(dataset=dataset, code="raster", defaults={"name": {"lo": "ຫ້ອງ"}})
    return Edition.objects.create(
        distribution=part, number=number, state="published", is_published=True, period="2024", file_name=path.name, media_type="x",
        bytes=1, received_at=clock.now(), published_at=clock.now(), **_read(path),
    )  # fmt: skip


@pytest.fixture
def halves(world, tmp_path) -> Edition:
    """1 in the west, 2 in the east, nothing in a band in the middle."""
    cells = np.ones((100, 100), "uint8")
    cells[:, 50:] = 2
    cells[:, 48:52] = 0
    return raster_edition(tmp_path, cells, nodata=0, palette={1: (27, 120, 55, 255), 2: (140, 81, 10, 255)})


@pytest.fixture
def layer(halves):
    return operations.make_layer(
        command(), title={"lo": "ຫ້ອງ", "en": "Cells"}, distribution=halves.distribution, code="cells"
    )


def picture(answer) -> np.ndarray:
    assert answer.status_code == 200 and answer["Content-Type"] == "image/png"
    return np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGBA"))


def test_a_part_with_cells_becomes_a_layer_of_pictures_and_needs_no_style(layer, visit):
    assert layer.kind == LayerKind.RASTER and not hasattr(layer, "style")
    html = visit().get(layer.get_absolute_url()).content.decode()
    assert "/tiles/cells/{z}/{x}/{y}.png" in html and "#1b7837" in html and "The largest features" not in html
    told = visit().get("/api/v1/layers/cells").json()
    assert told["tiles"].endswith(".png") and [row["colour"] for row in told["legend"]] == ["#1b7837", "#8c510a"]
    assert told["bounds"] == pytest.approx([100, 20, 101, 21]) and told["edition"]
    with pytest.raises(Invalid):
        operations.change_layer(command(), layer, columns=["value"])


def test_a_tile_shows_the_cells_in_their_place_and_colours_and_nothing_where_there_is_nothing(layer, visit):
    """Against the formula of the grid: which longitude each pixel has, and what lies there."""
    image = picture(visit().get(f"/tiles/cells/{SPOT}.png"))
    z, x, _y = map(int, SPOT.split("/"))
    longitudes = (x + (np.arange(256) + 0.5) / 256) / 2**z * 360 - 180
    row = image[128]
    for pixel, longitude in enumerate(longitudes):
        if any(abs(longitude - edge) < 0.005 for edge in (100, 100.48, 100.52, 101)):
            continue
        wanted = (
            (27, 120, 55, 255) if 100 < longitude < 100.48 else (140, 81, 10, 255) if 100.52 < longitude < 101 else None
        )
        assert (tuple(row[pixel]) == wanted) if wanted else row[pixel][3] == 0, longitude
    assert {(27, 120, 55), (140, 81, 10)} <= {tuple(map(int, each[:3])) for each in row}


def test_numbers_are_drawn_by_the_classes_of_the_legend(world, tmp_path, visit):
    cells = np.tile(np.arange(100, dtype="float32"), (100, 1))
    edition = raster_edition(tmp_path, cells, nodata=-9999, unit="%")
    operations.make_layer(command(), title={"lo": "ຄວາມຊັນ"}, distribution=edition.distribution, code="cells")
    legend = [tuple(int(row["colour"][at : at + 2], 16) for at in (1, 3, 5)) for row in edition.raster["legend"]]
    seen = {
        tuple(map(int, each[:3])) for each in picture(visit().get("/tiles/cells/7/99/56.png")).reshape(-1, 4) if each[3]
    }
    assert seen == set(legend) and len(legend) > 3
    assert "%" in visit().get("/map/?layers=cells").content.decode()


def test_tiles_far_away_are_empty_and_those_outside_the_grid_are_not_there(layer, visit):
    assert not picture(visit().get("/tiles/cells/5/0/0.png"))[..., 3].any()
    for wrong in ("/tiles/cells/2/4/0.png", "/tiles/cells/30/1/1.png", "/tiles/none/0/0/0.png"):
        assert visit().get(wrong).status_code == 404


def test_it_is_seen_exactly_by_those_who_see_its_dataset(layer, visit):
    address = f"/tiles/cells/{SPOT}.png"
    open_to_all = visit().get(address)
    assert "public" in open_to_all["Cache-Control"]
    assert visit().get(address, headers={"if-none-match": open_to_all["ETag"]}).status_code == 304
    Dataset.objects.update(tier="government")
    assert visit().get(address).status_code == visit("citizen").get(address).status_code == 404
    assert visit().get(address, headers={"if-none-match": open_to_all["ETag"]}).status_code == 404
    inside = visit("stranger").get(address)
    assert inside.status_code == 200 and "private" in inside["Cache-Control"]
    Dataset.objects.update(tier="own")
    assert visit("member").get(address).status_code == 200 and visit("stranger").get(address).status_code == 404


def test_a_newer_edition_is_drawn_and_the_older_one_only_when_asked_and_not_once_withdrawn(
    layer, halves, tmp_path, visit
):
    address = f"/tiles/cells/{SPOT}.png"
    before = visit().get(address)
    newer = raster_edition(
        tmp_path, np.full((100, 100), 2, "uint8"), number=2, nodata=0, palette={2: (140, 81, 10, 255)}
    )
    now = visit().get(address)
    assert now["ETag"] != before["ETag"] and visit().get(f"{address}?edition=1")["ETag"] == before["ETag"]
    withdraw_edition(command(), newer, reason="wrong")
    assert visit().get(address)["ETag"] == before["ETag"]
    gone = visit().get(f"{address}?edition=2")
    assert gone.status_code == 410 and "wrong" in gone.content.decode()
    assert visit().get(f"{address}?edition=9").status_code == 404


def test_without_script_its_small_picture_lies_in_the_map(layer, visit):
    html = visit().get("/map/?layers=cells:60").content.decode()
    assert '<image href="/datasets/cells/raster/1/picture.png"' in html and 'opacity="0.6"' in html
    assert "This layer has no edition" not in html
    assert store.path_of(Edition.objects.get().raster["picture_sha256"]).is_file()


def test_a_program_reads_a_window_of_the_raster_and_not_the_whole(layer, halves, visit):
    address = halves.get_absolute_url() + "download/tif/"
    whole = b"".join(visit().get(address).streaming_content)
    part = visit().get(address, headers={"range": "bytes=100-199"})
    assert part.status_code == 206 and b"".join(part.streaming_content) == whole[100:200] and part["ETag"]
    assert part["Content-Range"] == f"bytes 100-199/{len(whole)}" and part["X-Content-Type-Options"] == "nosniff"
    assert visit().get(address, headers={"range": f"bytes={len(whole)}-"}).status_code == 416
    assert DailyUse.objects.filter(kind="download").aggregate(taken=Sum("count"))["taken"] == 1
