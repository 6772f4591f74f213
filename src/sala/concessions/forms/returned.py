"""Forms of the trip to a map program: which areas go along, the file that comes back, and what is entered of it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.access.choosing import Chooser
from sala.documents.models import Document
from sala.duties.forms import ActorForm
from sala.places.models import Area


class TakeForm(ActorForm):
    place = Chooser(Area, label=_("Place"), required=False, help_text=_("Empty: all places of your post."))


class BringForm(forms.Form):
    file = forms.FileField(
        label=_("The file from the map program"), help_text=_("GeoPackage, GeoJSON or zipped shapefile, up to 50 MB.")
    )


class ApplyForm(ActorForm):
    """What was chosen stands in `choose`: number of the feature and of the area it was shown against, such as 12:340."""

    reason = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    document = Chooser(Document, label=_("On the strength of the document"))

    def __init__(self, data: Any, *args: Any, **options: Any):
        super().__init__(data, *args, **options)
        self.chosen: dict[int, int | None] = {}
        self.sent: list[str] = data.getlist("choose") if data is not None else []

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for text in self.sent:
            feature, colon, against = text.partition(":")
            if not (colon and feature.isdecimal() and len(feature) < 19 and (not against or against.isdecimal()) and len(against) < 19):  # fmt: skip
                raise forms.ValidationError(
                    _("What was chosen cannot be understood. Open the page again and choose anew.")
                )
            self.chosen[int(feature)] = int(against) if against else None
        if not self.chosen:
            raise forms.ValidationError(_("Choose at least one area."))
        return cleaned
