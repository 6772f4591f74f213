"""Forms of sharing agreements and of handing datasets over."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.access.choosing import Chooser, ChoosingForm, SeveralChooser
from sala.access.scope import Tier
from sala.catalogue import policy
from sala.catalogue.forms.exchange import day, reason
from sala.catalogue.models import Agreement, Dataset
from sala.catalogue.models.dataset import TIERS
from sala.catalogue.operations.agreements import columns_to_share
from sala.core.fields import TranslatedFormField
from sala.documents.forms.offices import OfficeField
from sala.documents.models import Document
from sala.people.models import Organisation, Position


class AgreementForm(ChoosingForm, forms.Form):
    """What two offices agree on; used for a new draft and for changing one."""

    title = TranslatedFormField(label=_("Title"))
    giver = OfficeField(label=_("Gives the data"))
    receiver = Chooser(Organisation, label=_("Receives the data"))
    datasets = SeveralChooser(Dataset, label=_("Datasets"))
    purpose = forms.CharField(
        label=_("What it is shared for"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )
    terms = forms.CharField(
        label=_("Limits of use"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What the office that receives the data may not do with it."),
    )  # fmt: skip
    starts_on = day(_("First day"))
    ends_on = day(_("Last day"), help_text=_("After this day access ends by itself."))
    document = Chooser(
        Document, label=_("Signed paper"), required=False,
        help_text=_("Words of its title, its number, or the address of its page."),
    )  # fmt: skip
    tier = forms.ChoiceField(
        label=_("Who may read this agreement"), choices=[pair for pair in TIERS if pair[0] != Tier.NAMED], initial=Tier.OWN,
        help_text=_("The two offices read it in any case."),
    )  # fmt: skip

    def __init__(self, *args: Any, reader: Actor, agreement: Agreement | None = None, **options: Any):
        if agreement is not None:
            options["initial"] = {
                **{name: getattr(agreement, name) for name in (
                    "title", "giver", "receiver", "purpose", "terms", "starts_on", "ends_on", "document", "tier"
                )},
                "datasets": [row.dataset for row in agreement.agreed.select_related("dataset__owner", "dataset__place")],
            }  # fmt: skip
        super().__init__(*args, **options)
        self.read_as(reader)
        giver: Any = self.fields["giver"]
        giver.among_those_of(reader, policy.PUBLISH)


class ColumnsForm(forms.Form):
    """Which columns of the tables on a draft are shared; none ticked: the whole dataset."""

    def __init__(self, *args: Any, agreement: Agreement, **options: Any):
        super().__init__(*args, **options)
        self.agreed = list(agreement.agreed.select_related("dataset__owner"))
        for row in self.agreed:
            choices = [(f"{code} {name}", f"{label}") for code, name, label in _headings(row.dataset)]
            if choices:
                self.fields[f"of_{row.dataset_id}"] = forms.MultipleChoiceField(
                    label=row.dataset.title, required=False, choices=choices, widget=forms.CheckboxSelectMultiple,
                    initial=[f"{code} {name}" for code, names in row.columns.items() for name in names],
                )  # fmt: skip

    def named(self) -> dict[int, dict[str, list[str]]]:
        """As operations.name_columns takes it."""
        found: dict[int, dict[str, list[str]]] = {}
        for row in self.agreed:
            for chosen in self.cleaned_data.get(f"of_{row.dataset_id}", []):
                code, _space, name = chosen.partition(" ")
                found.setdefault(row.dataset_id, {}).setdefault(code, []).append(name)
        return found


def _headings(dataset: Dataset) -> list[tuple[str, str, str]]:
    """Code of the part, name of the column, what it is called; with the name of the part where there are several."""
    parts = {part.code: part for part in dataset.distributions.prefetch_related("dictionary")}
    offered = columns_to_share(dataset)
    found = []
    for code, names in offered.items():
        labels = {column.name: str(column.label or column.name) for column in parts[code].dictionary.all()}
        before = f"{parts[code].name}: " if len(parts) > 1 else ""
        found += [(code, name, before + labels.get(name, name)) for name in names]
    return found


class SignForm(forms.Form):
    party = forms.ModelChoiceField(label=_("In the name of"), queryset=Organisation.objects.none())

    def __init__(self, *args: Any, parties: list[Organisation], **options: Any):
        super().__init__(*args, **options)
        party: Any = self.fields["party"]
        party.queryset = Organisation.objects.filter(pk__in=[row.pk for row in parties])
        party.initial = parties[0].pk if parties else None


class CloseForm(forms.Form):
    reason = reason(_("Reason"))


class OfferForm(ChoosingForm, forms.Form):
    receiver = Chooser(Organisation, label=_("Office that shall own it"))
    note = forms.CharField(
        label=_("What the next owner must know"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Where the data comes from, what is promised to whom, what is open."),
    )  # fmt: skip

    def __init__(self, *args: Any, reader: Actor, **options: Any):
        super().__init__(*args, **options)
        self.read_as(reader)


class TakeOverForm(forms.Form):
    contact = forms.ModelChoiceField(label=_("Post that is asked from now on"), queryset=Position.objects.none())

    def __init__(self, *args: Any, office: Organisation, **options: Any):
        super().__init__(*args, **options)
        contact: Any = self.fields["contact"]
        contact.queryset = Position.objects.filter(organisation=office, closed_on__isnull=True).select_related(
            "organisation"
        )
