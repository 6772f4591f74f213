"""Forms of what is owed: a term of payment, its end, a fine, a reported value, and charging now."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.access.choosing import Chooser
from sala.concessions import policy
from sala.concessions.forms.fields import (
    HectaresField,
    PaperField,
    ReasonedForm,
    VersionedForm,
    as_typed,
    term_field,
    terms_of,
)
from sala.concessions.models import AreaBasis, Concession, Due, DueBasis, Grant
from sala.concessions.models.due import BY_HECTARES
from sala.concessions.queries.books import books_of
from sala.concessions.queries.doubles import FATES
from sala.core import money
from sala.core.errors import Invalid
from sala.core.fields import NumberField, day_field
from sala.documents.forms.offices import OfficeField
from sala.duties.forms import ActorForm, PlaceField
from sala.ledger.calculations import BANDS, Band
from sala.ledger.forms.fields import AmountField
from sala.ledger.wording import BAND_NAMES

FINE = "fine"
MONTHS = [(12, _("a year")), (6, _("half a year")), (3, _("a quarter")), (1, _("a month"))]


class InCurrency(forms.Form):
    """An amount beside its currency, which must be read first. Its value is in the smallest unit."""

    def full_clean(self) -> None:
        if self.is_bound:
            chosen = str(self.data.get(self.add_prefix("currency"), ""))
            amount: Any = self.fields["amount"]
            amount.currency = chosen if chosen in money.known() else money.own()
        super().full_clean()


class TermSaid(InCurrency):
    """What a term of payment says."""

    kind = term_field(_("What is owed"))
    basis = forms.ChoiceField(label=_("How it is reckoned"), choices=DueBasis.choices, widget=forms.RadioSelect)
    area_basis = forms.ChoiceField(
        label=_("Which hectares count"), required=False, initial=AreaBasis.GRANTED, choices=[("", _("None: a sum or a share of a value")), *AreaBasis.choices]
    )  # fmt: skip
    hectares = HectaresField(label=_("Hectares, where those written here count"))
    currency = forms.ChoiceField(label=_("Currency"), choices=money.choices)
    rate = NumberField(
        label=_("Rate"), required=False,
        help_text=_("Of the agreement: per hectare and year, or per cent. Empty where the rules or an amount say it."),
    )  # fmt: skip
    amount = AmountField(label=_("Amount"), required=False, help_text=_("For a sum: of a year, or to be paid once."))
    months = forms.TypedChoiceField(label=_("A period is"), choices=MONTHS, coerce=int, initial=12)
    starts_on = day_field(_("From"))
    ends_on = day_field(_("Until"), required=False, help_text=_("Empty: as long as the grants hold."))
    days = forms.IntegerField(
        label=_("Days until it has to be paid"), min_value=0, max_value=3650, initial=30,
        help_text=_("Counted from the beginning of each period; of a reported value from its end."),
    )  # fmt: skip
    grant = forms.ModelChoiceField(
        Grant.objects.none(), label=_("Only for the grant"), required=False,
        empty_label=_("The whole concession, its holders by their shares"),
    )  # fmt: skip
    books = OfficeField(label=_("Books kept by"))
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        """Of a sum or of a share of a value no hectares count, whatever was left chosen."""
        data = super().clean() or self.cleaned_data
        if data.get("basis") and data["basis"] not in BY_HECTARES:
            data["area_basis"] = ""
        return data

    def offer(self, concession: Concession, actor: Any) -> None:
        fields: Any = self.fields
        fields["kind"].queryset = terms_of("charge-kind").exclude(code=FINE)
        fields["grant"].queryset = concession.grants.select_related("holder")
        fields["grant"].label_from_instance = lambda row: f"{row.holder} ({row.starts_on or '…'})"
        offer_books(fields["books"], concession, actor)
        first = concession.grants.filter(starts_on__isnull=False).order_by("starts_on").first()
        if first and first.starts_on:
            self.initial.setdefault("starts_on", first.starts_on.isoformat())


def offer_books(field: Any, concession: Concession, actor: Any) -> None:
    """The offices for which the reader may say what is owed; first the one that keeps the books of the place."""
    field.among_those_of(actor, policy.DUES)
    usual = books_of(concession.area)
    if usual and field.rows.filter(pk=usual.pk).exists():
        field.initial = usual


class DueForm(TermSaid, VersionedForm):
    document = PaperField()

    field_order = ["kind", "basis", "area_basis", "hectares", "currency", "rate", "amount"]

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        self.offer(self.concession, options["actor"])


class CorrectDueForm(TermSaid, ReasonedForm):
    field_order = ["kind", "basis", "area_basis", "hectares", "currency", "rate", "amount"]

    def __init__(self, *args: Any, due: Due, **options: Any):
        initial = {
            "kind": due.kind.code, "basis": due.basis, "area_basis": due.area_basis, "hectares": due.hectares,
            "currency": due.currency, "rate": as_typed(due.rate),
            "amount": "" if due.amount is None else format(money.whole(due.amount, due.currency), "f"),
            "months": due.months, "days": due.days, "grant": due.grant_id, "books": due.books, "note": due.note,
            "starts_on": due.starts_on.isoformat(), "ends_on": due.ends_on.isoformat() if due.ends_on else "",
            "document": due.document_id,
        }  # fmt: skip
        super().__init__(*args, concession=due.concession, initial=initial, **options)
        self.offer(due.concession, options["actor"])
        fields: Any = self.fields
        fields["kind"].queryset = terms_of("charge-kind")
        if due.months not in dict(MONTHS):
            fields["months"].choices = [*MONTHS, (due.months, str(due.months))]


class FineForm(InCurrency, VersionedForm):
    """A fine: its sum, its day, and the numbered decision."""

    currency = forms.ChoiceField(label=_("Currency"), choices=money.choices)
    amount = AmountField(label=_("Amount"))
    starts_on = day_field(_("Decided on"))
    days = forms.IntegerField(label=_("Days until it has to be paid"), min_value=0, max_value=3650, initial=30)
    document = PaperField(
        label=_("Decision"), required=True, empty_label=_("Choose the decision"),
        help_text=_("A paper of this concession that is a numbered decision."),
    )  # fmt: skip
    books = OfficeField(label=_("Books kept by"))
    note = forms.CharField(label=_("What for"), max_length=300, required=False)

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        offer_books(self.fields["books"], self.concession, options["actor"])


class EndDueForm(ReasonedForm):
    ends_on = day_field(_("Last day"))

    field_order = ["ends_on"]

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        del self.fields["effective_on"]


class DeclareForm(VersionedForm):
    """The value that the holder reported of one of the periods that have begun."""

    starts_on = forms.TypedChoiceField(label=_("Period"))
    value = NumberField(label=_("Reported value"))
    reported_on = day_field(_("Reported on"))
    reported_by = forms.CharField(label=_("Reported by"), max_length=200, help_text=_("Name and post of who signed."))
    document = PaperField()
    reason = forms.CharField(label=_("Why it is another figure now"), max_length=500, required=False)

    def __init__(self, *args: Any, due: Due, periods: Any, **options: Any):
        super().__init__(*args, concession=due.concession, **options)
        self.currency = due.currency
        fields: Any = self.fields
        fields["starts_on"].choices = [
            (one.start.isoformat(), f"{one.start:%d/%m/%Y} – {one.end:%d/%m/%Y}") for one in reversed(periods)
        ]
        fields["starts_on"].coerce = date.fromisoformat
        fields["value"].help_text = _("In %(currency)s.") % {"currency": due.currency}

    def clean_value(self) -> int:
        value: Decimal = self.cleaned_data["value"]
        if value < 0:
            raise forms.ValidationError(_("A value is never below nought."))
        try:
            return money.smallest(value, self.currency)
        except Invalid as error:
            raise forms.ValidationError(error.advice) from error


class RaiseForm(VersionedForm):
    again = forms.BooleanField(
        label=_("Also periods of which a charge was taken back"), required=False,
        help_text=_("Only after the reason was mended: each of them is charged again."),
    )  # fmt: skip


class ArrearsForm(ActorForm):
    """What narrows the page of arrears."""

    place = PlaceField(label=_("Place"), required=False)
    sector = term_field(_("Sector"), required=False, empty_label=_("All sectors"))
    currency = forms.ChoiceField(label=_("Currency"), required=False)
    least = forms.ChoiceField(
        label=_("Late since"), required=False,
        choices=[("", _("Does not matter")), *((band.value, BAND_NAMES[band]) for band in BANDS if band != Band.CURRENT)],
    )  # fmt: skip
    by = forms.ChoiceField(
        label=_("Added up by"), required=False, choices=[("place", _("Place")), ("sector", _("Sector"))]
    )
    on = day_field(_("At the end of"), required=False)

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        fields: Any = self.fields
        fields["sector"].queryset = terms_of("sector")
        fields["currency"].choices = [("", _("All")), *money.choices()]


class SettleDoubleForm(VersionedForm):
    """What becomes of what is owed on an entry that is another one."""

    same_as = Chooser(Concession, label=_("The entry that counts"))
    owed = forms.ChoiceField(label=_("What becomes of it"), choices=list(FATES.items()), widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, concession: Concession, **options: Any):
        super().__init__(*args, concession=concession, initial={"same_as": concession.same_as}, **options)
