"""The registrar's pages: each as registrar, as stranger and as the public, and what they do when sent."""

import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from config.jobs import run_errand
from sala.core.models import Errand
from sala.places.models import Area, AreaName, Boundary, BoundaryImport, ImportRow, RowState
from sala.places.queries import parent_on
from tests.places.conftest import DEMO

pytestmark = pytest.mark.django_db
CHANGES = ["rename", "transfer", "split", "merge"]


@pytest.fixture
def registrar(visit, world):
    return visit("registrar")


def text_of(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


# ---- who ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["edit", *CHANGES])
@pytest.mark.parametrize(("who", "status"), [("registrar", 200), ("stranger", 403), ("owner", 403), ("public", 401)])
def test_who_opens_the_pages_on_an_area(world, visit, path, who, status):
    assert visit(who).get(f"/places/0101/{path}/").status_code == status


@pytest.mark.parametrize("path", ["/places/imports/", "/places/imports/new/"])
@pytest.mark.parametrize(("who", "status"), [("registrar", 200), ("stranger", 403), ("public", 401)])
def test_who_opens_the_list_of_files(world, visit, path, who, status):
    assert visit(who).get(path).status_code == status


@pytest.mark.parametrize(("who", "status"), [("registrar", 200), ("stranger", 404), ("owner", 404), ("public", 404)])
def test_who_sees_a_file(drawn, visit, who, status):
    batch = drawn[1].batch
    browser = visit(who)
    assert browser.get(f"/places/imports/{batch.pk}/").status_code == status
    assert browser.post(f"/places/imports/{batch.pk}/withdraw/", {"reason": "Wrong"}).status_code == (
        302 if status == 200 else 404
    )
    assert browser.post(f"/places/imports/{batch.pk}/rows/1/", {"refuse": "1"}).status_code != 200


@pytest.mark.parametrize("who", ["registrar", "public"])
def test_the_tree_is_for_everyone_and_the_link_to_files_for_the_registrar(world, visit, who):
    text = text_of(visit(who).get("/places/"))
    assert "Nongsai" in text and ("/places/imports/" in text) == (who == "registrar")


def test_a_place_that_is_not_there_is_not_found(registrar):
    assert registrar.get("/places/9999/rename/").status_code == 404


# ---- corrections -------------------------------------------------------------------------------------------------


def test_a_correction_is_saved_with_its_other_spellings(registrar, world):
    sent = {"name_lo": "ເມືອງໜອງໃສ", "name_en": "Nong Sai", "aliases": "Nong Xay\nNongsay\n", "source": "survey",
            "longitude": "100.3", "latitude": "20.4"}  # fmt: skip
    assert registrar.post("/places/0101/edit/", sent).status_code == 302
    area = world.area("0101")
    assert area.name["en"] == "Nong Sai" and (area.label_point.x, area.label_point.y) == (100.3, 20.4)
    assert set(AreaName.objects.filter(area=area).values_list("text", flat=True)) == {"Nong Xay", "Nongsay"}


@pytest.mark.parametrize(("change", "words"), [
    ({"latitude": ""}, "longitude and latitude"), ({"longitude": "999"}, "180"), ({"name_lo": ""}, "missing"),
])  # fmt: skip
def test_a_wrong_correction_changes_nothing(registrar, world, change, words):
    sent = {
        "name_lo": "ເມືອງໜອງໃສ",
        "name_en": "X",
        "aliases": "",
        "source": "",
        "longitude": "100.3",
        "latitude": "20.4",
    }
    response = registrar.post("/places/0101/edit/", sent | change)
    assert response.status_code == 200 and words in text_of(response)
    assert world.area("0101").name["en"] == "Nongsai"


# ---- dated changes -----------------------------------------------------------------------------------------------


def test_a_renaming_by_form(registrar, world):
    sent = {"name_lo": "ເມືອງໃໝ່", "name_en": "Mai", "on": "2020-05-01", "decision": "3/PM"}
    assert registrar.post("/places/0101/rename/", sent).status_code == 302
    assert world.area("0101").name["en"] == "Mai"


def test_a_refusal_keeps_what_was_typed(registrar, world):
    sent = {"name_lo": "ເມືອງໃໝ່", "name_en": "Mai", "on": "2999-05-01", "decision": "3/PM"}
    response = registrar.post("/places/0101/rename/", sent)
    text = text_of(response)
    assert response.status_code == 200 and "2999" in text and "3/PM" in text and "first day" in text
    assert world.area("0101").name["en"] == "Nongsai"


def test_a_transfer_by_form(registrar, world):
    sent = {"parent": "01", "on": "2020-05-01", "codes": "stat 0103"}
    assert registrar.post("/places/0201/transfer/", sent).status_code == 302
    assert world.area("0201").parent.code == "01" and world.area("0201").codes.filter(value="0103").exists()


def test_a_code_that_cannot_be_read_is_sent_back(registrar, world):
    response = registrar.post("/places/0201/transfer/", {"parent": "01", "on": "2020-05-01", "codes": "0103"})
    assert response.status_code == 200 and "not a code system" in text_of(response)
    assert world.area("0201").parent.code == "02"


def split_of(first: dict, continues: str = "yes") -> dict:
    sent = {"on": "2020-05-01", "continues": continues, "part-TOTAL_FORMS": "2", "part-INITIAL_FORMS": "0"}
    return sent | {f"part-0-{name}": value for name, value in first.items()}


def test_a_province_is_formed_by_form_out_of_two(registrar, world):
    sent = split_of({"code": "04", "name_lo": "ແຂວງໃໝ່", "name_en": "Mai", "members": ["0102"], "more": "0201"})
    assert registrar.post("/places/01/split/", sent).status_code == 302
    assert world.area("0201").parent.code == world.area("0102").parent.code == "04"
    assert parent_on(world.area("0201"), date(2020, 4, 30)).code == "02"


def test_a_split_without_a_new_area_or_with_an_unknown_one_is_sent_back(registrar, world):
    assert "at least one new area" in text_of(registrar.post("/places/01/split/", split_of({})))
    sent = split_of({"code": "04", "name_lo": "ແຂວງໃໝ່", "more": "7777"})
    assert "7777" in text_of(registrar.post("/places/01/split/", sent))
    assert not Area.objects.filter(code="04").exists()


def test_a_form_for_one_more_new_area_can_be_asked_for(registrar):
    assert text_of(registrar.get("/places/01/split/?parts=3")).count("New area") >= 3
    assert registrar.get("/places/01/split/?parts=x").status_code == 200


def test_two_districts_are_merged_by_form(registrar, world):
    sent = {"others": ["0102"], "into": "", "code": "0103", "name_lo": "ເມືອງລວມ", "on": "2020-05-01"}
    assert registrar.post("/places/0101/merge/", sent).status_code == 302
    assert world.area("0101").has_ended and world.area("0103").parent.code == "01"
    text = text_of(registrar.post("/places/0201/merge/", {"others": ["0202"], "on": "2020-05-01"}))
    assert "Give the new area a code" in text and not world.area("0201").has_ended


def test_no_neighbour_is_ticked_for_a_merge_and_none_chosen_is_refused(registrar, world):
    page = registrar.get("/places/0101/merge/").content.decode()
    assert page.count('type="checkbox"') and " checked" not in page
    named = {"code": "0103", "name_lo": "ເມືອງລວມ", "on": "2020-05-01"}
    for sent in (named, {"into": "0101", "on": "2020-05-01"}):
        answer = registrar.post("/places/0101/merge/", sent)
        assert "Tick at least one area" in text_of(answer)
        fields = answer.content.decode().partition('<form method="post">')[2]
        assert " checked" not in fields.partition('name="into"')[0]
    assert not world.area("0101").has_ended and not Area.objects.filter(code="0103").exists()


# ---- boundary files ----------------------------------------------------------------------------------------------


def send(browser, content: bytes, level: str = "province", name: str = "areas.geojson"):
    file = SimpleUploadedFile(name, content)
    sent = {"file": file, "level": level, "as_of": "2020-01-01", "source": "Invented", "licence": ""}
    return browser.post("/places/imports/new/", sent)


def test_a_file_is_sent_its_columns_confirmed_and_its_rows_shown(registrar, settings, tmp_path):
    settings.FILES = tmp_path
    answer = send(registrar, DEMO.read_bytes())
    assert answer.status_code == 302
    page = text_of(registrar.get(answer.url))
    assert '<option value="code" selected>code</option>' in page and "3 shapes" in page
    done = registrar.post(answer.url, {"code": "code", "name": "name_en", "parent": "parent", "code_system": ""})
    assert done.status_code == 302 and Boundary.objects.count() == 3
    review = text_of(registrar.get(done.url))
    assert review.count('<svg class="map thumb"') == 3 and "3 new" in review
    again = registrar.post(send(registrar, DEMO.read_bytes()).url, {"code": "code"}, follow=True)
    assert "already" in text_of(again) and Boundary.objects.count() == 3


def test_a_wrong_column_or_level_is_sent_back(registrar, settings, tmp_path):
    settings.FILES = tmp_path
    path = send(registrar, DEMO.read_bytes()).url
    assert "do not fit" in text_of(registrar.post(path, {"code": "name_en"}))
    assert not BoundaryImport.objects.exists()


def test_a_file_that_is_no_map_is_refused_in_words(registrar, settings, tmp_path):
    settings.FILES = tmp_path
    answer = send(registrar, b"hello", name="areas.geojson")
    assert answer.status_code == 200 and "<title>Error:" in answer.content.decode()
    assert not BoundaryImport.objects.exists()


def test_a_file_that_somebody_else_sent_is_not_found(registrar, visit, settings, tmp_path):
    settings.FILES = tmp_path
    path = send(registrar, DEMO.read_bytes()).url
    assert visit("registrar").get(path).status_code == 200, "another browser of the same person"
    assert visit("stranger").get(path).status_code == 403
    Errand.objects.update(asker={"person": 0})
    assert registrar.get(path).status_code == 404
    assert registrar.get("/places/imports/new/no-such-file/").status_code == 404


def test_a_large_file_is_looked_into_and_taken_over_by_the_worker(registrar, settings, tmp_path):
    settings.FILES, settings.ERRAND_AT_ONCE = tmp_path, -1
    page = send(registrar, DEMO.read_bytes()).url
    assert page.startswith("/errands/")
    run_errand(str(Errand.objects.get().pk))
    columns = registrar.get(page).url
    taken = registrar.post(columns, {"code": "code", "name": "name_en", "parent": "parent", "code_system": ""}).url
    assert taken.startswith("/errands/") and not Boundary.objects.exists()
    run_errand(str(Errand.objects.get(kind="boundaries").pk))
    assert registrar.get(taken).url == BoundaryImport.objects.get().get_absolute_url()
    assert Boundary.objects.count() == 3


@pytest.fixture
def waiting(load, make_file, features):
    """A file of which one row waits, and its row."""
    load(DEMO, "province")
    rows = [{**feature, "properties": {"label": feature["properties"]["name_en"]}} for feature in features
            if feature["properties"]["level"] == "district"]  # fmt: skip
    rows[1]["properties"] = {"label": "Hoaykhao"}
    batch = load(make_file(rows), "district")[0].batch
    return batch, batch.rows.get(state=RowState.PROPOSED)


def test_a_row_in_doubt_is_shown_first_with_its_candidates_and_applied(waiting, registrar, world):
    batch, row = waiting
    page = text_of(registrar.get(f"/places/imports/{batch.pk}/"))
    assert page.index("Hoaykhao") < page.index("Nongsai") and 'value="0102" checked' in page
    assert registrar.post(f"/places/imports/{batch.pk}/rows/{row.number}/", {"area": "0102"}).status_code == 302
    assert Boundary.objects.filter(area=world.area("0102")).exists()


def test_another_area_chosen_from_the_list_beats_the_candidate(waiting, registrar, world):
    batch, row = waiting
    answer = registrar.post(f"/places/imports/{batch.pk}/rows/{row.number}/", {"area": "0102", "other": "0101"})
    assert answer.status_code == 409 and not Boundary.objects.filter(area=world.area("0102")).exists()


def test_a_row_without_a_choice_is_sent_back_and_may_be_refused(waiting, registrar):
    batch, row = waiting
    assert registrar.post(f"/places/imports/{batch.pk}/rows/{row.number}/", {}).status_code == 422
    assert registrar.post(f"/places/imports/{batch.pk}/rows/{row.number}/", {"refuse": "1"}).status_code == 302
    assert ImportRow.objects.get(pk=row.pk).state == RowState.REFUSED


def test_a_file_is_withdrawn_with_a_reason(drawn, registrar):
    batch = drawn[1].batch
    assert registrar.post(f"/places/imports/{batch.pk}/withdraw/", {"reason": ""}).status_code == 422
    assert registrar.post(f"/places/imports/{batch.pk}/withdraw/", {"reason": "Wrong day"}).status_code == 302
    assert not batch.vintage.boundaries.exists()
    assert "Withdrawn" in text_of(registrar.get(f"/places/imports/{batch.pk}/"))
