"""The form of an order to bring datasets up to date."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.core.fields import TranslatedFormField
from sala.duties.queries.issuers import posts_to_issue_for
from sala.people.models import Position


class OrderForm(forms.Form):
    issuer = forms.ModelChoiceField(label=_("Issued by"), queryset=Position.objects.none())
    title = TranslatedFormField(label=_("Title"))
    purpose = TranslatedFormField(label=_("Purpose"), long=True, help_text=_("What the answer is needed for."))
    instruction = TranslatedFormField(
        label=_("Instruction"), long=True, help_text=_("What exactly is asked, and how to give it.")
    )
    due_on = forms.DateField(label=_("Due on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    is_public = forms.BooleanField(label=_("Everybody may see this order and how it stands"), required=False)

    def __init__(self, *args: Any, actor: Actor, **options: Any):
        super().__init__(*args, **options)
        issuer: Any = self.fields["issuer"]
        issuer.queryset = posts_to_issue_for(actor)
        if issuer.queryset.count() == 1:
            issuer.initial = issuer.queryset.first()
