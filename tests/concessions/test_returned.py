"""Areas taken into a map program and brought back: what is told of each, what is entered, and what never is."""

import sqlite3
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sala.concessions import operations
from sala.concessions.models import AreaReturn, Concession, ConcessionArea, ReturnedArea
from sala.concessions.queries import returned as queries
from sala.concessions.queries.returned import compare, said_of
from sala.concessions.views import returned as views
from sala.core.errors import Conflict

from .conftest import square

pytestmark = pytest.mark.django_db


class Package:
    """A GeoPackage as a map program has it open: shapes and a table of columns, written back by GDAL itself."""

    def __init__(self, path: Path):
        self.path = path
        meta, _fids, shapes, values = pyogrio.raw.read(path, layer="areas")
        self.names = list(meta["fields"])
        self.rows = [dict(zip(self.names, row, strict=True)) | {"shape": shapely.from_wkb(shape)}
                     for shape, row in zip(shapes, zip(*values, strict=True), strict=True)]  # fmt: skip

    def row(self, area) -> dict:
        return next(row for row in self.rows if row["area_id"] == area.pk)

    def saved(self, crs="EPSG:4326") -> bytes:
        target = self.path.with_name("back.gpkg")
        target.unlink(missing_ok=True)
        kinds = {"area_id": float, "loan": float, "stated_ha": float, "mapped_ha": float, "version": float}
        columns = [
            np.array([np.nan if kinds.get(name) and row.get(name) is None else row.get(name) for row in self.rows],
                     dtype=kinds.get(name, object)) for name in self.names
        ]  # fmt: skip
        shapes = np.array(
            [None if row["shape"] is None else shapely.to_wkb(row["shape"]) for row in self.rows], dtype=object
        )
        pyogrio.raw.write(
            target, shapes, columns, self.names, layer="areas", driver="GPKG", crs=crs, geometry_type="Unknown"
        )
        return target.read_bytes()


@pytest.fixture
def taken(visit, tmp_path):
    """taken(who) → the file that the page gives."""

    def get(who="district", **asked):
        answer = visit(who).post("/concessions/qgis/take/", asked)
        assert answer.status_code == 200 and answer["Content-Type"].endswith("sqlite3"), answer.content[-2000:]
        path = tmp_path / f"{who}.gpkg"
        path.write_bytes(b"".join(answer.streaming_content))
        return Package(path)

    return get


@pytest.fixture
def back(visit):
    """back(package, who) → the return that was read."""

    def send(package, who="district", content=None, name="back.gpkg"):
        file = SimpleUploadedFile(name, package.saved() if content is None else content)
        answer = visit(who).post("/concessions/qgis/bring/", {"file": file})
        assert answer.status_code == 302, answer.content.decode()[-3000:]
        return AreaReturn.objects.latest("pk")

    return send


@pytest.fixture
def told(cast):
    """told(returned, who) → outcome of each feature that is not unchanged."""

    def outcomes(returned, who="district"):
        rows = list(returned.features.filter(applied_at__isnull=True))
        return [(each.outcome.value, each) for each in compare(cast.actor(who), [said_of(row) for row in rows])]

    return outcomes


def apply(visit, returned, paper, who="district", choose=None, **more):
    page = visit(who).get(returned.get_absolute_url()).content.decode()
    values = [part.split('"')[0] for part in page.split('name="choose" value="')[1:]]
    data = {"choose": values if choose is None else choose, "reason": "Measured anew", "document": paper.slug, **more}
    return visit(who).post(returned.get_absolute_url(), data)


def test_the_same_file_again_is_all_unchanged(taken, back, granted, drawn, concession):
    drawn(granted(), stated_ha=118)
    drawn(concession("Two"), shapely.MultiPolygon([square(100.3), square(100.4)]), purpose="requested")
    package = taken()
    assert [row["purpose"] for row in package.rows] == ["granted", "requested"]
    returned = back(package, content=package.path.read_bytes())
    assert returned.unchanged == 2 and not returned.features.exists() and returned.loan_id
    again = back(package)  # written anew by another program, with numbers as decimals
    assert again.unchanged == 2 and not again.features.exists()


