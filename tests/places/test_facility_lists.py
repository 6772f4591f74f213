"""Lists of facilities: which row is which facility, what is entered, changed and refused; by operation, command, page."""

import csv
import hashlib
import io
import re
from datetime import date

import pytest
from django.contrib.gis.geos import Point
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from openpyxl import Workbook

from config.jobs import run_errand
from sala.core.errors import Invalid, NotPermitted, Unreadable
from sala.core.language import Translated
from sala.core.models import Errand
from sala.journal.models import Event
from sala.places import lists, operations
from sala.places.lists import FacilityList, Line
from sala.places.models import Area, Facility, FacilityImport, FacilityKind, Level
from sala.places.operations import ListDelivery

pytestmark = pytest.mark.django_db
AS_OF = date(2024, 9, 1)
HEAD = ["School code", "School name", "Village", "Lat", "Lon", "Opened"]
ROWS = [
    ["0101-1", "ໂຮງຮຽນປະຖົມ ໜອງໃສ", "ໜອງໃສ", "20.5", "100.2", "2001-09-01"],
    ["0102-1", "ໂຮງຮຽນປະຖົມ ຫ້ວຍຂາວ", "0102", "", "", "1/9/1998"],
]


@pytest.fixture
def write(tmp_path):
    """write(rows, head) → path of a CSV file."""

    def make(rows=ROWS, head=HEAD, name="schools.csv"):
        path = tmp_path / name
        with path.open("w", encoding="utf-8", newline="") as handle:
            csv.writer(handle).writerows([head, *rows])
        return path

    return make


def listed(rows, head) -> FacilityList:
    """A list as the child process would have read it; tests of files and pages send real ones."""
    columns = {f"c{place}": heading for place, heading in enumerate(head)}
    lines = [Line(number, dict(zip(columns, row, strict=True))) for number, row in enumerate(rows, start=2)]
    digest = hashlib.sha256(repr([head, rows]).encode()).hexdigest()
    return FacilityList(file_name="schools.csv", file_hash=digest, columns=columns, lines=lines)


@pytest.fixture
def take(world):
    """take(rows, head, who="owner", …) → the import, with its report."""

    def run(rows=ROWS, head=HEAD, who="owner", kind="school-primary", **more):
        given = {"as_of": AS_OF, "system": "school-number", "source": "list of 2024", **more}
        delivery = ListDelivery(kind=FacilityKind.objects.get(code=kind) if kind else None, **given)
        return operations.import_facilities(world.actor(who), listed(rows, head), delivery)

    return run


def counts(batch) -> tuple[int, int, int, int]:
    return tuple(batch.report[name] for name in ("new", "changed", "unchanged", "refused"))


def why(batch) -> dict[int, list[str]]:
    """Line → codes of its reasons."""
    return {
        line["row"]: [reason["code"] for reason in line["reasons"]] for line in batch.report["lines"] if line["reasons"]
    }


# ---- entering ----------------------------------------------------------------------------------------------------


def test_a_list_enters_what_the_register_does_not_know(world, take):
    batch = take()
    assert counts(batch) == (2, 0, 0, 0)
    one = Facility.objects.get(codes__value="0101-1")
    assert one.name == {"lo": "ໂຮງຮຽນປະຖົມ ໜອງໃສ"} and one.area.code == "0101" and one.kind.code == "school-primary"
    assert (
        (one.point.x, one.point.y) == (100.2, 20.5)
        and one.opened_on == date(2001, 9, 1)
        and one.source == "list of 2024"
    )
    assert one.places.get().valid.lower == date(2001, 9, 1)
    other = Facility.objects.get(codes__value="0102-1")
    assert other.opened_on == date(1998, 9, 1) and other.area.code == "0102"
    assert Event.objects.filter(subject_type="facility", verb="facilities.import").count() == 2
    assert '"new":2' in Event.objects.get(subject_type="facility-import").text


def test_the_same_list_again_changes_nothing(take):
    first = take()
    events = Event.objects.count()
    again = take()
    assert counts(again) == (0, 0, 2, 0) and again.pk == first.pk
    assert Event.objects.count() == events and Facility.objects.count() == 2 and FacilityImport.objects.count() == 1


