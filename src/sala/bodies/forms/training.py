"""Forms of courses and of who came."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.access.choosing import Chooser, ChoosingForm, SeveralChooser
from sala.bodies import policy
from sala.bodies.forms.bodies import POST_HELP
from sala.bodies.forms.fields import CountField, choose_terms, topics_field
from sala.bodies.models import Course, Project
from sala.bodies.models.body import TIER_CHOICES
from sala.core.fields import TranslatedFormField
from sala.documents.forms.offices import OfficeField, day_field
from sala.documents.models import Document
from sala.duties.forms import ActorForm, PlaceField, PostField
from sala.duties.models import DutyKind
from sala.people.models import Organisation


class CourseForm(ActorForm):
    NAMES = ("title", "aim", "duties", "topics", "project", "tier")

    title = TranslatedFormField(label=_("Title"))
    aim = TranslatedFormField(label=_("Aim"), long=True, required=False)
    duties = forms.MultipleChoiceField(
        label=_("For those who"), choices=DutyKind.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    topics = topics_field()
    materials = SeveralChooser(Document, label=_("Materials"), required=False)
    project = Chooser(Project, label=_("Part of the project"), required=False)
    tier = forms.ChoiceField(label=_("Open to"), choices=TIER_CHOICES)

    def __init__(self, *args: Any, actor: Actor, **options: Any):
        super().__init__(*args, actor=actor, **options)
        choose_terms(self)


class NewCourseForm(CourseForm):
    owner = OfficeField(label=_("Given by"))
    field_order = ["title", "owner"]

    def __init__(self, *args: Any, actor: Actor, **options: Any):
        super().__init__(*args, actor=actor, **options)
        self.fields["owner"].among_those_of(actor, policy.EDIT_TRAINING)  # type: ignore[attr-defined]


def course_initial(course: Course) -> dict[str, Any]:
    return {"materials": list(course.materials.all())}


class SessionForm(ChoosingForm, forms.Form):
    starts_on = day_field(_("From"))
    ends_on = day_field(_("Until"))
    area = PlaceField(label=_("Place"))


class TrainedForm(ChoosingForm, forms.Form):
    position = PostField(label=_("Post"), required=False, help_text=POST_HELP)
    organisation = Chooser(Organisation, label=_("Or organisation"), required=False)
    women = CountField(label=_("Women"))
    men = CountField(label=_("Men"))
    unstated = CountField(label=_("Not stated"))
