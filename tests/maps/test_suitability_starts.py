"""Where a suitability starts: templates of the pack, kept results; distances and numbers of layers as criteria."""

import shutil

import pytest
import rasterio
import yaml

from config import packs
from config.demonstration.rasters import rasters
from sala.access.actor import command
from sala.catalogue.models import Column, Edition
from sala.core.files import store
from sala.core.models import PackFact, Term
from sala.core.pack import Pack, PackError
from sala.maps import imports, starting, suiting
from sala.maps.models import Analysis
from tests.world import PACK, ROOT

pytestmark = pytest.mark.django_db


@pytest.fixture
def pack_with(tmp_path):
    """pack_with(change) → a copy of the pack whose maps.yaml was changed by the function."""

    def make(change):
        folder = shutil.copytree(PACK, tmp_path / "pack", dirs_exist_ok=True)
        said = yaml.safe_load((folder / "maps.yaml").read_text(encoding="utf-8"))
        change(said)
        (folder / "maps.yaml").write_text(yaml.safe_dump(said, allow_unicode=True), encoding="utf-8")
        return Pack(folder)

    return make


@pytest.fixture
def send(boundaries, slope, cover, visit):
    """send(address, **changes) → the second step posted with what its form was filled in with, and the changes."""

    def post(address, who="owner", **changes):
        page = visit(who).get(address)
        form = page.context["form"]
        filled = {bound.html_name: chosen(bound) for bound in form}
        filled |= {"owner": "HEALTH-P01", **changes}
        return visit(who).post(address, filled)

    return post


def chosen(bound):
    """What a browser sends for a field that nobody touches: of a list without a choice the first line."""
    value = bound.value()
    return next(iter(bound.field.choices))[0] if value is None and hasattr(bound.field, "choices") else value or ""


def address(*editions, start="", cell=2000):
    return f"/suitability/criteria/?place=01&cell={cell}" + "".join(f"&use={row.pk}" for row in editions) + (f"&start={start}" if start else "")  # fmt: skip


def test_a_template_fills_in_both_steps_and_says_what_nobody_delivered_yet(boundaries, slope, visit):
    page = visit().get("/suitability/")
    assert "start=template:rubber" in page.content.decode()
    first = visit().get("/suitability/?start=template:rubber")
    html = first.content.decode()
    assert first.context["form"]["use"].value() == [str(slope.pk)] and "Example, not confirmed" in html
    assert "Depth of the soil" in html and "Distance to villages" in html and "Choose another layer for each" in html
    led = visit().get(f"/suitability/?start=template:rubber&place=01&cell=2000&use={slope.pk}")
    assert led["Location"].endswith("&start=template:rubber")
    form = visit("owner").get(address(slope, start="template:rubber")).context["form"]
    assert form[f"method_{slope.pk}"].value() == "limits-low" and form[f"numbers_{slope.pk}"].value() == "8; 16; 30"
    assert form["weighing"].value() == "pairs" and form["title"].value() == "Rubber"


def test_a_layer_that_is_closed_to_the_reader_is_lacking_for_him_too(world, boundaries, closed_cover):
    term = Term.objects.get(scheme="suitability", code="rubber")
    term.data["layers"][3]["dataset"] = ["nothing", "closed-cover"]
    owner, stranger = (starting.of_template(world.actor(who), term) for who in ("owner", "stranger"))
    assert [row.pk for row in owner.use] == [closed_cover.pk] and stranger.use == []
    assert len(stranger.lacking) == len(owner.lacking) + 1


def test_a_kept_result_is_the_start_of_the_next_with_all_that_was_said(world, send, slope, cover, visit):
    send(address(slope, cover), title="First", weighing="pairs", **{
        f"method_{slope.pk}": "limits-low", f"numbers_{slope.pk}": "5; 12,5; 30", f"as_{cover.pk}": "criterion",
        f"method_{cover.pk}": "classes", f"numbers_{cover.pk}": "forest=0.2; rice=1", f"pair_{slope.pk}_{cover.pk}": "5",
    })  # fmt: skip
    first = Analysis.objects.get()
    start = f"kept:{first.reference}"
    first_step = visit("owner").get(f"/suitability/?start={start}")
    chosen = first_step.context["form"]
    assert "Phuthong" in first_step.content.decode()
    assert chosen.initial["place"] == world.area("01") and chosen["cell"].value() == "2000"
    assert set(chosen["use"].value()) == {str(slope.pk), str(cover.pk)}
    answer = send(address(slope, cover, start=start), title="Second")
    second = Analysis.objects.exclude(pk=first.pk).get()
    assert answer["Location"] == second.get_absolute_url()
    assert second.recipe == first.recipe and second.digest == first.digest
    assert f"start={start}" in visit("owner").get(first.get_absolute_url()).content.decode()
    assert starting.find(world.actor("owner"), start).pairs == {(slope.distribution_id, cover.distribution_id): 5.0}


def test_a_start_that_the_reader_may_not_see_is_none(send, slope, visit):
    send(address(slope), title="First", **{f"numbers_{slope.pk}": "39; 0"})
    key = f"kept:{Analysis.objects.get().reference}"
    assert visit("stranger").get(f"/suitability/?start={key}").context["start"] is None
    assert visit().get("/suitability/?start=template:nothing").context["start"] is None


