"""Forms of what offices and people exchange about datasets."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.duties.models.call import PERIOD_HELP


def tell(form: forms.BaseForm, error: Any) -> None:
    """Put the faults of an operation beside the fields they are about."""
    for name, texts in (error.fields or {"": [str(error)]}).items():
        form.add_error(name if name in form.fields else None, list(texts))


def day(label: Any, **options: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)


def reason(label: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class AnnounceForm(forms.Form):
    period = forms.CharField(label=_("Period it covers"), max_length=21, help_text=PERIOD_HELP)
    day = day(_("Day of release"))


class MoveForm(forms.Form):
    day = day(_("New day"))
    reason = reason(_("Why the day is moved"))


class CallOffForm(forms.Form):
    reason = reason(_("Why it is called off"))
