"""Inspections: the walk and the photos held against the area, made from approved answers or by hand, and who sees them."""

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
import shapely
from django.contrib.gis.geos import Point
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import ExifTags, Image

import tests.collection.conftest as forms
from sala.access.actor import command
from sala.collection import operations as collection
from sala.collection.models import Expected, Form, Picture, SubmissionFile
from sala.collection.operations import answers
from sala.collection.operations.reading import read_submission
from sala.collection.queries.lists import Source
from sala.concessions.calculations.inspections import Limits, Photo, check, ring_of
from sala.concessions.models import FieldClass, Inspection, InspectionForm, Situation
from sala.concessions.operations.findings import reckon
from sala.concessions.operations.inspection_forms import map_form
from sala.concessions.operations.inspections import (
    Sent,
    enter_inspection,
    recheck_of,
    set_aside_inspection,
    take_developed,
)
from sala.concessions.queries.completeness import completeness
from sala.concessions.queries.inspections import inspections_for
from sala.concessions.queries.panels import inspections as inspected_panel
from sala.concessions.queries.profile import profile
from sala.concessions.words.inspections import told
from sala.core import clock
from sala.core.errors import Conflict, Invalid, NotPermitted, Unreadable
from sala.core.files import child
from tests.collection.answering import send
from tests.concessions import test_releases as releases
from tests.concessions.conftest import square

draft_round, open_round, read_once = forms.draft_round, forms.open_round, forms.read_once
village_form, workbook, workbooks_read = forms.village_form, forms.workbook, forms.workbooks_read
opened = releases.opened
DAY = date(2026, 11, 20)

SURVEY = [
    ("type", "name", "label::Lao (lo)", "label::English (en)", "required", "constraint", "choice_filter"),
    ("select_one_from_file concessions.csv", "concession", "ໂຄງການ", "Concession", "yes", "", ""),
    ("date", "inspected_on", "ວັນທີ", "Day", "yes", "", ""),
    ("text", "team", "ຜູ້ໄປ", "Team", "", "", ""),
    ("geotrace", "track", "ເສັ້ນທາງ", "Walk", "", "", ""),
    ("select_one seen", "activity", "ເຫັນຫຍັງ", "Seen", "", "", ""),
    ("decimal", "developed_ha", "ເນື້ອທີ່", "Hectares", "", "", ""),
    ("begin_repeat", "picture", "ຮູບ", "Pictures", "", "", ""),
    ("image", "photo", "ຮູບ", "Photo", "", "", ""),
    ("end_repeat", "", "", "", "", "", ""),
    ("image", "signed", "ລາຍເຊັນ", "Signature", "", "", ""),
]
CHOICES = [
    ("list_name", "name", "label::Lao (lo)", "label::English (en)"),
    ("seen", "yes", "ມີ", "Yes"), ("seen", "no", "ບໍ່ມີ", "No"), ("seen", "unclear", "ບໍ່ຊັດ", "Unclear"),
]  # fmt: skip
FIELDS = {
    "inspected_on": "inspected_on", "team": "team", "activity": "activity", "developed_ha": "developed_ha", "track": "track",
    "photos": ["photo"], "signatures": ["signed"],
}  # fmt: skip


def lines(shape) -> shapely.MultiLineString:
    return shapely.MultiLineString([shape.exterior.coords])


def as_answer(shape, accuracy=5) -> str:
    """A walk as an app for forms writes it."""
    return ";".join(f"{y} {x} 0 {accuracy}" for x, y in shape.exterior.coords)


# ---- the reckoning -------------------------------------------------------------------------------------------------


def test_a_walk_along_the_boundary_lies_in_the_area():
    found = check(lines(square()), [4, 5, 6], [], square(), DAY, Limits())
    assert found.inside == pytest.approx(100) and 4 < found.km < 4.4 and found.accuracy_m == 5 and not found.flags


def test_a_walk_half_outside_says_so_with_its_share():
    found = check(lines(square(west=100.205)), [], [], square(), DAY, Limits(metres=20))
    assert found.inside == pytest.approx(50, abs=2)
    assert [flag[0] for flag in found.flags] == ["track-outside"] and found.flags[0][1] == pytest.approx(50, abs=2)


def test_the_tolerance_is_metres_on_the_ground():
    beside = shapely.MultiLineString([[(100.2101, 20.401), (100.2101, 20.409)]])  # about 10 m east of the boundary
    assert check(beside, [], [], square(), DAY, Limits(metres=20)).inside == pytest.approx(100)
    assert check(beside, [], [], square(), DAY, Limits(metres=5)).inside == 0


