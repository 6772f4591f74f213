"""What a form asks: its questions, lists and settings, as plain values."""

from typing import Any

from pyxform import aliases, constants
from pyxform.external_instance import ExternalInstance
from pyxform.parsing.parameters import parse
from pyxform.question import Option, Question, Tag
from pyxform.question_type_dictionary import QUESTION_TYPE_DICT
from pyxform.section import RepeatingSection, Section
from pyxform.survey import Survey

from sala.core.files.xlsform.sheets import Book

# the names XLSForm itself gives its types today; older and longer ones are told by these
TYPES = (
    "text", "integer", "decimal", "range", "select_one", "select_multiple", "rank", "note", "geopoint", "geotrace",
    "geoshape", "date", "time", "dateTime", "image", "audio", "background-audio", "video", "file", "barcode",
    "calculate", "acknowledge", "hidden", "start", "end", "today", "deviceid", "phonenumber", "username", "email",
    "simserial", "subscriberid", "audit", "start-geopoint", "background-geopoint", "osm", "group", "repeat",
)  # fmt: skip
_NAMES = {
    constants.SELECT_ONE: "select_one", constants.SELECT_ALL_THAT_APPLY: "select_multiple", "photo": "image",
    constants.SELECT_ONE_EXTERNAL: "select_one", "loop": "group", "survey": "group", "datetime": "dateTime",
    "trigger": "acknowledge", "phone number": "text", "osm": "osm", "imei": "deviceid",
}  # fmt: skip
_BY_CONTROL = {"select1": "select_one", "select": "select_multiple", "trigger": "acknowledge", "odk:rank": "rank"}
_BY_BIND = {"int": "integer", "string": "text"}
UNTITLED = constants.DEFAULT_LANGUAGE_VALUE  # the converter's name of the language of columns that name none


def type_of(given: str) -> str:
    """One of TYPES for what the converter calls the type."""
    if given in TYPES:
        return given
    if given in _NAMES:
        return _NAMES[given]
    defined = QUESTION_TYPE_DICT.get(given, {})
    bind, tag = defined.get("bind", {}), defined.get("control", {}).get("tag", "")
    if "jr:preload" in bind:
        return str(bind["jr:preloadParams"]).removeprefix("uri:") if bind["jr:preload"] != "date" else "today"
    if tag in _BY_CONTROL:
        return _BY_CONTROL[tag]
    if tag == "upload":
        return next(
            (name for name in ("audio", "video", "image") if name in given or (name == "image" and "picture" in given)),
            "file",
        )
    if "note" in given:
        return "note"
    if not tag:
        return "calculate"
    return _BY_BIND.get(bind.get("type", ""), bind.get("type", "text"))


def fields_of(survey: Survey, book: Book) -> list[dict[str, Any]]:
    """The fields of a form in its order, without what the form says about itself (meta), but with its audit."""
    found: list[dict[str, Any]] = []

    def walk(section: Section, names: tuple[str, ...], repeat: str) -> None:
        for element in section.children:
            if isinstance(element, ExternalInstance | Option | Tag) or not isinstance(element, Question | Section):
                continue
            path, here = element.get_xpath(), (*names, element.name)
            if isinstance(element, Section):
                if here[0] != "meta" and not element.flat:  # a flat group has no element of its own in an answer
                    found.append(_field(element, path, section, repeat, book, here))
                walk(element, here, path if isinstance(element, RepeatingSection) else repeat)
            elif names[:1] != ("meta",):
                found.append(_field(element, path, section, repeat, book, here))
            elif element.type == "audit":
                found.append(_field(element, path, section, repeat, book, here) | {"sheet_row": _line_of_audit(book)})

    walk(survey, (), "")
    return found


def _field(element: Any, path: str, around: Section, repeat: str, book: Book, names: tuple[str, ...]) -> dict[str, Any]:  # fmt: skip
    bind, control = element.bind or {}, element.control or {}
    required = str(bind.get("required") or "")
    row = book.places.get(names, 0)
    itemset = (
        getattr(element, "itemset", None) or getattr(element, "list_name", None) or getattr(element, "query", None)
    )
    return {
        "path": path, "name": element.name, "type": type_of(element.type), "labels": texts(element.label),
        "hint": texts(getattr(element, "hint", None)), "list": str(itemset or ""),
        "required": aliases.yes_no.get(required, False), "required_if": "" if required in aliases.yes_no else required,
        "repeat": repeat, "group": around.get_xpath() if around.parent is not None and not around.flat else "",
        "appearance": str(control.get("appearance", "") or ""), "constraint": _formula(bind.get("constraint")),
        "constraint_message": texts(bind.get("jr:constraintMsg")), "relevant": _formula(bind.get("relevant")),
        "calculation": _formula(bind.get("calculate")), "default": str(getattr(element, "default", None) or ""),
        "read_only": aliases.yes_no.get(str(bind.get("readonly", "")), False),
        "choice_filter": str(getattr(element, "choice_filter", None) or ""),
        "parameters": _parameters(getattr(element, "parameters", None), row),
        "sheet_row": book.line("survey", row) if row else 0,
    }  # fmt: skip


def _line_of_audit(book: Book) -> int:
    row = book.row_where(lambda cells: cells.get("type") == "audit")
    return book.line("survey", row) if row else 0


def _parameters(given: Any, row: int) -> dict[str, str]:
    if isinstance(given, str):
        given = parse(given, row)
    return {str(key): str(value) for key, value in (given or {}).items()}


def _formula(value: Any) -> str:
    return str(value) if value is not None else ""


def texts(given: Any) -> dict[str, str]:
    """Language → text; a text without a language has ""."""
    if not given:
        return {}
    if not isinstance(given, dict):
        return {"": str(given)}
    return {"" if language == UNTITLED else str(language): str(text) for language, text in given.items() if isinstance(text, str | int | float)}  # fmt: skip


def choices_of(tree: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """List → its choices in order."""
    return {str(name): [_choice(each) for each in options] for name, options in (tree.get(constants.CHOICES) or {}).items()}  # fmt: skip


def _choice(given: dict[str, Any]) -> dict[str, Any]:
    known = {constants.NAME, constants.LABEL, "__row"}
    others = {str(column): value for column, value in given.items() if column not in known}
    return others | {"value": str(given.get(constants.NAME, "")), "labels": texts(given.get(constants.LABEL))}


def settings_of(tree: dict[str, Any]) -> dict[str, str]:
    """What the sheet settings says, and what the converter takes where it says nothing."""
    return {str(name): str(value) for name, value in tree.items() if isinstance(value, str | bool | int | float)}
