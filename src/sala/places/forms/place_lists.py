"""Forms of lists of places: sending one, the decision on a row in doubt. Its columns: forms.facilities.ListColumnsForm."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sala.core.fields import day_field
from sala.places.models import Area, Level
from sala.places.place_headings import area_systems

NEW, REFUSE = "new", "refuse"


class PlaceListForm(forms.Form):
    """A list of places and what is known of it."""

    file = forms.FileField(label=gettext_lazy("File"), widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
                           help_text=gettext_lazy("Excel or CSV, one row for each place, headings in the first row."))  # fmt: skip
    level = forms.ModelChoiceField(
        label=gettext_lazy("Level"), queryset=Level.objects.filter(rank__gt=0).order_by("-rank"), to_field_name="code",
        empty_label=None, help_text=gettext_lazy("Of all places in the list."),
    )  # fmt: skip
    system = forms.ChoiceField(
        label=gettext_lazy("Code system"), required=False,
        help_text=gettext_lazy("To which a column of mere codes belongs; otherwise they are the codes of this register."),
    )  # fmt: skip
    as_of = day_field(
        gettext_lazy("Day that the list describes"),
        help_text=gettext_lazy("The areas above are looked for as they were on this day."),
    )
    source = forms.CharField(
        label=gettext_lazy("Source"), max_length=200, help_text=gettext_lazy("From which list or letter this is known.")
    )

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        systems = [(code, str(name)) for code, name in area_systems().items()]
        self.fields["system"].choices = [("", gettext_lazy("This register")), *systems]  # type: ignore[attr-defined]


class ChangeListForm(PlaceListForm):
    """A list of dated changes, and what is known of it."""

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        fields = self.fields
        fields["file"].help_text = gettext_lazy(
            "Excel or CSV, one row for each place that changes, headings in the first row."
        )
        fields["as_of"].label = gettext_lazy("From which day")
        fields["as_of"].help_text = gettext_lazy("Of the rows that name no day of their own.")
        fields["source"].label = gettext_lazy("Decision")
        fields["source"].help_text = gettext_lazy(
            "Number and title of the document, for the rows that name none of their own."
        )


class PlaceRowForm(forms.Form):
    """What a row in doubt is: one of the places under the same area, a new one, or nothing."""

    choice = forms.CharField(max_length=30, required=False)
    reason = forms.CharField(max_length=300, required=False)

    def __init__(self, *args: Any, areas: Any, **options: Any):
        super().__init__(*args, **options)
        self.areas = areas

    def clean_choice(self) -> Area | str:
        said = self.cleaned_data["choice"]
        if said in (NEW, REFUSE):
            return str(said)
        found = self.areas.filter(code=said).first() if said else None
        if found is None:
            raise forms.ValidationError(_("Say which place it is, that it is a new one, or refuse the row."))
        return found
