"""Forms of issued papers and of checking one."""

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.access.choosing import ChoosingForm
from sala.access.scope import Tier
from sala.core.fields import TranslatedFormField
from sala.documents import policy
from sala.documents.forms.offices import OfficeField
from sala.documents.models.issued import ISSUED_TIERS

LARGEST_CHECKED = 100 * 1024**2  # bytes of a file sent for checking


class IssueForm(ChoosingForm, forms.Form):
    """An official letter in the plain layout."""

    issuer = OfficeField(label=_("Issued by"))
    title = TranslatedFormField(label=_("Title"))
    addressee = TranslatedFormField(label=_("To"), required=False)
    body = TranslatedFormField(label=_("Text"), long=True)
    tier = forms.ChoiceField(label=_("Who may read it"), choices=ISSUED_TIERS, initial=Tier.OWN.value)

    def __init__(self, *args, reader: Actor, **options):
        super().__init__(*args, **options)
        self.fields["issuer"].among_those_of(reader, policy.ISSUE)  # type: ignore[attr-defined]


class CheckFileForm(forms.Form):
    """A copy of an issued paper, to be compared with what was issued. It is hashed and thrown away, never opened."""

    file = forms.FileField(label=_("The file you were given"), help_text=_("It is compared and not kept."))

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > LARGEST_CHECKED:
            raise forms.ValidationError(
                _("The file is larger than any paper issued here. Choose the PDF you were given.")
            )
        return file
