"""Forms of projects and their partners."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.access.choosing import Chooser, ChoosingForm, SeveralChooser
from sala.bodies import policy
from sala.bodies.forms.fields import choose_terms, topics_field
from sala.bodies.models import PartnerRole, PilotVerdict, Project, ProjectKind, ProjectState
from sala.bodies.models.body import TIER_CHOICES
from sala.core import money
from sala.core.errors import Invalid
from sala.core.fields import NumberField, TranslatedFormField
from sala.documents.forms.offices import OfficeField, day_field
from sala.duties.forms import ActorForm, SubjectField
from sala.people.models import Organisation
from sala.places.models import Area


class ProjectForm(ChoosingForm, forms.Form):
    """What is said of a project; used for a new one and for changes. `seen` is asked when a like one is there."""

    NAMES = (
        "kind", "title", "aim", "state", "starts_on", "ends_on", "areas", "topics", "results", "question", "before",
        "after", "verdict", "tier",
    )  # fmt: skip

    kind = forms.ChoiceField(label=_("Kind"), choices=ProjectKind.choices)
    title = TranslatedFormField(label=_("Title"))
    aim = TranslatedFormField(label=_("Aim"), long=True, required=False)
    state = forms.ChoiceField(label=_("State"), choices=ProjectState.choices)
    starts_on = day_field(_("From"))
    ends_on = day_field(_("Until"), required=False)
    areas = SeveralChooser(Area, label=_("Places"))
    topics = topics_field()
    budget = NumberField(label=_("Budget"), required=False)
    results = TranslatedFormField(label=_("Results"), long=True, required=False)
    question = TranslatedFormField(label=_("Question of the pilot"), required=False)
    before = TranslatedFormField(label=_("Measure before"), required=False)
    after = TranslatedFormField(label=_("Measure after"), required=False)
    verdict = forms.ChoiceField(label=_("Verdict"), choices=[("", "–"), *PilotVerdict.choices], required=False)
    tier = forms.ChoiceField(label=_("Open to"), choices=TIER_CHOICES)
    seen = forms.BooleanField(label=_("I have looked at these; ours is another one"), required=False)

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        choose_terms(self)
        self.fields["budget"].help_text = _("In %(currency)s; empty when it is not known.") % {"currency": money.own()}

    def clean_budget(self) -> int | None:
        """In the smallest unit of the currency."""
        amount = self.cleaned_data["budget"]
        if amount is None:
            return None
        try:
            return money.smallest(amount, money.own())
        except Invalid as error:
            raise forms.ValidationError(error.advice) from error

    def described(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name not in ("seen", "owner")}


class NewProjectForm(ProjectForm):
    owner = OfficeField(label=_("Kept by"))
    field_order = ["kind", "title", "owner"]

    def __init__(self, *args: Any, actor: Actor, **options: Any):
        super().__init__(*args, **options)
        self.fields["owner"].among_those_of(actor, policy.EDIT_PROJECT)  # type: ignore[attr-defined]


def project_initial(project: Project) -> dict[str, Any]:
    return {"budget": "" if project.amount is None else str(project.amount)}


class PartnerForm(ChoosingForm, forms.Form):
    organisation = Chooser(Organisation, label=_("Organisation"))
    role = forms.ChoiceField(label=_("Role"), choices=PartnerRole.choices)


class LinkForm(ActorForm):
    subject = SubjectField(label=_("What belongs to it"))
