"""The form on which an office explains the difference to a published figure."""

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.access.choosing import Chooser
from sala.documents.models import Document
from sala.duties.forms import ActorForm


class ExplainForm(ActorForm):
    text = forms.CharField(
        label=_("Explanation"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Which entries the other figure counts and ours does not, or the other way round, and how you know."),
    )  # fmt: skip
    document = Chooser(Document, label=_("Document that shows it"))
