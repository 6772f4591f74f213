"""Lists of dated changes: renamed, moved, ended; each row is made or refused by a person, and the history is kept."""

import io
from dataclasses import replace
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from sala.access.actor import command
from sala.core.errors import Conflict, Invalid, NotPermitted, SignInNeeded
from sala.core.language import Translated
from sala.core.models import Errand
from sala.journal.models import Event
from sala.people.models import Position, PositionGrant, Role
from sala.people.operations import make_token
from sala.places import operations
from sala.places.models import Area, Level, ListSays, PlaceList, RowState, Succession
from sala.places.operations import PlaceDelivery
from sala.places.queries import areas_on, find_by_name, parent_on
from tests.places.test_place_lists import HEAD, ROWS, counts, listed, why

pytestmark = pytest.mark.django_db
ON = date(2025, 3, 1)
DECREE = "Decree 12/2025"
HEADINGS = ["Code", "Name now", "District", "What changes", "New name (en)", "New name (lo)", "New area above", "Place that takes it in",
            "From which day", "Decision"]  # fmt: skip
RENAMED = ["0101001", "", "", "", "Donkeo Mai", "ບ້ານດອນແກ້ວໃໝ່", "", "", "", ""]
MOVED = ["0101002", "", "", "", "", "", "0102", "", "2025-04-01", "Decree 13"]
ENDED = ["", "Thongkang", "Phonsung", "end", "", "", "", "", "", ""]


@pytest.fixture
def villages(world):
    delivery = PlaceDelivery(level=Level.objects.get(code="village"), as_of=date(2024, 9, 1), source="list of 2024")
    operations.add_places(world.actor("registrar"), listed(ROWS, HEAD), delivery)


@pytest.fixture
def propose(world, villages):
    """propose(rows, who="registrar", …) → the list with its report."""

    def run(*rows, who="registrar", head=HEADINGS, **more):
        given = {"as_of": ON, "source": DECREE, **more}
        delivery = PlaceDelivery(level=Level.objects.get(code="village"), **given)
        return operations.propose_changes(world.actor(who), listed([list(row) for row in rows], head), delivery)

    return run


def village(code: str) -> Area:
    return Area.objects.select_related("level", "parent").get(code=code)


def rows_of(batch):
    return list(batch.rows.select_related("batch__level", "parent__level", "area__level", "area__parent"))


def test_every_row_waits_and_nothing_changes_before_a_person_says_so(propose):
    batch = propose(RENAMED, MOVED, ENDED)
    assert counts(batch) == (0, 0, 0, 0, 3), batch.report
    assert batch.says == ListSays.CHANGES and batch.state == "review"
    assert [line["fields"] for line in batch.report["lines"]] == [["rename"], ["move"], ["end"]]
    assert village("0101001").name["en"] == "Ban Donkeo"
    assert not Succession.objects.filter(predecessor__level__code="village").exists()


def test_a_place_is_renamed_from_the_day_on_and_the_former_name_still_finds_it(world, propose):
    batch = propose(RENAMED)
    operations.make_change(world.actor("registrar"), rows_of(batch)[0])
    area = village("0101001")
    assert area.name == {"lo": "ບ້ານດອນແກ້ວໃໝ່", "en": "Donkeo Mai"}
    assert find_by_name("Ban Donkeo") == [area] == find_by_name("Donkeo Mai")
    change = Succession.objects.get(predecessor=area)
    assert (change.kind, change.on, change.decision) == ("rename", ON, DECREE)
    batch.refresh_from_db()
    assert batch.state == "done" and batch.rows.get().state == RowState.APPLIED
    told = Event.objects.filter(subject_type="area", subject_id=area.pk).order_by("id").last().content()
    assert told["change"] == "rename" and told["decision"] == DECREE


