"""Forms in which charges and payments are entered, waived, given back and taken back."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.access.choosing import Chooser, ChoosingForm
from sala.access.scope import visible
from sala.core import clock
from sala.core.fields import TranslatedFormField, day_field
from sala.core.models import Term
from sala.documents.models import Document
from sala.ledger.forms.fields import AccountSelect, AmountField, key_field
from sala.ledger.models import Account, Charge, Method, Payment
from sala.ledger.models.account import HOLDS_MONEY
from sala.ledger.operations.charges import CHARGE_KINDS, DECISION


class ChargeForm(forms.Form):
    kind = forms.ModelChoiceField(label=_("Kind"), queryset=Term.objects.none())
    amount = AmountField(label=_("Amount"))
    due_on = day_field(_("Due on"))
    period_from = day_field(_("For the time from"), required=False)
    period_until = day_field(_("Until"), required=False)
    note = TranslatedFormField(label=_("What it is for"), required=False)
    key = key_field()

    def __init__(self, *args: Any, account: Account, **options: Any):
        super().__init__(*args, **options)
        self.fields["kind"].queryset = Term.objects.filter(scheme=CHARGE_KINDS, retired=False)  # type: ignore[attr-defined]
        self.fields["amount"].in_currency(account.currency)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        begins, ends = data.get("period_from"), data.get("period_until")
        if bool(begins) != bool(ends):
            self.add_error("period_until" if begins else "period_from", _("A period has a first and a last day."))
        data["period"] = (begins, ends) if begins and ends else None
        return data


class PayForm(forms.Form):
    """A payment. What looks like it is shown first; `seen` says that it is another one."""

    into = AccountSelect(label=_("Paid into"), queryset=Account.objects.none())
    amount = AmountField(label=_("Amount"))
    credited = AmountField(label=_("Agreed amount in the currency of the account"), required=False)
    paid_on = day_field(_("Paid on"))
    method = forms.ChoiceField(label=_("How"), choices=Method.choices)
    bank_reference = forms.CharField(label=_("Reference of the bank"), max_length=120, required=False,
                                     help_text=_("As on the statement. By it a payment is never entered twice."))  # fmt: skip
    payer_name = forms.CharField(label=_("Paid by"), max_length=200, required=False)
    chosen = forms.ModelMultipleChoiceField(
        label=_("Settle these first"), queryset=Charge.objects.none(), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: the oldest first."),
    )  # fmt: skip
    seen = forms.BooleanField(label=_("I have looked at these; this is another payment"), required=False)
    key = key_field()

    def __init__(self, *args: Any, actor: Actor, account: Account, open_charges: Sequence[Charge], **options: Any):
        super().__init__(*args, **options)
        into = visible(actor, Account).filter(owner=account.owner, kind__in=HOLDS_MONEY, closed_on__isnull=True)
        field: Any = self.fields["into"]
        field.queryset = into.order_by("-kind", "code")
        if len(found := list(field.queryset[:2])) == 1:
            self.initial.setdefault("into", found[0].pk)
        self.initial.setdefault("paid_on", clock.today())
        foreign = any(one.currency != account.currency for one in field.queryset)
        if foreign:
            self.fields["credited"].in_currency(account.currency)  # type: ignore[attr-defined]
            self.fields["credited"].help_text = _("Only when paid in another currency; empty: at the rate of the day.")
        else:
            del self.fields["credited"]
        chosen: Any = self.fields["chosen"]
        if open_charges:
            chosen.queryset = Charge.objects.filter(pk__in=[one.pk for one in open_charges])
            chosen.choices = [(one.pk, charge_line(one, account)) for one in open_charges]
        else:
            del self.fields["chosen"]
        del self.fields["seen"]

    def ask_seen(self) -> None:
        """Ask whether the payments alike were looked at."""
        self.fields["seen"] = self.base_fields["seen"]

    def full_clean(self) -> None:
        """The amount is in the currency of the account it was paid into, which must be read first."""
        if self.is_bound:
            picked = str(self.data.get(self.add_prefix("into"), ""))
            field: Any = self.fields["into"]
            into = field.queryset.filter(pk=int(picked)).first() if picked.isascii() and picked.isdigit() else None
            amount: Any = self.fields["amount"]
            amount.currency = into.currency if into else amount.currency
        super().full_clean()


def charge_line(charge: Any, account: Account) -> str:
    """A charge as one line: kind, period, due date, what is open."""
    period = f" {charge.period_from:%d/%m/%Y}–{charge.period_until:%d/%m/%Y}" if charge.period_from else ""
    return f"{charge.kind}{period} · {charge.due_on:%d/%m/%Y} · {account.shown(charge.open)}"


class WaiveForm(ChoosingForm, forms.Form):
    decision = Chooser(Document, label=_("Decision"), help_text=_("The numbered decision among the documents."))
    amount = AmountField(label=_("Amount"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)
    key = key_field()

    def __init__(self, *args: Any, actor: Actor, charge: Charge, **options: Any):
        super().__init__(*args, **options)
        self.read_as(actor)
        decision: Any = self.fields["decision"]
        decision.rows = visible(actor, Document).filter(kind__code=DECISION).exclude(number="")
        amount: Any = self.fields["amount"]
        amount.currency = charge.account.currency
        amount.help_text = _("In %(currency)s; empty: all that is open.") % {"currency": amount.currency}


class VoidForm(ChoosingForm, forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300)
    document = Chooser(Document, label=_("Document"), required=False)

    def __init__(self, *args: Any, actor: Actor, **options: Any):
        super().__init__(*args, **options)
        self.read_as(actor)


class RefundForm(VoidForm):
    amount = AmountField(label=_("Amount"))
    paid_on = day_field(_("Given back on"))
    key = key_field()
    field_order = ["amount", "paid_on", "reason", "document"]

    def __init__(self, *args: Any, payment: Payment, **options: Any):
        super().__init__(*args, **options)
        self.fields["amount"].in_currency(payment.account.currency)  # type: ignore[attr-defined]
        self.initial.setdefault("paid_on", clock.today())