def test_what_is_taken_along_can_be_sent_back(visit, world, take, tmp_path):
    take()
    answer = visit().get("/facilities/register.xlsx")
    path = tmp_path / "back.xlsx"
    path.write_bytes(b"".join(answer.streaming_content))
    asked = lists.read(path, path.name)
    batch = operations.import_facilities(world.actor("owner"), asked, ListDelivery(as_of=AS_OF))
    assert counts(batch) == (0, 0, 2, 0), batch.report["lines"]


@pytest.mark.parametrize(("who", "error"), [("colleague", NotPermitted), ("citizen", NotPermitted)])
def test_who_may_not_take_in_lists(take, who, error):
    with pytest.raises(error):
        take(who=who)
    assert not Facility.objects.exists()


def test_rows_outside_the_own_place_are_refused_and_the_others_entered(take):
    batch = take([*ROWS, ["0201-1", "ໂຮງຮຽນປະຖົມ ໂພນສູງ", "0201", "", "", ""]])
    assert counts(batch) == (2, 0, 0, 1) and why(batch) == {4: ["outside-right"]}


@pytest.mark.parametrize(("row", "reason"), [
    (["1", "ໂຮງຮຽນ ກ", "nowhere", "", "", ""], "no-place"),
    (["1", "ໂຮງຮຽນ ກ", "", "", "", ""], "without-place"),
    (["1", "", "0101", "", "", ""], "without-name"),
    (["1", "ໂຮງຮຽນ ກ", "0101", "20.5", "", ""], "no-degrees"),
    (["1", "ໂຮງຮຽນ ກ", "0101", "north", "100.2", ""], "no-degrees"),
    (["1", "ໂຮງຮຽນ ກ", "0101", "100.2", "20.5", ""], "swapped-point"),
    (["1", "ໂຮງຮຽນ ກ", "0101", "50.5", "3.2", ""], "far-point"),
    (["1", "ໂຮງຮຽນ ກ", "0101", "", "", "some day"], "no-day"),
    (["1", "ໂຮງຮຽນ ກ", "0101", "", "", "31/2/2001"], "no-day"),
])  # fmt: skip
def test_a_row_that_cannot_be_used_says_why(take, row, reason):
    batch = take([row])
    assert counts(batch) == (0, 0, 0, 1) and why(batch) == {2: [reason]}
    assert not Facility.objects.exists()


def test_a_list_without_a_kind_needs_it_in_each_row(take):
    head = ["Name (lo)", "Type", "District"]
    rows = [
        ["ຕະຫຼາດ ກ", "ຕະຫຼາດ", "Nongsai"],
        ["ຕະຫຼາດ ຂ", "hospital", "Nongsai"],
        ["ຄ", "castle", "Nongsai"],
        ["ງ", "", "Nongsai"],
    ]
    batch = take(rows, head, kind="")
    assert counts(batch) == (2, 0, 0, 2) and why(batch) == {4: ["no-kind"], 5: ["without-kind"]}
    assert set(Facility.objects.values_list("kind__code", flat=True)) == {"market", "hospital"}


def test_a_village_that_is_no_place_yet_stands_in_its_district(world, take):
    head = ["School name", "Village", "District"]
    batch = take([["ໂຮງຮຽນ ທ່າແຄ", "Ban Thakhae", "Nongsai"]], head)
    assert counts(batch) == (1, 0, 0, 0) and why(batch) == {2: ["in-district"]}
    assert Facility.objects.get().area.code == "0101"


def test_a_misspelt_village_is_refused_where_villages_are_known(world, take):
    parent = world.area("0101")
    made = Area.objects.create(level=Level.objects.get(code="village"), code="010101", parent=parent, path="x", name=Translated(lo="ບ້ານທົ່ງ", en="Thong"))  # fmt: skip
    Area.objects.filter(pk=made.pk).update(path=f"{parent.path}{made.pk}/")
    made.parenthoods.create(parent=parent, valid=("2000-01-01", None))
    head = ["School name", "Village", "District"]
    batch = take([["ໂຮງຮຽນ ທ່າແຄ", "Ban Thakhae", "Nongsai"], ["ໂຮງຮຽນ ທົ່ງ", "Ban Thong", "Nongsai"]], head)
    assert why(batch) == {2: ["no-place"]} and Facility.objects.get().area.code == "010101"


