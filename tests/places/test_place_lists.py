"""Lists of places: what is entered under which area, what waits for a person, what is refused; operation, command, pages."""

import csv
import hashlib
import io
import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from openpyxl import Workbook

from config.jobs import run_errand
from sala.core.errors import Conflict, Invalid, NotPermitted, SignInNeeded
from sala.core.models import Errand
from sala.journal.models import Event
from sala.people.models import PositionGrant, Role
from sala.places import operations
from sala.places.lists import FacilityList, Line
from sala.places.models import Area, AreaCode, Level, PlaceList, RowState
from sala.places.operations import PlaceDelivery
from sala.places.queries import areas_on, find_by_name, parent_on

pytestmark = pytest.mark.django_db
AS_OF = date(2024, 9, 1)
HEAD = ["Village code", "ຊື່ບ້ານ", "Village name", "District", "Lat", "Lon", "Valid from"]
ROWS = [
    ["0101001", "ບ້ານດອນແກ້ວ", "Ban Donkeo", "ເມືອງໜອງໃສ", "20.51", "100.21", "2001-09-01"],
    ["0101002", "ບ້ານນາສານ", "Nasan", "0101", "", "", ""],
    ["0201001", "ບ້ານທົ່ງກາງ", "Thongkang", "Phonsung", "20.5", "101.2", "1/9/1998"],
]


def listed(rows, head) -> FacilityList:
    """A list as the child process would have read it; tests of files and pages send real ones."""
    columns = {f"c{place}": heading for place, heading in enumerate(head)}
    lines = [Line(number, dict(zip(columns, row, strict=True))) for number, row in enumerate(rows, start=2)]
    digest = hashlib.sha256(repr([head, rows]).encode()).hexdigest()
    return FacilityList(file_name="villages.csv", file_hash=digest, columns=columns, lines=lines)


@pytest.fixture
def take(world):
    """take(rows, head, who="registrar", …) → the list taken in, with its report."""

    def run(rows=ROWS, head=HEAD, who="registrar", level="village", **more):
        given = {"as_of": AS_OF, "source": "list of 2024", **more}
        delivery = PlaceDelivery(level=Level.objects.get(code=level), **given)
        return operations.add_places(world.actor(who), listed(rows, head), delivery)

    return run


@pytest.fixture
def write(tmp_path):
    def make(rows=ROWS, head=HEAD, name="villages.csv"):
        path = tmp_path / name
        with path.open("w", encoding="utf-8", newline="") as handle:
            csv.writer(handle).writerows([head, *rows])
        return path

    return make


def counts(batch) -> tuple[int, ...]:
    return tuple(batch.report[name] for name in ("new", "changed", "unchanged", "refused", "waiting"))


def why(batch) -> dict[int, list[str]]:
    return {
        line["row"]: [reason["code"] for reason in line["reasons"]] for line in batch.report["lines"] if line["reasons"]
    }


# ---- entering ----------------------------------------------------------------------------------------------------


def test_a_list_enters_villages_under_their_districts(world, take):
    batch = take()
    assert counts(batch) == (3, 0, 0, 0, 0), batch.report
    one = Area.objects.get(code="0101001")
    assert one.name == {"lo": "ບ້ານດອນແກ້ວ", "en": "Ban Donkeo"} and one.level.code == "village"
    assert one.parent == world.area("0101") and one.path == f"{world.area('0101').path}{one.pk}/"
    assert (one.label_point.x, one.label_point.y) == (100.21, 20.51) and one.valid_from == date(2001, 9, 1)
    assert one.source == "list of 2024" and not one.is_invented
    assert parent_on(one, date(2001, 9, 1)) == world.area("0101") and parent_on(one, date(2001, 8, 31)) is None
    assert one in areas_on(AS_OF, "village") and find_by_name("Donkeo") == [one] == find_by_name("ດອນແກ້ວ")
    assert Area.objects.get(code="0201001").valid_from == date(1998, 9, 1)
    assert Area.objects.get(code="0101002").valid_from is None
    assert Event.objects.filter(subject_type="area", verb="places.add").count() == 3
    told = Event.objects.get(subject_type="place-list").content()
    assert told["new"] == 3 and told["level"] == "village" and told["change"] == "imported"


