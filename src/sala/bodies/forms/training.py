"""Forms of courses and of who came."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.bodies import policy
from sala.bodies.forms.bodies import POST_HELP
from sala.bodies.forms.fields import CountField, choose_terms, topics_field
from sala.bodies.models import Course, Project
from sala.bodies.models.body import TIER_CHOICES
from sala.core.fields import TranslatedFormField
from sala.documents.forms.codes import CodeField, choose_office, day_field
from sala.documents.models import Document
from sala.duties.forms import PostField
from sala.duties.models import DutyKind
from sala.people.models import Organisation
from sala.places.models import Area


class CourseForm(forms.Form):
    NAMES = ("title", "aim", "duties", "topics", "project", "tier")

    title = TranslatedFormField(label=_("Title"))
    aim = TranslatedFormField(label=_("Aim"), long=True, required=False)
    duties = forms.MultipleChoiceField(
        label=_("For those who"), choices=DutyKind.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    topics = topics_field()
    materials = forms.CharField(
        label=_("Materials"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Addresses of documents, one a line."),
    )  # fmt: skip
    project = CodeField(
        Project.objects.none(), code="slug", label=_("Part of the project"), required=False,
        help_text=_("Last part of the address of its page."),
    )  # fmt: skip
    tier = forms.ChoiceField(label=_("Open to"), choices=TIER_CHOICES)

    def __init__(self, *args: Any, actor: Actor, **options: Any):
        super().__init__(*args, **options)
        self.actor = actor
        choose_terms(self)
        self.fields["project"].queryset = visible(actor, Project)  # type: ignore[attr-defined]

    def clean_materials(self) -> list[Document]:
        found = []
        for line in filter(None, map(str.strip, self.cleaned_data["materials"].splitlines())):
            slug = line.strip("/").rpartition("/")[2]
            document = visible(self.actor, Document).filter(slug=slug).first()
            if document is None:
                raise forms.ValidationError(_("No such document. Copy the address of its page."))
            found.append(document)
        return found


class NewCourseForm(CourseForm):
    owner = forms.ModelChoiceField(Organisation.objects.none(), label=_("Given by"), to_field_name="code")
    field_order = ["title", "owner"]

    def __init__(self, *args: Any, actor: Actor, **options: Any):
        super().__init__(*args, actor=actor, **options)
        choose_office(self.fields["owner"], actor, policy.EDIT_TRAINING)


def course_initial(course: Course) -> dict[str, Any]:
    return {"materials": "\n".join(document.get_absolute_url() for document in course.materials.all())}


class SessionForm(forms.Form):
    starts_on = day_field(_("From"))
    ends_on = day_field(_("Until"))
    area = CodeField(Area.objects.filter(ended_on__isnull=True), label=_("Place"), help_text=_("Code of the place."))


class TrainedForm(forms.Form):
    position = PostField(label=_("Post"), required=False, max_length=120, help_text=POST_HELP)
    organisation = CodeField(
        Organisation.objects.filter(closed_on__isnull=True), label=_("Or organisation"), required=False,
        help_text=_("Code of the organisation."),
    )  # fmt: skip
    women = CountField(label=_("Women"))
    men = CountField(label=_("Men"))
    unstated = CountField(label=_("Not stated"))