# ---- which row is which ------------------------------------------------------------------------------------------


def test_a_row_is_matched_by_its_code_and_adds_what_it_knows_better(world, take):
    take()
    head = ["School code", "Name (en)", "Name (lo)", "Lat", "Lon", "Closed on", "Village"]
    rows = [["0101-1", "Nongsai Primary School", "ໂຮງຮຽນປະຖົມສົມບູນ ໜອງໃສ", "20.51", "100.21", "2024-07-01", "0101"]]
    batch = take(rows, head)
    school = Facility.objects.get(codes__value="0101-1")
    assert counts(batch) == (0, 1, 0, 0)
    assert school.name == {"lo": "ໂຮງຮຽນປະຖົມ ໜອງໃສ", "en": "Nongsai Primary School"}
    assert [row.text for row in school.names.all()] == ["ໂຮງຮຽນປະຖົມສົມບູນ ໜອງໃສ"]
    assert (school.point.x, school.point.y) == (100.21, 20.51) and school.closed_on == date(2024, 7, 1)
    assert counts(take(rows, head)) == (0, 0, 1, 0)


@pytest.mark.parametrize(("name", "village"), [
    ("ປະຖົມ ໜອງໃສ", "0101"), ("ຮຮ.ປະຖົມໜອງໃສ", "ເມືອງໜອງໃສ"), ("Nongsai", "Nongsai"), ("Primary School Nong Sai", "ໜອງໃສ"),
])  # fmt: skip
def test_a_row_without_a_code_is_matched_by_its_name_in_its_place(take, name, village):
    take()
    batch = take([[name, village]], ["School name", "Village"])
    assert batch.report["new"] == batch.report["refused"] == 0, batch.report
    assert Facility.objects.count() == 2


def test_one_that_looks_like_another_waits_for_a_word_of_the_sender(take):
    take()
    school = Facility.objects.get(codes__value="0101-1")
    rows = [["", "ໂຮງຮຽນປະຖົມ ໜອງໄສ", "0101"]]
    head = ["Number in this register", "School name", "Village"]
    batch = take(rows, head)
    assert why(batch) == {2: ["looks-like"]} and batch.report["lines"][0]["reasons"][0]["facility"] == school.code
    assert counts(take([[school.code, *rows[0][1:]]], head)) == (0, 1, 0, 0)
    another = [["new", "ໂຮງຮຽນປະຖົມ ໜອງໃສໃຕ້", "0101"]]
    assert counts(take(another, head)) == (1, 0, 0, 0)
    assert counts(take(another, head)) == (0, 0, 1, 0)
    assert counts(take([["ໃໝ່", "ໂຮງຮຽນປະຖົມ ໜອງໃສເໜືອ", "0101"]], head)) == (1, 0, 0, 0)


def test_a_changed_number_is_entered_only_when_the_school_is_named(take):
    take()
    school = Facility.objects.get(codes__value="0101-1")
    assert why(take([["9-9", "ໂຮງຮຽນປະຖົມ ໜອງໃສ", "0101", "", "", ""]])) == {2: ["other-number"]}
    batch = take([[school.code, "9-9"]], ["Number in this register", "School code"])
    assert counts(batch) == (0, 1, 0, 0)
    assert {code.value: code.valid.upper for code in school.codes.all()} == {"0101-1": AS_OF, "9-9": None}


def test_codes_that_contradict_are_refused(take):
    take()
    batch = take([
        ["0101-1", "ໂຮງຮຽນປະຖົມ ດົງງາມ", "0102", "", "", ""],  # the code of one, name and place of another
        ["7", "ໂຮງຮຽນ ກ", "0101", "", "", ""], ["7", "ໂຮງຮຽນ ຂ", "0101", "", "", ""],  # one code twice
        ["8", "ໂຮງຮຽນ ກ", "0101", "", "", ""],  # one name twice
        ["0102-1", "ໂຮງຮຽນປະຖົມ ຫ້ວຍຂາວ", "0102", "", "", ""], ["0102-1", "ໂຮງຮຽນປະຖົມ ຫ້ວຍຂາວ", "0102", "", "", ""],
    ])  # fmt: skip
    assert why(batch) == {2: ["code-of-another"], 4: ["code-in-row"], 5: ["name-in-row"], 7: ["row-twice"]}
    assert counts(batch) == (1, 0, 1, 4)


