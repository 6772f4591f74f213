"""Defining a chart: the columns come as choices, with their headings."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.catalogue.models import Chart, Distribution


class ChartForm(forms.ModelForm):
    filter_column = forms.ChoiceField(label=_("Only rows where this column"), required=False)
    filter_value = forms.CharField(label=_("has this value"), required=False)

    class Meta:
        model = Chart
        fields = ["title", "code", "kind", "x", "y", "reckoning", "series", "by_place"]

    def __init__(self, *args: Any, distribution: Distribution, **options: Any):
        super().__init__(*args, **options)
        columns = list(distribution.dictionary.all())
        named = [("", "–"), *((column.name, str(column.label or column.name)) for column in columns)]
        for name in ("x", "y", "series", "filter_column"):
            field = self.fields[name]
            needed = name == "x"
            choices = named[1:] if needed else named
            self.fields[name] = forms.ChoiceField(label=field.label, choices=choices, required=needed)
        kept = next(iter(self.instance.filter.items()), ("", ""))
        self.fields["filter_column"].initial, self.fields["filter_value"].initial = kept

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("reckoning") != "count" and not data.get("y"):
            self.add_error("y", _("Choose the column of the value, or count rows."))
        column = data.get("filter_column")
        self.instance.filter = {column: data.get("filter_value", "")} if column else {}
        return data
