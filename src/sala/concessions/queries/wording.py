"""Changes and known values in words: names of fields, choices, and of the rows that are kept by id."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import models
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from sala.concessions.field_classes import MODELS, ROW
from sala.concessions.models import Change
from sala.concessions.queries.history import Known
from sala.core import numbers
from sala.core.columns import TranslatedField
from sala.core.language import Translated

# what a row of a concession is called
NAMES = {
    "concession": gettext_noop("The entry itself"), "commodity": gettext_noop("Commodity"),
    "place": gettext_noop("Further place"), "grant": gettext_noop("Grant"), "area": gettext_noop("Area"),
    "paper": gettext_noop("Paper"), "village": gettext_noop("Village"), "jobs": gettext_noop("Jobs"),
    "plan": gettext_noop("Plan"), "obligation": gettext_noop("Obligation"),
    "due": gettext_noop("Term of payment"), "declared": gettext_noop("Reported value"),
}  # fmt: skip
# fields that a form never asks for and that have no name on their model
LABELS = {"valid": gettext_noop("holds on the days"), "same_as": gettext_noop("entered twice, as")}


@dataclass(frozen=True)
class Said:
    """One field in words. new is empty where only one value is told."""

    name: str
    old: str
    new: str = ""
    differs: bool = False


@dataclass
class Told:
    """A change or a known row in words: what it is about, and its fields. `was`: "entered", "taken out" or empty."""

    about: str
    said: list[Said] = field(default_factory=list)
    change: Change | None = None
    was: str = ""


class Names:
    """Names of the rows that changes refer to by id, read with one statement for each kind of row."""

    def __init__(self, wanted: Iterable[tuple[str, str, Any]]):
        """wanted: (kind of the row, field, value)."""
        ids: dict[type[models.Model], set[Any]] = {}
        for kind, name, value in wanted:
            target = self._target(kind, name)
            if target is not None and isinstance(value, int):
                ids.setdefault(target, set()).add(value)
        self.found = {model: model._default_manager.in_bulk(pks) for model, pks in ids.items()}

    @staticmethod
    def _target(kind: str, name: str) -> type[models.Model] | None:
        return MODELS[kind]._meta.get_field(name).related_model

    def label(self, kind: str, name: str) -> str:
        if name in LABELS:
            return _(LABELS[name])
        return str(getattr(MODELS[kind]._meta.get_field(name), "verbose_name", name))

    def value(self, kind: str, name: str, value: Any) -> str:
        """A value as the reader's language writes it."""
        column: Any = MODELS[kind]._meta.get_field(name)
        if value in (None, "", {}, []):
            return "–"
        target = self._target(kind, name)
        if target is not None:
            return self._named(self.found.get(target, {}).get(value), value)
        if isinstance(column, TranslatedField):
            return str(Translated(value))
        if isinstance(column, models.BooleanField):
            return _("yes") if value else _("no")
        if column.choices:
            return str(dict(column.flatchoices).get(value, value))
        if isinstance(value, list):
            first, end = (date.fromisoformat(part) if part else None for part in value)
            days = (first, end - timedelta(days=1) if end else None)
            return " – ".join(_day(part.isoformat()) if part else "…" for part in days)
        if isinstance(column, models.DateField):
            return _day(value)
        return _number(value) if isinstance(column, (models.DecimalField, models.IntegerField)) else str(value)

    @staticmethod
    def _named(row: Any, value: Any) -> str:
        name = getattr(row, "name", None) or getattr(row, "title", None) or row
        return str(name) if name is not None else str(value)


def _day(text: str) -> str:
    return formats.date_format(date.fromisoformat(text), "SHORT_DATE_FORMAT")


def _number(value: Any) -> str:
    try:
        return numbers.display(Decimal(str(value)))
    except InvalidOperation:
        return str(value)


def _sides(change: Change) -> list[tuple[str, Any, Any]]:
    """(field, old, new) of a change; a whole row field by field."""
    if change.field != ROW:
        return [(change.field, change.old, change.new)]
    return [(name, change.old, value) for name, value in (change.new or change.old or {}).items()]


def tell_changes(changes: Iterable[Change]) -> list[Told]:
    """Changes in words, in the order given."""
    rows = list(changes)
    kinds = [change.subject.partition(":")[0] for change in rows]
    names = Names(
        (kind, name, value)
        for kind, change in zip(kinds, rows, strict=True)
        for name, old, new in _sides(change)
        for value in (old, new)
    )
    told = []
    for kind, change in zip(kinds, rows, strict=True):
        whole = change.field == ROW
        said = [
            Said(names.label(kind, name), "" if whole else names.value(kind, name, old), names.value(kind, name, new))
            for name, old, new in _sides(change)
        ]
        was = "" if not whole else ("entered" if change.new is not None else "taken out")
        told.append(Told(_(NAMES[kind]), said, change, was))
    return told


def tell_known(known: Iterable[Known]) -> list[Told]:
    """What was known on a day in words; a field that is another one today is marked."""
    rows = list(known)
    names = Names((row.kind, name, value) for row in rows for name, value in row.values.items())
    return [
        Told(
            _(NAMES[row.kind]),
            [
                Said(names.label(row.kind, name), names.value(row.kind, name, value), differs=name in row.differs)
                for name, value in row.values.items()
                if value not in (None, "", {}, [])
            ],
        )
        for row in rows
    ]
