"""Fields that forms of the ledger share: an amount in a currency, an account of the books, a key sent once."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.core import money
from sala.core.errors import Invalid
from sala.core.fields import NumberField
from sala.ledger.models import Account

KEY = "page-"  # what keys of pages begin with


class AmountField(NumberField):
    """An amount in whole units of a currency as people write it; its value is in the smallest unit."""

    def __init__(self, *, currency: str = "", **options: Any):
        super().__init__(**options)
        self.currency = currency

    def in_currency(self, currency: str) -> None:
        self.currency = currency
        self.help_text = _("In %(currency)s.") % {"currency": currency}

    def clean(self, value: Any) -> Any:
        number = super().clean(value)
        if number is None:
            return None
        try:
            amount = money.smallest(number, self.currency)
        except Invalid as error:
            raise forms.ValidationError(error.advice) from error
        if amount <= 0:
            raise forms.ValidationError(_("An amount lies above nought. Correct it."))
        return amount


class AccountSelect(forms.ModelChoiceField):
    """One of few accounts, with its currency."""

    def label_from_instance(self, account: Account) -> str:
        return f"{account.name} · {account.code} · {account.currency}"


def key_field() -> forms.CharField:
    """A key made with the page: the page sent twice enters what it says once."""
    return forms.CharField(
        widget=forms.HiddenInput, required=False, max_length=60, initial=lambda: KEY + uuid4().hex
    )  # fmt: skip