def test_photos_taken_elsewhere_at_another_time_or_nowhere_are_told():
    moment = clock.now().replace(year=DAY.year, month=DAY.month, day=DAY.day)
    photos = [
        Photo("here", (100.205, 20.405), moment), Photo("town", (100.4, 20.4), moment), Photo("none"),
        Photo("late", (100.205, 20.405), moment + timedelta(days=9)),
    ]  # fmt: skip
    found = check(lines(square()), [], photos, square(), DAY, Limits())
    assert [one.place for one in found.photos] == ["inside", "elsewhere", "unknown", "inside"]
    assert found.photos[0].metres == 0 and 19_000 < found.photos[1].metres < 21_000
    told = {flag[0]: flag[1:] for flag in found.flags}
    assert told["photos-elsewhere"][:2] == [1, 4] and told["photos-without-place"] == [1, 4]
    assert told["photo-time"] == [1, 9]


def test_without_an_area_or_a_walk_nothing_is_claimed():
    nothing = check(None, [], [Photo("one", (100.2, 20.4))], None, DAY, Limits())
    assert (nothing.inside, nothing.km, nothing.photos[0].place) == (None, None, "unknown")
    assert [flag[0] for flag in nothing.flags] == ["no-area", "no-track"]
    poor = check(lines(square()), [80, 90], [], square(), DAY, Limits())
    assert [flag[0] for flag in poor.flags] == ["accuracy-poor"]


def zigzag() -> list[tuple[float, float]]:
    """From one end of the earth to the other so often that it is longer than an inspection can hold."""
    return [(-170.0, -80.0), (170.0, 80.0)] * 100


@pytest.mark.parametrize("metres", [float("nan"), float("inf"), -1, 1e11])
def test_an_accuracy_that_cannot_be_measured_is_left_out_and_told(metres):
    found = check(lines(square()), [5, metres, 7], [], square(), DAY, Limits())
    assert (found.accuracy_m, found.flags) == (6, [["track-odd"]]) and found.inside == pytest.approx(100)
    alone = check(lines(square()), [metres], [], square(), DAY, Limits())
    assert (alone.accuracy_m, alone.flags) == (None, [["track-odd"]]) and told(alone.flags[0]) != "track-odd"


def test_a_walk_that_cannot_be_measured_is_left_out_and_told():
    for points in (zigzag(), [(100.2, 20.4), (float("inf"), 20.4)]):
        found = check(shapely.MultiLineString([points]), [5], [], square(), DAY, Limits())
        assert (found.km, found.inside, found.flags) == (None, None, [["track-odd"]])
    lost = check(None, [], [Photo("nowhere", (float("inf"), 20.4))], square(), DAY, Limits())
    assert (lost.photos[0].place, lost.photos[0].metres) == ("unknown", None)


def test_only_a_walk_whose_ends_meet_goes_round_an_area():
    assert ring_of(lines(square())).area == pytest.approx(square().area)
    assert ring_of(shapely.MultiLineString([[(100.2, 20.4), (100.21, 20.4), (100.21, 20.41)]])) is None
    assert ring_of(None) is None


# ---- files of GPS devices ------------------------------------------------------------------------------------------

GPX = """<?xml version="1.0"?><gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>
{points}</trkseg><trkseg><trkpt lat="20.4" lon="100.2"/></trkseg></trk></gpx>"""


def gpx(shape=None, text="") -> bytes:
    points = "".join(
        f'<trkpt lat="{y}" lon="{x}"><ele>300</ele></trkpt>' for x, y in (shape or square()).exterior.coords
    )
    return (text or GPX.format(points=points)).encode()