def test_a_place_moves_on_the_day_of_its_row_and_yesterday_s_tree_is_still_known(world, propose):
    operations.make_changes(world.actor("registrar"), rows_of(propose(MOVED)))
    area = village("0101002")
    assert area.parent == world.area("0102") and parent_on(area, date(2025, 3, 31)) == world.area("0101")
    assert Succession.objects.get(predecessor=area).decision == "Decree 13"


def test_a_place_ends_with_its_code_and_one_that_another_takes_in_names_it(world, propose):
    absorbed = [*ENDED[:7], "", "", ""]
    operations.make_changes(world.actor("registrar"), rows_of(propose(absorbed)))
    area = village("0201001")
    assert (
        area.ended_on == ON and area not in areas_on(ON, "village") and area in areas_on(date(2025, 2, 28), "village")
    )
    told = [event.content() for event in Event.objects.filter(subject_type="area", subject_id=area.pk)]
    assert {"change": "closed", "decision": DECREE}.items() <= next(
        t for t in told if t.get("change") == "closed"
    ).items()
    merged = propose(["0101001", "", "", "", "", "", "", "0101002", "", ""])
    operations.make_changes(world.actor("registrar"), rows_of(merged))
    change = Succession.objects.get(kind="merge")
    assert (change.predecessor, change.successor) == (village("0101001"), village("0101002"))


def test_a_place_with_places_in_it_does_not_end(world, villages):
    with pytest.raises(Conflict, match="still contains"):
        operations.close_area(world.actor("registrar"), world.area("0101"), on=ON, decision=DECREE)
    assert not Area.objects.get(code="0101").has_ended


@pytest.mark.parametrize(("row", "reason"), [
    (["", "", "", "", "x", "", "", "", "", ""], "which-place"),
    (["9999", "", "", "", "x", "", "", "", "", ""], "no-such-place"),
    (["", "Nowhere", "", "", "x", "", "", "", "", ""], "no-such-place"),
    (["", "Nasan", "Atlantis", "", "x", "", "", "", "", ""], "no-such-parent"),
    (["0101001", "", "", "", "", "", "", "", "", ""], "change-lacks"),
    (["0101001", "", "", "rename", "", "", "0102", "", "", ""], "change-lacks"),
    (["0101001", "", "", "fly", "x", "", "", "", "", ""], "no-change"),
    (["0101001", "", "", "", "", "", "Atlantis", "", "", ""], "no-such-parent"),
    (["0101001", "", "", "", "", "", "", "Atlantis", "", ""], "no-such-heir"),
    (["0101001", "", "", "", "", "", "", "0101001", "", ""], "no-such-heir"),
    (["0101001", "", "", "end, rename", "x", "", "", "", "", ""], "ends-alone"),
    (["0101001", "", "", "", "x", "", "", "", "31/2/2025", ""], "no-day"),
    (["0101001", "", "", "", "x" * 201, "", "", "", "", ""], "long-name"),
])  # fmt: skip
def test_a_row_that_cannot_be_used_says_why_and_the_others_wait(propose, row, reason):
    batch = propose(row, MOVED)
    assert counts(batch) == (0, 0, 0, 1, 1) and why(batch) == {2: [reason]}


def test_two_rows_about_one_place_and_a_row_without_a_decision_are_refused(propose):
    assert why(propose(RENAMED, ["0101001", "", "", "", "Other", "", "", "", "", ""])) == {3: ["change-twice"]}
    assert why(propose(RENAMED, source="")) == {2: ["without-decision"]}


def test_what_is_so_already_is_unchanged_and_the_same_list_again_proposes_nothing_twice(world, propose):
    first = propose(RENAMED, MOVED, ENDED)
    assert propose(RENAMED, MOVED, ENDED).pk == first.pk and PlaceList.objects.filter(says="changes").count() == 1
    operations.make_changes(world.actor("registrar"), rows_of(first))
    again = propose(RENAMED, MOVED, ["0201001", "", "", "end", "", "", "", "", "", ""])
    assert counts(again) == (0, 0, 3, 0, 0), again.report


