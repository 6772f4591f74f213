"""Forms around figures asked: the table as the issuer lays it down, filling it in, returning single figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.catalogue.models import FigureTable
from sala.catalogue.operations.asking import LONGEST_NOTE, LONGEST_REASON, Column, Fill, Row, fault_of
from sala.catalogue.queries.asked import GivenCell
from sala.core.fields import NumberField, TranslatedFormField
from sala.core.numbers import display

SPARE_ROWS, SPARE_COLUMNS = 3, 2  # empty lines offered below those that are there
MOST_ROWS, MOST_COLUMNS = 300, 30


# ---- laying the table down ---------------------------------------------------------------------------------------


class CodesField(forms.CharField):
    """Codes with commas or + between."""

    def to_python(self, value: Any) -> Any:
        return [code for code in (super().to_python(value) or "").replace("+", ",").replace(" ", "").split(",") if code]

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value


def _code(most: int) -> forms.SlugField:
    return forms.SlugField(
        label=_("Code (latin letters)"), max_length=most, required=False,
        help_text=_("The same figure has the same code in every call. Empty: the line is left out."),
    )  # fmt: skip


class RowForm(forms.Form):
    code = _code(60)
    label = TranslatedFormField(label=_("Figure"), required=False)
    unit = forms.CharField(label=_("Unit"), max_length=30, required=False)
    meaning = TranslatedFormField(label=_("What counts, what does not"), required=False)
    minimum = NumberField(label=_("Not below"), required=False)
    maximum = NumberField(label=_("Not above"), required=False)
    decimals = forms.IntegerField(label=_("Decimals"), min_value=0, max_value=6, required=False)
    sums = CodesField(
        label=_("Is the sum of"), required=False, help_text=_("Codes of other figures, with commas between.")
    )

    def row(self) -> Row | None:
        data = self.cleaned_data
        if not data.get("code"):
            return None
        return Row(**{**data, "decimals": data.get("decimals") or 0})


class ColumnForm(forms.Form):
    code = _code(40)
    label = TranslatedFormField(label=_("Breakdown"), required=False)
    sums = CodesField(
        label=_("Is the sum of"), required=False, help_text=_("Codes of other breakdowns, with commas between.")
    )

    def column(self) -> Column | None:
        data = self.cleaned_data
        return Column(**data) if data.get("code") else None


class TableForm(forms.Form):
    unlike_percent = forms.IntegerField(
        label=_("Ask for an explanation when a figure differs from last time by more than (percent)"), min_value=0,
        max_value=100_000, required=False, help_text=_("Empty: never."),
    )  # fmt: skip


RowForms = forms.formset_factory(RowForm, extra=SPARE_ROWS, max_num=MOST_ROWS)
ColumnForms = forms.formset_factory(ColumnForm, extra=SPARE_COLUMNS, max_num=MOST_COLUMNS)


def table_forms(data: Any, table: FigureTable | None) -> tuple[TableForm, Any, Any]:
    """The three forms of the page, filled with the table as it is."""
    rows = [_initial(row, RowForm) for row in table.rows.all()] if table else []
    columns = [_initial(column, ColumnForm) for column in table.columns.all()] if table else []
    begun = {"unlike_percent": table.unlike_percent} if table else {}
    return (
        TableForm(data, initial=begun),
        RowForms(data, prefix="rows", initial=rows),
        ColumnForms(data, prefix="columns", initial=columns),
    )


def _initial(row: Any, form: type[forms.Form]) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in form.base_fields}
    return {name: as_typed(value) if isinstance(value, Decimal) else value for name, value in values.items()}


# ---- filling it in -----------------------------------------------------------------------------------------------


def as_typed(value: Decimal) -> str:
    """A number as it would be typed in the reader's language: no marks for thousands."""
    mark = display(Decimal("0.5"))[1]
    return f"{value.normalize():f}".replace(".", mark)


class FigureField(NumberField):
    """A number; what was kept and is shown unchanged is not read again, so that it never becomes unclear."""

    def __init__(self, *, kept: Decimal | None, **options: Any):
        self.kept = kept
        shown = "" if kept is None else as_typed(kept)
        super().__init__(required=False, initial=shown, **options)

    def to_python(self, value: Any) -> Any:
        if self.kept is not None and str(value or "").strip() == as_typed(self.kept):
            return self.kept
        return super().to_python(value)


