"""The workbook of figures: what goes out, and every way in which it may come back wrong, by sheet and cell."""

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from openpyxl import load_workbook

from sala.catalogue import workbooks
from sala.catalogue.operations.asking import Fill, keep_figures
from sala.catalogue.operations.figure_workbooks import take_workbook
from sala.catalogue.queries.asked import cells_of
from sala.core import clock
from sala.core.errors import Invalid, NotPermitted, Unreadable
from sala.duties import operations as duties

pytestmark = pytest.mark.django_db


@pytest.fixture
def book(asked):
    """book() → (assignment, its workbook opened)."""

    def make(assignment=None):
        assignment = assignment or asked()
        content = workbooks.write(assignment, cells_of(assignment, drafts=True))
        return assignment, load_workbook(io.BytesIO(content))

    return make


@pytest.fixture
def send(world, tmp_path):
    """send(assignment, book, who): the workbook as somebody sends it back."""

    def take(assignment, book, who="owner", name="figures.xlsx"):
        path = tmp_path / name
        book.save(path) if not isinstance(book, bytes) else path.write_bytes(book)
        return take_workbook(world.actor(who), assignment, path, name)

    return take


def given(assignment):
    return {cell.asked.key: cell.given.value for cell in cells_of(assignment, drafts=True) if cell.given}


def filled_in(sheet, values=(120, 130, 250, 4, 4, 8)):
    for row, value in enumerate(values, start=workbooks.FIRST):
        sheet[f"F{row}"] = value


def test_only_the_cells_to_fill_in_are_open_and_the_mark_is_hidden(book):
    with translation.override("lo"):
        assignment, made = book()
    sheet = made["figures"]
    assert sheet.protection.sheet and made["notes"].protection.sheet and made["sala"].sheet_state == "veryHidden"
    free = {cell.coordinate for line in sheet.iter_rows() for cell in line if not cell.protection.locked}
    assert free == {f"{column}{row}" for column in "FGHI" for row in range(6, 12)}
    assert sheet["A6"].value == "pupils.female" and sheet["B6"].value == "ນັກຮຽນ" and sheet["A3"].value
    rules = [rule for rule in sheet.data_validations.dataValidation if "F6" in str(rule.sqref)]
    assert [(rule.type, rule.formula1, rule.formula2) for rule in rules] == [("whole", "0", "100000")]
    notes = [line[0].value for line in made["notes"].iter_rows() if line[0].value]
    assert any("Fill in the yellow cells" in line for line in notes) and len(notes) >= 8
    assert made["sala"]["B2"].value == str(assignment.pk)


def test_what_was_filled_in_becomes_the_draft(book, send):
    assignment, made = book()
    filled_in(made["figures"])
    made["figures"]["F11"], made["figures"]["G11"] = None, "ຍັງບໍ່ທັນນັບ"
    made["figures"]["H11"] = clock.today() + timedelta(days=30)
    assert send(assignment, made) == 6
    assert given(assignment) == {
        "pupils.female": 120, "pupils.male": 130, "pupils.total": 250, "dropouts.female": 4, "dropouts.male": 4,
        "dropouts.total": None,
    }  # fmt: skip
    assert cells_of(assignment)[5].given.next_on == clock.today() + timedelta(days=30)


def test_it_goes_out_with_the_draft_and_comes_back_unchanged(book, send, asked, filled):
    assignment = filled(asked(), **{"pupils.male": Fill(reason="=1+1", note="+x")})
    _same, made = book(assignment)
    assert made["figures"]["G7"].data_type == "s"
    assert send(assignment, made) == 0
    assert cells_of(assignment)[1].given.reason == "=1+1"


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("໑໒໔", 124),
        ("1 250", 1250),
        ("1.234,5", Decimal("1234.5")),
        ("1,234.5", Decimal("1234.5")),
        (12.5, Decimal("12.5")),
    ],
)
def test_a_text_that_is_a_number_is_taken_in_either_convention_and_in_lao_digits(book, send, typed, value):
    assignment, made = book()
    made["figures"]["F6"] = typed
    send(assignment, made)
    assert given(assignment) == {"pupils.female": value}


@pytest.mark.parametrize(
    ("place", "content", "words"),
    [
        ("F6", "=SUM(F7:F8)", "a formula stands here"),
        ("G6", "=A1", "a formula stands here"),
        ("F6", "about 20", "is not a number"),
        ("F6", "1.234", "can mean"),
        ("F6", True, "is not a number"),
        ("F6", date(2030, 1, 1), "is not a number"),
        ("F6", "#DIV/0!", "is not a number"),
        ("F6", "1e400", "is not a number"),
        ("H6", "soon", "is not a day"),
        ("A7", "pupils.other", "the code"),
        ("F5", "Number", "the heading"),
        ("F12", 9, "nothing is asked here"),
        ("K6", "x", "nothing is asked here"),
    ],
)
def test_what_is_wrong_is_named_by_sheet_and_cell_and_nothing_is_kept(book, send, place, content, words):
    assignment, made = book()
    filled_in(made["figures"])
    made["figures"][place] = content
    with pytest.raises(Invalid) as refused:
        send(assignment, made)
    assert any(f"figures!{place}:" in text and words in text for text in refused.value.fields["file"])
    assert given(assignment) == {}


