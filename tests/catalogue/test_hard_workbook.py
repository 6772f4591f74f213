"""The workbook of an office: a cover sheet, a title band, headings over headings, totals, notes, Lao digits. Read as it
is meant, and the next one without being asked again."""

import pytest
from openpyxl import Workbook

from sala.catalogue import operations
from sala.catalogue.models import Edition

from .conftest import rows_of

pytestmark = pytest.mark.django_db

SHEET = "ຕາຕະລາງ 1"
ROWS = [
    ["ກະຊວງ ສຶກສາທິການ"],
    ["ຕາຕະລາງ ໑: ໂຮງຮຽນ ປີ ໒໐໒໔"],
    [],
    ["ລ/ດ", "ລະຫັດ", "ເມືອງ", "ປະຖົມ", None, "ມັດທະຍົມ", None],
    [None, None, None, "ໂຮງຮຽນ", "ນັກຮຽນ", "ໂຮງຮຽນ", "ນັກຮຽນ"],
    ["໑", "0101", "ນ້ອງໃສ", "໑໒", "໑.໒໓໔,໕", "໓", 450],
    ["໒", "0102", "ຫ້ວຍຂາວ", "໗", "-", "໒", 210],
    [None, None, "ລວມ", "໑໙", "1.234,5", "໕", 660],
    ["໓", "0301", "ປາກນ້ຳ", "9", "2.000,0", "໑", 95],
    [None, None, "ລວມທັງໝົດ", "28", "3.234,5", "6", 755],
    [],
    ["ໝາຍເຫດ: ຕົວເລກຍັງບໍ່ທັນຢືນຢັນ"],
]


@pytest.fixture
def workbook(tmp_path):
    """workbook(rows) → a file with a cover and these rows below merged headings."""

    def write(rows=ROWS, name="schools.xlsx"):
        book = Workbook()
        book.active.title, book.active["A1"] = "ໜ້າປົກ", "ບົດລາຍງານ"
        sheet = book.create_sheet(SHEET)
        for row in rows:
            sheet.append(row)
        for cells in ("A1:G1", "A2:G2", "D4:E4", "F4:G4", "A4:A5", "B4:B5", "C4:C5"):
            sheet.merge_cells(cells)
        book.save(tmp_path / name)
        return tmp_path / name

    return write


def receive(world, dataset, path) -> Edition:
    part = dataset.distributions.get(code="table")
    return operations.receive_edition(world.actor("owner"), part, path, path.name, period="2024", reason="again")


def test_it_is_read_as_it_is_meant_and_the_next_without_asking(world, dataset, workbook, visit):
    edition = receive(world, dataset, workbook())
    assert edition.profile["sheet"] == SHEET, "the cover holds no table"
    looked = visit("owner").get(f"{edition.settle_url}?sheet={SHEET}&header_row=4").content.decode()
    assert "ປະຖົມ / ນັກຮຽນ" in looked and "Left out: 2 title rows, 2 total rows, 1 note rows." in looked
    role = {f"role_{name}": "" for name in ("ລ_ດ", "ເມືອງ")}
    answer = visit("owner").post(
        f"{edition.settle_url}?sheet={SHEET}&header_row=4",
        role | {"sheet": SHEET, "header_row": "4", "role_ລະຫັດ": "area"},
    )
    assert answer.status_code == 302
    settled = rows_of(Edition.objects.get(pk=edition.pk))
    assert settled.names[1:5] == ["ລະຫັດ", "ເມືອງ", "ປະຖົມ_ໂຮງຮຽນ", "ປະຖົມ_ນັກຮຽນ"]
    assert [[str(value) for value in row[2:6]] for row in settled.rows] == [
        ["0101", "ນ້ອງໃສ", "12", "1234.5"],
        ["0102", "ຫ້ວຍຂາວ", "7", "None"],
        ["0301", "ປາກນ້ຳ", "9", "2000.0"],
    ]
    following = receive(
        world, dataset, workbook([*ROWS[:5], ["໑", "0101", "ນ້ອງໃສ", "໑໓", "1.300,5", "໓", 460]], "next.xlsx")
    )
    html = visit("owner").get(following.settle_url).content.decode()
    assert html.count('<option value="area" selected>') == 1
