"""What the converter says, in codes of our own with sheet, row and column.

pyxform has two kinds of sentences: those of its ErrorCode, which are templates, and others that are put together where
they are raised. Both are recognised by their text, since many of the templates reach us only filled in. A sentence that
is not recognised is quoted.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from string import Formatter
from typing import Any

from pyxform import constants
from pyxform.errors import ErrorCode, PyXFormError

from sala.core.files.refusals import Refused
from sala.core.files.xlsform.sheets import Book

LONGEST_QUOTE = 400  # letters of the converter's own sentence

# ErrorCode → (our code, sheet, column); sheet and column count where the sentence itself names none
_TEMPLATES = {
    "HEADER_001": ("form-headings", "", ""), "HEADER_002": ("form-same-column", "", ""),
    "HEADER_003": ("form-no-column", "", ""), "HEADER_004": ("form-choice-heading", "choices", ""),
    "HEADER_005": ("form-entity", "entities", ""), "LABEL_001": ("form-choice-no-label", "choices", "label"),
    "NAMES_001": ("form-same-name", "survey", "name"), "NAMES_002": ("form-case-name", "survey", "name"),
    "NAMES_003": ("form-root-name", "survey", "name"), "NAMES_004": ("form-same-repeat", "survey", "name"),
    "NAMES_005": ("form-meta-name", "survey", "name"), "NAMES_006": ("form-choice-no-name", "choices", "name"),
    "NAMES_007": ("form-same-choice", "choices", "name"), "NAMES_008": ("form-bad-name", "", ""),
    "NAMES_009": ("form-bad-name", "", ""), "NAMES_010": ("form-entity", "", ""), "NAMES_011": ("form-entity", "", ""),
    "NAMES_012": ("form-entity", "", ""), "NAMES_013": ("form-sheet-name", "", ""),
    "NAMES_014": ("form-entity", "entities", "list_name"), "NAMES_015": ("form-entity", "entities", "list_name"),
    "PYREF_001": ("form-reference-mark", "", ""), "PYREF_002": ("form-reference-mark", "", ""),
    "PYREF_003": ("form-reference-unknown", "", ""), "PYREF_004": ("form-reference-twice", "", ""),
    "SURVEY_001": ("form-end-alone", "survey", "type"), "SURVEY_002": ("form-begin-alone", "survey", "type"),
}  # fmt: skip
_ROW = re.compile(r"^\[row : (\d+)\]\s*")


def _compiled(code: ErrorCode) -> re.Pattern[str]:
    pattern = ""
    seen: set[str] = set()
    for text, name, _spec, _conversion in Formatter().parse(code.value.msg):
        pattern += re.escape(text)
        if name and name not in seen:
            pattern += f"(?P<{name}>.*?)"
            seen.add(name)
        elif name:
            pattern += ".*?"
    return re.compile(pattern, re.DOTALL)


_SENTENCES = {code.name: _compiled(code) for code in ErrorCode}
# other sentences, without their "[row : 5]": (pattern, our code, sheet, column)
_OTHERS = [
    (re.compile(pattern, re.DOTALL), code, sheet, column)
    for pattern, code, sheet, column in (
        (r"Question with no type", "form-no-type", "survey", "type"),
        (r"Unknown question type '(?P<value>.*)'", "form-unknown-type", "survey", "type"),
        (r"This section has not been included", "form-include", "survey", "type"),
        (r"Question or group with no name", "form-no-name", "survey", "name"),
        (r"Missing calculation", "form-no-calculation", "survey", "calculation"),
        (r"The survey element named '(?P<value>.*)' has no label or hint", "form-no-label", "survey", "label"),
        (r"To use big-image.* named (?P<value>.*)\.$", "form-big-image", "survey", "image"),
        (r"There should be a choices sheet", "form-no-choices", "survey", "type"),
        (r"There should be an external_choices sheet", "form-no-external", "survey", "type"),
        (r"List name not in (choices|columns) sheet: (?P<value>.*)", "form-no-list", "survey", "type"),
        (r"List name not in external choices sheet: (?P<value>.*)", "form-no-list", "survey", "type"),
        (r"File name for '.*' should end with", "form-list-file", "survey", "type"),
        (r"Choice names with spaces.*See \[(?P<value>.*)\] in \[(?P<list>.*)\]", "form-choice-space", "choices", "name"),
        (r"Choice filter not supported with or_other", "form-other-filter", "survey", "choice_filter"),
        (r"Duplicate column header: (?P<value>.*)", "form-same-column", "", ""),
        (r".*There is no survey element named '(?P<value>.*?)'", "form-reference-unknown", "", ""),
        (r".*There are multiple survey elements named '(?P<value>.*?)'", "form-reference-twice", "", ""),
        (r".*'background-geopoint' questions", "form-trigger", "survey", "trigger"),
        (r"The question \$\{(?P<trigger>.*?)\} is not user-visible", "form-trigger", "survey", "trigger"),
        (r"Cannot omit instanceID", "form-encrypted-id", "settings", "omit_instanceID"),
        (r"Question '(?P<question>.*?)' (uses 'search|is a select from file type)", "form-search", "survey", "appearance"),
        (r"(Instance names must be unique|The same instance id will be)", "form-instance", "", ""),
        (r"(Parameters? .*|[\w-]+ (value )?must be .*|Invalid value for [\w-]+|To include location information .*)$", "form-parameters", "survey", "parameters"),
        # remarks
        (r"Use the max-pixels parameter", "form-image-size", "survey", "parameters"),
        (r"(?P<value>\w+) is no longer supported on most devices", "form-device-field", "survey", "type"),
        (r"The following language declarations do not contain.*codes: (?P<value>.*?)\. Learn", "form-language-code", "", ""),
        (r"This form uses or_other and translations", "form-or-other", "survey", "type"),
        (r"Repeat has no label", "form-repeat-no-label", "survey", "label"),
        (r"Row without name, text, or label", "form-row-skipped", "survey", ""),
        (r"The 'disabled' column", "form-disabled", "survey", "disabled"),
        (r"The form_id and id_string column headers are both", "form-two-ids", "settings", ""),
        (r"select one external is only meant", "form-external-filter", "survey", "choice_filter"),
    )
]  # fmt: skip
_PLAIN = {
    "type",
    "name",
    "list_name",
    "calculation",
    "relevant",
    "required",
    "constraint",
    "appearance",
    "choice_filter",
}
_OF_LANGUAGES = {"label", "media", "image", "audio", "video", "hint", "caption"}
_LOOP = re.compile(r"^begin[ _]loop(?: over)? (\S+)")
_BECOME_ATTRIBUTES = {"bind", "body", "control", "instance", "attribute"}
_XML_NAME = re.compile(r"^((jr|odk|orx|xsd|entities|ev):)?[^\W\d][\w.-]*$")
_CHOOSING = {"form-no-choices": re.compile(r"(?!.*(file|external))(add )?(select|rank)"), "form-no-external": re.compile(r"select_one_external")}  # fmt: skip
_SPELLING = re.compile(r"When looking for a sheet named '(?P<value>.*?)', .* found: (?P<sheets>.*?)\.( |$)", re.DOTALL)
_GAPS = re.compile(r"Language '(?P<language>.*?)' is missing the (?P<sheet>survey|choices) (columns )?(?P<value>[^\n]*?)( column)?\.(\n|$)")  # fmt: skip


@contextmanager
def translated(book: Book) -> Iterator[None]:
    """Whatever the converter raises inside comes out as Refused."""
    try:
        yield
    except Refused:
        raise
    except PyXFormError as error:
        raise _refusal(error, book) from None
    except RecursionError:
        raise Refused("form-broken", says="RecursionError") from None
    except (MemoryError, OSError):
        raise
    except Exception as error:  # an unusual form can take the converter by surprise in any way
        raise unexplained(f"{type(error).__name__}: {error}", book) from None


def unexplained(says: str, book: Book) -> Refused:
    """A failure without a reason; headings and names that become XML are the usual cause."""
    for sheet in ("survey", "choices", "settings"):
        for heading in book.headings.get(sheet, []):
            if not _can_be_heading(sheet, heading):
                return Refused("form-bad-heading", sheet=sheet, row=book.line(sheet, 1), value=heading)
    looped = [
        found.group(1) for found in map(_LOOP.match, (str(cells.get("type", "")) for _row, cells in book.rows)) if found
    ]
    for number, cells in enumerate(book.sheets.get("choices", []) if looped else [], start=2):
        name = next((text for heading, text in cells.items() if heading.lower() == "name"), "")
        place = {"sheet": "choices", "row": book.line("choices", number), "value": name}
        if not set(looped) & set(cells.values()):
            continue
        if not _XML_NAME.match(name):  # each choice of a loop becomes a group of that name
            return Refused("form-bad-name", **place, column="name")
        if not any(heading.lower().startswith("label") for heading in cells):
            return Refused("form-no-label", **place, column="label")
    row = book.row_where(lambda cells: ":" in str(cells.get("name", "")))
    if row:
        name = next(str(cells["name"]) for number, cells in book.rows if number == row)
        return Refused("form-bad-name", sheet="survey", row=book.line("survey", row), column="name", value=name)
    return Refused("form-broken", says=_quoted(says))


def _can_be_heading(sheet: str, heading: str) -> bool:
    first, *more = (part.strip() for part in heading.split("::"))
    if first.lower().replace(" ", "_") in _PLAIN:
        return not more
    if sheet == "settings":
        return not more
    if sheet == "choices" and not more and re.split(":", first.lower())[0] not in _OF_LANGUAGES:
        return bool(_XML_NAME.match(heading)) or " " in heading  # the converter leaves the latter out
    return first.lower() not in _BECOME_ATTRIBUTES or bool(more and all(map(_XML_NAME.match, more)))


def _refusal(error: PyXFormError, book: Book) -> Refused:
    code, values = understood(str(error), book)
    if code == "form-bad-name" and not values["sheet"]:
        return unexplained(str(error), book)
    if code == "form-include" and len(error.args) > 1:
        values["value"] = str(error.args[1])
        values["row"] = book.row_where(lambda cells: cells.get("type") == "include" and cells.get("name") == values["value"])  # fmt: skip
    if code == "form-unknown-type":
        values["row"] = book.row_where(lambda cells: cells.get("type") == values["value"])
    if code in _CHOOSING:
        values["row"] = book.row_where(lambda cells: bool(_CHOOSING[code].match(str(cells.get("type", "")))))
    return Refused(code, **_placed(code, values, book))


def remarks(said: list[str], book: Book) -> list[dict[str, Any]]:
    """The converter's warnings as {code, sheet, row, values}."""
    found = []
    for sentence in said:
        gaps = list(_GAPS.finditer(sentence))
        if gaps:
            found += [("form-language-gaps", {**gap.groupdict()}) for gap in gaps]
            continue
        code, values = understood(sentence, book)
        # a warning has words of its own where the same finding is no reason to refuse the form
        found.append((code if code != "form-other" else "form-says", values))
    placed = [(code, _placed(code, values, book)) for code, values in found]
    return [{"code": code, "sheet": values.get("sheet", ""), "row": values.get("row", 0), "values": values} for code, values in placed]  # fmt: skip


