"""Forms of boundary files: sending one, its columns, the decision on a row."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sala.core.models import Term
from sala.places.forms.areas import DAY
from sala.places.models import Area, Level


class UploadForm(forms.Form):
    """A boundary file and what is known of it."""

    file = forms.FileField(label=gettext_lazy("File"), widget=forms.FileInput(attrs={"accept": ".gpkg,.geojson,.json,.zip"}),
                           help_text=gettext_lazy("GeoPackage, GeoJSON, or a shapefile packed into one .zip."))  # fmt: skip
    level = forms.ModelChoiceField(label=gettext_lazy("Level"), queryset=Level.objects.all(), to_field_name="code")
    as_of = forms.DateField(
        label=gettext_lazy("Day that the boundaries describe"), widget=DAY,
        help_text=gettext_lazy("Areas change: the file is compared with the areas that existed on this day."),
    )  # fmt: skip
    source = forms.CharField(
        label=gettext_lazy("Source"), max_length=300, help_text=gettext_lazy("Shown under every map.")
    )
    licence = forms.ChoiceField(label=gettext_lazy("Licence"), required=False)

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        terms = Term.objects.filter(scheme="licence", retired=False)
        self.fields["licence"].choices = [("", "–"), *((term.code, str(term.name)) for term in terms)]  # type: ignore[attr-defined]


class ColumnsForm(forms.Form):
    """Which column is what; filled with what was guessed."""

    code = forms.ChoiceField(label=gettext_lazy("Column with the code"), required=False)
    name = forms.ChoiceField(label=gettext_lazy("Column with the name"), required=False)
    parent = forms.ChoiceField(label=gettext_lazy("Column with the area above"), required=False)
    code_system = forms.ChoiceField(label=gettext_lazy("Code system"), required=False)

    def __init__(self, *args: Any, columns: dict[str, str], systems: list[tuple[str, str]], **options: Any):
        super().__init__(*args, **options)
        choices = [("", gettext_lazy("none")), *columns.items()]
        for name in ("code", "name", "parent"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        self.fields["code_system"].choices = [("", gettext_lazy("any")), *systems]  # type: ignore[attr-defined]


class ConfirmForm(forms.Form):
    """Which area a row's shape is: one of the candidates, or any other of the level."""

    area = forms.ModelChoiceField(queryset=Area.objects.none(), to_field_name="code", required=False)
    other = forms.ModelChoiceField(queryset=Area.objects.none(), to_field_name="code", required=False)

    def __init__(self, *args: Any, areas: Any, **options: Any):
        super().__init__(*args, **options)
        self.fields["area"].queryset = self.fields["other"].queryset = areas  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["chosen"] = data.get("other") or data.get("area")
        if not data["chosen"] and not self.errors:
            raise forms.ValidationError(_("Choose an area for the shape, or refuse the row."))
        return data
