"""Real places, datasets, documents and facilities are found within a box of the map, by the boundaries as they are now."""

import pytest
from django.contrib.gis.db.models import Extent as Around
from django.contrib.gis.geos import MultiPolygon, Polygon

from sala.access.actor import command
from sala.catalogue.models import Dataset
from sala.core import clock
from sala.core.models import Term
from sala.documents.operations import add_document, publish_document
from sala.places.models import Boundary, BoundarySet, Extent, FacilityKind
from sala.places.operations.facilities import add_facility
from sala.search.filters import Filters
from sala.search.operations import reindex
from sala.search.placed import PLACED
from sala.search.queries import find
from tests.maps.conftest import enter_boundaries

pytestmark = pytest.mark.django_db
WEST, EAST = (100.2, 20.2, 100.4, 20.4), (104.5, 20.2, 104.6, 20.4)


@pytest.fixture
def placed(world):
    enter_boundaries()
    reindex(PLACED)
    return world


def urls(world, box, **narrowed) -> set[str]:
    return {item.url for item in find(world.actor("public"), "", Filters(bbox=box, **narrowed), size=100).items}


def test_the_database_keeps_the_box_of_each_newest_boundary(placed):
    kept = dict(Extent.objects.values_list("area__code", "box"))
    assert len(kept) == Boundary.objects.values("area").distinct().count() > 5
    for code, box in kept.items():
        assert box == list(Boundary.objects.filter(area__code=code).aggregate(found=Around("geometry"))["found"])
    old = Boundary.objects.get(area__code="01")
    newer = BoundarySet.objects.create(
        level=old.area.level, title="Newer", as_of="2025-06-01", file_name="n", imported_at=clock.now(), source="n", file_hash="n",
    )  # fmt: skip
    shape = MultiPolygon(Polygon.from_bbox((100, 20, 100.5, 20.5)), srid=4326)
    moved = Boundary.objects.create(area=old.area, vintage=newer, geometry=shape, area_ha=1)
    assert Extent.objects.get(area__code="01").box == [100, 20, 100.5, 20.5]
    Boundary.objects.filter(pk=moved.pk).update(
        geometry=MultiPolygon(Polygon.from_bbox((100, 20, 100.6, 20.5)), srid=4326)
    )
    assert Extent.objects.get(area__code="01").box == [100, 20, 100.6, 20.5]
    moved.delete()
    assert Extent.objects.get(area__code="01").box == kept["01"]
    Boundary.objects.filter(area__code="01").delete()
    assert not Extent.objects.filter(area__code="01").exists()


def test_places_datasets_documents_and_facilities_are_found_in_their_box_and_not_elsewhere(placed):
    office, actor = placed.organisation("HEALTH-P01"), command()
    dataset = Dataset.objects.create(
        slug="in-the-west", title={"lo": "ທິດຕາເວັນຕົກ", "en": "In the west"}, owner=office, place=placed.area("01"), tier="public",
        is_published=True, state="published", licence=Term.objects.get(scheme="licence", code="CC-BY-4.0"),
    )  # fmt: skip
    kind = Term.objects.get(scheme="document-kind", code="plan")
    document = add_document(
        actor, office, kind=kind, title={"lo": "ແຜນ", "en": "Plan of the west"}, areas=[placed.area("01")]
    )
    publish_document(actor, document, tier="public")
    school = add_facility(
        actor, kind=FacilityKind.objects.get(code="school-primary"), name={"lo": "ໂຮງຮຽນ", "en": "School"}, area=placed.area("0101"),
    )  # fmt: skip
    reindex(PLACED)
    own = {dataset.get_absolute_url(), document.get_absolute_url(), placed.area("01").get_absolute_url()}
    assert own <= urls(placed, WEST) and not own & urls(placed, EAST)
    box = Extent.objects.get(area__code="0101").box
    assert school.get_absolute_url() in urls(placed, tuple(box), noun="facility")
    assert school.get_absolute_url() not in urls(placed, EAST, noun="facility")


def test_the_page_says_the_box_keeps_it_and_lets_it_go(placed, visit):
    address = "/search/?bbox=100.2,20.2,100.4,20.4"
    html = visit().get(address).content.decode()
    assert "In the box 100.2–100.4 east" in html and 'name="bbox" value="100.2,20.2,100.4,20.4"' in html
    assert f'href="{placed.area("01").get_absolute_url()}"' in html and 'href="/search/?"' in html
    assert "ໃນກອບ 100,2–100,4" in visit("public", "lo").get(address).content.decode()
    assert visit().get("/search/?bbox=5,5,1,1").status_code == 422
    assert 'class="take" href="/search/?bbox=' in visit().get("/map/").content.decode()
