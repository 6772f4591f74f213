"""Giving out a phone."""

from django import forms
from django.utils.translation import gettext_lazy as _


class PhoneForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the phone"), max_length=100,
        help_text=_("What tells it apart when it is lost, such as “black, of the deputy head”. Not the phone's number."),
    )  # fmt: skip