def test_an_entered_village_has_its_page_and_is_found_by_the_search(visit, world, take):
    take()
    page = visit().get("/places/0101001/")
    assert page.status_code == 200 and "Donkeo" in page.content.decode()
    assert "0101001" in visit().get("/search/?q=Donkeo").content.decode()


def test_the_same_list_again_changes_nothing(take):
    first = take()
    events = Event.objects.count()
    again = take()
    assert counts(again) == (0, 0, 3, 0, 0) and again.pk == first.pk
    assert Event.objects.count() == events and PlaceList.objects.count() == 1
    assert Area.objects.filter(level__code="village").count() == 3


def test_a_list_of_places_read_otherwise_takes_the_place_of_the_earlier_reading(take):
    take()
    head, rows = ["name_lo", "parent"], [["ດອນແກວ", "0101"]]
    first = take(rows, head)
    assert counts(first) == (0, 0, 0, 0, 1) and take(rows, head).pk == first.pk
    second = take(rows, head, source="list of 2025", as_of=date(2025, 9, 1))
    assert second.pk != first.pk and second.rows.get().state == RowState.PROPOSED
    first.refresh_from_db()
    assert first.state == "done" and first.rows.get().state == RowState.REPLACED


def test_a_village_without_a_code_gets_the_next_one_of_its_district(take):
    head, rows = ["Name (lo)", "District"], [["ດອນແກ້ວ", "0101"], ["ນາສານ", "0101"], ["ທົ່ງກາງ", "0201"]]
    assert counts(take(rows, head)) == (3, 0, 0, 0, 0)
    assert set(Area.objects.filter(level__code="village").values_list("code", flat=True)) == {
        "0101-001", "0101-002", "0201-001",
    }  # fmt: skip
    assert counts(take([*rows, ["ໂພນສະຫວັນ", "0101"]], head)) == (1, 0, 3, 0, 0)
    assert Area.objects.filter(code="0101-003").exists()


def test_codes_of_several_systems_are_kept_each_with_its_system(take):
    head = ["code", "code_stat", "code_health", "name_lo", "parent_code"]
    assert counts(take([["0101001", "S-1", "H-1", "ດອນແກ້ວ", "0101"]], head)) == (1, 0, 0, 0, 0)
    found = dict(AreaCode.objects.filter(area__code="0101001").values_list("system", "value"))
    assert found == {"stat": "S-1", "health": "H-1"}
    bare = ["Code", "Name", "Parent"]
    assert counts(take([["S-1", "ດອນແກ້ວ", "0101"]], bare, system="stat")) == (0, 0, 1, 0, 0)
    two = take([["S-1", "", "ດອນແກ້ວ", "0101"], ["", "H-1", "ດອນແກ້ວ", "0101"]], ["code_stat", "code_health", *head[3:]])
    assert why(two) == {3: ["place-twice"]}
    take([["0101002", "S-2", "ນາສານ", "0101"]], ["code", "code_stat", "name_lo", "parent_code"])
    assert why(take([["S-2", "H-1", "x", "0101"]], head[1:])) == {2: ["codes-of-places"]}


def test_what_the_list_knows_better_is_added_and_nothing_is_replaced(take):
    take([["0101001", "ບ້ານດອນແກ້ວ", "0101", "", ""]], ["code", "name_lo", "parent", "latitude", "longitude"])
    head = ["code", "name_lo", "name_en", "parent", "latitude", "longitude", "code_stat"]
    again = take([["0101001", "ບ້ານດອນແກ້ວໃຫຍ່", "Donkeo", "0101", "20.5", "100.2", "S-1"]], head)
    assert counts(again) == (0, 1, 0, 0, 0)
    area = Area.objects.get(code="0101001")
    assert area.name == {"lo": "ບ້ານດອນແກ້ວ", "en": "Donkeo"} and area.label_point.x == 100.2
    assert area.names.get().text == "ບ້ານດອນແກ້ວໃຫຍ່" and area.codes.get().value == "S-1"
    told = Event.objects.filter(subject_type="area", subject_id=area.pk).order_by("-id")[0].content()
    assert told["change"] == "changed" and told["fields"] == ["codes", "name", "names", "point"]
    far = take([["0101001", "ບ້ານດອນແກ້ວ", "Donkeo", "0101", "20.4", "100.2", "S-1"]], head)
    assert counts(far) == (0, 0, 1, 0, 0) and why(far) == {2: ["point-otherwise"]}