def test_an_unknown_number_of_the_register_is_refused_and_a_merged_one_leads_on(world, take):
    take()
    stays, double = Facility.objects.order_by("code")
    Facility.objects.filter(pk=double.pk).update(successor=stays, is_duplicate=True)
    head = ["Number in this register", "Latitude", "Longitude"]
    batch = take([["F99999", "", ""], [double.code, "20.6", "100.3"]], head)
    assert why(batch) == {2: ["no-facility"]} and counts(batch) == (0, 1, 0, 1)
    stays.refresh_from_db()
    assert (stays.point.x, stays.point.y) == (100.3, 20.6)


def test_a_list_that_shows_a_school_elsewhere_moves_it(take):
    take()
    batch = take([["0101-1", "ໂຮງຮຽນປະຖົມ ໜອງໃສ", "0102", "", "", ""]])
    school = Facility.objects.get(codes__value="0101-1")
    assert counts(batch) == (0, 1, 0, 0) and school.area.code == "0102" and school.point is None
    assert [(row.area.code, row.valid.lower) for row in school.places.all()] == [
        ("0101", date(2001, 9, 1)),
        ("0102", AS_OF),
    ]


def test_a_closed_school_in_a_list_is_told_and_left_closed(world, take):
    take()
    school = Facility.objects.get(codes__value="0101-1")
    operations.close_facility(world.actor("owner"), school, on=date(2023, 1, 1))
    batch = take()
    assert counts(batch) == (0, 0, 2, 0) and why(batch) == {2: ["is-closed"]}
    moved = take([["0101-1", "ໂຮງຮຽນປະຖົມ ໜອງໃສ", "0102", "", "", ""]])
    assert why(moved) == {2: ["closed-elsewhere"]}


def test_what_a_rule_of_the_register_forbids_is_refused_alone(take):
    take()
    batch = take(
        [["0101-1", "ໂຮງຮຽນປະຖົມ ໜອງໃສ", "0101", "", "", "2001-09-01", "1999-01-01"], [*ROWS[1], ""]], [*HEAD, "Closed"]
    )
    assert counts(batch) == (0, 0, 1, 1) and why(batch) == {2: ["rule"]}
    assert Facility.objects.get(codes__value="0101-1").closed_on is None


# ---- the file ----------------------------------------------------------------------------------------------------


def test_a_workbook_with_lao_headings_is_understood(world, tmp_path):
    book = Workbook()
    sheet = book.active
    sheet.append(["ລຳດັບ", "ລະຫັດໂຮງຮຽນ", "ຊື່ໂຮງຮຽນ", "ເມືອງ", "ວັນທີເປີດ"])
    sheet.append([1, 7, "ໂຮງຮຽນ ທ່າແຄ", "ເມືອງໜອງໃສ", date(2010, 9, 1)])
    sheet["B2"].number_format = "0000"
    book.save(tmp_path / "list.xlsx")
    asked = lists.read(tmp_path / "list.xlsx", "list.xlsx")
    kind = FacilityKind.objects.get(code="school-primary")
    batch = operations.import_facilities(
        world.actor("owner"), asked, ListDelivery(as_of=AS_OF, kind=kind, system="school-number")
    )
    school = Facility.objects.get()
    assert counts(batch) == (1, 0, 0, 0) and school.codes.get().value == "0007" and school.opened_on == date(2010, 9, 1)


def test_a_column_that_is_not_there_or_no_column_of_names_is_said(take):
    with pytest.raises(Invalid, match="Nothere"):
        take(columns={"name_en": "Nothere"})
    with pytest.raises(Invalid, match="names or numbers"):
        take([["1", "2"]], ["a", "b"])


def test_a_file_that_is_no_table_is_refused(tmp_path):
    (tmp_path / "x.csv").write_bytes(b"%PDF-1.7 not a table")
    with pytest.raises(Unreadable):
        lists.read(tmp_path / "x.csv", "x.csv")


# ---- the command -------------------------------------------------------------------------------------------------


def command(path, *options) -> tuple[str, bool]:
    said = io.StringIO()
    refused = False
    try:
        call_command("facilities", "import", str(path), *options, stdout=said)
    except SystemExit as end:
        refused = end.code == 1
    return said.getvalue(), refused