def test_only_what_the_post_may_change_goes_along_and_with_its_style(taken, visit, granted, drawn, concession):
    area = drawn(granted())
    assert [row["area_id"] for row in taken("district").rows] == [area.pk]
    for who in ("other_district",):
        answer = visit(who).post("/concessions/qgis/take/")
        assert "No area is drawn yet" in answer.content.decode()
    for who, status in (("inspector", 403), ("company", 403), ("public", 401)):
        assert visit(who).get("/concessions/qgis/").status_code == status, who
        assert visit(who).post("/concessions/qgis/take/").status_code == status, who
    with sqlite3.connect(taken("district").path) as database:
        ((name, style),) = database.execute("select f_table_name, styleQML from layer_styles where useAsDefault")
    assert name == "areas" and 'attr="purpose"' in style and 'value="granted"' in style


def test_a_changed_shape_is_told_with_its_difference_and_entered_with_paper_and_reason(taken, back, told, visit, granted, drawn, paper):  # fmt: skip
    area = drawn(granted(), stated_ha=118)
    package = taken()
    package.row(area)["shape"] = square(degrees=0.02)
    returned = back(package)
    ((outcome, each),) = told(returned)
    assert outcome == "changed" and 340 < each.difference < 350
    page = visit("district").get(returned.get_absolute_url()).content.decode()
    assert "<svg" in page and "Changed in the file" in page and each.concession.reference in page
    assert ConcessionArea.objects.count() == 1  # nothing is entered before it is confirmed
    decision = paper()
    assert "Choose at least one" in apply(visit, returned, decision, choose=[]).content.decode()
    assert apply(visit, returned, decision, reason="").status_code == 200 and ConcessionArea.objects.count() == 1
    assert apply(visit, returned, decision).status_code == 302
    area.refresh_from_db()
    now = ConcessionArea.objects.get(is_current=True)
    assert not area.is_current and 455 < now.mapped_ha < 465 and now.stated_ha == 118 and now.document == decision
    change = now.concession.changes.get(subject=f"area:{area.pk}", field="is_current")
    assert change.reason == "Measured anew" and change.document == decision and change.position_id
    assert ReturnedArea.objects.get().entered == now
    again = back(package)
    assert again.unchanged == 1 and not again.features.exists()


def test_what_was_changed_here_meanwhile_is_a_conflict_that_says_who_and_when(taken, back, told, visit, cast, granted, drawn, paper):  # fmt: skip
    area = drawn(granted())
    package = taken()
    package.row(area)["shape"] = square(degrees=0.02)
    operations.set_area(cast.actor("province"), area.concession, purpose="granted", accuracy="survey", geometry=square(degrees=0.03), reason="Survey of the province")  # fmt: skip
    returned = back(package)
    ((outcome, each),) = told(returned)
    assert outcome == "conflict" and each.change.position == cast.position("LAND-P01-confirms")
    page = visit("district").get(returned.get_absolute_url()).content.decode()
    assert "Changed here meanwhile" in page and "Survey of the province" in page
    assert "As it was when it was taken along" in page and "As it counts now" in page and "As in the file" in page
    assert apply(visit, returned, paper()).status_code == 302  # having seen both, the district enters its own
    assert 455 < ConcessionArea.objects.get(is_current=True).mapped_ha < 465


def test_what_is_changed_between_looking_and_confirming_is_not_overwritten(taken, back, cast, visit, granted, drawn, paper):  # fmt: skip
    area = drawn(granted())
    package = taken()
    package.row(area)["shape"] = square(degrees=0.02)
    returned = back(package)
    row = returned.features.get()
    other = operations.set_area(cast.actor("province"), area.concession, purpose="granted", accuracy="survey", geometry=square(degrees=0.03))  # fmt: skip
    answer = apply(visit, returned, paper(), choose=[f"{row.pk}:{area.pk}"])
    assert answer.status_code == 200 and "not any more as it was shown" in answer.content.decode()
    with pytest.raises(Conflict):
        operations.apply_returned(cast.actor("district"), returned, {row.pk: None}, reason="x", document=paper())
    assert ConcessionArea.objects.get(is_current=True) == other


def test_a_new_area_needs_a_reference_and_a_purpose_that_is_free(taken, back, told, visit, concession, granted, drawn, paper):  # fmt: skip
    made = granted()
    area = drawn(made)
    package = taken()
    blank = dict.fromkeys(package.names) | {"shape": square(100.3), "accuracy": "imagery"}
    package.rows += [
        blank | {"reference": made.reference, "purpose": "implementation"},
        blank | {"reference": made.reference, "purpose": "granted"},
        blank | {"reference": made.reference, "purpose": "golf"},
        blank | {"reference": "LC-999999", "purpose": "granted"},
        blank | {"reference": made.reference, "purpose": "disputed", "accuracy": None},
    ]
    returned = back(package)
    found = told(returned)
    assert [outcome for outcome, _each in found] == ["new", "refused", "refused", "refused", "refused"]
    words = [each.words for _outcome, each in found]
    for wanted, said in zip(("already", "golf", "reference", "accuracy"), words[1:], strict=True):
        assert wanted in said
    assert apply(visit, returned, paper()).status_code == 302
    assert made.areas.get(purpose="implementation").accuracy == "imagery" and made.areas.get(purpose="granted") == area


