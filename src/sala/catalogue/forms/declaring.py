"""Declaring key figures and rules: the columns come as choices, with their headings."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.catalogue.models import Distribution, KeyFigure, QualityRule


def choose_column(form: forms.BaseForm, name: str, distribution: Distribution, kept: str = "") -> None:
    """Make a field a choice among the columns of the part, and the one kept although no file has it any more."""
    field = form.fields[name]
    named = {column.name: str(column.label or column.name) for column in distribution.dictionary.all()}
    if kept:
        named.setdefault(kept, kept)
    choices = [*named.items()] if field.required and kept else [("", "–"), *named.items()]
    form.fields[name] = forms.ChoiceField(
        label=field.label, choices=choices, required=field.required, initial=field.initial or kept
    )


class KeyFigureForm(forms.ModelForm):
    """The code stays what it was once declared: programs ask for the figure by it."""

    filter_column = forms.CharField(label=_("Only rows where this column"), required=False)
    filter_value = forms.CharField(label=_("has this value"), required=False)

    class Meta:
        model = KeyFigure
        fields = ["code", "name", "value_column", "unit", "places"]
        labels = {"code": _("Code")}

    def __init__(self, *args: Any, distribution: Distribution, **options: Any):
        super().__init__(*args, **options)
        column, value = next(iter(self.instance.filter.items()), ("", ""))
        choose_column(self, "value_column", distribution, self.instance.value_column)
        choose_column(self, "filter_column", distribution, column)
        self.fields["filter_value"].initial = value
        if self.instance.pk:
            del self.fields["code"]

    def told(self) -> dict[str, Any]:
        """What the operations take. The form shows one column of the filter; what else one made elsewhere holds is kept."""
        data = dict(self.cleaned_data)
        column, value = data.pop("filter_column", ""), data.pop("filter_value", "")
        kept = {name: said for name, said in list(self.instance.filter.items())[1:] if name != column}
        return data | {"filter": ({column: value} if column else {}) | kept}


class RuleForm(forms.ModelForm):
    class Meta:
        model = QualityRule
        fields = ["column", "kind", "value"]

    def __init__(self, *args: Any, distribution: Distribution, **options: Any):
        super().__init__(*args, **options)
        choose_column(self, "column", distribution, self.instance.column)