def test_a_refused_row_stays_refused_in_later_lists(world, propose):
    operations.refuse_place(world.actor("registrar"), rows_of(propose(RENAMED))[0], "not decided")
    assert why(propose(RENAMED, MOVED)) == {2: ["person-refused"]}
    assert village("0101001").name["en"] == "Ban Donkeo"


def test_of_several_ticked_rows_all_are_made_or_none(world, propose):
    rows = rows_of(propose(RENAMED, MOVED))
    operations.transfer(world.actor("registrar"), village("0101002"), parent=world.area("0201"), on=date(2025, 5, 1))
    with pytest.raises(Conflict, match="Row 3"):
        operations.make_changes(world.actor("registrar"), rows)
    assert village("0101001").name["en"] == "Ban Donkeo" and not Succession.objects.filter(kind="rename").exists()


@pytest.mark.parametrize(("who", "error"), [("owner", NotPermitted), ("stranger", NotPermitted),
                                            ("citizen", NotPermitted), ("public", SignInNeeded)])  # fmt: skip
def test_who_may_not_send_a_list_of_changes_nor_decide(world, propose, who, error):
    with pytest.raises(error):
        propose(RENAMED, who=who)
    row = rows_of(propose(RENAMED))[0]
    with pytest.raises(error):
        operations.make_change(world.actor(who), row)
    assert village("0101001").name["en"] == "Ban Donkeo"


def test_a_right_for_one_province_reaches_its_places_only(world, propose):
    role = Role.objects.create(code="changer", name={"lo": "x", "en": "x"}, verbs=["places.add", "places.change"])
    PositionGrant.objects.create(position=world.position("HEALTH-P01-data"), role=role)
    batch = propose(RENAMED, ENDED, who="owner")
    assert counts(batch) == (0, 0, 0, 1, 1) and why(batch) == {3: ["outside-right"]}
    operations.make_change(world.actor("owner"), rows_of(batch)[0])
    assert village("0101001").name["en"] == "Donkeo Mai"


def test_a_list_that_does_not_say_which_place_or_what_becomes_of_it_is_sent_back(propose):
    with pytest.raises(Invalid, match="which place"):
        propose(["x"], head=["New name (lo)"])
    with pytest.raises(Invalid, match="becomes of a place"):
        propose(["0101001"], head=["Code"])


def test_headings_are_understood_in_lao(propose):
    head = ["ລະຫັດ", "ຊື່ໃໝ່ (lo)", "ຫຍັງປ່ຽນ"]
    assert counts(propose(["0101001", "ໃໝ່", "ປ່ຽນຊື່"], head=head)) == (0, 0, 0, 0, 1)


# ---- a list that is corrected, or overtaken ----------------------------------------------------------------------


@pytest.mark.parametrize("corrected", [{"as_of": date(2025, 4, 1)}, {"source": "Decree 99"},
                                       {"columns": {"name_en": ""}}])  # fmt: skip
def test_a_list_read_otherwise_takes_the_place_of_the_earlier_reading(world, propose, corrected):
    first = propose(RENAMED, MOVED)
    second = propose(RENAMED, MOVED, **corrected)
    assert second.pk != first.pk and counts(second) == (0, 0, 0, 0, 2)
    first.refresh_from_db()
    assert first.state == "done" and {row.state for row in first.rows.all()} == {RowState.REPLACED}
    told = Event.objects.filter(subject_type="place-list", subject_id=first.pk).order_by("id").last().content()
    assert (told["change"], told["by"], told["rows"]) == ("replaced", second.pk, [2, 3])
    with pytest.raises(Conflict, match="decided already"):
        operations.make_change(world.actor("registrar"), rows_of(first)[0])
    third = propose(RENAMED, MOVED)
    assert counts(third) == (0, 0, 0, 0, 2)  # back to the first reading: what was replaced was not refused
    operations.make_changes(world.actor("registrar"), rows_of(third))
    assert Succession.objects.get(kind="rename").on == ON and propose(RENAMED, MOVED, **corrected).state == "done"