def test_one_concession_drawn_in_two_pieces_is_not_entered_as_one_that_replaces_the_other(taken, back, told, visit, cast, concession, granted, drawn, paper):  # fmt: skip
    drawn(granted())
    made = concession("In pieces")
    package = taken()
    blank = dict.fromkeys(package.names) | {"accuracy": "imagery", "reference": made.reference}
    package.rows += [
        blank | {"shape": square(100.3), "purpose": "requested"}, blank | {"shape": square(100.4), "purpose": "requested"},
        blank | {"shape": square(100.3), "purpose": "disputed"}, blank | {"shape": square(100.4), "purpose": "disputed"},
    ]  # fmt: skip
    returned = back(package)
    found = told(returned)
    assert [outcome for outcome, _each in found] == ["refused", "refused", "new", "new"]
    assert "Merge them" in found[0][1].words
    rows = list(returned.features.order_by("row"))
    with pytest.raises(Conflict):  # a sent form that names one of the two all the same
        operations.apply_returned(cast.actor("district"), returned, {rows[0].pk: None}, reason="So", document=paper())
    assert not made.areas.exists()
    assert apply(visit, returned, paper()).status_code == 302
    assert made.areas.filter(purpose="disputed", is_current=True).count() == 2 and made.areas.count() == 2


def test_what_cannot_be_taken_in_says_why_in_the_readers_language(taken, back, told, visit, granted, drawn, concession, cast, monkeypatch):  # fmt: skip
    monkeypatch.setattr("sala.concessions.queries.returned.country_box", lambda: (99.0, 13.0, 108.0, 23.0))
    shapes = {
        "crossing": shapely.Polygon([(100, 20), (100.1, 20.1), (100.1, 20), (100, 20.1)]),
        "abroad": shapely.box(10, 50, 10.1, 50.1), "swapped": shapely.box(20.0, 100.2, 20.1, 100.3), "none": None,
        "point": shapely.Point(100.2, 20.4),
    }  # fmt: skip
    areas = {name: drawn(concession(f"C {name}"), square(100.2 + number / 50)) for number, name in enumerate(shapes)}
    package = taken()
    for name, shape in shapes.items():
        package.row(areas[name])["shape"] = shape
    returned = back(package)
    found = {each.base.pk: each for outcome, each in told(returned) if outcome == "refused"}
    assert set(found) == {area.pk for area in areas.values()}
    for name, words in (("crossing", "crosses itself"), ("abroad", "outside the country"), ("swapped", "swapped|outside the world"), ("none", "no shape"), ("point", "no shape|no area")):  # fmt: skip
        assert any(part in found[areas[name].pk].words for part in words.split("|")), found[areas[name].pk].words
    lao = visit("district", "lo").get(returned.get_absolute_url()).content.decode()
    assert "crosses itself" not in lao and 'name="choose"' not in lao


def test_areas_of_others_are_refused_whatever_number_is_written(taken, back, told, cast, granted, drawn, concession):
    area = drawn(granted())
    elsewhere = concession("Far", who="other_district", area=cast.area("0201"), lead=cast.organisation("LAND-D0201"))
    operations.set_area(
        cast.actor("other_district"), elsewhere, purpose="granted", accuracy="survey", geometry=square(100.5)
    )
    other = elsewhere.areas.get()
    package = taken()
    package.rows[0] |= {"area_id": other.pk, "reference": elsewhere.reference, "shape": square(100.6)}
    found = told(back(package))
    assert {outcome for outcome, _each in found} == {"refused", "missing"}
    refused = next(each for outcome, each in found if outcome == "refused")
    assert "open to you" in refused.words and refused.concession is None
    assert next(each for outcome, each in found if outcome == "missing").base == area


def test_one_number_on_two_shapes_and_a_changed_identity_are_refused(taken, back, told, granted, drawn, concession):
    made, other = granted(), concession("Two")
    area, second = drawn(made), drawn(other, square(100.3))
    package = taken()
    package.rows.append(package.row(area) | {"shape": square(100.35)})
    package.row(second)["reference"] = made.reference
    found = told(back(package))
    assert [outcome for outcome, _each in found] == ["refused"] * 3
    assert any("several shapes" in each.words for _outcome, each in found)
    assert any("another one than" in each.words for _outcome, each in found)


