"""Forms of the front doors."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.access.choosing import Chooser, ChoosingForm
from sala.core.models import Term
from sala.places.models import Area
from sala.site.models import Portal

LEAST_CONTRAST = 4.5  # of white text on the band, as WCAG asks


class PortalForm(ChoosingForm, forms.ModelForm):
    place = Chooser(Area, label=_("Default place"))
    topics = forms.MultipleChoiceField(
        label=_("Topics"), widget=forms.CheckboxSelectMultiple, required=False,
        help_text=_("Those of the present choice come first, in their order."),
    )  # fmt: skip

    class Meta:
        model = Portal
        fields = ["name", "tagline", "intro", "place", "host", "topics", "band", "tier"]
        widgets = {"band": forms.TextInput(attrs={"type": "color"})}

    def __init__(self, *args: Any, reader: Actor, **options: Any):
        super().__init__(*args, **options)
        self.read_as(reader)
        terms = {
            term.code: str(term.name) for term in Term.objects.filter(scheme="topic", retired=False).order_by("order")
        }
        present = [code for code in self.instance.topics if code in terms]
        codes = [*present, *(code for code in terms if code not in present)]
        self.fields["topics"].choices = [(code, terms[code]) for code in codes]  # type: ignore[attr-defined]

    def clean_band(self) -> str:
        """White text must be readable on the band."""
        colour = self.cleaned_data["band"].strip()
        if not re.fullmatch("#[0-9a-fA-F]{6}", colour):
            raise forms.ValidationError(_("Write the colour as # and six digits, for instance #0b4f4a."))
        if contrast_with_white(colour) < LEAST_CONTRAST:
            raise forms.ValidationError(_("White text cannot be read on this colour. Choose a darker one."))
        return colour


def contrast_with_white(colour: str) -> float:
    """Contrast of white text on a colour (#rrggbb), 1 to 21, by WCAG's relative luminance."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 1.05 / (luminance + 0.05)
