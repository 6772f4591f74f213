"""Workbooks for the author of a form: one to begin from, and one with questions copied from other forms."""

import io
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill

from sala.collection.queries.bank import Asked
from sala.core import clock
from sala.core.language import Translated
from sala.places.models import Level

Words = Any  # a lazy text, or a text in several languages


def beginning() -> bytes:
    """The workbook, ready to be sent as a form and to be changed: questions of each usual kind, with the place first."""
    book = Workbook()
    survey: Any = book.active
    survey.title = "survey"
    languages = [f"{name} ({code})" for code, name in settings.LANGUAGES]
    heads = ["type", "name", *(f"label::{name}" for name in languages), *(f"hint::{name}" for name in languages)]
    _fill(survey, [*heads, "required", "relevant", "constraint", "choice_filter", "parameters"], _questions())
    choices: Any = book.create_sheet("choices")
    _fill(choices, ["list_name", "name", *(f"label::{name}" for name in languages)], [
        ["yes_no", "yes", *_said(_("Yes"))], ["yes_no", "no", *_said(_("No"))],
    ])  # fmt: skip
    told: Any = book.create_sheet("settings")
    title = _said(_("My form"))[0]
    _fill(told, ["form_title", "form_id", "version", "default_language"], [
        [title, "my_form", f"{clock.today():%Y%m%d}01", languages[0]],
    ])  # fmt: skip
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _questions() -> list[list[str]]:
    found: list[list[str]] = []
    none = [""] * len(settings.LANGUAGES)

    def add(kind: str, name: str, label: Words, hint: Words = "", **more: str) -> None:
        columns = ("required", "relevant", "constraint", "choice_filter", "parameters")
        found.append([kind, name, *_said(label), *(_said(hint) if hint else none), *(more.get(each, "") for each in columns)])  # fmt: skip

    narrower = ""
    for level in list(Level.objects.order_by("rank"))[1:]:
        add(f"select_one_from_file {level.code}.csv", level.code, Translated(level.name), required="yes", choice_filter=narrower)  # fmt: skip
        narrower = f"{level.code}=${{{level.code}}}"
    add("integer", "people", _("How many people live here?"), _("Everyone who slept here last night."), required="yes", constraint=". >= 0")  # fmt: skip
    add("select_one yes_no", "has_school", _("Is there a school?"), required="yes")
    add("integer", "pupils", _("How many pupils does it have?"), relevant="${has_school} = 'yes'", constraint=". >= 0")
    add("date", "seen_on", _("On which day did you see it?"), required="yes", constraint=". <= today()")
    add("image", "photo", _("Take a photo"), parameters="max-pixels=1024")
    add("geopoint", "where", _("Where is it?"))
    add("text", "remark", _("Is there anything else to say?"))
    return found


def _said(words: Words) -> list[str]:
    """The words in each of the country's languages."""
    if isinstance(words, Translated):
        return [words.text(code).text for code, _name in settings.LANGUAGES]
    texts = []
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            texts.append(str(words))
    return texts


def _fill(sheet: Any, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    sheet.append(list(heads))
    for row in rows:
        sheet.append(list(row))
        for cell in sheet[sheet.max_row]:
            if cell.data_type == "f":  # words that begin with = are words
                cell.data_type = "s"
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="DDE6EE")
        sheet.column_dimensions[cell.column_letter].width = 32 if "::" in str(cell.value) else 18
    sheet.freeze_panes = "A2"


def of_questions(chosen: Sequence[Asked]) -> bytes:
    """Rows to copy into a workbook: questions with their words in every language, and the lists they choose from.

    A list that several forms call by one name with other choices gets the form's address before its name. Conditions
    and limits are left out, since they name questions that may not be there.
    """
    book = Workbook()
    survey: Any = book.active
    survey.title = "survey"
    languages = [f"{name} ({code})" for code, name in settings.LANGUAGES]
    heads = ["type", "name", *(f"label::{name}" for name in languages), *(f"hint::{name}" for name in languages)]
    lists: dict[str, tuple[tuple[str, Translated], ...]] = {}
    rows = []
    for one in chosen:
        field, kind = one.question.field, one.question.field["type"]
        if one.question.choices:
            name = field["list"]
            if lists.setdefault(name, one.question.choices) != one.question.choices:
                name = f"{one.form.slug}_{name}".replace("-", "_")
                lists[name] = one.question.choices
            kind = f"{kind} {name}"
        elif field["list"]:
            kind = f"{kind}_from_file {field['list']}"
        words = [*_in_each(one.question.label), *_in_each(one.question.hint)]
        rows.append(
            [kind, field["name"], *words, "yes" if field["required"] else "", str(one.form.owner), str(one.form)]
        )
    _fill(survey, [*heads, "required", "asked_by", "in_form"], rows)
    choices: Any = book.create_sheet("choices")
    _fill(choices, ["list_name", "name", *(f"label::{name}" for name in languages)], [
        [name, value, *_in_each(label)] for name, listed in lists.items() for value, label in listed
    ])  # fmt: skip
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _in_each(texts: Translated) -> list[str]:
    return [texts.get(code, "") for code, _name in settings.LANGUAGES]
