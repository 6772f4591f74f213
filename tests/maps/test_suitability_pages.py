"""Suitability on its pages: chosen, weighed, reckoned, kept, printed, compared."""

import pytest
import rasterio

from sala.core.files import store
from sala.core.models import Errand
from sala.maps.models import Analysis
from sala.maps.queries.here import readable_rows
from tests.running.test_errands import work_off

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(boundaries, slope, cover, visit):
    """ask(**changes) → the answer to the second step for province 01, slope weighed 3 and forest 1, cells of 2 km."""

    def send(who="owner", cell="2000", **changes):
        address = f"/suitability/criteria/?place=01&cell={cell}&use={slope.pk}&use={cover.pk}"
        sent = {
            "title": "Rubber", "owner": "HEALTH-P01", "missing": "none", "limits": "0.25; 0.5; 0.75", "weighing": "hand",
            f"as_{slope.pk}": "criterion", f"method_{slope.pk}": "linear", f"numbers_{slope.pk}": "39; 0", f"weight_{slope.pk}": "3",
            f"as_{cover.pk}": "criterion", f"method_{cover.pk}": "inside", f"numbers_{cover.pk}": "", f"weight_{cover.pk}": "1",
            f"pair_{slope.pk}_{cover.pk}": "3", f"pair_{cover.pk}_{slope.pk}": "3",
        }  # fmt: skip
        return visit(who).post(address, {name.replace("SLOPE", str(slope.pk)).replace("COVER", str(cover.pk)): value
                                         for name, value in (sent | {key.replace("SLOPE", str(slope.pk)).replace("COVER", str(cover.pk)): value for key, value in changes.items()}).items()})  # fmt: skip

    return send


def test_the_first_step_offers_what_the_reader_may_see_and_leads_on(boundaries, slope, closed_cover, visit):
    public = visit().get("/suitability/")
    assert "Layer slope" in public.content.decode() and "Layer closed-cover" not in public.content.decode()
    answer = visit("owner").get(f"/suitability/?place=01&cell=1000&use={slope.pk}")
    assert answer["Location"] == f"/suitability/criteria/?place=01&cell=1000&use={slope.pk}"
    assert (
        "between 10 and 20,000" in visit("owner").get(f"/suitability/?place=01&cell=1&use={slope.pk}").content.decode()
    )
    assert visit().get(answer["Location"]).status_code == 401
    assert visit("citizen").get(answer["Location"]).status_code == 403


def test_layers_keep_the_order_in_which_they_were_chosen(world, slope, cover):
    for chosen in ([slope.pk, cover.pk], [cover.pk, slope.pk]):
        assert [row.pk for row in readable_rows(world.actor("owner"), chosen)] == chosen


def test_it_is_reckoned_kept_shown_and_printed(ask, slope, cover, visit):
    answer = ask()
    analysis = Analysis.objects.get()
    assert answer["Location"] == analysis.get_absolute_url()
    assert {row.edition_id for row in analysis.inputs.all()} == {slope.pk, cover.pk}
    assert analysis.result["weights"] == [0.75, 0.25] and [row["code"] for row in analysis.result["rows"]] == [
        "0101",
        "0102",
    ]
    assert len(analysis.result["sensitivity"]) == 8
    west, east = (row["hectares"] for row in analysis.result["rows"])
    assert west[2] + west[3] > east[2] + east[3]  # gentle slopes lie in the west
    html = visit("owner").get(analysis.get_absolute_url()).content.decode()
    assert "picture.png" in html and "Nongsai" in html and "+20 %" in html and "Method" in html
    picture = visit("owner").get(analysis.get_absolute_url() + "files/picture.png")
    assert next(iter(picture.streaming_content)).startswith(b"\x89PNG")
    assert visit("stranger").get(analysis.get_absolute_url() + "files/picture.png").status_code == 404
    assert visit("owner").get(analysis.get_absolute_url() + "files/other").status_code == 404
    assert visit("owner").get(analysis.get_absolute_url() + "paper.pdf").content.startswith(b"%PDF")
    with rasterio.open(store.path_of(analysis.raster)) as kept:
        assert kept.crs.to_epsg() == 4326 and kept.nodata == 255


def test_a_large_one_is_left_to_the_worker(ask, settings):
    settings.ERRAND_AT_ONCE = -1
    answer = ask()
    assert answer["Location"].startswith("/errands/") and not Analysis.objects.exists()
    work_off()
    assert Errand.objects.get().result == Analysis.objects.get().get_absolute_url()


def test_pairs_give_weights_and_their_consistency_before_anything_is_reckoned(ask):
    html = ask(weighing="pairs", look="1").content.decode()
    assert "0.7500" in html and "Consistency ratio" in html and not Analysis.objects.exists()


def test_weights_that_sum_to_nothing_and_limits_that_do_not_fit_are_refused_at_their_field(ask):
    assert "sum to nothing" in ask(weight_SLOPE="0", weight_COVER="0").content.decode()
    assert "is not a number" in ask(numbers_SLOPE="steep; 0").content.decode()
    assert "do not fit together" in ask(numbers_SLOPE="5; 5").content.decode()
    assert "Write 2 numbers" in ask(numbers_SLOPE="5").content.decode()
    assert "go up, between 0 and 1" in ask(limits="0.5; 0.25; 0.75").content.decode()
    assert "Weigh at least one layer" in ask(as_SLOPE="", as_COVER="constraint").content.decode()
    assert not Analysis.objects.exists()


def test_a_layer_that_must_be_met_forbids_the_rest(ask):
    ask(as_COVER="constraint")
    ask(as_COVER="")
    strict, free = Analysis.objects.order_by("made_at")
    not_suitable = [sum(row["hectares"][0] for row in each.result["rows"]) for each in (strict, free)]
    assert not_suitable[0] > not_suitable[1]


def test_two_scenarios_are_compared_over_the_same_cells_only(ask, visit):
    for change in ({}, {"weight_COVER": "9"}, {"cell": "4000"}):
        ask(**change)
    first, second, coarse = Analysis.objects.order_by("made_at")
    html = (
        visit("owner").get(f"/suitability/compare/?first={first.reference}&second={second.reference}").content.decode()
    )
    assert "data:image/png;base64" in html and "Difference, ha" in html
    page = visit("owner").get(first.get_absolute_url()).content.decode()
    assert f"second={second.reference}" in page and f"second={coarse.reference}" not in page
    assert (
        visit("owner").get(f"/suitability/compare/?first={first.reference}&second={coarse.reference}").status_code
        == 409
    )
    assert (
        visit("stranger").get(f"/suitability/compare/?first={first.reference}&second={second.reference}").status_code
        == 404
    )


def test_made_again_of_the_same_data_it_is_the_same(ask, visit):
    ask()
    first = Analysis.objects.get()
    visit("owner").post(first.get_absolute_url() + "again/")
    second = Analysis.objects.exclude(pk=first.pk).get()
    assert second.repeats == first and second.digest == first.digest and second.raster == first.raster


def test_an_edition_that_the_asker_may_not_see_is_no_choice(boundaries, slope, closed_cover, visit):
    html = visit("stranger").get(f"/suitability/criteria/?place=01&cell=2000&use={closed_cover.pk}").content.decode()
    assert "Layer closed-cover" not in html
