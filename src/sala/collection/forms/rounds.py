"""Forms of a round: which forms it asks, what narrows its answers, doing without some, asking another post."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.access.choosing import Chooser, ChoosingForm, SeveralChooser
from sala.collection.about import Named
from sala.collection.models import About, ExpectedState, Form
from sala.collection.queries.rounds import OPEN
from sala.collection.queries.subjects import other_row
from sala.duties.models import Assignment
from sala.people.models import Position
from sala.places.models import Area, Facility

ALL = "all"
STATES = [(OPEN, _("Still to come")), (ALL, _("All")), *ExpectedState.choices]


class ReadingForm(ChoosingForm, forms.Form):
    """A form whose choosers look things up for somebody."""

    def __init__(self, *args: Any, actor: Actor, **options: Any):
        super().__init__(*args, **options)
        self.reader = actor
        self.read_as(actor)


class RoundFormsForm(ReadingForm):
    forms = SeveralChooser(Form, label=_("Forms"))


class NarrowForm(ReadingForm):
    """What narrows the answers of a round."""

    form = forms.ChoiceField(label=_("Form"), required=False)
    period = forms.ChoiceField(label=_("Period"), required=False)
    place = Chooser(Area, label=_("Place"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False, choices=STATES)
    q = forms.CharField(label=_("Name or code"), required=False, max_length=100)

    def __init__(self, *args: Any, asked: Sequence[Form], periods: Sequence[str], **options: Any):
        super().__init__(*args, **options)
        self.fields["form"].choices = [("", _("All forms")), *((form.slug, str(form)) for form in asked)]  # type: ignore[attr-defined]
        self.fields["period"].choices = [("", _("All")), *((period, period) for period in periods)]  # type: ignore[attr-defined]
        for name, many in (("form", len(asked) > 1), ("period", len(periods) > 1)):
            if not many:
                del self.fields[name]


class WaiveForm(forms.Form):
    reason = forms.CharField(
        label=_("Why they will not come"), max_length=300,
        help_text=_("Such as: the road is cut until November; the school stays closed this year."),
    )  # fmt: skip


class GiveToForm(ReadingForm):
    respondent = Chooser(
        Position, label=_("Post that gives the answers"), required=False,
        help_text=_("A part of its title or office, or its code. Empty: your office enters them itself."),
    )  # fmt: skip


class AddForm(ReadingForm):
    """One more answer of a round."""

    office = forms.ModelChoiceField(Assignment.objects.none(), label=_("Office that gathers it"))
    form = forms.ChoiceField(label=_("Form"))
    place = Chooser(Area, label=_("Place"), required=False)
    facility = Chooser(Facility, label=_("Facility"), required=False)
    code = forms.CharField(
        label=_("Code of the row"), max_length=60, required=False, help_text=_("As its register shows it.")
    )
    respondent = GiveToForm.base_fields["respondent"]

    def __init__(self, *args: Any, asked: Sequence[Form], offices: Any, **options: Any):
        super().__init__(*args, **options)
        self.asked = {form.slug: form for form in asked}
        self.fields["form"].choices = [(form.slug, str(form)) for form in asked]  # type: ignore[attr-defined]
        self.fields["office"].queryset = offices  # type: ignore[attr-defined]
        self.fields["office"].label_from_instance = lambda row: f"{row.position.organisation} {row.period}"  # type: ignore[attr-defined]
        for about, name in ((About.PLACE, "place"), (About.FACILITY, "facility"), (About.OTHER, "code")):
            if not any(form.about == about or (form.place_question and name == "place") for form in asked):
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        form = self.asked.get(data.get("form", ""))
        if form is not None:
            name = {About.FACILITY: "facility", About.OTHER: "code"}.get(form.about, "place")  # type: ignore[call-overload]
            subject = data.get(name)
            if form.about == About.OTHER and subject:
                subject = self._other(form, subject)
            if not subject and name not in self.errors:
                self.add_error(name, _("Say which one the answer is about."))
            data["form"], data["subject"] = form, subject
        return data

    def _other(self, form: Form, code: str) -> Named | None:
        found = other_row(self.reader, form, code)
        if found is None:
            self.add_error("code", _("The register has no such code. Look it up there."))
        return found
