"""Forms of recommendations: drafting one, and each step it takes until a higher office has answered."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.access.choosing import Chooser, SeveralChooser
from sala.core import money
from sala.core.fields import NumberField, TranslatedFormField
from sala.duties.forms import ActorForm, DocumentField, PostField
from sala.duties.models import Outcome, StanceKind
from sala.duties.queries.issuers import posts_to_issue_for
from sala.people.models import Organisation, Position
from sala.places.models import Level


def level_choices() -> list[tuple[str, str]]:
    return [("", str(_("Not said"))), *((str(level.rank), str(level.name)) for level in Level.objects.all())]


class DetailsForm(ActorForm):
    """What a recommendation carries beside its words and owners."""

    number = forms.CharField(label=_("Number"), max_length=30, help_text=_("As it stands in the report, such as 1.2."))
    theme = TranslatedFormField(label=_("Agenda item or theme"), required=False)
    level = forms.ChoiceField(label=_("Level"), required=False, choices=level_choices)
    budget_line = forms.CharField(label=_("Budget line"), max_length=200, required=False)
    cost = NumberField(label=_("Estimated cost"), required=False, help_text=_("In whole units of the country's money."))
    indicator = TranslatedFormField(label=_("How fulfilment is measured"), required=False)
    source = DocumentField(label=_("Recommended in"), required=False, help_text=_("The report it comes from."))

    def clean_level(self) -> int | None:
        return int(self.cleaned_data["level"]) if self.cleaned_data["level"] else None

    def details(self) -> dict[str, Any]:
        """The fields as an operation takes them; the amount in the minor unit of the country's currency."""
        data, code = self.cleaned_data, money.own()
        cost = data["cost"]
        return {
            **{name: data[name] for name in ("number", "theme", "level", "budget_line", "indicator", "source")},
            "amount": None if cost is None else int(cost.scaleb(money.minor_digits(code)).to_integral_value()),
            "currency": "" if cost is None else code,
        }


class RecommendationForm(DetailsForm):
    """A draft with its words, whom it concerns and what it costs."""

    issuer = forms.ModelChoiceField(label=_("Recommended by"), queryset=Position.objects.none())
    title = TranslatedFormField(label=_("Short title"))
    wording = TranslatedFormField(label=_("Wording"), long=True)
    purpose = TranslatedFormField(label=_("Purpose"), long=True, help_text=_("What it is to bring about."))
    owners = SeveralChooser(
        model=Position, label=_("Posts that carry it out"), help_text=_("Words of the title, office and place, or the code.")
    )  # fmt: skip
    checker = PostField(
        label=_("Post that verifies"), required=False, help_text=_("Empty: the recommending post verifies.")
    )
    due_on = forms.DateField(label=_("Due on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    is_public = forms.BooleanField(label=_("Everybody may see it and how it stands"), required=False)
    field_order = (
        "issuer", "number", "title", "wording", "purpose", "theme", "owners", "checker", "level", "due_on",
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, **options: Any):
        super().__init__(*args, actor=actor, **options)
        issuer: Any = self.fields["issuer"]
        issuer.queryset = posts_to_issue_for(actor)
        if issuer.queryset.count() == 1:
            issuer.initial = issuer.queryset.first()


class PutForm(ActorForm):
    organisations = SeveralChooser(model=Organisation, label=_("Ministries and offices asked"))


class PositionForm(forms.Form):
    """What one office thinks of it. With several offices to speak for, it is said for which."""

    organisation = forms.ModelChoiceField(label=_("Office"), queryset=Organisation.objects.none(), empty_label=None)
    stance = forms.ChoiceField(
        label=_("Position taken"), widget=forms.RadioSelect,
        choices=[(kind.value, kind.label) for kind in (StanceKind.AGREE, StanceKind.RESERVATION, StanceKind.OPPOSE)],
    )  # fmt: skip
    note = forms.CharField(
        label=_("Reason"), required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Needed for a reservation and for a no: what should be said instead."),
    )  # fmt: skip

    def __init__(self, *args: Any, offices: list[Organisation], **options: Any):
        super().__init__(*args, **options)
        field: Any = self.fields["organisation"]
        field.queryset = Organisation.objects.filter(pk__in=[one.pk for one in offices])
        field.initial = offices[0] if offices else None


class RewordForm(ActorForm):
    wording = TranslatedFormField(label=_("New wording"), long=True)
    reason = forms.CharField(label=_("Why it is changed"), max_length=300)
    document = DocumentField(label=_("Document behind it"), required=False)


class SubmitForm(ActorForm):
    office = Chooser(Organisation, label=_("Higher office"))


class AnswerOfOfficeForm(ActorForm):
    """The answer of the higher office, on the strength of its decision."""

    outcome = forms.ChoiceField(
        label=_("Answer"), widget=forms.RadioSelect,
        choices=[(kind.value, kind.label) for kind in (Outcome.ENDORSED, Outcome.CHANGED, Outcome.REFUSED)],
    )  # fmt: skip
    document = DocumentField(label=_("Decision"), help_text=_("Words of its title, its number or its address."))
    on = forms.DateField(
        label=_("Day of the answer"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    answer = TranslatedFormField(label=_("What it says"), required=False, long=True)
    wording = TranslatedFormField(
        label=_("Changed wording"), required=False, long=True, help_text=_("Only where the words were changed.")
    )
