"""Asking for figures by area: within which place, by what level, of which layers and rasters."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.catalogue.models import Edition
from sala.duties.forms import ActorForm, PlaceField
from sala.maps.queries.zonal import name_of
from sala.places.models import Level


class ZonalForm(ActorForm):
    place = PlaceField(label=_("Within the place"))
    level = forms.ModelChoiceField(
        Level.objects.none(), to_field_name="code", label=_("A row for each"), empty_label=None
    )
    use = forms.MultipleChoiceField(label=_("Layers and rasters"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, actor: Any, editions: list[Edition], **options: Any):
        super().__init__(*args, actor=actor, **options)
        self.fields["level"].queryset = Level.objects.filter(rank__gt=0)  # type: ignore[attr-defined]
        self.fields["use"].choices = [(name_of(row), f"{row.dataset.title} {row.period}") for row in editions]  # type: ignore[attr-defined]
        self.editions = {name_of(row): row for row in editions}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors and data["level"].rank <= data["place"].level.rank:
            self.add_error("level", _("Choose a level below that of the place."))
        return data

    def chosen(self) -> list[Edition]:
        return [self.editions[name] for name in self.cleaned_data["use"]]