def test_how_far_the_nearest_feature_is_can_be_weighed(send, cover, visit):
    send(address(cover), title="Near", **{f"measure_{cover.pk}": "distance", f"method_{cover.pk}": "linear", f"numbers_{cover.pk}": "50; 0"})  # fmt: skip
    near = Analysis.objects.get()
    assert near.recipe["criteria"][0]["distance"] and near.result["fits"] == ["distance"]
    assert near.result["mean"] > 0.5
    send(address(cover), title="Far", **{f"measure_{cover.pk}": "distance", f"method_{cover.pk}": "linear", f"numbers_{cover.pk}": "0; 50"})  # fmt: skip
    far = Analysis.objects.exclude(pk=near.pk).get()
    assert far.result["mean"] == pytest.approx(1 - near.result["mean"], abs=0.01)
    html = visit("owner").get(near.get_absolute_url()).content.decode()
    assert "distance to the nearest feature, km" in html and "from the middle of the cell" in html and "50; 0" in html


def test_a_column_of_numbers_can_be_weighed_and_one_that_is_closed_cannot(send, cover, visit):
    chosen = {
        f"measure_{cover.pk}": "number:surveyed",
        f"method_{cover.pk}": "linear",
        f"numbers_{cover.pk}": "2020; 2028",
    }
    send(address(cover), title="Surveyed", **chosen)
    assert Analysis.objects.get().result["mean"] == pytest.approx(0.5, abs=0.01)
    Column.objects.create(distribution=cover.distribution, name="surveyed", tier="own")
    html = send(address(cover), title="Again", **chosen).content.decode()
    assert "not one of the available choices" in html and Analysis.objects.count() == 1


def test_a_measure_and_its_way_must_fit(send, cover):
    answer = send(address(cover), title="x", **{f"method_{cover.pk}": "linear", f"numbers_{cover.pk}": "0; 5"})
    assert "This way needs a number" in answer.content.decode()
    answer = send(address(cover), title="x", **{f"measure_{cover.pk}": "distance", f"method_{cover.pk}": "inside"})
    assert "turned by limits" in answer.content.decode() and not Analysis.objects.exists()


def test_the_pack_says_how_much_may_be_asked(boundaries, slope, cover, visit):
    PackFact.objects.update_or_create(key="suitability", defaults={"value": {"least": 900, "layers": 1, "cells": 1000}})
    assert "between 900 and 20,000" in visit().get(f"/suitability/?place=01&cell=10&use={slope.pk}").content.decode()
    two = visit().get(f"/suitability/?place=01&cell=1000&use={slope.pk}&use={cover.pk}").content.decode()
    assert "Choose up to 1 layers" in two
    sent = {"title": "x", "owner": "HEALTH-P01", "missing": "none", "limits": "0.25; 0.5; 0.75", "weighing": "hand",
            f"as_{slope.pk}": "criterion", f"method_{slope.pk}": "linear", f"numbers_{slope.pk}": "39; 0", f"weight_{slope.pk}": "1"}  # fmt: skip
    refused = visit("owner").post(address(slope, cell=1000), sent).content.decode()
    assert "are reckoned. Choose larger cells" in refused and not Analysis.objects.exists()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda said: said["templates"][0].pop("certainty"), "confirmed or example"),
        (lambda said: said["templates"][0].update(certainty="confirmed", source=""), "names its source"),
        (lambda said: said["templates"][0]["layers"][0].update(method="guess"), "no way to turn values"),
        (lambda said: said["templates"][0]["layers"][0].update(numbers=[1]), "needs 3 numbers"),
        (lambda said: said["templates"][0]["layers"][3].update(scores={"forest": 2}), "between 0 and 1"),
        (lambda said: said["templates"][0]["layers"][0].pop("dataset"), "names its dataset"),
        (lambda said: said["templates"].append(said["templates"][0]), "stands twice"),
        (lambda said: said["suitability"].update(speed=9), "speed is not known"),
    ],
)
def test_a_template_that_makes_no_sense_stops_the_pack_before_anything_is_written(pack_with, change, told):
    with pytest.raises(PackError, match=told):
        packs.load(command(), pack_with(change).folder)


def test_a_template_that_the_pack_no_longer_has_is_offered_no_more(pack_with):
    report = imports.apply(
        pack_with(lambda said: said.update(templates=said["templates"][1:], suitability={})), command()
    )
    assert report.changed == 3 and [term.code for term in starting.templates()] == ["school-site"]
    assert suiting.reach() == suiting.Reach()
    assert imports.apply(Pack(PACK), command()).changed == 3 and starting.templates().count() == 2
    assert imports.apply(Pack(PACK), command()).changed == 0


@pytest.mark.parametrize("name", ["demo", "laos"])
def test_the_templates_of_each_pack_fit_the_form(world, name):
    pack = Pack(ROOT / "packs" / name)
    assert imports.validate(pack) == []
    assert pack.listed("maps", "templates")
    for entry in pack.listed("maps", "templates"):
        start = starting.of_template(command(), Term(code=entry["code"], name=entry["name"], data=entry))
        assert len(start.lacking) + len(start.use) == len(entry["layers"])


def test_the_rasters_of_the_demonstration_are_made_once_and_are_marked_as_invented(world):
    first = rasters(command(), Pack(PACK))
    assert first.refused == [] and first.new == 4
    second = rasters(command(), Pack(PACK))
    assert (second.new, second.changed, second.refused) == (0, 0, [])
    slope = Edition.objects.get(distribution__dataset__slug="slope")
    assert slope.dataset.is_invented and slope.raster["unit"] == "%" and slope.raster["kind"] == "continuous"
    assert (slope.raster["width"], slope.raster["height"]) == (220, 215) and slope.raster["statistics"]["max"] > 30
    with rasterio.open(store.path_of(slope.sha256)) as raster:
        assert "Invented" in raster.tags()["TIFFTAG_IMAGEDESCRIPTION"]
    start = starting.find(world.actor("owner"), "template:rubber")
    assert [row.dataset.slug for row in start.use] == ["slope", "soil-depth"]
