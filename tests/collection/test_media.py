"""Files that a form needs beside it: sent by its author, or lists of our own nouns that follow their registers."""

import csv
import hashlib
import io

import pytest
from openpyxl import load_workbook

from sala.access.actor import command
from sala.collection import operations
from sala.collection.models import FormMedia
from sala.collection.queries.lists import Source, made
from sala.core.errors import Conflict, Invalid, NotPermitted, Unreadable
from sala.core.files import child, store
from sala.places.models import Area, Facility, FacilityKind, FacilityPlace
from tests.collection.conftest import SURVEY

pytestmark = pytest.mark.django_db

CHOOSING = [*SURVEY, ("select_one_from_file district.csv", "district", "ເມືອງ", "District", "", "", "")]


@pytest.fixture
def choosing_form(village_form):
    """A draft that chooses from district.csv."""
    return village_form(publish=False, survey=CHOOSING)


def content(row: FormMedia) -> bytes:
    return store.path_of(row.sha256).read_bytes()


def table(text: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.decode())))


def test_a_list_of_places_has_both_languages_and_what_lies_around(world):
    rows = table(made(Source("places", "district", world.area("01").code)))
    assert {row["name"] for row in rows} == set(
        Area.objects.filter(level__code="district", parent__code="01", ended_on=None).values_list("code", flat=True)
    )
    first = rows[0]
    area = world.area(first["name"])
    assert (first["label"], first["label_lo"], first["province"]) == (area.name["lo"], area.name["lo"], "01")
    assert first["label_en"] == area.name.get("en", area.name["lo"])


def test_a_list_of_facilities_has_those_of_the_kind_that_work_in_the_area(world):
    kind = FacilityKind.objects.first()
    for code, area in (("T-1", "0101"), ("T-2", "0201")):
        made_one = Facility.objects.create(code=code, kind=kind, name={"lo": f"ໂຮງ {code}"}, area=world.area(area))
        FacilityPlace.objects.create(facility=made_one, area=world.area(area), valid=("2020-01-01", None))
    rows = {row["name"]: row for row in table(made(Source("facilities", kind.code, "01")))}
    assert "T-1" in rows and "T-2" not in rows
    assert (rows["T-1"]["label"], rows["T-1"]["district"], rows["T-1"]["label_en"]) == ("ໂຮງ T-1", "0101", "ໂຮງ T-1")


def test_a_list_of_organisations_says_kind_and_parent(world):
    rows = {row["name"]: row for row in table(made(Source("organisations", "", world.area("01").code)))}
    house = world.organisation("HEALTH-P01")
    assert rows["HEALTH-P01"]["kind"] == house.kind
    assert rows["HEALTH-P01"]["parent"] == (house.parent.code if house.parent else "")


@pytest.mark.parametrize("source", [Source("places", "nowhere", "01"), Source("places", "district", "zz")])
def test_a_list_of_nothing_known_is_refused(world, source):
    with pytest.raises(Invalid):
        made(source)


def test_a_form_with_a_list_of_ours_can_be_put_in_use_and_phones_see_its_hash(world, choosing_form):
    version = choosing_form.versions.get()
    operations.use_list(world.actor("owner"), version, "district.csv", Source("places", "district", "01"))
    operations.publish_version(world.actor("colleague"), version)
    row = version.files.get()
    assert row.source == "places:district:01" and row.md5 == hashlib.md5(content(row)).hexdigest()
    assert row.bytes == len(content(row))


def test_the_list_is_made_anew_when_a_place_gets_another_name_and_not_otherwise(world, choosing_form):
    version = choosing_form.versions.get()
    operations.use_list(world.actor("owner"), version, "district.csv", Source("places", "district", "01"))
    before = version.files.get().md5
    assert operations.renew_lists(command()) == 0 and version.files.get().md5 == before
    area = world.area("0101")
    area.name = {"lo": "ເມືອງໃໝ່", "en": "New"}
    area.save()
    assert operations.renew_lists(command()) == 1
    after = version.files.get()
    assert after.md5 != before and "ເມືອງໃໝ່".encode() in content(after)
    assert operations.renew_lists(command()) == 0


def test_putting_in_use_takes_the_registers_as_they_are_now(world, choosing_form):
    version = choosing_form.versions.get()
    operations.use_list(world.actor("owner"), version, "district.csv", Source("places", "district", "01"))
    area = world.area("0101")
    area.name = {"lo": "ເມືອງໃໝ່"}
    area.save()
    operations.publish_version(world.actor("colleague"), version)
    assert "ເມືອງໃໝ່".encode() in content(version.files.get())


def test_a_new_version_takes_over_the_files_of_the_one_before(world, choosing_form, workbook):
    first = choosing_form.versions.get()
    operations.use_list(world.actor("owner"), first, "district.csv", Source("places", "district", "01"))
    path = workbook("second.xlsx", survey=CHOOSING, version="2")
    second = operations.receive_version(world.actor("owner"), choosing_form, path, path.name)
    assert second.files.get().source == "places:district:01" and first.files.count() == 1
    path = workbook("third.xlsx", version="3")
    assert not operations.receive_version(world.actor("owner"), choosing_form, path, path.name).files.exists()


