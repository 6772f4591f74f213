"""Forms of parties and of who holds shares in whom."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.access.choosing import Chooser
from sala.concessions import policy
from sala.concessions.forms.fields import PartyField
from sala.concessions.models import Party, PartyKind, Shareholding
from sala.core import lao
from sala.core.fields import NumberField, TranslatedFormField, day_field
from sala.documents.forms.offices import OfficeField
from sala.documents.models import Document
from sala.duties.forms import ActorForm
from sala.people.models import Organisation


class PartyForm(ActorForm):
    """What is said of a party; used for a new one and for changes."""

    kind = forms.ChoiceField(label=_("Kind"), choices=PartyKind.choices)
    name = TranslatedFormField(label=_("Name"))
    names = forms.CharField(
        label=_("Other names and spellings"), required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("One a line.")
    )  # fmt: skip
    country = forms.RegexField(
        r"^[A-Za-z]{2}$", label=_("Country of registration or origin"), required=False,
        help_text=_("Its code of two letters."),
    )  # fmt: skip
    registration = forms.CharField(label=_("Registration number"), max_length=60, required=False)
    website = forms.URLField(label=_("Web address"), required=False, assume_scheme="https")
    organisation = Chooser(
        Organisation, label=_("Represented here as"), required=False,
        help_text=_("The organisation whose representatives may read what the party holds."),
    )  # fmt: skip
    source = forms.CharField(label=_("Source"), max_length=200, required=False)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def clean_country(self) -> str:
        return self.cleaned_data["country"].upper()

    def clean_names(self) -> list[str]:
        lines = [lao.stored(line).strip() for line in self.cleaned_data["names"].splitlines()]
        if any(len(line) > 300 for line in lines):
            raise forms.ValidationError(_("A name has at most 300 letters."))
        return list(dict.fromkeys(filter(None, lines)))


class NewPartyForm(PartyForm):
    keeper = OfficeField(label=_("Kept by"))
    seen = forms.BooleanField(label=_("I have looked at these; ours is another one"), required=False)

    field_order = ["kind", "name", "names", "country", "registration", "keeper"]

    def __init__(self, *args: Any, actor: Actor, **options: Any):
        super().__init__(*args, actor=actor, **options)
        self.fields["keeper"].among_those_of(actor, policy.PARTY)  # type: ignore[attr-defined]

    def described(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


class ChangePartyForm(PartyForm):
    reason = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, party: Party, **options: Any):
        plain = {name: getattr(party, name) for name in ("kind", "name", "country", "registration", "website", "organisation", "source", "note")}  # fmt: skip
        names = "\n".join(party.names.values_list("text", flat=True))
        super().__init__(*args, initial={**plain, "names": names}, **options)


class HoldForm(ActorForm):
    owner = PartyField(label=_("Who holds"))
    role = forms.ChoiceField(label=_("As"), choices=Shareholding.Role.choices)
    share = NumberField(
        label=_("Share in per cent"), required=False, help_text=_("Leave it empty when only the link is known.")
    )
    start = day_field(_("From"), required=False)
    end = day_field(_("Until before"), required=False)
    document = Chooser(Document, label=_("Document"), required=False)
    source = forms.CharField(label=_("Source"), max_length=200, required=False)


class EndHoldingForm(forms.Form):
    on = day_field(_("First day without it"))


class MergePartyForm(ActorForm):
    into = PartyField(label=_("The entry that stays"))
    reason = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class UndoMergeForm(forms.Form):
    reason = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class ApartForm(UndoMergeForm):
    """Why two parties are two."""
