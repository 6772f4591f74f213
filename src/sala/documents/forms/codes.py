"""Choosing organisations, places and documents by their code, with a short list of likely ones.

A drop-down with eight thousand villages helps nobody on a telephone.
"""

from typing import Any

from django import forms
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.core import language
from sala.documents.queries import organisations_with

LIKELY = 60  # rows offered at most


class CodeWidget(forms.TextInput):
    """A box for a code, with a list of likely ones to pick from."""

    template_name = "documents/widgets/code.html"
    likely: list[tuple[str, str]] = []

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        list_id = f"{context['widget']['attrs'].get('id', name)}_likely"
        context["widget"].update({"likely": self.likely, "list_id": list_id})
        if self.likely:
            context["widget"]["attrs"]["list"] = list_id
        return context


class CodeField(forms.ModelChoiceField):
    """One row, written as its code (`to_field_name`)."""

    def __init__(self, queryset: Any, code: str = "code", **options: Any):
        self.code = code
        options.setdefault("widget", CodeWidget())
        options.setdefault(
            "error_messages", {"invalid_choice": _("There is nothing with this code here. Look it up and correct it.")}
        )
        super().__init__(queryset, to_field_name=code, **options)

    def prepare_value(self, value):
        if isinstance(value, models.Model):
            return getattr(value, self.code)
        if isinstance(value, int):
            rows: Any = self.queryset
            return rows.filter(pk=value).values_list(self.code, flat=True).first() or ""
        return value

    def offer(self, rows: Any) -> None:
        """Fill the list of likely codes."""
        self.widget.likely = [(self.prepare_value(row), str(row)) for row in rows[:LIKELY]]


class CodesField(forms.CharField):
    """Several rows, written as their codes with commas between."""

    def __init__(self, model: type[models.Model], **options: Any):
        self.model = model
        super().__init__(**options)

    def prepare_value(self, value):
        if isinstance(value, (list, tuple)):
            return ", ".join(str(getattr(row, "code", row)) for row in value)
        return value

    def clean(self, value):
        codes = [code.strip() for code in (super().clean(value) or "").replace(";", ",").split(",") if code.strip()]
        rows = list(self.model._default_manager.filter(code__in=codes))
        missing = set(codes) - {getattr(row, "code", "") for row in rows}
        if missing:
            raise forms.ValidationError(
                _("No code %(codes)s is known. Look it up and correct it."),
                params={"codes": ", ".join(sorted(missing))},
            )
        return rows


def day_field(label: Any, required: bool = True, **options: Any) -> forms.DateField:
    return forms.DateField(label=label, required=required, widget=forms.DateInput(attrs={"type": "date"}), **options)


def language_choices() -> list[tuple[str, str]]:
    names = dict(settings.LANGUAGES)
    return [(code, names[code]) for code in language.languages()]


def choose_office(field: Any, reader: Actor, verb: str) -> None:
    """Offer the organisations for which the reader may do this, the reader's own office first chosen."""
    field.queryset = organisations_with(reader, verb).order_by("area__level__rank", "code")
    own = [holding.organisation_id for holding in reader.holdings]
    first = field.queryset.filter(pk__in=own).first()
    if first:
        field.initial = first.code