def test_a_gpx_file_gives_its_lines(tmp_path):
    path = tmp_path / "walk.gpx"
    path.write_bytes(gpx())
    found = child.run("sala.core.files.gpx:read", path)
    assert (
        found["points"] == 5 and len(found["lines"]) == 1 and found["lines"][0][0] == list(square().exterior.coords[0])
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<gpx></gpx>", "track"), ("<gpx><trk><trkseg>", "GPX"), ("no xml", "GPX"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><gpx/>', "entities"),
        ('<gpx><trkseg><trkpt lat="120" lon="3"/><trkpt lat="1" lon="3"/></trkseg></gpx>', "outside"),
        ('<gpx><trkseg><trkpt lat="north" lon="3"/></trkseg></gpx>', "GPX"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_track_is_refused_with_what_to_do(tmp_path, text, words):
    path = tmp_path / "walk.gpx"
    path.write_text(text)
    with pytest.raises(Unreadable, match=words):
        child.run("sala.core.files.gpx:read", path)


# ---- from answers --------------------------------------------------------------------------------------------------


@pytest.fixture
def inspection_form(cast, village_form, read_once):
    form = village_form(publish=False, survey=SURVEY, choices=CHOICES, form_id="inspect", form_title="ການກວດກາ")
    form = collection.change_form(
        cast.actor("owner"),
        form,
        about="other",
        about_noun="concession",
        subject_question="concession",
        is_standing=True,
    )
    version = form.versions.get()
    collection.use_list(cast.actor("owner"), version, "concessions.csv", Source("concession", "", "DM"))
    collection.publish_version(cast.actor("colleague"), version)
    map_form(cast.actor("owner"), form, FIELDS)
    return Form.objects.get(pk=form.pk)


@pytest.fixture
def asked(inspection_form, open_round):
    return lambda: open_round(inspection_form, posts=("LAND-P01-confirms",))


@pytest.fixture
def sent(cast, inspection_form):
    """sent(concession, shape, photos={name: point}, **values) → an answer of the district, read."""

    def make(made, shape=None, photos=None, position="LAND-D0101-concessions", **values):
        names = list(photos or {})
        told = {
            "concession": made.reference, "inspected_on": clock.today().isoformat(), "team": "Invented inspector",
            "track": as_answer(shape or square()), "activity": "yes", "developed_ha": "40.5", "signed": "sign.jpg", **values,
        }  # fmt: skip
        if names:  # one row of the repeat each
            told["picture"] = "</picture><picture>".join(f"<photo>{name}</photo>" for name in names)
        found = send(cast, inspection_form, position=position, files=names, **told)
        for number, (name, point) in enumerate((photos or {}).items()):
            digest = f"{number:064d}"
            Picture.objects.get_or_create(
                sha256=digest, defaults={"small": "x" * 64, "point": Point(*point, srid=4326) if point else None,
                                         "taken_at": clock.now(), "looked_at": clock.now()},
            )  # fmt: skip
            SubmissionFile.objects.create(
                submission=found, name=name, media_type="image/jpeg", sha256=digest, bytes=1, received_at=clock.now()
            )
        read_submission(found)
        return found

    return make


@pytest.mark.django_db
def test_an_approved_answer_becomes_an_inspection_and_counts_as_long_as_it_stands(cast, granted, drawn, asked, sent):
    made = granted()
    drawn(made)
    asked()
    answer = sent(made, photos={"a.jpg": (100.205, 20.405), "b.jpg": (100.5, 20.4), "c.jpg": None})
    assert not Inspection.objects.exists()
    answers.approve(cast.actor("province"), answer)
    row = Inspection.objects.get()
    assert (row.concession, row.reading_id, row.activity, row.developed_ha) == (
        made,
        answer.pk,
        "yes",
        Decimal("40.50"),
    )
    assert (row.team, row.signatures, row.share_inside, row.accuracy_m) == ("Invented inspector", 1, 100, 5)
    assert row.assignment.position.code == "LAND-P01-confirms" and row.inspected_on == clock.today()
    assert [one.place for one in row.photos.all()] == ["inside", "elsewhere", "unknown"]
    assert [flag[0] for flag in row.flags] == ["photos-elsewhere", "photos-without-place"]
    assert row.inputs["metres"] == 20 and len(row.inputs["rules"]) == 4  # the rules of a surveyed boundary
    read_submission(answer)  # anew: one and the same
    assert Inspection.objects.get().pk == row.pk and row.photos.count() == 3
    answers.reopen(cast.actor("province"), answer, reason="One more look")
    assert not Inspection.objects.get().is_current
    answers.approve(cast.actor("province"), answer)
    assert Inspection.objects.get().is_current


@pytest.mark.django_db
def test_a_walk_half_outside_is_told_on_the_inspection(cast, granted, drawn, asked, sent):
    made = granted()
    drawn(made)
    asked()
    answer = sent(made, square(west=100.205))
    answers.approve(cast.actor("province"), answer)
    row = Inspection.objects.get()
    assert row.share_inside == pytest.approx(Decimal(50), abs=2) and row.flags[0][0] == "track-outside"
    drawn(made, square(west=100.205))  # the boundary was wrong: drawn anew, the same walk fits
    assert recheck_of(made.pk) == 1 and recheck_of(made.pk) == 0
    row.refresh_from_db()
    assert row.share_inside == 100 and not row.flags


@pytest.mark.django_db
def test_what_no_device_can_measure_does_not_hold_up_the_approval_of_others(
    cast, granted, concession, drawn, asked, sent
):
    made = granted()
    drawn(made)
    others = [concession("Teak two"), concession("Teak three"), concession("Teak four")]
    asked()
    found = [
        sent(made, track=as_answer(square(), accuracy="99999999999")),
        sent(others[0], track=";".join(f"{lat} {lon} 0 5" for lon, lat in zigzag())),
        sent(others[1], developed_ha="9" * 400, track=as_answer(square(), accuracy="9" * 400)),
        sent(others[2]),
    ]
    answers.approve_many(cast.actor("province"), [one.pk for one in found], flagged=True)
    rows = {row.concession_id: row for row in Inspection.objects.all()}
    far, long, digits, sound = (rows[one.pk] for one in [made, *others])
    assert (far.accuracy_m, far.share_inside, far.flags) == (None, 100, [["track-odd"]])
    assert long.track_km is None and long.accuracy_m == 5 and ["track-odd"] in long.flags
    assert digits.developed_ha is None and digits.accuracy_m is None
    assert sound.track_km > 4 and sound.accuracy_m == 5 and ["track-odd"] not in sound.flags
    drawn(made, square(degrees=0.02))  # held against another area, what was odd stays odd
    assert recheck_of(made.pk) == 1
    far.refresh_from_db()
    assert ["track-odd"] in far.flags and far.accuracy_m is None


@pytest.mark.django_db
def test_an_answer_set_aside_or_about_another_makes_no_inspection(cast, granted, asked, sent, inspection_form):
    made = granted()
    asked()
    answer = sent(made)
    answers.set_aside(cast.actor("province"), answer, reason="A trial")
    assert not Inspection.objects.exists()
    InspectionForm.objects.all().delete()
    again = sent(made)
    answers.approve(cast.actor("province"), again)
    assert not Inspection.objects.exists()
    assert Expected.objects.get(subject_id=made.pk).state == "approved"


@pytest.mark.django_db
def test_a_form_names_questions_that_can_say_it(cast, inspection_form):
    for fields in ({"track": "team"}, {"photos": ["nothing"]}):
        with pytest.raises(Invalid):
            map_form(cast.actor("owner"), inspection_form, fields)
    with pytest.raises(NotPermitted):
        map_form(cast.actor("district"), inspection_form, FIELDS)
    collection.change_form(cast.actor("owner"), inspection_form, about="nothing", subject_question="")
    with pytest.raises(Conflict):
        map_form(cast.actor("owner"), inspection_form, FIELDS)


# ---- by hand, and what follows -------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_inspection_is_entered_by_hand_by_those_whose_area_it_is(cast, granted, drawn):
    made = granted()
    drawn(made)
    row = enter_inspection(
        cast.actor("district"),
        made,
        inspected_on=clock.today(),
        activity="no",
        track=lines(square()),
        team="Two officers",
    )
    assert row.share_inside == 100 and row.entered_by.code == "LAND-D0101-concessions"
    for who in ("other_district", "stranger", "company", "citizen"):
        with pytest.raises(NotPermitted):
            enter_inspection(cast.actor(who), made, inspected_on=clock.today(), activity="no")
    with pytest.raises(Invalid):
        enter_inspection(cast.actor("district"), made, inspected_on=clock.today() + timedelta(days=1), activity="no")
    with pytest.raises(Invalid):
        many = [Sent("0" * 64, f"{number}.jpg") for number in range(51)]
        enter_inspection(cast.actor("district"), made, inspected_on=clock.today(), activity="no", photos=many)
    assert Inspection.objects.count() == 1


@pytest.mark.django_db
def test_an_inspection_feeds_the_situation(cast, granted, drawn):
    made = granted()
    drawn(made)
    drawn(made, square(), purpose="implementation", measured_on=date(2019, 1, 1))
    reckon(command(), [made.pk])
    assert Situation.objects.get(concession=made, until=None).code == "idle"  # seen too long ago
    row = enter_inspection(cast.actor("district"), made, inspected_on=clock.today(), activity="yes")
    reckon(command(), [made.pk])
    assert Situation.objects.get(concession=made, until=None).code == "implementing"
    with pytest.raises(Invalid):
        set_aside_inspection(cast.actor("district"), row, reason=" ")
    set_aside_inspection(cast.actor("district"), row, reason="Another project")
    reckon(command(), [made.pk])
    assert Situation.objects.get(concession=made, until=None).code == "idle"


@pytest.mark.django_db
def test_the_board_of_completeness_counts_what_was_inspected_for_those_who_read_it(cast, granted):
    def inspected(who):
        return sum(line.inspected for line in completeness(cast.actor(who), cast.area("01")))

    made = granted()
    assert inspected("district") == 0
    row = enter_inspection(cast.actor("district"), made, inspected_on=clock.today(), activity="yes")
    assert (inspected("district"), inspected("inspector"), inspected("company")) == (1, 1, 0)
    set_aside_inspection(cast.actor("district"), row, reason="Another project")
    assert inspected("district") == 0


@pytest.mark.django_db
def test_what_was_found_becomes_the_developed_area_only_on_request_and_never_over_a_newer_one(cast, granted, drawn):
    made = granted()
    drawn(made)
    actor = cast.actor("district")
    row = enter_inspection(
        actor, made, inspected_on=clock.today() - timedelta(days=3), activity="yes", developed_ha=Decimal(90),
        track=lines(square()),
    )  # fmt: skip
    developed = made.areas.filter(purpose="implementation")
    assert not developed.exists()
    for who in ("stranger", "company"):
        with pytest.raises(NotPermitted):
            take_developed(cast.actor(who), row)
    area = take_developed(actor, row)
    assert (area.stated_ha, area.measured_on, area.accuracy) == (90, row.inspected_on, "survey")
    assert area.mapped_ha == pytest.approx(Decimal(115), abs=3)
    drawn(made, square(), purpose="implementation", measured_on=clock.today())
    with pytest.raises(Conflict):
        take_developed(actor, row)
    nothing = enter_inspection(actor, made, inspected_on=clock.today(), activity="no")
    with pytest.raises(Conflict):
        take_developed(actor, nothing)


@pytest.mark.django_db
def test_an_inspection_is_seen_by_offices_and_neither_by_the_company_nor_the_public(cast, client, granted, drawn):
    made = granted()
    row = enter_inspection(cast.actor("district"), made, inspected_on=clock.today(), activity="no", team="Hidden team")
    address, api = row.get_absolute_url(), f"/api/v1/concessions/{made.reference}/inspections"
    for who in ("district", "province", "ministry", "inspector"):
        client.force_login(cast.person(who))
        assert "Hidden team" in client.get(address).content.decode(), who
        assert "Hidden team" in client.get(made.get_absolute_url()).content.decode(), who
        assert [one["team"] for one in client.get(api).json()["items"]] == ["Hidden team"], who
        assert "Hidden team" in client.get("/concessions/inspections/?format=csv").content.decode(), who
    for who in ("company", "other_district", "stranger", "citizen", None):
        client.force_login(cast.person(who)) if who else client.logout()
        assert client.get(address).status_code == 404, who
        assert client.get(api).status_code == 404, who
        assert client.get("/api/v1/concessions/inspections").json() == {"count": 0, "items": []}, who
        assert not inspections_for(cast.actor(who) if who else cast.actor("public")).exists(), who
    client.force_login(cast.person("company"))
    assert "Hidden team" not in client.get(made.get_absolute_url()).content.decode()


@pytest.mark.django_db
def test_no_class_that_is_opened_opens_inspections(cast, visit, granted, drawn, opened):
    """They tell of place, boundary, people and papers at once, so they stay with the offices."""
    made = granted()
    drawn(made)
    row = enter_inspection(
        cast.actor("district"), made, inspected_on=clock.today(), activity="no", team="Hidden team",
        track=lines(square()), developed_ha=Decimal(7),
    )  # fmt: skip
    for classes in (
        ["basics", "judgement"],
        [name for name in FieldClass.values if name not in ("basics", "judgement")],
    ):
        opened(*classes)
        for who in ("public", "company", "other_district", "stranger"):
            assert visit(who).get(row.get_absolute_url()).status_code == 404, who
            assert visit(who).get(f"/api/v1/concessions/{made.reference}/inspections").status_code == 404, who
            assert visit(who).get("/api/v1/concessions/inspections?place=0101").json()["count"] == 0, who
            assert "Hidden team" not in visit(who).get("/concessions/inspections/?format=csv").content.decode(), who
            page = visit(who).get(made.get_absolute_url())
            assert page.status_code == 200 and "Hidden team" not in page.content.decode(), who
            assert inspected_panel(cast.actor(who), cast.area("01")) is None, who
            assert sum(line.inspected for line in completeness(cast.actor(who), cast.area("01"))) == 0, who
            assert not profile(cast.actor(who), made).is_office, who
    assert visit("district").get(row.get_absolute_url()).status_code == 200
    assert visit("district").get("/api/v1/concessions/inspections?place=0101").json()["count"] == 1
    assert inspected_panel(cast.actor("province"), cast.area("01")).lines[0][1] == "1"
    assert sum(line.inspected for line in completeness(cast.actor("province"), cast.area("01"))) == 1
    assert profile(cast.actor("district"), made).is_office


@pytest.mark.django_db
def test_the_page_takes_a_gpx_file_and_photos_and_says_what_is_wrong(cast, client, granted, drawn, monkeypatch):
    made = granted()
    drawn(made)
    client.force_login(cast.person("district"))
    address = reverse("concessions:enter_inspection", args=[made.reference])
    assert client.get(address).status_code == 200
    told = {"version": made.version, "inspected_on": clock.today().isoformat(), "team": "Us", "activity": "yes", "developed_ha": "12"}  # fmt: skip
    made.refresh_from_db()
    told["version"] = made.version
    wrong = client.post(address, told | {"track": SimpleUploadedFile("a.gpx", b"no xml")}, headers={"accept-language": "en"})  # fmt: skip
    assert wrong.status_code == 200 and "GPX" in wrong.content.decode() and not Inspection.objects.exists()
    picture = photo_at(20.405, 100.205)
    right = client.post(
        address, told | {"track": SimpleUploadedFile("a.gpx", gpx()), "photos": [SimpleUploadedFile("p.jpg", picture, "image/jpeg"), SimpleUploadedFile("q.png", plain(), "text/plain")]},
    )  # fmt: skip
    assert right.status_code == 302, right.content.decode()[:2000]
    row = Inspection.objects.get()
    assert right["Location"] == row.get_absolute_url()
    assert [one.place for one in row.photos.all()] == ["inside", "unknown"] and row.share_inside == 100
    page = client.get(row.get_absolute_url()).content.decode()
    assert "polyline" in page
    address = reverse("concessions:enter_inspection", args=[made.reference])
    monkeypatch.setattr("sala.concessions.views.inspections.store.keep_stream", lambda file: pytest.fail("was kept"))
    made.refresh_from_db()
    told["version"] = made.version
    many = [SimpleUploadedFile(f"{number}.jpg", picture, "image/jpeg") for number in range(51)]
    for photos, words in (
        (many, "At most 50 photos"),
        ([SimpleUploadedFile("page.jpg", b"<html><script>", "image/jpeg")], "page.jpg” is no photo"),
    ):
        refused = client.post(address, told | {"photos": photos}, headers={"accept-language": "en"})
        assert refused.status_code == 200 and words in refused.content.decode()
    assert Inspection.objects.count() == 1
    shown = client.get(reverse("concessions:inspection_photo", args=[made.reference, row.pk, row.photos.first().pk]))
    assert shown["Content-Type"] == "image/jpeg" and shown["X-Content-Type-Options"] == "nosniff"
    client.force_login(cast.person("company"))
    assert client.get(reverse("concessions:inspection_photo", args=[made.reference, row.pk, row.photos.first().pk])).status_code == 404  # fmt: skip
    assert client.get(address).status_code == 403


def photo_at(latitude: float, longitude: float) -> bytes:
    """A picture with the place that a camera writes."""
    notes = Image.Exif()
    place = notes.get_ifd(ExifTags.IFD.GPSInfo)
    place[ExifTags.GPS.GPSLatitudeRef], place[ExifTags.GPS.GPSLatitude] = "N", degrees(latitude)
    place[ExifTags.GPS.GPSLongitudeRef], place[ExifTags.GPS.GPSLongitude] = "E", degrees(longitude)
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(out, "JPEG", exif=notes)
    return out.getvalue()


def plain() -> bytes:
    """A picture in which no camera wrote anything."""
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(out, "PNG")
    return out.getvalue()


def degrees(value: float) -> tuple[float, float, float]:
    whole = int(value)
    minutes = int((value - whole) * 60)
    return (float(whole), float(minutes), round(((value - whole) * 60 - minutes) * 60, 4))
