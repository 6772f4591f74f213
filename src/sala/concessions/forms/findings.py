"""Deciding about a finding, and narrowing the lists of findings and situations."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.concessions.models import CONFIRMABLE, Finding, FindingCode, FindingState, SituationCode
from sala.core import clock
from sala.core.fields import day_field
from sala.duties.forms import ActorForm, DocumentField, PlaceField

WEEK = timedelta(days=7)


class SettleForm(ActorForm):
    state = forms.ChoiceField(
        label=_("Decision"), widget=forms.RadioSelect,
        choices=[(state, state.label) for state in (
            FindingState.EXPLAINED, FindingState.ACCEPTED, FindingState.CONFIRMED, FindingState.OPEN)],
        help_text=_("An overlap that is confirmed puts both concessions in conflict."),
    )  # fmt: skip
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}))
    document = DocumentField(
        label=_("Document"), required=False, help_text=_("An exception needs the document that allows it.")
    )

    def __init__(self, *args: Any, finding: Finding, **options: Any):
        super().__init__(*args, **options)
        if finding.code not in CONFIRMABLE:
            state: Any = self.fields["state"]
            state.choices = [each for each in state.choices if each[0] != FindingState.CONFIRMED]
            state.help_text = ""


class FindingsForm(ActorForm):
    place = PlaceField(label=_("Place"), required=False)
    code = forms.ChoiceField(label=_("About"), required=False, choices=[("", _("All")), *FindingCode.choices])
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All")), *FindingState.choices], initial=FindingState.OPEN
    )
    grave = forms.BooleanField(label=_("Grave ones only"), required=False)


class SituationsForm(ActorForm):
    place = PlaceField(label=_("Place"), required=False)
    code = forms.ChoiceField(label=_("Situation"), required=False, choices=[("", _("All")), *SituationCode.choices])
    on = day_field(_("On"), required=False)
    since = day_field(_("Compared with"), required=False)

    def days(self) -> tuple[Any, Any]:
        """(day to look at, earlier day to compare with): today and a week before where nothing was chosen."""
        data = self.cleaned_data if self.is_valid() else {}
        on = data.get("on") or clock.today()
        return on, data.get("since") or on - WEEK
