"""A raster edition: sent, settled, published, shown with picture and legend, taken along."""

import pytest
import rasterio
from django.core.files.uploadedfile import SimpleUploadedFile

from sala.catalogue import operations
from sala.catalogue.models import Edition
from sala.core.files import store
from tests.rasters import slope_cells, write_raster

pytestmark = pytest.mark.django_db


@pytest.fixture
def slope(tmp_path):
    return write_raster(tmp_path / "slope.tif", slope_cells(), nodata=-9999, unit="degrees")


def test_it_is_sent_and_settled_on_the_pages_and_seen_by_the_public_once_released(
    world, dataset, visit, slope, release
):
    owner = visit("owner")
    page = "/datasets/clinics-of-phuthong/table/"
    sent = owner.post(page + "send/", {"file": SimpleUploadedFile("slope.tif", slope.read_bytes()), "period": "2024"})
    asked = owner.get(sent["Location"]).content.decode()
    assert "Unit of the values" in asked and "Row of the headings" not in asked
    assert owner.post(sent["Location"], {"unit": "°"})["Location"] == page + "1/"
    edition = Edition.objects.get()
    assert edition.is_raster and not edition.is_table and edition.raster["unit"] == "°"
    assert edition.bounds == [100.0, 20.6, 100.4, 21.0]
    assert visit().get(page + "1/picture.png").status_code == 404
    release(edition)
    html = visit().get(page + "1/").content.decode()
    assert "1/picture.png" in html and "Measured values" in html and html.count('class="key"') == 5
    picture = visit().get(page + "1/picture.png")
    assert picture["Content-Type"] == "image/png" and next(iter(picture.streaming_content)).startswith(b"\x89PNG")
    taken = visit().get(page + "1/download/tif/")
    assert "clinics-of-phuthong-2024.tif" in taken["Content-Disposition"]
    with rasterio.open(store.path_of(edition.raster["sha256"])) as kept:
        assert kept.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
    assert "tif" in visit().get("/api/v1/datasets/clinics-of-phuthong").content.decode()


def test_unit_and_kind_of_the_last_one_are_offered_for_the_next(world, dataset, visit, slope, tmp_path):
    part = dataset.distributions.get()
    first = operations.receive_edition(world.actor("owner"), part, slope, "slope.tif")
    visit("owner").post(first.settle_url, {"unit": "°", "kind": "continuous"})
    other = write_raster(tmp_path / "other.tif", slope_cells() + 1, nodata=-9999, unit="degrees")
    following = operations.receive_edition(world.actor("owner"), part, other, "other.tif")
    html = visit("owner").get(following.settle_url).content.decode()
    assert 'value="°"' in html and '<option value="continuous" selected>' in html


def test_a_raster_without_projection_is_told_on_the_page_and_nothing_is_kept(world, dataset, visit, tmp_path):
    lost = write_raster(tmp_path / "lost.tif", slope_cells(), epsg=None)
    answer = visit("owner").post(
        "/datasets/clinics-of-phuthong/table/send/", {"file": SimpleUploadedFile("lost.tif", lost.read_bytes())}
    )
    assert "does not say which coordinate system" in answer.content.decode() and not Edition.objects.exists()


def test_the_next_edition_of_the_same_cells_has_the_same_files(world, dataset, slope):
    part = dataset.distributions.get()
    made = []
    for _time in range(2):
        edition = operations.receive_edition(world.actor("owner"), part, slope, "slope.tif")
        made.append(operations.settle_edition(world.actor("owner"), edition, recipe={}))
        Edition.objects.filter(pk=edition.pk).update(state="returned")
    assert made[0].raster["sha256"] == made[1].raster["sha256"]
    assert made[0].raster["picture_sha256"] == made[1].raster["picture_sha256"]