def test_two_sheets_of_one_file_wait_beside_each_other(world, villages):
    delivery = PlaceDelivery(level=Level.objects.get(code="village"), as_of=ON, source=DECREE)
    sheets = [replace(listed([row], HEADINGS), file_hash="f" * 64, sheet=name)
              for name, row in (("North", RENAMED), ("South", MOVED))]  # fmt: skip
    north, south = (operations.propose_changes(world.actor("registrar"), sheet, delivery) for sheet in sheets)
    assert north.pk != south.pk and north.rows.get().state == south.rows.get().state == RowState.PROPOSED


def test_a_reading_closes_no_row_that_its_sender_could_not_propose(world, propose):
    role = Role.objects.create(code="changer", name={"lo": "x", "en": "x"}, verbs=["places.add", "places.change"])
    PositionGrant.objects.create(position=world.position("HEALTH-P01-data"), role=role)
    first = propose(RENAMED, ENDED)
    assert counts(propose(RENAMED, ENDED, who="owner", source="Decree 99")) == (0, 0, 0, 1, 1)
    assert [row.state for row in first.rows.all()] == [RowState.REPLACED, RowState.PROPOSED]
    assert PlaceList.objects.get(pk=first.pk).state == "review"


def test_a_renaming_keeps_the_names_in_languages_that_its_row_does_not_give(world, propose):
    row = rows_of(propose(["0101001", "", "", "", "Donkeo Mai", "", "", "", "", ""]))[0]
    name = {**village("0101001").name, "lo": "ບ້ານອື່ນ"}
    operations.rename(world.actor("registrar"), village("0101001"), name=Translated(name), on=date(2025, 2, 1))
    operations.make_change(world.actor("registrar"), row)
    assert village("0101001").name == {"lo": "ບ້ານອື່ນ", "en": "Donkeo Mai"}


def test_a_renaming_of_a_name_that_has_changed_since_is_not_made(world, propose):
    row = rows_of(propose(RENAMED))[0]
    name = {**village("0101001").name, "en": "Another"}
    operations.rename(world.actor("registrar"), village("0101001"), name=Translated(name), on=date(2025, 2, 1))
    with pytest.raises(Conflict, match="it was “Ban Donkeo” and is “Another” now"):
        operations.make_change(world.actor("registrar"), row)
    assert village("0101001").name == name
    again = propose(RENAMED)
    assert again.pk != row.batch_id and counts(again) == (0, 0, 0, 0, 1)
    operations.make_change(world.actor("registrar"), rows_of(again)[0])
    assert village("0101001").name["en"] == "Donkeo Mai"


def test_a_renaming_kept_without_the_names_before_it_is_read_again_first(world, propose):
    row = rows_of(propose(RENAMED))[0]
    del row.said["was"]
    row.save(update_fields=["said"])
    with pytest.raises(Conflict, match="send the list again"):
        operations.make_change(world.actor("registrar"), row)
    operations.make_change(world.actor("registrar"), rows_of(propose(RENAMED))[0])
    row.refresh_from_db()
    assert village("0101001").name["en"] == "Donkeo Mai" and row.state == RowState.REPLACED


def test_a_change_that_waits_in_two_lists_is_made_once_and_settled_in_both(world, propose):
    first, second = propose(RENAMED, MOVED), propose(RENAMED, ENDED, source="Decree 12 of 2025")
    operations.make_changes(world.actor("registrar"), rows_of(first))
    twin, other = rows_of(second)
    assert (twin.state, other.state) == (RowState.APPLIED, RowState.PROPOSED)
    assert twin.reasons == [{"code": "made-in-list", "list": first.pk, "row": 2}]
    operations.make_changes(world.actor("registrar"), [other])
    second.refresh_from_db()
    assert second.state == "done" and village("0201001").has_ended