@dataclass
class Box:
    """One cell on the page, with its fields and what was said about it."""

    cell: GivenCell
    fields: dict[str, Any]
    remark: str
    findings: list[Any]

    @property
    def is_wrong(self) -> bool:
        return any(field.errors for field in self.fields.values())

    @property
    def is_open(self) -> bool:
        """The lower part of the box is shown unfolded."""
        given = self.cell.given
        parts = [self.fields[name] for name in ("reason", "next_on", "note") if name in self.fields]
        return bool(self.findings or any(part.errors for part in parts) or (given and (given.reason or given.note)))


class FillForm(forms.Form):
    """Four fields a cell: value, why it is not available, when it is expected, explanation.

    The page remembers what it showed, so that only what was changed on it is kept: two people of an office may fill in
    different cells at the same time.
    """

    def __init__(self, data: Any = None, *, cells: Sequence[GivenCell]):
        super().__init__(data)
        self.cells = [cell for cell in cells if cell.asked.given_in_id is None]
        for cell in self.cells:
            number, given = cell.asked.pk, cell.given
            typed = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "maxlength": 40})
            self.fields[f"value-{number}"] = FigureField(
                label=cell.label, kept=given.value if given else None, widget=typed
            )
            self.fields[f"reason-{number}"] = forms.CharField(
                label=_("Why it is not available"), required=False, max_length=LONGEST_REASON,
                initial=given.reason if given else "",
            )  # fmt: skip
            self.fields[f"next_on-{number}"] = forms.DateField(
                label=_("Expected on"), required=False, initial=given.next_on if given else None,
                widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            )  # fmt: skip
            self.fields[f"note-{number}"] = forms.CharField(
                label=_("Explanation"), required=False, max_length=LONGEST_NOTE, initial=given.note if given else ""
            )
        for field in self.fields.values():
            field.show_hidden_initial = True

    def clean(self) -> dict[str, Any]:
        for cell in self.cells:
            fill = self._fill(cell)
            if fill is not None and (words := fault_of(cell.asked, fill)):
                self.add_error(f"value-{cell.asked.pk}", words)
        return self.cleaned_data

    def _fill(self, cell: GivenCell) -> Fill | None:
        """None when a field of the cell was refused."""
        names = {name: f"{name}-{cell.asked.pk}" for name in ("value", "reason", "next_on", "note")}
        if any(field in self.errors for field in names.values()):
            return None
        return Fill(**{name: self.cleaned_data[field] for name, field in names.items()})

    def fills(self) -> dict[str, Fill]:
        """What can be kept: every cell that was changed on the page, but those with an error."""
        changed = {name.partition("-")[2] for name in self.changed_data}
        return {
            cell.asked.key: fill
            for cell in self.cells
            if str(cell.asked.pk) in changed and (fill := self._fill(cell)) is not None
        }

    def boxes(self, cells: Sequence[GivenCell], remarks: Mapping[str, str], findings: Sequence[Any]) -> list[list[Box]]:
        """The cells of each row of the table, in its order; those answered elsewhere have no fields."""
        rows: dict[int, list[Box]] = {}
        for cell in cells:
            number = cell.asked.pk
            fields = (
                {name: self[f"{name}-{number}"] for name in ("value", "reason", "next_on", "note")}
                if f"value-{number}" in self.fields
                else {}
            )
            said = [found for found in findings if found.item == cell.asked.key]
            rows.setdefault(cell.asked.row_id, []).append(Box(cell, fields, remarks.get(cell.asked.key, ""), said))
        return list(rows.values())


class WorkbookForm(forms.Form):
    file = forms.FileField(label=_("Filled-in workbook"), help_text=_("The one downloaded here, as .xlsx."))


# ---- returning ---------------------------------------------------------------------------------------------------


class ReturnFiguresForm(forms.Form):
    """A reason for each figure that must be mended, and one for the whole."""

    def __init__(self, data: Any = None, *, cells: Sequence[GivenCell]):
        super().__init__(data)
        self.cells = list(cells)
        for cell in self.cells:
            self.fields[f"remark-{cell.asked.pk}"] = forms.CharField(
                label=_("What must be mended here"), required=False, max_length=300
            )
        self.fields["reason"] = forms.CharField(
            label=_("What must be mended on the whole"), required=False, widget=forms.Textarea(attrs={"rows": 3})
        )

    def remarks(self) -> list[dict[str, str]]:
        return [
            {"item": cell.asked.key, "label": cell.label, "reason": text.strip()}
            for cell in self.cells
            if (text := self.cleaned_data[f"remark-{cell.asked.pk}"]).strip()
        ]

    def clean(self) -> dict[str, Any]:
        if not self.remarks() and not self.cleaned_data.get("reason", "").strip():
            self.add_error("reason", _("Say what must be mended, for single figures or on the whole."))
        return self.cleaned_data
