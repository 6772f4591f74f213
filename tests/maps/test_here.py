"""What is here: hectares by layer without counting twice, people only where they add up, refusals that say what to do."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from sala.catalogue.models import Edition, Feature
from sala.maps.models import Analysis
from sala.maps.operations.analyses import open_analysis
from tests.maps.conftest import square

pytestmark = pytest.mark.django_db


def found(answer):
    assert answer.status_code == 200, answer
    return answer.context["found"]


def drawn(*boxes) -> str:
    """A drawing of rectangles west, south, east, north."""
    return json.dumps(
        {
            "type": "FeatureCollection",
            "features": [{"type": "Feature", "properties": {}, "geometry": square(*box)} for box in boxes],
        }
    )


def test_a_place_says_its_districts_its_layers_with_hectares_and_its_people(boundaries, cover, people, slope, visit):
    answer = visit().get("/here/?place=01")
    here = found(answer)
    assert [row["code"] for row in here["places"]][:2] == ["DM", "01"] and here["ha"] > 800_000
    (layer,) = here["layers"]
    assert layer["ha"] == pytest.approx(sum(row["ha"] for row in layer["classes"]), rel=0.01) and layer["share"] < 1
    assert {row["class"] for row in layer["classes"]} <= {"forest", "rice", "settlement"}
    (raster,) = here["rasters"]
    assert raster["mean"] == pytest.approx(19.5, abs=1) and 0 <= raster["missing"] < 0.2
    (population,) = here["people"]
    assert population["level"]["en"] == "District" and population["areas"] >= 2
    html = answer.content.decode()
    assert "Size, geodesic" in html and "Layer cover" in html and "Population" in html


def test_a_point_in_degrees_or_metres_says_where_it_lies_and_how_far_the_nearest_feature_is(boundaries, cover, visit):
    here = found(visit().get("/here/?point=20.5, 100.25"))
    assert [row["code"] for row in here["places"]] == ["DM", "01", "0101"] and here["ha"] == 0
    assert here["layers"] or here["distances"][0]["km"] > 0
    assert "no point" in visit().get("/here/?point=abc").content.decode()


def test_two_drawn_shapes_over_each_other_count_once_and_people_are_shared_out_by_area(
    boundaries, cover, people, visit
):
    one = found(visit().post("/here/", {"drawing": drawn((100.1, 20.1, 100.4, 20.4))}))
    twice = found(visit().post("/here/", {"drawing": drawn((100.1, 20.1, 100.4, 20.4), (100.1, 20.1, 100.4, 20.4))}))
    assert twice["ha"] == one["ha"] and twice["layers"] == one["layers"]
    whole = found(visit().get("/here/?place=01"))
    assert 0 < one["people"][0]["value"] < whole["people"][0]["value"] and one["people"][0]["weighted"]


def test_a_layer_counts_overlapping_shapes_once_and_tells_slivers_apart(boundaries, cover, visit):
    Feature.objects.filter(edition_id=cover.pk).delete()
    box = "POLYGON((100.1 20.1,100.3 20.1,100.3 20.3,100.1 20.3,100.1 20.1))"
    thin = "POLYGON((100.35 20.1,100.350001 20.1,100.350001 20.101,100.35 20.101,100.35 20.1))"
    for number, shape in enumerate((box, box, thin), 1):
        Feature.objects.create(
            edition_id=cover.pk, number=number, geometry=f"SRID=4326;{shape}", properties={"class": "forest"}
        )
    (layer,) = found(visit().post("/here/", {"drawing": drawn((100.1, 20.1, 100.5, 20.3))}))["layers"]
    assert layer["share"] == pytest.approx(0.5, abs=1e-3)
    assert layer["slivers"]["features"] == 1 and layer["classes"][0]["features"] == 2


def test_what_a_layer_does_not_speak_of_is_said(boundaries, slope, cover, visit):
    html = visit().post("/here/", {"drawing": drawn((100.1, 20.1, 100.4, 30.4))}).content.decode()
    assert "nothing is known of it there" in html


@pytest.mark.parametrize(
    ("drawing", "words"),
    [
        (drawn((500, 20, 501, 21)), "outside the world"),
        (drawn((-170, -60, 170, 60)), "great part of the world"),
        ('{"type": "Point", "coordinates": [100, 20]}', "no area in the drawing"),
        ('{"type": "FeatureCollection", "features": []}', "no layer with shapes"),
        ("not a drawing", "GeoJSON"),
    ],
)
def test_a_drawing_that_is_none_is_refused_with_what_to_do(boundaries, visit, drawing, words):
    answer = visit().post("/here/", {"drawing": drawing})
    assert answer.status_code == 200 and "found" not in answer.context and words in answer.content.decode()


def test_a_drawing_that_crosses_itself_is_refused_and_one_with_a_spike_is_mended_and_that_is_told(
    boundaries, cover, visit
):
    bow = [[100.1, 20.1], [100.4, 20.4], [100.4, 20.1], [100.1, 20.4], [100.1, 20.1]]
    refused = visit().post("/here/", {"drawing": json.dumps({"type": "Polygon", "coordinates": [bow]})})
    assert "crosses itself" in refused.content.decode() and "found" not in refused.context
    spike = [[100.1, 20.1], [100.4, 20.1], [100.4, 20.4], [100.4, 20.6], [100.4, 20.4], [100.1, 20.4], [100.1, 20.1]]
    answer = visit().post("/here/", {"drawing": json.dumps({"type": "Polygon", "coordinates": [spike]})})
    assert found(answer)["ha"] > 0 and "was mended" in answer.content.decode()


def test_an_area_comes_as_a_file_too(boundaries, cover, visit):
    file = SimpleUploadedFile("area.geojson", drawn((100.1, 20.1, 100.2, 20.2)).encode())
    assert found(visit().post("/here/", {"file": file}))["ha"] == pytest.approx(11_560, rel=0.01)


def test_a_layer_of_another_house_is_not_counted_for_strangers(boundaries, closed_cover, visit):
    assert found(visit("stranger").get("/here/?place=01"))["layers"] == []
    assert len(found(visit("owner").get("/here/?place=01"))["layers"]) == 1


def test_an_office_keeps_what_it_found_and_makes_it_again_the_same(world, boundaries, cover, visit):
    owner = visit("owner")
    kept = owner.post("/here/", {"place": "01", "keep": "1", "title": "Cover of 01", "owner": "HEALTH-P01"})
    analysis = Analysis.objects.get()
    assert kept["Location"] == analysis.get_absolute_url() and analysis.inputs.get().edition_id == cover.pk
    page = owner.get(analysis.get_absolute_url())
    assert (
        analysis.digest in page.content.decode()
        and visit("stranger").get(analysis.get_absolute_url()).status_code == 404
    )
    again = owner.post(analysis.get_absolute_url() + "again/", follow=True)
    assert "the same to the last digit" in again.content.decode() and Analysis.objects.count() == 1
    paper = owner.get(analysis.get_absolute_url() + "paper.pdf")
    assert paper.content.startswith(b"%PDF") and analysis.reference in paper["Content-Disposition"]
    assert (
        visit("public").post("/here/", {"place": "01", "keep": "1", "title": "x", "owner": "HEALTH-P01"}).status_code
        == 200
    )
    assert Analysis.objects.count() == 1


def test_what_is_made_of_closed_data_is_opened_to_nobody(world, boundaries, closed_cover, visit):
    owner = visit("owner")
    owner.post("/here/", {"place": "01", "keep": "1", "title": "Closed", "owner": "HEALTH-P01"})
    analysis = Analysis.objects.get()
    assert owner.post(analysis.get_absolute_url() + "open/", {"tier": "public"}).status_code == 409
    Analysis.objects.update(tier="public")  # as if the data had been closed afterwards
    assert visit("stranger").get(analysis.get_absolute_url()).status_code == 404
    assert visit().get("/api/v1/analyses").json() == {"count": 0, "items": []}
    assert owner.get(f"/api/v1/analyses/{analysis.reference}").json()["inputs"][0]["edition"] == closed_cover.pk


def test_what_is_made_of_open_data_is_opened_and_read_by_all(world, boundaries, cover, visit):
    visit("owner").post("/here/", {"place": "01", "keep": "1", "title": "Open", "owner": "HEALTH-P01"})
    analysis = Analysis.objects.get()
    open_analysis(world.actor("owner"), analysis, tier="public")
    assert visit().get(analysis.get_absolute_url()).status_code == 200
    assert visit().get("/api/v1/analyses").json()["items"][0]["reference"] == analysis.reference
    assert visit("stranger").post(analysis.get_absolute_url() + "open/", {"tier": "own"}).status_code == 403


def test_a_withdrawn_edition_takes_the_analysis_from_those_who_do_not_own_it(world, boundaries, cover, visit):
    visit("owner").post("/here/", {"place": "01", "keep": "1", "title": "Open", "owner": "HEALTH-P01"})
    analysis = Analysis.objects.get()
    open_analysis(world.actor("owner"), analysis, tier="public")
    Edition.objects.filter(pk=cover.pk).update(is_published=False, state="withdrawn")
    assert visit().get(analysis.get_absolute_url()).status_code == 404