def understood(sentence: str, book: Book) -> tuple[str, dict[str, Any]]:
    """Our code for a sentence of the converter, and its values; rows are as the converter counts them."""
    for name, pattern in _SENTENCES.items():
        # several rows may be at fault in one sentence each; the first is told, with their number
        found = pattern.match(sentence)
        if found and (found.end() == len(sentence) or sentence[found.end()] == "\n"):
            return _of_template(name, found.groupdict(), sentence)
    values: dict[str, Any] = {}
    row = _ROW.match(sentence)
    if row:
        values["row"] = int(row.group(1))
    rest = sentence[row.end() :] if row else sentence
    spelling = _SPELLING.search(rest)
    for pattern, code, sheet, column in _OTHERS:
        found = pattern.match(rest.strip())
        if found:
            values |= {"sheet": sheet, "column": column, "says": _quoted(rest)} | found.groupdict()
            if code == "form-no-list":
                values["list_sheet"] = constants.EXTERNAL_CHOICES if "external" in rest else constants.CHOICES
            return code, values
    if spelling:
        return "form-sheet-name", {"value": spelling.group("value"), "sheets": spelling.group("sheets")}
    return "form-other", values | {"sheet": "survey" if row else "", "says": _quoted(rest)}


def _of_template(name: str, given: dict[str, str], sentence: str) -> tuple[str, dict[str, Any]]:
    if name in _TEMPLATES:
        code, sheet, column = _TEMPLATES[name]
    elif name.startswith("ENTITY"):
        code, sheet, column = (
            "form-entity",
            *(("entities", "") if "'entities' sheet, the entity" in sentence else ("survey", "save_to")),
        )
    elif name.startswith(("RANGE", "SURVEY")):
        code, sheet, column = "form-parameters", "survey", "parameters"
    else:
        code, sheet, column = "form-other", "", ""
    values: dict[str, Any] = {
        "sheet": given.get("sheet") or given.get("sheet_name") or sheet,
        "column": given.get("column") or column,
    }
    if (given.get("row") or "").isdigit():
        values["row"] = int(given["row"])
    if name in ("HEADER_001", "HEADER_002", "HEADER_004"):
        values |= {
            "value": given.get("header") or given.get("column") or "",
            "other": given.get("other", ""),
            "column": "",
            "row": 1,
        }
    if name == "HEADER_005":
        values["row"] = 1
    if name == "HEADER_003":
        values |= {"missing": given["missing"].replace("'", ""), "row": 1}
    if name in ("SURVEY_001", "SURVEY_002"):
        values |= {"kind": given["type"], "value": given["type"] if name == "SURVEY_001" else given["name"]}
    if name == "NAMES_013":
        values |= {"value": given["sheet"], "sheets": given["candidates"], "sheet": ""}
    if name == "NAMES_007":
        values["count"] = sentence.count("[row : ") + 1
    if name.startswith("PYREF"):
        values["value"] = given.get("q", "")
    values.setdefault("value", given.get("value") or given.get("name") or "")
    values["says"] = _quoted(_ROW.sub("", sentence))
    return code, values


