"""Forms in which a statement of the bank is sent, read and placed."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.access.choosing import Chooser, ChoosingForm
from sala.access.scope import visible
from sala.core.fields import day_field
from sala.documents.queries import organisations_with
from sala.ledger import policy
from sala.ledger.forms.fields import AccountSelect
from sala.ledger.models import Account, AccountKind

MARKS = [("", _("As the file shows")), (".", _("Dot: 1,234.50")), (",", _("Comma: 1.234,50"))]
LARGEST = 10 * 2**20


class StatementFileForm(forms.Form):
    bank = AccountSelect(label=_("Bank account"), queryset=Account.objects.none())
    file = forms.FileField(label=_("Statement (CSV or Excel)"))

    def __init__(self, *args: Any, actor: Actor, **options: Any):
        super().__init__(*args, **options)
        banks = visible(actor, Account).filter(kind=AccountKind.BANK, closed_on__isnull=True)
        field: Any = self.fields["bank"]
        field.queryset = banks.filter(owner__in=organisations_with(actor, policy.IMPORT)).order_by("code")
        if len(found := list(field.queryset[:2])) == 1:
            self.initial.setdefault("bank", found[0].pk)


class ColumnsForm(forms.Form):
    """Which column of the file is what."""

    decimal_mark = forms.ChoiceField(label=_("How decimals are written"), choices=MARKS, required=False)

    def __init__(self, *args: Any, columns: Mapping[str, str], labels: Mapping[str, Any], **options: Any):
        super().__init__(*args, **options)
        choices = [("", "–"), *columns.items()]
        for role, label in labels.items():
            self.fields[role] = forms.ChoiceField(label=label, choices=choices, required=False)
        self.order_fields([*labels, "decimal_mark"])

    def columns(self) -> dict[str, str]:
        return {role: column for role, column in self.cleaned_data.items() if column and role != "decimal_mark"}


class PlaceForm(ChoosingForm, forms.Form):
    """The account of the payer to whom a line belongs."""

    account = Chooser(Account, label=_("Account of the payer"))

    def __init__(self, *args: Any, actor: Actor, bank: Account, **options: Any):
        super().__init__(*args, **options)
        self.read_as(actor)
        account: Any = self.fields["account"]
        account.rows = visible(actor, Account).filter(owner=bank.owner, kind=AccountKind.RECEIVABLE)


class LetterForm(forms.Form):
    on = day_field(_("At the end of"))
