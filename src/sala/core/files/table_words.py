"""The words by which a table's rows and cells are understood, by language. A recipe may replace each list.

Compared without case and surrounding marks. A language is added by adding its list here; nothing else changes.
"""

from sala.core import lao

# the label of a row that sums up the others; compared with the whole cell
TOTALS = {
    "en": ["total", "grand total", "sum", "subtotal", "sub-total", "overall", "total sum", "all"],
    "lo": ["ລວມ", "ລວມທັງໝົດ", "ທັງໝົດ", "ຍອດລວມ", "ລວມຍອດ", "ລວມຍ່ອຍ"],
}
# how a row of remarks under a table begins
NOTES = {
    "en": ["note", "notes", "source", "sources", "remark", "remarks", "footnote", "n.b."],
    "lo": ["ໝາຍເຫດ", "ແຫຼ່ງ", "ແຫຼ່ງຂໍ້ມູນ", "ທີ່ມາ", "ຂໍ້ສັງເກດ"],
}
# a cell that says: no value
NULLS = {
    "": ["", "-", "–", "—", "--", "..", "...", "…", "/", "?", "#n/a", "#ref!", "#value!", "#div/0!", "n/a", "null", "nan"],
    "en": ["not available", "no data", "not applicable"],
    "lo": ["ບໍ່ມີ", "ບໍ່ມີຂໍ້ມູນ"],
}  # fmt: skip
# further such words that count only in a column of numbers or dates; elsewhere they may be codes or names
NULLS_AMONG_NUMBERS = ["na", "nd", "x", "none", "*"]
# (yes, no)
TRUTHS = {
    "": [("true", "false")],
    "en": [("yes", "no"), ("y", "n")],
    "lo": [("ແມ່ນ", "ບໍ່ແມ່ນ"), ("ມີ", "ບໍ່ມີ"), ("ຖືກ", "ຜິດ")],
}


def flat(words: dict[str, list[str]]) -> set[str]:
    """All words of all languages, as they are compared."""
    return {compared(word) for of_language in words.values() for word in of_language}


def compared(text: str) -> str:
    """A cell as it is compared with a word: every accepted spelling of a Lao word is the same."""
    return lao.normalise(text.strip().strip(" :.*()[]"))