def test_a_district_of_one_name_in_two_provinces_is_told_apart_by_the_province(world, take):
    other = world.area("0102")
    other.name = {"lo": "ເມືອງໂພນສູງ", "en": "Phonsung"}
    other.save()
    rows = [["1", "ດອນແກ້ວ", "Phonsung", ""], ["2", "ນາສານ", "Phonsung", "ແຂວງພູທອງ"], ["3", "ທ່າ", "0201", "Phuthong"],
            ["4", "ທ່າ", "Phonsung", "Atlantis"]]  # fmt: skip
    batch = take(rows, ["Code", "Name", "District", "Province"])
    assert counts(batch) == (1, 0, 0, 3, 0)
    assert why(batch) == {2: ["no-such-parent"], 4: ["parent-not-in"], 5: ["no-above"]}
    assert Area.objects.get(code="2").parent == other


@pytest.mark.parametrize(("row", "reason"), [
    (["1", "ດອນ", "", "", "", "", ""], "without-parent"),
    (["1", "ດອນ", "", "nowhere", "", "", ""], "no-such-parent"),
    (["1", "", "Don", "0101", "", "", ""], "without-name"),
    (["1 / 2", "ດອນ", "", "0101", "", "", ""], "bad-code"),
    (["1" * 31, "ດອນ", "", "0101", "", "", ""], "bad-code"),
    (["1", "ດ" * 201, "", "0101", "", "", ""], "long-name"),
    (["0102", "ດອນ", "", "0101", "", "", ""], "code-of-level"),
    (["1", "ດອນ", "", "0101", "20.5", "", ""], "no-degrees"),
    (["1", "ດອນ", "", "0101", "100.2", "20.5", ""], "swapped-point"),
    (["1", "ດອນ", "", "0101", "50.5", "3.2", ""], "far-point"),
    (["1", "ດອນ", "", "0101", "", "", "31/2/2001"], "no-day"),
])  # fmt: skip
def test_a_row_that_cannot_be_used_says_why_and_the_others_are_entered(take, row, reason):
    batch = take([row, ROWS[0]])
    assert counts(batch) == (1, 0, 0, 1, 0) and why(batch) == {2: [reason]}
    assert Area.objects.filter(level__code="village").count() == 1


def test_a_code_that_stands_twice_is_refused_the_second_time(take):
    batch = take([ROWS[0], [ROWS[0][0], *ROWS[1][1:]]])
    assert counts(batch) == (1, 0, 0, 1, 0) and why(batch) == {3: ["code-in-row"]}


def test_a_code_of_an_ended_village_or_of_one_elsewhere_is_refused(world, take):
    take()
    operations.merge(world.actor("registrar"), [Area.objects.get(code="0101001")],
                     into=Area.objects.get(code="0101002"), on=date(2025, 1, 1))  # fmt: skip
    operations.transfer(world.actor("registrar"), Area.objects.get(code="0201001"), parent=world.area("0202"),
                        on=date(2025, 1, 1))  # fmt: skip
    batch = take(as_of=date(2025, 2, 1), rows=[ROWS[0], ROWS[2]])
    assert counts(batch) == (0, 0, 0, 2, 0) and why(batch) == {2: ["place-ended"], 3: ["place-elsewhere"]}


def test_nothing_is_entered_under_an_area_that_ends(world, take):
    operations.merge(world.actor("registrar"), [world.area("0101")], into=world.area("0102"), on=date(2030, 1, 1))
    assert why(take(ROWS[:1])) == {2: ["parent-ends"]}


