"""Sending a workbook, and saying what a form is about."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.access.choosing import ChoosingForm
from sala.bodies.forms.fields import choose_terms, topics_field
from sala.collection import policy
from sala.collection.about import nouns
from sala.collection.models import About, Form, FormVersion
from sala.core.fields import TranslatedFormField
from sala.documents.forms.offices import OfficeField
from sala.documents.models.document import TIER_CHOICES
from sala.places.models import FacilityKind, Level

FILE_HELP = _("XLSForm: .xlsx, .xls, .csv or .md with the sheets survey, choices and settings.")


class WorkbookForm(forms.Form):
    file = forms.FileField(label=_("Workbook of the form"), help_text=FILE_HELP)


class NewFormForm(ChoosingForm, WorkbookForm):
    """Also asks whose form it is."""

    owner = OfficeField(label=_("Whose form it is"))
    field_order = ["file", "owner"]

    def __init__(self, *args: Any, actor: Actor, **options: Any):
        super().__init__(*args, **options)
        self.fields["owner"].among_those_of(actor, policy.EDIT)  # type: ignore[attr-defined]


class FormForm(forms.Form):
    """What is said of a form beside its questions."""

    NAMES = ("title", "purpose", "topics", "about", "level", "facility_kind", "about_noun", "subject_question", "place_question",
             "minutes",
             "asks_of_persons", "is_standing", "tier")  # fmt: skip

    title = TranslatedFormField(label=_("Title"))
    purpose = TranslatedFormField(label=_("What the answers are for"), long=True, required=False)
    topics = topics_field()
    about = forms.ChoiceField(label=_("One answer is about"), choices=About.choices, widget=forms.RadioSelect)
    level = forms.ModelChoiceField(Level.objects.none(), label=_("Level of the place"), required=False)
    facility_kind = forms.ModelChoiceField(FacilityKind.objects.none(), label=_("Kind of facility"), required=False)
    about_noun = forms.ChoiceField(label=_("Which register"), required=False)
    subject_question = forms.ChoiceField(
        label=_("Question that names it"), required=False,
        help_text=_("The question whose answer is the code of what it is about. Without one, whoever sends says it."),
    )  # fmt: skip
    place_question = forms.ChoiceField(
        label=_("Question that names the place that answers"), required=False,
        help_text=_("Only of a register whose rows have several places, such as villages that a concession affects: then a round expects one answer of each."),
    )  # fmt: skip
    minutes = forms.IntegerField(label=_("Minutes one answer takes"), required=False, min_value=1, max_value=600)
    asks_of_persons = forms.BooleanField(
        label=_("It asks about single people"), required=False,
        help_text=_("Then answers leave this service only as a rule allows."),
    )  # fmt: skip
    is_standing = forms.BooleanField(label=_("It may be sent at any time, not only in a round"), required=False)
    tier = forms.ChoiceField(label=_("Who sees the questions"), choices=TIER_CHOICES)

    def __init__(self, *args: Any, form: Form, version: FormVersion | None, **options: Any):
        super().__init__(*args, **options)
        choose_terms(self)
        self.fields["level"].queryset = Level.objects.all()  # type: ignore[attr-defined]
        self.fields["facility_kind"].queryset = FacilityKind.objects.all()  # type: ignore[attr-defined]
        registers = [(noun.code, noun.plural) for noun in nouns().values()]
        self.fields["about_noun"].choices = [("", "–"), *registers]  # type: ignore[attr-defined]
        names = [field["name"] for field in (version.questions() if version else []) if not field["repeat"]]
        for question in ("subject_question", "place_question"):
            self.fields[question].choices = [("", "–"), *((name, name) for name in names)]  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Why"), max_length=300)
