"""Asking for two places side by side: each a place, or an area that was drawn and kept."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.duties.forms import ActorForm, PlaceField
from sala.maps.models import Analysis, AnalysisKind
from sala.maps.queries.analyses import readable

SIDES = (("place", "kept"), ("other", "other_kept"))


class TwoPlacesForm(ActorForm):
    place = PlaceField(label=_("One place"), required=False)
    kept = forms.ModelChoiceField(Analysis.objects.none(), label=_("Or an area that was kept"), required=False, to_field_name="reference")  # fmt: skip
    other = PlaceField(label=_("The other place"), required=False)
    other_kept = forms.ModelChoiceField(Analysis.objects.none(), label=_("Or an area that was kept"), required=False, to_field_name="reference")  # fmt: skip

    def __init__(self, *args: Any, actor: Any, **options: Any):
        super().__init__(*args, actor=actor, **options)
        known = readable(actor).filter(kind=AnalysisKind.HERE)
        for place, kept in SIDES:
            self.fields[kept].queryset = known  # type: ignore[attr-defined]
            if not known.exists():
                del self.fields[kept]
                self.fields[place].required = True

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for place, kept in SIDES:
            if place not in self.errors and not data.get(place) and not data.get(kept):
                self.add_error(place, _("Name a place, or choose an area that was kept."))
        return data

    def sides(self) -> list[dict[str, Any]]:
        """Where each side looks, as a recipe keeps it. A place goes before a kept area."""
        data = self.cleaned_data
        return [
            {"place": data[place].code} if data.get(place) else {"kept": data[kept].reference, **data[kept].recipe}
            for place, kept in SIDES
        ]