def test_a_village_older_than_its_district_belongs_to_it_from_the_district_s_first_day(world, take):
    world.area("0101").__class__.objects.filter(code="0101").update(valid_from=date(2010, 1, 1))
    batch = take(ROWS[:1])
    assert counts(batch) == (1, 0, 0, 0, 0) and why(batch) == {2: ["older-than-parent"]}
    village = Area.objects.get(code="0101001")
    assert parent_on(village, date(2009, 12, 31)) is None and parent_on(village, date(2010, 1, 1)) == world.area("0101")


@pytest.mark.parametrize(("who", "error"), [("owner", NotPermitted), ("stranger", NotPermitted),
                                            ("citizen", NotPermitted), ("public", SignInNeeded)])  # fmt: skip
def test_who_may_not_take_in_lists(take, who, error):
    with pytest.raises(error):
        take(who=who)
    assert not Area.objects.filter(level__code="village").exists()


def test_a_right_for_one_province_enters_its_villages_only(world, take):
    role = Role.objects.create(code="adder", name={"lo": "x", "en": "x"}, verbs=["places.add"])
    PositionGrant.objects.create(position=world.position("HEALTH-P01-data"), role=role)
    batch = take(who="owner")
    assert counts(batch) == (2, 0, 0, 1, 0) and why(batch) == {4: ["outside-right"]}


@pytest.mark.parametrize(("head", "more", "words"), [
    (["Code", "Name", "x"], {}, "areas above"),
    (["Code", "x", "District"], {}, "names"),
    (["Code", "Name", "District"], {"columns": {"name_en": "Nothere"}}, "Nothere"),
    (["Code", "Name", "District"], {"level": "country"}, "above the level"),
])  # fmt: skip
def test_a_list_that_does_not_say_what_is_where_is_sent_back(take, head, more, words):
    with pytest.raises(Invalid, match=words):
        take([["1", "ດອນ", "0101"]], head, **more)


# ---- rows in doubt -----------------------------------------------------------------------------------------------

DOUBTS = [
    (["0101001", "ໂພນສະຫວັນ", "Phonsavan", "0101", "", "", ""], "code-other-name"),
    (["0101009", "ດອນແກ້ວ", "", "0101", "", "", ""], "name-other-code"),
    (["", "ດອນແກວ", "", "0101", "", "", ""], "like-place"),
]


@pytest.mark.parametrize(("row", "reason"), DOUBTS)
def test_a_row_that_may_be_a_known_village_waits_for_a_person(take, row, reason):
    take()
    batch = take([row])
    assert counts(batch) == (0, 0, 0, 0, 1) and why(batch) == {2: [reason]}
    waiting = batch.rows.get()
    assert [one["area"] for one in waiting.candidates] == [Area.objects.get(code="0101001").pk]
    assert batch.state == "review" and Area.objects.filter(level__code="village").count() == 3


def test_a_name_twice_in_the_list_waits_and_a_number_in_it_tells_apart(take):
    rows = [
        ["1", "ດອນ", "", "0101", "", "", ""],
        ["2", "ດອນ", "", "0101", "", "", ""],
        ["3", "ດອນ 2", "", "0101", "", "", ""],
    ]
    batch = take(rows)
    assert counts(batch) == (2, 0, 0, 0, 1) and why(batch) == {3: ["name-in-list"]}


def test_the_code_in_one_system_tells_two_names_alike_apart(take):
    head = ["code_stat", "name_lo", "parent"]
    take([["S-1", "ດອນແກ້ວ", "0101"]], head)
    assert counts(take([["S-2", "ດອນແກວ", "0101"]], head)) == (1, 0, 0, 0, 0)
    again = take([["S-3", "ດອນແກ້ວ", "0101"]], head)
    assert why(again) == {2: ["name-other-number"]} and counts(again)[-1] == 1


def test_a_person_says_that_a_row_is_a_known_village(world, take):
    take()
    batch = take([[*DOUBTS[1][0][:2], "Don Keo", "0101", "", "", ""]])
    area = Area.objects.get(code="0101001")
    operations.place_is_known(world.actor("registrar"), batch.rows.get(), area)
    batch.refresh_from_db()
    assert batch.state == "done" and batch.rows.get().area == area and batch.rows.get().state == RowState.APPLIED
    assert set(area.names.values_list("text", flat=True)) == {"ດອນແກ້ວ", "Don Keo"}
    assert counts(take([[*DOUBTS[1][0][:2], "Don Keo", "0101", "", "", ""]])) == (0, 0, 1, 0, 0)
    with pytest.raises(Conflict):
        operations.place_is_known(world.actor("registrar"), batch.rows.get(), area)