def test_who_refuses_a_change_may_make_it(world, propose):
    """The right to send lists is not enough; nor is the right on one of the two areas of a move."""
    position = world.position("HEALTH-P01-data")
    adds = Role.objects.create(code="adder", name={"lo": "x", "en": "x"}, verbs=["places.add"])
    PositionGrant.objects.create(position=position, role=adds)
    renamed, moved = rows_of(propose(RENAMED, ["0101002", "", "", "", "", "", "0201", "", "", ""]))
    with pytest.raises(NotPermitted):
        operations.refuse_place(world.actor("owner"), renamed)
    changes = Role.objects.create(code="changer", name={"lo": "x", "en": "x"}, verbs=["places.change"])
    PositionGrant.objects.create(position=position, role=changes)
    with pytest.raises(NotPermitted):
        operations.refuse_place(world.actor("owner"), moved)
    operations.refuse_place(world.actor("owner"), renamed)
    assert [row.state for row in renamed.batch.rows.all()] == [RowState.REFUSED, RowState.PROPOSED]


# ---- pages, command, API -----------------------------------------------------------------------------------------


def csv_of(*rows) -> bytes:
    return "\n".join(",".join(row) for row in [HEADINGS, *rows]).encode()


def test_the_pages_take_a_list_from_the_file_to_the_changed_places(visit, world, villages):
    browser = visit("registrar")
    file = SimpleUploadedFile("changes.csv", csv_of(RENAMED, MOVED, ENDED))
    told = {"file": file, "level": "village", "system": "", "as_of": ON.isoformat(), "source": DECREE}
    columns = browser.post("/places/lists/changes/new/", told)["Location"]
    chosen = Errand.objects.get(kind="place-change-look").found["guess"]
    assert set(chosen) == {
        "code",
        "now",
        "above_now",
        "change",
        "name_en",
        "name_lo",
        "parent",
        "into",
        "on",
        "decision",
    }
    checked = browser.post(columns, {**chosen, "check": "1"})["Location"]
    assert (
        "3 waiting, 0 so already, 0 refused." in browser.get(checked).content.decode()
        and PlaceList.objects.count() == 1
    )
    page = browser.post(checked, chosen)["Location"]
    text = browser.get(page).content.decode()
    assert "Donkeo Mai" in text and "Decree 13" in text and "Ends" in text and text.count('name="row"') == 3
    assert browser.post(f"{page}make/", {}).status_code == 422
    assert "2 changes were made" in browser.post(f"{page}make/", {"row": ["2", "3"]}, follow=True).content.decode()
    done = browser.post(f"{page}rows/4/refuse/", {"reason": "It goes on"}, follow=True).content.decode()
    assert "Finished" in done and 'name="row"' not in done
    assert village("0101001").name["en"] == "Donkeo Mai" and not village("0201001").has_ended
    assert browser.post(f"{page}rows/2/", {"choice": "new"}).status_code == 409
    for who in ("owner", "colleague", "public"):
        assert (
            visit(who).get(page).status_code == 404 and visit(who).post(f"{page}make/", {"row": "4"}).status_code == 404
        )


@pytest.mark.parametrize(("who", "status"), [("registrar", 200), ("owner", 403), ("citizen", 403), ("public", 401)])
def test_who_opens_the_pages(visit, world, who, status):
    for address in ("/places/lists/changes/", "/places/lists/changes/new/"):
        assert visit(who).get(address).status_code == status


def test_one_place_ends_on_its_own_page(visit, villages):
    browser = visit("registrar")
    assert "/places/0201001/end/" in browser.get("/places/0201001/").content.decode()
    assert browser.post("/places/0201001/end/", {"on": "2025-03-01"}).status_code == 200  # without a decision
    assert browser.post("/places/0201001/end/", {"on": "2025-03-01", "decision": DECREE}).status_code == 302
    assert village("0201001").ended_on == ON
    assert visit("owner").get("/places/0101001/end/").status_code == 403