def _placed(code: str, values: dict[str, Any], book: Book) -> dict[str, Any]:
    """The values with what the sentence did not say but the sheets do, and the row as its author counts it."""
    values = {name: value for name, value in values.items() if value is not None}
    value = str(values.get("value", ""))
    if not values.get("row") and values.get("sheet") == "survey":
        named = str(values.get("question") or values.get("trigger") or value)
        values["row"] = book.row_named(named) if named else 0
    if code in ("form-reference-unknown", "form-reference-twice") and not values.get("row"):
        values["sheet"], values["row"], values["column"] = book.cell_with("${" + value + "}")
    if code == "form-choice-space" and not values.get("row"):
        values["row"] = _choice_row(book, str(values["list"]), value)
    sheet, row = str(values.get("sheet", "")), int(values.get("row") or 0)
    if code in ("form-bad-name", "form-same-choice") and row:
        cells = book.sheets.get(sheet, [])[row - 2 : row - 1] if row > 1 else book.sheets.get(sheet, [])[:1]
        by_name = {heading.lower().replace(" ", "_"): text for each in cells for heading, text in each.items()}
        values["value"] = by_name.get(str(values["column"]), value)
        values["list"] = by_name.get("list_name", "")
        if sheet == "settings":
            row = 2
    values |= {"row": book.line(sheet, row), "sheet": sheet}
    return values


def _choice_row(book: Book, list_name: str, value: str) -> int:
    for number, cells in enumerate(book.sheets.get("choices", []), start=2):
        if value in cells.values() and list_name in cells.values():
            return number
    return 0


def _quoted(sentence: str) -> str:
    sentence = re.sub(r"\s*Learn more: \S+", "", " ".join(sentence.split()))
    return sentence if len(sentence) <= LONGEST_QUOTE else sentence[: LONGEST_QUOTE - 1] + "…"