def test_a_person_says_that_a_row_is_a_new_village(world, take):
    take()
    batch = take([DOUBTS[1][0]])
    made = operations.place_is_new(world.actor("registrar"), batch.rows.get())
    assert made.code == "0101009" and made.parent == world.area("0101") and made in areas_on(AS_OF, "village")
    assert [event.content()["change"] for event in Event.objects.filter(subject_type="area", subject_id=made.pk)] == [
        "entered"
    ]
    assert counts(take([DOUBTS[1][0]])) == (0, 0, 1, 0, 0)


def test_a_refused_row_stays_refused_in_later_lists(world, take):
    take()
    batch = take([DOUBTS[2][0]])
    operations.refuse_place(world.actor("registrar"), batch.rows.get(), "typing error")
    again = take([DOUBTS[2][0], ["7", "ນາໃໝ່", "", "0101", "", "", ""]])
    assert counts(again) == (1, 0, 0, 1, 0) and why(again) == {2: ["person-refused"]}


def test_a_code_in_use_makes_no_second_village_and_a_stranger_decides_nothing(world, take):
    take()
    batch = take([DOUBTS[0][0]])
    with pytest.raises(Conflict, match="0101001"):
        operations.place_is_new(world.actor("registrar"), batch.rows.get())
    with pytest.raises(NotPermitted):
        operations.place_is_known(world.actor("owner"), batch.rows.get(), Area.objects.get(code="0101001"))
    with pytest.raises(Invalid):
        operations.place_is_known(world.actor("registrar"), batch.rows.get(), Area.objects.get(code="0201001"))
    assert batch.rows.get().state == RowState.PROPOSED and Area.objects.filter(level__code="village").count() == 3


# ---- the command -------------------------------------------------------------------------------------------------


def command(path, *options) -> tuple[str, bool]:
    said = io.StringIO()
    try:
        call_command("places", "add", str(path), *options, stdout=said)
    except SystemExit as end:
        return said.getvalue(), end.code == 1
    return said.getvalue(), False


def test_the_command_counts_and_says_by_its_exit_whether_something_is_left(world, write, settings, tmp_path):
    settings.FILES = tmp_path / "files"
    path = write([*ROWS, ["1", "ດອນ", "", "nowhere", "", "", ""]])
    dry, _left = command(path, "--dry-run")
    assert dry.splitlines()[-1] == "3 new, 0 changed, 0 unchanged, 1 refused"
    assert not Area.objects.filter(level__code="village").exists() and not PlaceList.objects.exists()
    said, left = command(path, "--invented")
    assert left and said.splitlines()[-1] == "3 new, 0 changed, 0 unchanged, 1 refused" and "nowhere" in said
    assert Area.objects.filter(level__code="village", is_invented=True).count() == 3
    said, left = command(write(ROWS))
    assert not left and said.splitlines()[-1] == "0 new, 0 changed, 3 unchanged, 0 refused"
    said, left = command(write([DOUBTS[1][0]]))
    assert left and said.splitlines()[-1] == "0 new, 0 changed, 0 unchanged, 1 refused" and "/places/lists/" in said


@pytest.mark.parametrize("options", [("--level=castle",), ("--column=name",), ("--column=name_en=Nothere",)])
def test_the_command_refuses_what_it_does_not_know(world, write, options):
    with pytest.raises(CommandError):
        command(write(), *options)
    with pytest.raises(CommandError):
        command("nothere.csv")


# ---- the pages ---------------------------------------------------------------------------------------------------


def send(browser, path, **more):
    data = {"file": SimpleUploadedFile(path.name, path.read_bytes()), "level": "village", "system": "",
            "as_of": "2024-09-01", "source": "list of 2024", **more}  # fmt: skip
    return browser.post("/places/lists/new/", data)


