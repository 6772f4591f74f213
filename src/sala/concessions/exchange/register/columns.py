"""The columns of the register as a table: what each is called, what it means, in what unit, and who reads it.

This list is the data dictionary that goes out with every table, and the order of the columns. No database here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from sala.concessions.models import Accuracy, AreaPurpose, ConcessionKind, ConcessionState, FieldClass, SituationCode
from sala.core import money
from sala.core.language import languages

TEXT, CODE, CODES, NUMBER, DAY, YES = "text", "code", "codes", "number", "day", "yes"
TYPES = {
    TEXT: _("text"), CODE: _("code"), CODES: _("codes, with ; between"),
    NUMBER: _("number"), DAY: _("day, as year-month-day"), YES: _("true or false"),
}  # fmt: skip
HA = _("hectares")


@dataclass(frozen=True)
class Column:
    """code: heading for programs; field_class: None where everybody who finds the row reads it; codes: which list."""

    code: str
    label: Any
    meaning: Any
    kind: str = TEXT
    field_class: str | None = None
    unit: Any = ""
    codes: str = ""


def late_in(currency: str) -> str:
    """Code of the column of what is late in a currency."""
    return f"late_{currency.lower()}"


def columns() -> list[Column]:
    """The columns in order; names of each language of the country have one each."""
    c = FieldClass
    names = [
        Column(f"name_{code}", _("Name (%(language)s)") % {"language": code}, _("The name in this language, else in another one"))
        for code in languages()
    ]  # fmt: skip
    return [
        Column("reference", _("Reference"), _("Lasting number of the entry")),
        Column("link", _("Page of the entry"), _("Address of the entry here")),
        *names,
        Column("kind", _("Kind"), _("Lease or concession"), CODE, codes="kind"),
        Column("sector", _("Sector"), _("Sector of the project"), CODE, codes="sector"),
        Column("commodities", _("Commodities"), _("What is grown, dug or made there now"), CODES, codes="commodity"),
        Column("state", _("State"), _("Where the procedure stands"), CODE, codes="state"),
        Column("place", _("Place"), _("Code of the smallest area that holds all of it"), CODE, c.PLACE),
        Column("place_name", _("Name of the place"), _("Its name, with that of the area around it"), TEXT, c.PLACE),
        Column("kept_by", _("Kept by"), _("Code of the office that keeps the entry"), CODE, c.PLACE),
        Column("longitude", _("Longitude"), _("Of the point that stands for the granted area, else for another one (WGS 84)"), NUMBER, c.PLACE, _("degrees")),
        Column("latitude", _("Latitude"), _("Of the same point (WGS 84)"), NUMBER, c.PLACE, _("degrees")),
        Column("granted_ha", _("Granted ha"), _("By the grants that no other one replaces, as the agreements say, added up over the holders"), NUMBER, c.HECTARES, HA),
        Column("developed_ha", _("Developed ha"), _("Current area that is developed: as stated, else as drawn"), NUMBER, c.HECTARES, HA),
        Column("requested_ha", _("Requested ha"), _("Current area that was requested: as stated, else as drawn"), NUMBER, c.HECTARES, HA),
        Column("surveyed_ha", _("Surveyed ha"), _("Current area that was surveyed: as stated, else as drawn"), NUMBER, c.HECTARES, HA),
        Column("drawn_ha", _("Granted ha as drawn"), _("Geodesic size of the shape of the granted area"), NUMBER, c.HECTARES, HA),
        Column("accuracy", _("How the shape was found"), _("Of the granted area, else of another one"), CODE, c.HECTARES, codes="accuracy"),
        Column("applicant", _("Who asked for it"), _("Number of the party that asked for it"), CODE, c.HOLDER),
        Column("holders", _("Holders"), _("Numbers of the parties that hold it by the newest grants"), CODES, c.HOLDER),
        Column("holder_names", _("Names of the holders"), _("Their names, in the same order"), TEXT, c.HOLDER),
        Column("holder_countries", _("Countries of the holders"), _("Two letters each (ISO 3166-1), in the same order"), CODES, c.HOLDER),
        Column("requested_on", _("Requested on"), _("Day of the request"), DAY, c.TERMS),
        Column("decided_on", _("Approved on"), _("First day on which one of these grants was approved"), DAY, c.TERMS),
        Column("starts_on", _("From"), _("First day of these grants"), DAY, c.TERMS),
        Column("ends_on", _("Until"), _("Last day of these grants"), DAY, c.TERMS),
        Column("term_months", _("Term in months"), _("Longest term of these grants"), NUMBER, c.TERMS, _("months")),
        Column("level", _("Level that granted it"), _("Code of a level of places"), CODE, c.TERMS, codes="level"),
        Column("papers", _("Papers"), _("Roles in which a document is there"), CODES, c.PAPERS, codes="concession-paper"),
        Column("villages", _("Villages"), _("Codes of the villages that lose land"), CODES, c.VILLAGES),
        Column("jobs_planned", _("Planned jobs"), _("By the newest statement"), NUMBER, c.JOBS, _("persons")),
        Column("jobs_present", _("Present jobs"), _("By the newest count"), NUMBER, c.JOBS, _("persons")),
        *(
            Column(late_in(code), _("Late in %(currency)s") % {"currency": code}, _("What is past its due date today"), NUMBER, c.MONEY, code)
            for code in money.known()
        ),
        Column("situation", _("Situation"), _("What it is reckoned to be today"), CODE, c.JUDGEMENT, codes="situation"),
        Column("findings_open", _("Open findings"), _("Number of findings that nobody has decided about"), NUMBER, c.JUDGEMENT),
        Column("grade", _("Grade"), _("As it was validated last; none: not gradable"), TEXT, c.JUDGEMENT),
        Column("confirmed", _("Confirmed fields"), _("Classes of fields that an office stands for"), CODES, c.JUDGEMENT, codes="class"),
        Column("outside_source", _("Outside register"), _("Register of others that it was read from"), TEXT, c.PAPERS),
        Column("outside_id", _("Number there"), _("Its number in that register"), TEXT, c.PAPERS),
        Column("version", _("Version of the entry"), _("Raised by every change"), NUMBER),
        Column("changed_on", _("Last change"), _("Day of the last change"), DAY),
        Column("closed", _("Closed to you"), _("Classes of fields that the one who took this table does not read; their columns are empty in this row"), CODES, codes="class"),
        Column("is_invented", _("Invented"), _("Invented for demonstration"), YES),
    ]  # fmt: skip


def listed(terms: Sequence[Any], levels: Sequence[Any]) -> list[tuple[str, str, str]]:
    """(list, code, what it stands for in the reader's language) of every code that the columns use.

    terms  of the vocabularies that the columns name        levels  of places
    """
    chosen: Mapping[str, Any] = {
        "kind": ConcessionKind, "state": ConcessionState, "accuracy": Accuracy, "purpose": AreaPurpose,
        "situation": SituationCode, "class": FieldClass,
    }  # fmt: skip
    rows = [(name, code, str(label)) for name, choices in chosen.items() for code, label in choices.choices]
    rows += [(term.scheme, term.code, str(term.name)) for term in terms]
    return rows + [("level", level.code, str(level.name)) for level in levels]


DICTIONARY_HEADING = (
    _("Column"), _("What it is called"), _("What it means"), _("Type"),
    _("Unit"), _("List of codes"), _("Class of fields"),
)  # fmt: skip
CODES_HEADING = (_("List of codes"), _("Code"), _("What it stands for"))


def dictionary() -> list[tuple[str, ...]]:
    """One line for each column, in the order of DICTIONARY_HEADING."""
    return [
        (
            each.code, str(each.label), str(each.meaning), str(TYPES[each.kind]), str(each.unit), each.codes,
            str(FieldClass(each.field_class).label) if each.field_class else "",
        )
        for each in columns()
    ]  # fmt: skip
