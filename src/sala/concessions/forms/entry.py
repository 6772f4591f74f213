"""Forms of a concession itself: entering it in short steps, and changing what is said of it."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.access.choosing import Chooser, SeveralChooser
from sala.concessions import policy
from sala.concessions.forms.fields import PartyField, ReasonedForm, VersionedForm, term_field, terms_of
from sala.concessions.models import Concession, ConcessionKind
from sala.concessions.queries.doubles import FATES, owed_on
from sala.core.fields import TranslatedFormField, day_field
from sala.core.models import Term
from sala.documents.forms.offices import OfficeField
from sala.duties.forms import ActorForm
from sala.people.models import Organisation
from sala.places.models import Area, Level


def level_choices() -> list[tuple[str, str]]:
    return [("", str(_("Not known"))), *((level.code, str(level.name)) for level in Level.objects.order_by("rank"))]


class SaidForm(forms.Form):
    """What is said of a concession; used for a new one and for changes."""

    kind = forms.ChoiceField(label=_("Kind"), choices=ConcessionKind.choices)
    name = TranslatedFormField(label=_("Name of the project"))
    sector = term_field(_("Sector"))
    commodities = forms.ModelMultipleChoiceField(
        Term.objects.none(), label=_("What is grown, dug or made"), required=False, to_field_name="code",
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    area = Chooser(
        Area, label=_("Place"), help_text=_("The smallest place that holds all of it: a district, or a village.")
    )
    applicant = PartyField(
        label=_("Who asks for it"), required=False,
        help_text=_("A part of any of its names. A new party is entered on its own page first."),
    )  # fmt: skip
    purpose = TranslatedFormField(label=_("Purpose"), long=True, required=False)
    level = forms.ChoiceField(label=_("Level that grants it"), required=False)
    requested_on = day_field(_("Requested on"), required=False)
    is_confidential = forms.BooleanField(label=_("Confidential"), required=False)
    confidential_reason = forms.CharField(
        label=_("Reason and legal basis"), max_length=300, required=False, help_text=_("Only where it is confidential.")
    )
    source = forms.CharField(
        label=_("Source"), max_length=200, required=False, help_text=_("From which list, file or letter this is known.")
    )

    def offer(self) -> None:
        self.fields["sector"].queryset = terms_of("sector")  # type: ignore[attr-defined]
        self.fields["commodities"].queryset = terms_of("commodity")  # type: ignore[attr-defined]
        self.fields["level"].choices = level_choices()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("is_confidential") and not data.get("confidential_reason"):
            self.add_error("confidential_reason", _("Say why it is confidential, and on what legal basis."))
        return data


class EnterForm(SaidForm, ActorForm):
    """The first step: what, where, kept by whom. Grants, areas and papers follow on its page."""

    lead = OfficeField(label=_("Kept by"))
    places = SeveralChooser(Area, label=_("Further places it reaches into"), required=False)
    seen = forms.BooleanField(label=_("I have looked at these; ours is another one"), required=False)

    field_order = [
        "kind", "name", "sector", "commodities", "area", "places", "lead", "applicant", "level", "requested_on", "purpose", "source",
        "is_confidential", "confidential_reason",
    ]  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, **options: Any):
        super().__init__(*args, actor=actor, **options)
        self.offer()
        self.fields["lead"].among_those_of(actor, policy.ENTER)  # type: ignore[attr-defined]

    def described(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


class ChangeForm(SaidForm, ReasonedForm):
    lead = OfficeField(label=_("Kept by"))
    follows = Chooser(
        Concession, label=_("Goes on from"), required=False, help_text=_("The lease or concession of which this one took over the land.")
    )  # fmt: skip
    open_contracting_id = forms.CharField(label=_("Open contracting number"), max_length=60, required=False)
    open_contracting_url = forms.URLField(
        label=_("Where it is published as open contracting"), max_length=300, required=False, assume_scheme="https"
    )

    field_order = [
        "kind", "name", "sector", "commodities", "area", "lead", "applicant", "level", "requested_on", "follows",
        "open_contracting_id", "open_contracting_url", "purpose", "source", "is_confidential", "confidential_reason", "reason", "document",
        "effective_on",
    ]  # fmt: skip

    def __init__(self, *args: Any, concession: Concession, **options: Any):
        current = [row.commodity for row in concession.commodities.filter(is_current=True).select_related("commodity")]
        initial = {
            "kind": concession.kind, "name": concession.name, "sector": concession.sector.code,
            "commodities": [term.code for term in current], "area": concession.area, "purpose": concession.purpose,
            "level": concession.level, "source": concession.source, "is_confidential": concession.is_confidential,
            "confidential_reason": concession.confidential_reason,
            "requested_on": concession.requested_on.isoformat() if concession.requested_on else "",
            "applicant": concession.applicant, "lead": concession.lead, "follows": concession.follows, "open_contracting_id": concession.open_contracting_id,
            "open_contracting_url": concession.open_contracting_url,
        }  # fmt: skip
        super().__init__(*args, concession=concession, initial=initial, **options)
        self.offer()
        lead: Any = self.fields["lead"]
        lead.among_those_of(options["actor"], policy.ENTER)
        lead.rows = Organisation.objects.filter(Q(pk__in=lead.rows.values("pk")) | Q(pk=concession.lead_id))


class DoubleForm(VersionedForm):
    same_as = Chooser(Concession, label=_("The entry that counts"))
    owed = forms.ChoiceField(
        label=_("What becomes of what is owed on this one"), choices=list(FATES.items()), widget=forms.RadioSelect
    )
    reason = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, concession: Concession, **options: Any):
        super().__init__(*args, concession=concession, **options)
        found = owed_on(concession)
        if found:
            self.fields["owed"].help_text = found.in_words
        else:
            del self.fields["owed"]