def test_the_command_proposes_and_names_the_page(villages, tmp_path, settings):
    settings.FILES = tmp_path / "files"
    path = tmp_path / "changes.csv"
    path.write_bytes(csv_of(RENAMED, MOVED))
    said = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("places", "change", str(path), "--as-of", "2025-03-01", "--source", DECREE, stdout=said)
    assert "/places/lists/" in said.getvalue() and "2 rows wait" in said.getvalue()
    assert PlaceList.objects.filter(says="changes").count() == 1 and village("0101001").name["en"] == "Ban Donkeo"


def test_the_name_of_a_file_is_no_decision(villages, tmp_path, settings):
    settings.FILES = tmp_path / "files"
    path = tmp_path / "changes.csv"
    path.write_bytes(csv_of(RENAMED, MOVED))
    said = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("places", "change", str(path), "--as-of", "2025-03-01", stdout=said)
    batch = PlaceList.objects.get(says="changes")
    assert why(batch) == {2: ["without-decision"]} and batch.rows.get().said["decision"] == "Decree 13"


def test_the_api_sends_checks_and_decides(client, world, villages):
    registrar = world.actor("registrar").holdings[0]
    position = Position.objects.get(pk=registrar.position_id)
    _token, secret = make_token(command(), position, name="x", verbs=["places.add", "places.change"], days=9)
    headers = {"authorization": f"Bearer {secret}"}

    def send(address, body):
        return client.post(f"/api/v1{address}", body, content_type="application/json", headers=headers)

    body = {
        "says": "changes", "level": "village", "as_of": str(ON), "source": DECREE,
        "rows": [{"code": "0101001", "name_en": "Donkeo Mai"}, {"code": "0201001", "change": "end"}, {"code": "x", "change": "end"}],
    }  # fmt: skip
    checked = send("/place-lists", body | {"check": True})
    assert checked.status_code == 200 and checked.json()["counts"]["waiting"] == 2 and checked.json()["id"] is None
    assert not PlaceList.objects.filter(says="changes").exists()
    made = send("/place-lists", body).json()
    assert made["counts"] == {"new": 0, "changed": 0, "unchanged": 0, "refused": 1, "waiting": 2}
    assert [row["place"] for row in made["rows"]] == ["0101001", "0201001"]
    assert send("/place-lists", body).json()["id"] == made["id"]
    assert PlaceList.objects.filter(says="changes").count() == 1
    address = f"/place-lists/{made['id']}"
    assert send(f"{address}/rows/1", {"choice": "make"}).json()["rows"][0]["state"] == "applied"
    assert send(f"{address}/rows/2", {"choice": "refuse", "reason": "no"}).json()["state"] == "done"
    assert send(f"{address}/rows/2", {"choice": "make"}).status_code == 409
    assert village("0101001").name["en"] == "Donkeo Mai"
    new = {
        "says": "places",
        "level": "village",
        "as_of": str(ON),
        "source": "list",
        "rows": [{"name_lo": "ນາໃໝ່", "parent_code": "0101"}],
    }
    assert send("/place-lists", new).json()["counts"]["new"] == 1
    coded = {**body, "rows": [{"code": "0101002", "name_en": "Nasan Mai"}]}
    sent = [send("/place-lists", coded | {"system": system}).json() for system in ("", "stat")]
    assert sent[0]["id"] != sent[1]["id"]
    for wrong in ({"level": "castle"}, {"source": " "}, {"rows": []}, {"rows": [{"name_lo": "x"}]}):
        assert send("/place-lists", new | wrong).status_code == 422
    assert client.get(f"/api/v1{address}").status_code == 404 and client.get("/api/v1/place-lists").json() == []
    assert client.post("/api/v1/place-lists", new, content_type="application/json").status_code == 401
