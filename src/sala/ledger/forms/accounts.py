"""Forms of accounts and of rates of exchange."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.access.choosing import Chooser, ChoosingForm, SubjectChooser
from sala.access.scope import visible
from sala.core import money
from sala.core.fields import NumberField, TranslatedFormField, day_field
from sala.documents.forms.offices import OfficeField
from sala.ledger import policy
from sala.ledger.models import Account, AccountKind
from sala.people.models import Organisation

OPENED_BY_HAND = [AccountKind.RECEIVABLE, AccountKind.BANK, AccountKind.CASH]


class OpenAccountForm(ChoosingForm, forms.Form):
    """A new account. Payer and subject belong to what is owed, the number at the bank to a bank account."""

    owner = OfficeField(label=_("Books kept by"))
    kind = forms.ChoiceField(label=_("Kind"), choices=[(kind.value, kind.label) for kind in OPENED_BY_HAND])
    currency = forms.ChoiceField(label=_("Currency"), choices=money.choices)
    payer = Chooser(Organisation, label=_("Payer"), required=False)
    subject = SubjectChooser(label=_("What it is owed for"), required=False,
                             help_text=_("The record it is about, by words or by its address. May stay empty."))  # fmt: skip
    name = TranslatedFormField(label=_("Name"), required=False, help_text=_("Empty: the name of the payer."))
    bank_number = forms.CharField(label=_("Number at the bank"), max_length=60, required=False)

    def __init__(self, *args: Any, actor: Actor, **options: Any):
        super().__init__(*args, **options)
        self.read_as(actor)
        self.fields["owner"].among_those_of(actor, policy.ENTER)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        receivable = data.get("kind") == AccountKind.RECEIVABLE
        if receivable and not data.get("payer") and not data.get("subject"):
            self.add_error("payer", _("Say who owes, or what it is owed for."))
        if not receivable:
            if data.get("payer") or data.get("subject"):
                self.add_error("payer", _("Only what is owed has a payer. Leave this empty."))
            if "name" in data and not data["name"]:
                self.add_error("name", _("Give the account a name."))
        return data


class RenameForm(forms.Form):
    name = TranslatedFormField(label=_("Name"))
    bank_number = forms.CharField(label=_("Number at the bank"), max_length=60, required=False)


class CloseForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300)


class MoveForm(ChoosingForm, forms.Form):
    target = Chooser(Account, label=_("To the account"))
    reason = forms.CharField(label=_("Why it is owed there"), max_length=300)

    def __init__(self, *args: Any, actor: Actor, source: Account, **options: Any):
        super().__init__(*args, **options)
        same = {"owner": source.owner, "currency": source.currency, "kind": AccountKind.RECEIVABLE}
        rows = visible(actor, Account).filter(**same, closed_on__isnull=True, subject_id__isnull=True)
        self.fields["target"].rows = rows.exclude(pk=source.pk)  # type: ignore[attr-defined]
        self.read_as(actor)


class RateForm(ChoosingForm, forms.Form):
    """The rate of a pair of currencies from a day on."""

    owner = OfficeField(label=_("Laid down by"))
    from_currency = forms.ChoiceField(label=_("One unit of"), choices=money.choices)
    to_currency = forms.ChoiceField(label=_("In"), choices=money.choices)
    rate = NumberField(label=_("Rate"))
    start = day_field(_("Holds from"))
    end = day_field(_("Until (first day it holds no longer)"), required=False)
    source = forms.CharField(
        label=_("Published in"), max_length=200, help_text=_("Number of the notice, or its address.")
    )

    def __init__(self, *args: Any, actor: Actor, **options: Any):
        super().__init__(*args, **options)
        self.fields["owner"].among_those_of(actor, policy.ENTER)  # type: ignore[attr-defined]
