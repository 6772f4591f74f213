"""Forms of call templates: keeping one, and starting a call from it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.core import periods
from sala.core.fields import TranslatedFormField
from sala.duties import policy
from sala.duties.forms.fields import day_field
from sala.duties.models import PERIOD_HELP, Rhythm
from sala.duties.models.template import TEMPLATE_TIERS
from sala.people.models import Position


class TemplateForm(forms.Form):
    name = TranslatedFormField(label=_("Name"))
    note = TranslatedFormField(label=_("For whom, and how to use it"), required=False)
    tier = forms.ChoiceField(label=_("Who may use it"), choices=TEMPLATE_TIERS)
    rhythm = forms.ChoiceField(
        label=_("The calendar makes the next round"), choices=Rhythm.choices, required=False,
        help_text=_("Period and dates move on; posts asked and what is asked are carried forward."),
    )  # fmt: skip
    opens_itself = forms.BooleanField(
        label=_("Issue it by itself when nothing is missing"), required=False,
        help_text=_("Otherwise the draft waits on your desk."),
    )  # fmt: skip


class StartForm(forms.Form):
    issuer = forms.ModelChoiceField(label=_("Issued by"), queryset=Position.objects.none())
    period = forms.CharField(label=_("Period"), max_length=30, required=False, help_text=PERIOD_HELP)
    opens_on = day_field(_("Opens on"), required=False, help_text=_("Empty: the day it is issued."))
    due_on = day_field(_("Due on"), required=False, help_text=_("It can be set later in the draft."))

    def __init__(self, *args: Any, actor: Actor, **options: Any):
        super().__init__(*args, **options)
        may_issue = [
            holding.position_id
            for holding in actor.holdings
            if any(policy.ISSUE in grant.verbs for grant in holding.grants)
        ]
        every = Position.objects.filter(closed_on__isnull=True).select_related("organisation")
        issuer: Any = self.fields["issuer"]
        issuer.queryset = every if actor.is_everything else every.filter(pk__in=may_issue)
        if len(may_issue) == 1:
            issuer.initial = may_issue[0]

    def clean_period(self) -> str:
        text = self.cleaned_data["period"]
        try:
            return periods.parse(text).code if text else ""
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error
