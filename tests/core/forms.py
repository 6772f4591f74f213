"""XLSForms of the tests, written as text and made into workbooks here."""

from pathlib import Path

import openpyxl

# a village's monthly form in Lao and English: cascade, cross-check, calculation, repeat, place and picture
VILLAGE = {
    "survey": [
        ["type", "name", "label::Lao (lo)", "label::English (en)", "hint::Lao (lo)", "required", "relevant", "constraint",
         "constraint_message::Lao (lo)", "constraint_message::English (en)", "calculation", "choice_filter", "appearance", "parameters", "repeat_count"],
        ["start", "start"], ["end", "end"], ["deviceid", "deviceid"],
        ["begin group", "where", "ສະຖານທີ່", "Place"],
        ["select_one province", "province", "ແຂວງ", "Province", "ເລືອກແຂວງ", "yes"],
        ["select_one district", "district", "ເມືອງ", "District", None, "yes", None, None, None, None, None, "province=${province}", "minimal"],
        ["end group"],
        ["date", "visited", "ວັນທີຢ້ຽມ", "Date of visit", None, "true()"],
        ["integer", "people", "ພົນລະເມືອງ", "People", None, "yes", None, ". >= 0"],
        ["integer", "women", "ແມ່ຍິງ", "Women", None, "yes", "${people} > 0", ". <= ${people}", "ແມ່ຍິງຫຼາຍກວ່າທັງໝົດ", "More women than people"],
        ["calculate", "men", None, None, None, None, None, None, None, None, "${people} - ${women}"],
        ["note", "told", "ຜູ້ຊາຍ ${men} ຄົນ", "${men} men"],
        ["begin repeat", "well", "ນ້ຳສ້າງ", "Well"],
        ["text", "well_name", "ຊື່", "Name"],
        ["decimal", "depth", "ຄວາມເລິກ (ມ)", "Depth (m)"],
        ["begin repeat", "sample", "ຕົວຢ່າງ", "Sample"],
        ["select_multiple fault", "faults", "ບັນຫາ", "Faults"],
        ["end repeat"],
        ["end repeat"],
        ["geopoint", "place", "ຈຸດ", "Point"],
        ["image", "photo", "ຮູບ", "Photo", None, None, None, None, None, None, None, None, None, "max-pixels=1024"],
    ],
    "choices": [
        ["list_name", "name", "label::Lao (lo)", "label::English (en)", "province", "code"],
        ["province", "p1", "ແຂວງໜຶ່ງ", "Province One"], ["province", "p2", "ແຂວງສອງ", "Province Two"],
        ["district", "d1", "ເມືອງໜຶ່ງ", "District One", "p1", "0101"], ["district", "d2", "ເມືອງສອງ", "District Two", "p2", "0201"],
        ["fault", "dry", "ແຫ້ງ", "Dry"], ["fault", "salty", "ເຄັມ", "Salty"],
    ],
    "settings": [
        ["form_title", "form_id", "version", "default_language", "instance_name"],
        ["ແບບຟອມບ້ານ", "village_monthly", "2026010101", "Lao (lo)", "concat(${district}, ' ', ${visited})"],
    ],
}  # fmt: skip


def workbook(sheets: dict[str, list[list]], path: Path) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def delimited(sheets: dict[str, list[list]], mark: str = ",") -> str:
    lines = []
    for name, rows in sheets.items():
        lines += [
            name,
            *(
                mark.join(["", *('"' + str("" if cell is None else cell).replace('"', '""') + '"' for cell in row)])
                for row in rows
            ),
        ]
    return "\n".join(lines) + "\n"


def markdown(sheets: dict[str, list[list]]) -> str:
    lines = []
    for name, rows in sheets.items():
        width = max(map(len, rows))
        lines.append(f"| {name} |" + " |" * width)
        lines += [
            "|  | "
            + " | ".join("" if cell is None else str(cell) for cell in [*row, *[None] * (width - len(row))])
            + " |"
            for row in rows
        ]
    return "\n".join(lines) + "\n"
