"""Forms of minutes, decisions, actions and endorsement."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.access.choosing import ChoosingForm
from sala.bodies.forms.bodies import POST_HELP
from sala.bodies.forms.fields import posts_held
from sala.bodies.models import AgendaItem, Minutes, Outcome
from sala.bodies.models.body import TIER_CHOICES
from sala.core.fields import TranslatedFormField
from sala.core.language import Translated
from sala.documents.forms.offices import day_field
from sala.duties import policy as duties
from sala.duties.forms import PostField
from sala.people.models import Position


class MinutesForm(forms.Form):
    """The summary and, for each item of the agenda, what was said and what came of it."""

    summary = TranslatedFormField(label=_("Summary"), long=True, required=False)
    opens_to = forms.ChoiceField(label=_("Open to, once approved"), choices=TIER_CHOICES)

    def __init__(self, *args: Any, minutes: Minutes, items: list[AgendaItem], **options: Any):
        said = {row.item_id: row.text for row in minutes.texts.all()}
        options.setdefault("initial", {"summary": minutes.summary, "opens_to": minutes.opens_to})
        super().__init__(*args, **options)
        self.items = items
        for item in items:
            self.fields[f"text_{item.pk}"] = TranslatedFormField(
                label=_("What was said"), long=True, required=False, initial=said.get(item.pk) or Translated()
            )
            self.fields[f"outcome_{item.pk}"] = forms.ChoiceField(
                label=_("Outcome"), required=False, choices=[("", "–"), *Outcome.choices], initial=item.outcome
            )

    def lines(self) -> list[dict[str, Any]]:
        return [
            {"item": item, "text": self[f"text_{item.pk}"], "outcome": self[f"outcome_{item.pk}"]}
            for item in self.items
        ]

    def written(self) -> dict[str, Any]:
        """What operations.write_minutes takes."""
        data = self.cleaned_data
        return {
            "summary": data["summary"],
            "opens_to": data["opens_to"],
            "texts": {item.pk: data[f"text_{item.pk}"] for item in self.items},
            "outcomes": {item.pk: data[f"outcome_{item.pk}"] for item in self.items},
        }


class DecisionForm(forms.Form):
    title = TranslatedFormField(label=_("Title"))
    wording = TranslatedFormField(label=_("What is decided"), long=True)
    number = forms.CharField(label=_("Number"), max_length=100, help_text=_("As it is written on the paper."))


class ActionForm(ChoosingForm, forms.Form):
    """What a decision asks of a post; with an issuer it is given out at once."""

    wording = TranslatedFormField(label=_("What is to be done"), long=True)
    position = PostField(label=_("Post asked"), help_text=POST_HELP)
    due_on = day_field(_("Due on"))
    issuer = forms.ModelChoiceField(
        Position.objects.none(), label=_("Give it out now in the name of"), required=False,
        help_text=_("This post checks the answer. Empty: it is given out later."),
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, **options: Any):
        super().__init__(*args, **options)
        offer_issuers(self.fields["issuer"], actor)


class GiveOutForm(forms.Form):
    issuer = forms.ModelChoiceField(
        Position.objects.none(), label=_("In the name of"), help_text=_("This post checks the answer.")
    )
    due_on = day_field(_("Due on"), required=False, help_text=_("Empty: as decided."))

    def __init__(self, *args: Any, actor: Actor, **options: Any):
        super().__init__(*args, **options)
        offer_issuers(self.fields["issuer"], actor)


def offer_issuers(field: Any, actor: Actor) -> None:
    field.queryset = posts_held(actor, duties.ISSUE)
    if not actor.is_everything and len(field.queryset) == 1:
        field.initial = field.queryset[0].pk


class ChainForm(ChoosingForm, forms.Form):
    """The posts that endorse, in their order, one code a line."""

    chain = forms.CharField(
        label=_("Posts that endorse, in this order"), widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One code a line. The text is frozen for them."),
    )  # fmt: skip

    def clean_chain(self) -> list[Position]:
        field = PostField()
        return [
            found for line in self.cleaned_data["chain"].splitlines() if line.strip() and (found := field.clean(line))
        ]


class EndorseForm(forms.Form):
    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 4}))