@pytest.mark.parametrize(("who", "status"), [("registrar", 200), ("owner", 403), ("citizen", 403), ("public", 401)])
def test_who_opens_the_pages_of_lists(visit, world, who, status):
    for address in ("/places/lists/", "/places/lists/new/"):
        assert visit(who).get(address).status_code == status
    assert ("/places/lists/" in visit(who).get("/places/").content.decode()) == (status == 200)


def test_a_list_is_sent_checked_taken_over_and_decided(visit, world, take, write):
    take()
    browser = visit("registrar")
    path = write([["0101009", "ດອນແກ້ວ", "", "0101", "", "", ""], ["0101010", "ນາໃໝ່", "Namai", "0101", "", "", ""],
                  ["1", "ດອນ", "", "nowhere", "", "", ""]])  # fmt: skip
    columns = send(browser, path)["Location"]
    page = browser.get(columns).content.decode()
    assert re.findall(r'<th scope="col">([^<]*)</th>', page) == HEAD
    chosen = Errand.objects.get(kind="place-look").found["guess"]
    assert set(chosen) == {"code", "name_lo", "name_en", "parent", "latitude", "longitude", "valid_from"}
    checked = browser.post(columns, {**chosen, "check": "1"})["Location"]
    text = browser.get(checked).content.decode()
    assert "1 new, 0 changed, 0 unchanged, 1 refused, 1 waiting." in text and "nowhere" in text
    assert PlaceList.objects.count() == 1
    answer = browser.post(checked, chosen)
    text = browser.get(answer["Location"]).content.decode()
    assert Area.objects.filter(code="0101010").exists() and 'value="0101001"' in text and "Row 2" in text
    decide = re.search(r'action="([^"]*/rows/2/)"', text)[1]
    assert browser.post(decide, {}).status_code == 422
    assert visit("owner").post(decide, {"choice": "new"}).status_code == 404
    done = browser.post(decide, {"choice": "0101001"}, follow=True).content.decode()
    assert "Finished" in done and "0101001" in done and 'name="choice"' not in done
    assert browser.post(decide, {"choice": "new"}).status_code == 409
    assert visit("colleague").get(answer["Location"]).status_code == visit().get(answer["Location"]).status_code == 404


def test_the_pages_are_there_in_lao_and_a_history_is_kept(visit, world, take):
    take()
    batch = take([DOUBTS[1][0]])
    browser = visit("registrar", "lo")
    browser.cookies["sala_language"] = "lo"
    for address in ("/places/lists/", "/places/lists/new/", batch.get_absolute_url()):
        assert "ບັນຊີ" in browser.get(address).content.decode()
    assert visit("registrar").get(reverse("site:history", args=["place-list", batch.pk])).status_code == 200


def test_another_person_does_not_go_on_with_a_list(visit, world, write):
    role = Role.objects.create(code="adder", name={"lo": "x", "en": "x"}, verbs=["places.add"])
    PositionGrant.objects.create(position=world.position("HEALTH-P01-data"), role=role)
    columns = send(visit("registrar"), write())["Location"]
    assert visit("owner").get(columns).status_code == 404
    assert visit("owner").get("/places/lists/new/").status_code == 200


def test_a_wrong_file_comes_back_with_what_was_typed(visit, world, tmp_path):
    (tmp_path / "x.pdf").write_bytes(b"%PDF-1.7")
    answer = send(visit("registrar"), tmp_path / "x.pdf")
    assert answer.status_code == 200 and "list of 2024" in answer.content.decode()


def test_a_large_workbook_is_read_by_the_worker(visit, world, tmp_path, settings):
    settings.ERRAND_AT_ONCE = 10
    book = Workbook()
    for row in [HEAD, *ROWS]:
        book.active.append(row)
    book.save(tmp_path / "villages.xlsx")
    browser = visit("registrar")
    send(browser, tmp_path / "villages.xlsx")
    look = Errand.objects.get(kind="place-look")
    run_errand(str(look.pk))
    look.refresh_from_db()
    browser.post(look.result, look.found["guess"])
    run_errand(str(Errand.objects.get(kind="places").pk))
    assert Area.objects.filter(level__code="village").count() == 3
