"""Forms of visits: what narrows the list, planning one, calling it off, going together."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.access.choosing import Chooser, SeveralChooser
from sala.access.scope import visible
from sala.bodies.forms.fields import CountField, choose_terms, posts_held, topics_field
from sala.collection import policy
from sala.collection.forms.rounds import ReadingForm
from sala.collection.models import Form, Visit, VisitState
from sala.core import lao
from sala.core.fields import TranslatedFormField, day_field
from sala.core.models import Term
from sala.documents.models.document import TIER_CHOICES
from sala.duties.models import Call
from sala.people.models import Organisation, Position
from sala.places.models import Area

MONTH = re.compile(r"([12]\d{3})-(\d{1,2})")
MANY_PLACES = 6000  # characters: a few hundred codes
EXPECTED_STATE = ("", _("Planned and done"))


class MonthField(forms.CharField):
    """A month as the browser's own box writes it (2026-11); gives its first day."""

    def __init__(self, **options: Any):
        super().__init__(max_length=20, widget=forms.TextInput(attrs={"type": "month"}), **options)

    def clean(self, value: Any) -> date | None:
        text = lao.digits(super().clean(value)).strip()
        if not text:
            return None
        match = MONTH.fullmatch(text)
        if match is None or not 1 <= int(match[2]) <= 12:
            raise forms.ValidationError(_("Write year and month, such as 2026-11."))
        return date(int(match[1]), int(match[2]), 1)


class NarrowForm(ReadingForm):
    month = MonthField(label=_("Month"), required=False)
    place = Chooser(Area, label=_("Place"), required=False)
    office = Chooser(Organisation, label=_("Office that goes"), required=False)
    topic = forms.ChoiceField(label=_("Topic"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[EXPECTED_STATE, *VisitState.choices])
    q = forms.CharField(label=_("Word"), required=False, max_length=100)

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        terms = Term.objects.filter(scheme="topic", retired=False).order_by("order", "code")
        self.fields["topic"].choices = [("", _("All topics")), *((term.code, str(term.name)) for term in terms)]  # type: ignore[attr-defined]


class VisitForm(ReadingForm):
    """A visit that is planned or changed. `seen` is asked when others go to the same places."""

    NAMES = ("position", "title", "purpose", "starts_on", "ends_on", "areas", "topics", "form", "minutes", "tier")

    position = forms.ModelChoiceField(Position.objects.none(), label=_("Post in charge"))
    title = TranslatedFormField(label=_("Title"))
    purpose = TranslatedFormField(label=_("What it is for"), long=True, required=False)
    starts_on = day_field(_("First day"))
    ends_on = day_field(_("Last day"))
    areas = SeveralChooser(
        Area, label=_("Places"), max_length=MANY_PLACES,
        help_text=_("Names or codes, with commas between them. A district stands for all its villages."),
    )  # fmt: skip
    topics = topics_field()
    form = Chooser(Form, label=_("Form that is filled in there"), required=False)
    call = forms.CharField(label=_("Reference of the call"), required=False, max_length=30)
    minutes = CountField(
        label=_("Minutes at each place"), help_text=_("How long people of one place are asked to be there. Empty: as the form says.")
    )  # fmt: skip
    tier = forms.ChoiceField(label=_("Open to"), choices=TIER_CHOICES, initial="government")
    seen = forms.BooleanField(label=_("I have looked at these; ours goes as it stands"), required=False)

    def __init__(self, *args: Any, actor: Actor, **options: Any):
        super().__init__(*args, actor=actor, **options)
        self.actor = actor
        choose_terms(self)
        posts = posts_held(actor, policy.VISIT)
        self.fields["position"].queryset = posts  # type: ignore[attr-defined]
        self.fields["position"].initial = posts.first()

    def clean_call(self) -> Call | None:
        reference = lao.digits(self.cleaned_data["call"]).strip()
        if not reference:
            return None
        found = visible(self.actor, Call).filter(reference__iexact=reference, is_issued=True).first()
        if found is None:
            raise forms.ValidationError(_("No call with this reference is open to you. Look it up under Calls."))
        return found

    def clean_minutes(self) -> int | None:
        return self.cleaned_data["minutes"] or None

    def described(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


class CallOffForm(forms.Form):
    reason = forms.CharField(
        label=_("Why it does not take place"), max_length=300,
        help_text=_("Such as: the road is cut; another office brings the figures."),
    )  # fmt: skip


class ProposeForm(ReadingForm):
    """One joint visit instead of several."""

    others = forms.MultipleChoiceField(
        label=_("Visits that go into it"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one visit of another office.")},
    )  # fmt: skip
    title = TranslatedFormField(label=_("Title of the joint visit"))
    starts_on = day_field(_("First day"))
    ends_on = day_field(_("Last day"))
    minutes = CountField(
        label=_("Minutes at each place"), help_text=_("For all offices together. Not less than the longest of them needs.")
    )  # fmt: skip
    note = forms.CharField(label=_("Note to the other offices"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))  # fmt: skip

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], longest: int, **options: Any):
        super().__init__(*args, **options)
        self.longest = longest
        self.fields["others"].choices = choices  # type: ignore[attr-defined]

    def clean_minutes(self) -> int:
        return self.cleaned_data["minutes"] or self.longest


class AnswerJointForm(forms.Form):
    reason = forms.CharField(label=_("Why not, or what must change first"), required=False, max_length=300)


def visit_initial(visit: Visit) -> dict[str, Any]:
    return {"call": visit.call.reference if visit.call else ""}


class BurdenForm(ReadingForm):
    place = Chooser(Area, label=_("Place"), required=False)
    year = forms.IntegerField(label=_("Year"), required=False)

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        self.fields["year"].widget.attrs["inputmode"] = "numeric"