def test_a_value_together_with_a_reason_is_told_by_its_cell(book, send):
    assignment, made = book()
    filled_in(made["figures"])
    made["figures"]["G7"] = "not counted"
    with pytest.raises(Invalid) as refused:
        send(assignment, made)
    assert refused.value.fields["file"] == ["figures!F7: Write either the figure or why it is not available, not both."]
    assert given(assignment) == {}


@pytest.mark.parametrize("change", ["insert_rows", "delete_rows", "insert_cols", "delete_cols"])
def test_moved_rows_and_columns_are_refused(book, send, change):
    assignment, made = book()
    filled_in(made["figures"])
    getattr(made["figures"], change)(4 if "cols" in change else 8)
    with pytest.raises(Invalid, match="figures!"):
        send(assignment, made)
    assert given(assignment) == {}


def test_the_workbook_of_another_call_is_refused_with_the_name_of_both(book, send, asked):
    first, made = book()
    second = asked(period="2027")
    with pytest.raises(Invalid, match=f"{first.call.reference}.*{second.call.reference}"):
        send(second, made)


def test_the_workbook_of_another_office_in_the_same_call_is_refused(world, book, send, asked):
    first = asked(
        many=[duties.Asked(world.position("HEALTH-P01-data")), duties.Asked(world.position("HEALTH-D0101-data"))]
    )
    other = first.call.assignments.exclude(pk=first.pk).get()
    _same, made = book(other)
    with pytest.raises(Invalid, match="another office"):
        send(first, made)


def test_a_workbook_older_than_the_last_answer_is_refused(world, book, send, asked, filled):
    assignment = filled(asked())
    _same, made = book(assignment)
    duties.acknowledge(world.actor("owner"), assignment)
    assignment = duties.submit(world.actor("owner"), assignment)
    assignment = duties.return_(world.actor("caller"), assignment, reason="Look again")
    with pytest.raises(Invalid, match="older than your last answer"):
        send(assignment, made)
    assert send(assignment, book(assignment)[1]) == 0


@pytest.mark.parametrize("sheet", ["figures", "sala"])
def test_a_workbook_without_one_of_its_sheets_is_refused(book, send, sheet):
    assignment, made = book()
    del made[sheet]
    with pytest.raises(Invalid, match="Download it anew"):
        send(assignment, made)


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"a;b\n1;2\n3;4\n", "figures.csv"), (b"PK\x03\x04 broken", "figures.xlsx"), (b"", "figures.xlsx")],
)
def test_another_kind_of_file_is_refused_by_the_reader(asked, send, content, name):
    with pytest.raises(Unreadable):
        send(asked(), content, name=name)


def test_only_the_post_asked_sends_a_workbook(book, send):
    assignment, made = book()
    for who in ("stranger", "colleague", "caller"):
        with pytest.raises(NotPermitted):
            send(assignment, made, who=who)


def test_on_the_page_it_is_downloaded_filled_in_and_sent(visit, asked):
    assignment, owner = asked(), visit("owner", "lo")
    address = f"/datasets/asked/assignments/{assignment.pk}/workbook/"
    answer = owner.get(address)
    made = load_workbook(io.BytesIO(answer.content))
    assert answer["Content-Disposition"].startswith("attachment") and made["figures"]["F5"].value
    filled_in(made["figures"])
    out = io.BytesIO()
    made.save(out)
    sent = owner.post(address, {"file": SimpleUploadedFile("figures.xlsx", out.getvalue())})
    assert sent.status_code == 302 and given(assignment)["pupils.total"] == 250
    made["figures"]["F6"] = "=1+1"
    out = io.BytesIO()
    made.save(out)
    sent = owner.post(address, {"file": SimpleUploadedFile("figures.xlsx", out.getvalue())})
    assert sent.status_code == 200 and "figures!F6" in sent.content.decode()
    assert visit("stranger").get(address).status_code == 404
    assert visit("colleague").get(address).status_code == 403
    assert visit("public").get(address).status_code == 404


def test_a_figure_answered_to_another_call_is_not_in_the_workbook(world, asked, pupils, book, send):
    asked()
    assignment, made = book(asked(rows=[*pupils[:1], type(pupils[0])("teachers", pupils[0].label)]))
    codes = [made["figures"][f"A{row}"].value for row in range(6, 10)]
    assert codes == ["teachers.female", "teachers.male", "teachers.total", None]
    keep_figures(world.actor("owner"), assignment, {"teachers.male": Fill(value=Decimal(2))})
    assert send(assignment, book(assignment)[1]) == 0