def test_the_command_counts_and_says_by_its_exit_whether_something_was_refused(world, write, settings, tmp_path):
    settings.FILES = tmp_path / "files"
    options = ("--kind=school-primary", "--system=school-number", "--as-of=2024-09-01", "--invented")
    path = write([*ROWS, ["3", "ໂຮງຮຽນ ກ", "nowhere", "", "", ""]])
    dry, _refused = command(path, *options, "--dry-run")
    assert dry.splitlines()[-1] == "2 new, 0 changed, 0 unchanged, 1 refused" and not Facility.objects.exists()
    said, refused = command(path, *options)
    assert refused and said.splitlines()[-1] == "2 new, 0 changed, 0 unchanged, 1 refused"
    assert re.search(r"Row 4 ໂຮງຮຽນ ກ: .*nowhere", said) and Facility.objects.filter(is_invented=True).count() == 2
    said, refused = command(write(), *options)
    assert not refused and said.splitlines()[-1] == "0 new, 0 changed, 2 unchanged, 0 refused"


@pytest.mark.parametrize("options", [("--kind=castle",), ("--column=name",), ("--column=name_en=Nothere",)])
def test_the_command_refuses_what_it_does_not_know(world, write, options):
    with pytest.raises(CommandError):
        call_command("facilities", "import", str(write()), *options, stdout=io.StringIO())
    with pytest.raises(CommandError):
        call_command("facilities", "import", "nothere.csv", stdout=io.StringIO())


# ---- the pages ---------------------------------------------------------------------------------------------------


def send(browser, path, **more):
    data = {"file": SimpleUploadedFile(path.name, path.read_bytes()), "kind": "school-primary", "system": "school-number",
            "as_of": "2024-09-01", "source": "list of 2024", **more}  # fmt: skip
    return browser.post("/facilities/imports/new/", data)


@pytest.mark.parametrize(("who", "status"), [("owner", 200), ("registrar", 200), ("colleague", 403), ("public", 401)])
def test_who_opens_the_pages_of_lists(visit, world, who, status):
    for address in ("/facilities/imports/", "/facilities/imports/new/"):
        assert visit(who).get(address).status_code == status


def test_a_list_is_sent_checked_and_taken_over(visit, world, write):
    browser = visit("owner")
    path = write([*ROWS, ["3", "ໂຮງຮຽນ ກ", "nowhere", "", "", ""]])
    columns = send(browser, path)["Location"]
    page = browser.get(columns).content.decode()
    assert 'value="school_code" selected' in page or re.search(r'value="[^"]*" selected>School code', page)
    assert re.findall(r'<th scope="col">([^<]*)</th>', page) == HEAD
    assert re.findall(r"<td>([^<]*)</td>", page)[: len(HEAD)] == ROWS[0]
    chosen = Errand.objects.get(kind="facility-look").found["guess"]
    checked = browser.post(columns, {**chosen, "check": "1"})["Location"]
    text = browser.get(checked).content.decode()
    assert "2 new, 0 changed, 0 unchanged, 1 refused." in text and "nowhere" in text and not Facility.objects.exists()
    answer = browser.post(checked, chosen)
    text = browser.get(answer["Location"]).content.decode()
    assert Facility.objects.count() == 2 and "Row 4" in text and "2 new" in text
    assert browser.get("/facilities/imports/").content.decode().count("schools.csv") == 1
    assert visit("stranger").get(answer["Location"]).status_code == 200
    assert visit("colleague").get(answer["Location"]).status_code == visit().get(answer["Location"]).status_code == 404


def test_another_person_does_not_go_on_with_a_list(visit, world, write):
    columns = send(visit("owner"), write())["Location"]
    assert visit("registrar").get(columns).status_code == 404
    assert visit("owner").get("/facilities/imports/new/nonsense/").status_code == 404


def test_a_wrong_file_comes_back_with_what_was_typed(visit, world, tmp_path):
    (tmp_path / "x.pdf").write_bytes(b"%PDF-1.7")
    answer = send(visit("owner"), tmp_path / "x.pdf")
    assert answer.status_code == 200 and "list of 2024" in answer.content.decode()