def test_files_of_a_version_in_use_stay_and_strangers_touch_none(world, choosing_form):
    version = choosing_form.versions.get()
    source = Source("places", "district", "01")
    with pytest.raises(NotPermitted):
        operations.use_list(world.actor("stranger"), version, "district.csv", source)
    assert not version.files.exists()
    operations.use_list(world.actor("owner"), version, "district.csv", source)
    operations.publish_version(world.actor("colleague"), version)
    with pytest.raises(Conflict):
        operations.use_list(world.actor("owner"), version, "district.csv", Source("places", "district", "02"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"name,label\na,b,c\n", "Line 2 has 3 cells"),
        (b"name,name\na,b\n", "headings"),
        (b"code,label\na,b\n", "reads the column “name”"),
        (b"name,label\na,\xff\xfe\n", "line 2"),
        (b"", "empty"),
    ],
)
def test_a_list_that_phones_could_not_read_is_refused(world, choosing_form, tmp_path, text, words):
    path = tmp_path / "district.csv"
    path.write_bytes(text)
    version = choosing_form.versions.get()
    with pytest.raises((Unreadable, Invalid), match=words):
        operations.add_file(world.actor("owner"), version, path, "district.csv")
    assert not version.files.exists()


def test_a_file_that_the_form_does_not_want_is_refused_with_those_that_it_wants(world, choosing_form, tmp_path):
    path = tmp_path / "other.csv"
    path.write_text("name,label\na,b\n")
    with pytest.raises(Invalid) as refused:
        operations.add_file(world.actor("owner"), choosing_form.versions.get(), path, "other.csv")
    assert "district.csv" in refused.value.fields["name"][0]


@pytest.mark.parametrize(
    ("name", "start", "is_taken"),
    [("a.png", b"\x89PNG\r\n\x1a\n..", True), ("a.png", b"\xff\xd8\xff..", False), ("a.mp3", b"ID3....", True), ("a.exe", b"MZ..", False)],
)  # fmt: skip
def test_pictures_and_sounds_are_what_their_names_say(tmp_path, name, start, is_taken):
    path = tmp_path / name
    path.write_bytes(start)
    if is_taken:
        assert child.run("sala.core.files.form_media:check", path, name=name)["columns"] == []
    else:
        with pytest.raises(Unreadable):
            child.run("sala.core.files.form_media:check", path, name=name)


def test_external_choices_of_the_workbook_are_kept_as_the_file_phones_ask_for(world, tmp_path):
    from openpyxl import Workbook

    book = Workbook()
    sheets = {
        "survey": [("type", "name", "label", "choice_filter"), ("text", "p", "ແຂວງ", ""), ("select_one_external towns", "t", "ເມືອງ", "p=${p}")],
        "external_choices": [("list_name", "name", "label", "p"), ("towns", "a", "ກ", "1"), ("towns", "b", "ຂ", "2")],
        "choices": [("list_name", "name", "label")],
        "settings": [("form_id", "form_title", "version"), ("towns", "ເມືອງ", "1")],
    }  # fmt: skip
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    path = tmp_path / "towns.xlsx"
    book.save(path)
    form = operations.make_form(world.actor("owner"), world.organisation("HEALTH-P01"), path, path.name)
    version = form.versions.get()
    assert version.media == ["itemsets.csv"] and b"towns" in content(version.files.get())
    operations.publish_version(world.actor("colleague"), version)


def test_the_workbook_to_begin_from_becomes_a_form_that_lacks_only_the_lists_of_places(visit, world, tmp_path):
    answer = visit("owner").get("/forms/begin.xlsx")
    path = tmp_path / "begin.xlsx"
    path.write_bytes(answer.content)
    heads = [cell.value for cell in load_workbook(path)["survey"][1]]
    assert any(str(head).endswith("(lo)") for head in heads) and any(str(head).endswith("(en)") for head in heads)
    form = operations.make_form(world.actor("owner"), world.organisation("HEALTH-P01"), path, path.name)
    version = form.versions.get()
    assert set(version.language_map) == {"lo", "en"}
    assert [name for name in version.media if not name.endswith(".csv")] == [] and "district.csv" in version.media
    for level in ("province", "district"):
        operations.use_list(world.actor("owner"), version, f"{level}.csv", Source("places", level, "DM"))
    with pytest.raises(Invalid, match="empty"):  # the invented country has no villages
        operations.use_list(world.actor("owner"), version, "village.csv", Source("places", "village", "DM"))
    own = tmp_path / "village.csv"
    own.write_text("name,label,district\n0101001,ບ້ານ,0101\n")
    operations.add_file(world.actor("owner"), version, own, "village.csv")
    operations.publish_version(world.actor("colleague"), version)
    assert visit("public").get("/forms/begin.xlsx").status_code == 401


def test_pages_lead_from_a_lacking_file_to_its_rows(visit, world, choosing_form, tmp_path):
    owner = visit("owner")
    at = f"/forms/{choosing_form.slug}/versions/1/"
    assert "not here yet" in owner.get(at).content.decode()
    answer = owner.post(f"{at}lists/new/", {"name": "district.csv", "noun": "places", "area": "01"})
    assert "Say of which level" in answer.content.decode()
    level = world.area("0101").level_id
    answer = owner.post(f"{at}lists/new/", {"name": "district.csv", "noun": "places", "level": level, "area": "01"})
    assert answer.status_code == 302
    page = owner.get(f"{at}rows/district.csv").content.decode()
    assert "label_lo" in page and "0101" in page
    sent = b"".join(owner.get(f"{at}files/district.csv").streaming_content)
    assert sent == made(Source("places", "district", "01"))
    own = tmp_path / "mine.csv"
    own.write_text("name,label\nx,ກ\n")
    with own.open("rb") as file:
        assert owner.post(f"{at}files/new/", {"file": file, "name": "district.csv"}).status_code == 302
    assert FormMedia.objects.get().source == ""
    assert visit("stranger").get(f"{at}rows/district.csv").status_code == 404
