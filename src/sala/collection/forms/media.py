"""Files of a form: sending one, or saying which of our lists it is."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.collection.models import FormVersion
from sala.collection.queries.lists import FACILITIES, ORGANISATIONS, PLACES, Source, all_nouns
from sala.duties.forms.fields import ActorForm, PlaceField
from sala.people.models import OrganisationKind
from sala.places.models import FacilityKind, Level
from sala.places.queries.areas import country


class FileForm(forms.Form):
    """Which of the wanted files is sent; its own name counts where it is one of them."""

    file = forms.FileField(
        label=_("File"), help_text=_("A picture, a sound, a film, or a list as CSV (UTF-8, with commas) or GeoJSON.")
    )
    name = forms.ChoiceField(label=_("Which file of the form it is"), required=False)

    def __init__(self, *args: Any, version: FormVersion, **options: Any):
        super().__init__(*args, **options)
        self.fields["name"].choices = [  # type: ignore[attr-defined]
            ("", _("The one of the same name")), *((name, name) for name in version.media)
        ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        if told.get("file") and not told.get("name"):
            told["name"] = told["file"].name
        return told


class ListForm(ActorForm):
    """Of what a list is made."""

    name = forms.ChoiceField(label=_("Which file of the form it is"))
    noun = forms.ChoiceField(label=_("What stands in it"), choices=all_nouns, widget=forms.RadioSelect)
    level = forms.ModelChoiceField(Level.objects.none(), label=_("Level of the places"), required=False)
    facility_kind = forms.ModelChoiceField(FacilityKind.objects.none(), label=_("Kind of facility"), required=False)
    organisation_kind = forms.ChoiceField(
        label=_("Kind of organisation"), required=False, choices=[("", _("All")), *OrganisationKind.choices]
    )
    area = PlaceField(
        label=_("Within which place"), required=False, help_text=_("A name or a code. Leave it empty for the whole country.")
    )  # fmt: skip

    def __init__(self, *args: Any, version: FormVersion, **options: Any):
        super().__init__(*args, **options)
        names = [name for name in version.media if name.lower().endswith(".csv")]
        self.fields["name"].choices = [(name, name) for name in names]  # type: ignore[attr-defined]
        self.fields["level"].queryset = Level.objects.all()  # type: ignore[attr-defined]
        self.fields["facility_kind"].queryset = FacilityKind.objects.filter(retired=False)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        noun = told.get("noun")
        if noun == PLACES and not told.get("level"):
            self.add_error("level", _("Say of which level."))
        if noun == FACILITIES and not told.get("facility_kind"):
            self.add_error("facility_kind", _("Say of which kind."))
        return told

    def source(self) -> Source:
        told = self.cleaned_data
        kinds = {PLACES: told["level"], FACILITIES: told["facility_kind"]}
        if told["noun"] in kinds:
            kind = kinds[told["noun"]].code
        else:
            kind = told["organisation_kind"] if told["noun"] == ORGANISATIONS else ""
        return Source(told["noun"], kind, (told["area"] or country()).code)
