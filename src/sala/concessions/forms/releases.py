"""Forms of releases: which class of fields is opened to everybody, by which decision, from when."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.access.choosing import Chooser
from sala.concessions.forms.fields import terms_of
from sala.concessions.models import FieldClass
from sala.core.fields import day_field
from sala.core.models import Term
from sala.documents.models import Document
from sala.duties.forms import ActorForm


class ReleaseForm(ActorForm):
    field_class = forms.ChoiceField(label=_("Fields"), choices=FieldClass.choices)
    sector = forms.ModelChoiceField(
        Term.objects.none(),
        label=_("Only this sector"),
        required=False,
        to_field_name="code",
        empty_label=_("Every sector"),
    )
    decision = Chooser(
        Document, label=_("Decision"), help_text=_("Its title or number. It is entered among the documents first.")
    )
    start = day_field(_("Open from"))
    end = day_field(_("Until before"), required=False)

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        self.fields["sector"].queryset = terms_of("sector")  # type: ignore[attr-defined]


class CloseForm(forms.Form):
    on = day_field(_("First day on which it is closed"))
    reason = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
