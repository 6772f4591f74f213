"""Forms of rules of law and days off."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.access.choosing import Chooser, ChoosingForm
from sala.core.fields import NumberField, TranslatedFormField
from sala.core.models import Certainty
from sala.documents import policy
from sala.documents.forms.documents import ReasonForm
from sala.documents.forms.offices import OfficeField, day_field
from sala.documents.models import Document, RuleKind
from sala.documents.models.rules import known_units, unit_label
from sala.places.models import Area


class RuleForm(ChoosingForm, forms.Form):
    """A rule of law: what, how much, where, from when, on which paper."""

    owner = OfficeField(label=_("Kept by"))
    kind = forms.ChoiceField(label=_("Kind"), choices=RuleKind.choices)
    key = forms.CharField(
        label=_("Subject"), max_length=80, help_text=_("A short code, such as calls or concession.rubber.")
    )
    number = NumberField(label=_("Number"), required=False)
    unit = forms.ChoiceField(label=_("Unit"), required=False)
    text = TranslatedFormField(label=_("Text, when it is not a number"), required=False)
    note = TranslatedFormField(label=_("Explanation"), required=False, long=True)
    area = Chooser(Area, label=_("Only in this area"), required=False)
    start = day_field(_("First day it holds"))
    end = day_field(_("First day it no longer holds"), required=False)
    source = Chooser(
        Document, label=_("Laid down by"), required=False,
        help_text=_("Words of its title, its number, or the address of its page."),
    )  # fmt: skip
    clause = forms.CharField(label=_("Article or clause"), max_length=200, required=False)
    certainty = forms.ChoiceField(label=_("How sure"), choices=Certainty.choices, initial=Certainty.EXAMPLE)

    def __init__(self, *args, reader: Actor, **options):
        super().__init__(*args, **options)
        fields: Any = self.fields
        self.read_as(reader)
        fields["owner"].among_those_of(reader, policy.PUBLISH)
        fields["unit"].choices = [("", "–"), *((unit, unit_label(unit) or unit) for unit in known_units())]

    def clean(self):
        data = super().clean() or {}
        if data.get("number") is None and not data.get("text"):
            self.add_error("number", _("Give a number with its unit, or a text."))
        if data.get("number") is not None and not data.get("unit"):
            self.add_error("unit", _("Choose the unit of the number."))
        return data


class EndRuleForm(ReasonForm):
    on = day_field(_("First day it no longer holds"))

    field_order = ["on", "reason"]


class DayOffForm(ChoosingForm, forms.Form):
    """A day off that was announced."""

    owner = OfficeField(label=_("Entered by"))
    day = day_field(_("Date"))
    name = TranslatedFormField(label=_("Name"))
    source = forms.CharField(label=_("Number and date of the notice"), max_length=200)

    def __init__(self, *args, reader: Actor, **options):
        super().__init__(*args, **options)
        self.fields["owner"].among_those_of(reader, policy.PUBLISH)  # type: ignore[attr-defined]