def test_a_large_list_is_read_by_the_worker(visit, world, write, settings):
    settings.ERRAND_AT_ONCE = 10
    browser = visit("owner")
    waiting = send(browser, write())["Location"]
    look = Errand.objects.get(kind="facility-look")
    assert str(look.pk) in waiting and look.is_open
    run_errand(str(look.pk))
    look.refresh_from_db()
    browser.post(look.result, look.found["guess"])
    run_errand(str(Errand.objects.get(kind="facilities").pk))
    assert Facility.objects.count() == 2


def test_another_sheet_of_a_workbook_can_be_chosen(visit, world, tmp_path):
    book = Workbook()
    book.active.title = "Notes"
    book.active.append(["a", "b"])
    book.active.append(["x", "y"])
    sheet = book.create_sheet("Schools")
    for row in [HEAD, *ROWS]:
        sheet.append(row)
    book.save(tmp_path / "two.xlsx")
    browser = visit("owner")
    columns = send(browser, tmp_path / "two.xlsx")["Location"]
    assert "?sheet=Schools" in browser.get(columns).content.decode()
    other = browser.get(columns + "?sheet=Schools")["Location"]
    assert "ໂຮງຮຽນປະຖົມ ໜອງໃສ" in browser.get(other).content.decode()


# ---- likely duplicates -------------------------------------------------------------------------------------------


@pytest.fixture
def alike(world):
    """Two entries of one school under two spellings, one far away with the same name, one close to the second."""

    def add(lo, area="0101", who="owner", **more):
        kind = FacilityKind.objects.get(code=more.pop("kind", "school-primary"))
        return operations.add_facility(
            world.actor(who), kind=kind, name=Translated(lo=lo), area=world.area(area), **more
        )

    return [
        add("ໂຮງຮຽນປະຖົມ ໜອງໃສ", codes={"school-number": "01-07"}),
        add("ປະຖົມໜອງໄສ", point=Point(100.2, 20.5, srid=4326)),
        add("ໂຮງຮຽນປະຖົມ ໜອງໃສ", area="0201", who="stranger"),
        add("ໂຮງຮຽນປະຖົມ ດອນ", point=Point(100.2005, 20.5, srid=4326), codes={"health-number": "107"}),
        add("ຕະຫຼາດ ໜອງໃສ", kind="market"),
    ]


@pytest.mark.parametrize(("who", "status"), [("owner", 200), ("registrar", 200), ("colleague", 403), ("public", 401)])
def test_who_opens_the_page_of_duplicates(visit, world, who, status):
    assert visit(who).get("/facilities/duplicates/").status_code == status


def test_likely_duplicates_are_shown_with_their_reasons_to_who_may_decide(visit, alike):
    text = visit("owner").get("/facilities/duplicates/").content.decode()
    assert "2 pairs" in text and "another way to write the same name" in text and "only 52 m apart" in text
    assert alike[2].code not in text and alike[4].code not in text
    assert "0 pairs" in visit("stranger").get("/facilities/duplicates/").content.decode()
    assert "0 pairs" in visit("registrar").get("/facilities/duplicates/?place=02").content.decode()


def test_two_that_are_one_are_merged_by_form(visit, alike):
    stays, double = alike[0], alike[1]
    browser, address = visit("owner"), f"/facilities/{double.code}/merge/"
    assert stays.code in browser.get(f"{address}?into={stays.code}").content.decode()
    assert visit("stranger").post(address, {"into": stays.code}).status_code == 403
    assert browser.post(address, {"into": alike[4].code}).status_code == 200
    answer = browser.post(address, {"into": stays.code, "reason": "one school"})
    assert answer["Location"] == f"/facilities/{stays.code}/"
    assert browser.get(address).status_code == 404
    assert "1 pair" in browser.get("/facilities/duplicates/").content.decode()


def test_two_that_are_two_are_not_proposed_again(visit, alike):
    browser, address = visit("owner"), f"/facilities/{alike[0].code}/apart/{alike[1].code}/"
    assert browser.get(address).status_code == 200
    assert visit("colleague").post(address).status_code == 403
    assert browser.post(address, {"reason": "two schools"})["Location"] == "/facilities/duplicates/"
    text = browser.get("/facilities/duplicates/").content.decode()
    assert "1 pair" in text and alike[0].code not in text
