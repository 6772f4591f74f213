"""XLSForms: a form written as a spreadsheet, turned into the XForm that phones and browsers open, and described for us.

pyxform converts; what it finds is told in words of our own, with sheet, row and column. ODK Validate, which comes with
it, tries the result out where Java is present. Everything here runs in the child (sala.core.files.child).
"""

import time
from pathlib import Path
from typing import Any

from pyxform.builder import create_survey_element_from_dict
from pyxform.utils import external_choices_to_csv, has_external_choices
from pyxform.xls2json import workbook_to_json

from sala.core.files.refusals import Refused
from sala.core.files.xlsform import findings, formulas, odk_validate, several, sheets
from sala.core.files.xlsform.described import choices_of, fields_of, settings_of
from sala.core.files.xlsform.written import Written, written

DEFAULT_ROOT = "data"  # name of the outermost element of an answer, where the form does not choose one
ANSWERABLE_SECONDS = 60  # of conversion and ODK Validate together
LEAST_SECONDS = 10  # of ODK Validate after a long conversion
MOST_WARNINGS = 200

__all__ = ["convert"]


def convert(path: str, folder: str, *, name: str, root: str = DEFAULT_ROOT, validate: bool = True) -> dict[str, Any]:
    """Write folder/form.xml (and folder/itemsets.csv where the form has external choices) and say what the form asks.

    name      what the sender called the file; its stem is the form_id of a form that gives none
    root      name of the outermost element of an answer, where the sheet settings gives none (column name)
    validate  try the result out with ODK Validate, where Java is present

    Returns
      form_id, version ("" if none), title, default_language ("" if none is chosen), instance_name (formula or "")
      languages   as the form names them, such as "English (en)", in order of appearance; [] where labels name none
      xform       path of the XForm; itemsets  path of the CSV file or ""
      fields      in the order of the form: path ("/data/group/age"), name, type (described.TYPES), labels and hint
                  (language, or "" for a column without one → text), list, required, required_if (formula), repeat
                  (path of the innermost repeat around it, or ""), group (path of what directly encloses it, or ""),
                  appearance, constraint, constraint_message, relevant, calculation, default, read_only, choice_filter,
                  parameters, save_to, sheet_row (0 where the converter added the field)
      choices     list → [{value, labels, and the other columns of its row}]
      media       names of the files the form needs beside it; entities  [{list, path, create, update, label}]
      settings    column → text of the sheet settings
      warnings    [{code, sheet, row, values}]; words_of(code, values) is the sentence. At most 200, then form-more
      checked     "valid" or "invalid" (warnings with code odk-invalid say where), "absent", "slow", "failed" or "no"

    A form that is checked "invalid" was converted, but a device would not open it. Raises Refused; what else is wrong with
    the workbook stands in its value `more` ([{code, values}]).
    """
    started = time.monotonic()
    book = sheets.read(path, name)
    said: list[str] = []
    try:
        return _converted(book, folder, root, validate, started, said)
    except Refused as first:
        if more := several.further(book, first, lambda mended: _tried(mended, root)):
            first.values["more"] = more
        raise


def _tried(book: sheets.Book, root: str) -> None:
    """As much of the conversion as finds what is wrong. Raises Refused."""
    with findings.translated(book):
        tree = workbook_to_json(book.definition(), root, book.stem, warnings=[])
        formulas.refuse_circles(book)
        create_survey_element_from_dict(tree).to_xml(validate=False, pretty_print=False, warnings=[])


def _converted(
    book: sheets.Book, folder: str, root: str, validate: bool, started: float, said: list[str]
) -> dict[str, Any]:
    with findings.translated(book):
        tree = workbook_to_json(book.definition(), root, book.stem, warnings=said)
        formulas.refuse_circles(book)
        itemsets = external_choices_to_csv(book.definition()) if has_external_choices(tree) else None
        choices = choices_of(tree)  # read before the converter uses the tree up
        settings = settings_of(tree)
        survey = create_survey_element_from_dict(tree)
        del tree
        xml = survey.to_xml(validate=False, pretty_print=False, warnings=said)
        fields = fields_of(survey, book)
    target = Path(folder) / "form.xml"
    target.write_text(xml, encoding="utf-8")
    external = Path(folder) / "itemsets.csv"
    if itemsets is not None:
        external.write_text(itemsets, encoding="utf-8", newline="")
    seen = written(target, book)
    for field in fields:
        field["save_to"] = seen.save_to.get(field["path"], "")
    warnings = [*_own_remarks(book, seen), *findings.remarks(said, book)]
    checked = "no"
    if validate:
        left = max(LEAST_SECONDS, int(ANSWERABLE_SECONDS - (time.monotonic() - started)))
        checked, more = odk_validate.check(target, fields, book, left)
        warnings += more
    return {
        "form_id": seen.form_id, "version": seen.version, "title": seen.title, "languages": seen.languages,
        "default_language": seen.default_language, "instance_name": settings.get("instance_name", ""),
        "xform": str(target), "itemsets": str(external) if itemsets is not None else "",
        "fields": fields, "choices": choices, "media": seen.media + (["itemsets.csv"] if itemsets is not None else []),
        "entities": seen.entities, "settings": settings, "warnings": _few(warnings), "checked": checked,
    }  # fmt: skip


def _own_remarks(book: sheets.Book, seen: Written) -> list[dict[str, Any]]:
    """What the converter passes over but an official should know."""
    found: list[tuple[str, dict[str, Any]]] = []
    if seen.form_id == book.stem and not any(seen.form_id in each.values() for each in book.sheets.get("settings", [])):
        found.append(("form-id-from-name", {"value": seen.form_id}))
    if not seen.version:
        found.append(("form-no-version", {}))
    if seen.submission_url:
        found.append(("form-goes-elsewhere", {"value": seen.submission_url[:200]}))
    if seen.is_encrypted:
        found.append(("form-encrypted", {}))
    return [{"code": code, "sheet": "settings", "row": 0, "values": values} for code, values in found] + book.errors


def _few(warnings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if len(warnings) <= MOST_WARNINGS:
        return warnings
    # what ODK Validate found is at the end and must not fall away
    kept = sorted(warnings, key=lambda each: not each["code"].startswith("odk-"))[:MOST_WARNINGS]
    more = {"code": "form-more", "sheet": "", "row": 0, "values": {"count": len(warnings) - MOST_WARNINGS}}
    return [each for each in warnings if any(each is one for one in kept)] + [more]