def test_what_is_missing_is_set_aside_only_when_chosen(taken, back, told, visit, granted, drawn, concession, paper):
    kept, gone = drawn(granted()), drawn(concession("Gone"), square(100.3), purpose="requested")
    package = taken()
    package.rows = [package.row(kept)]
    returned = back(package)
    assert [(outcome, each.base) for outcome, each in told(returned)] == [("missing", gone)]
    gone.refresh_from_db()
    assert gone.is_current
    assert apply(visit, returned, paper()).status_code == 302
    gone.refresh_from_db()
    assert not gone.is_current and visit("district").get(returned.get_absolute_url()).status_code == 200


def test_a_file_in_another_system_of_coordinates_comes_back_as_it_was(taken, back, granted, drawn):
    from pyproj import Transformer

    drawn(granted())
    package = taken()
    there = Transformer.from_crs(4326, 32647, always_xy=True)
    for row in package.rows:
        row["shape"] = shapely.transform(row["shape"], lambda xy: np.column_stack(there.transform(xy[:, 0], xy[:, 1])))
    assert back(package, content=package.saved("EPSG:32647")).unchanged == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [("x.gpkg", b"SQLite format 3\x00" + b"\xff" * 400), ("x.gpkg", b""), ("x.geojson", b'{"type":"FeatureCollection"'),
     ("x.zip", b"PK\x03\x04" + b"\x00" * 60), ("x.gpkg", b"\x89PNG\r\n\x1a\n" + b"\x00" * 99)],
)  # fmt: skip
def test_what_is_no_file_of_areas_is_refused_at_its_field_and_nothing_is_kept(cast, visit, name, content):
    answer = visit("district").post("/concessions/qgis/bring/", {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 200 and 'class="error' in answer.content.decode() and not AreaReturn.objects.exists()


def test_another_office_finds_no_return(taken, back, visit, granted, drawn):
    area = drawn(granted())
    package = taken()
    package.row(area)["shape"] = square(degrees=0.02)
    address = back(package).get_absolute_url()
    for who in ("other_district", "inspector", "company", "public"):
        assert visit(who).get(address).status_code == 404, who
        assert visit(who).post(address, {"choose": "1:1"}).status_code == 404, who


def test_comparing_takes_the_same_statements_for_many(taken, cast, back, granted, drawn, concession):
    def counted(returned):
        said = [said_of(row) for row in returned.features.all()]
        with CaptureQueriesContext(connection) as captured:
            compare(cast.actor("district"), said)
        return len(captured), len(said)

    area = drawn(granted())
    package = taken()
    package.row(area)["shape"] = square(degrees=0.02)
    few, _one = counted(back(package))
    for number in range(5):
        drawn(concession(f"More {number}"), square(100.3 + number / 50))
    package = taken()
    for row in package.rows:
        row["shape"] = shapely.buffer(row["shape"], 0.001)
    many, number = counted(back(package))
    assert number == 6 and many <= few + 1 and Concession.objects.count() == 6


def test_a_file_is_compared_once_for_all_its_pages_and_anew_when_an_entry_changed(visit, taken, back, granted, drawn, concession, monkeypatch):  # fmt: skip
    made = [granted(), concession("Two"), concession("Three")]
    for number, row in enumerate(made):
        drawn(row, square(100.2 + number / 10))
    package = taken()
    for row in package.rows:
        row["shape"] = shapely.transform(row["shape"], lambda points: points + 0.001)
    returned = back(package)
    whole, held = [], queries.compare
    monkeypatch.setattr(
        queries, "compare", lambda actor, said, among=(): whole.append(len(said)) or held(actor, said, among)
    )
    monkeypatch.setattr(views, "PAGE", 2)
    first, second = (visit("district").get(f"{returned.get_absolute_url()}?page={number}") for number in (1, 2))
    assert whole == [3, 2, 1]  # all of it once, then each page what it shows
    assert [len(page.context["lines"]) for page in (first, second)] == [2, 1]
    assert first.context["counts"] == second.context["counts"] == [("Changed in the file", 3)]
    drawn(made[1], square(100.35))  # somebody else draws meanwhile
    again = visit("district").get(returned.get_absolute_url())
    assert whole[3:] == [3, 2] and ("Changed here meanwhile", 1) in again.context["counts"]
