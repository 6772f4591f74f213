"""Forms of a meeting: when and where, its agenda, its papers, who is invited and who came."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.access.choosing import Chooser, ChoosingForm
from sala.bodies.forms.bodies import POST_HELP
from sala.bodies.forms.fields import CountField, moment_field
from sala.bodies.models import Body, Meeting, Participant, Series
from sala.bodies.models.body import TIER_CHOICES
from sala.bodies.operations.participants import COUNTS
from sala.core.fields import TranslatedFormField
from sala.duties.forms import ActorForm, DocumentField, PostField
from sala.people.models import Organisation


class MeetingForm(ActorForm):
    NAMES = ("title", "purpose", "starts_at", "ends_at", "venue", "series", "follows", "tier")

    title = TranslatedFormField(label=_("Title"))
    purpose = TranslatedFormField(label=_("Purpose"), long=True, required=False)
    starts_at = moment_field(_("Begins"))
    ends_at = moment_field(_("Ends"), required=False)
    venue = TranslatedFormField(label=_("Where"), required=False)
    series = forms.ModelChoiceField(Series.objects.none(), label=_("Series"), required=False)
    follows = Chooser(
        Meeting, label=_("Follows the meeting"), required=False,
        help_text=_("Words of its title, or its number. The last one of the series is taken up by itself."),
    )  # fmt: skip
    tier = forms.ChoiceField(label=_("Open to"), choices=TIER_CHOICES)

    def __init__(self, *args: Any, actor: Actor, body: Body, **options: Any):
        super().__init__(*args, actor=actor, **options)
        self.fields["series"].queryset = body.series.all()  # type: ignore[attr-defined]


class ItemForm(ChoosingForm, forms.Form):
    NAMES = ("title", "wanted", "presenter")

    title = TranslatedFormField(label=_("Title"))
    wanted = TranslatedFormField(label=_("What the meeting is to do"), required=False)
    presenter = PostField(label=_("Presented by"), required=False, help_text=POST_HELP)


class PaperForm(ActorForm):
    document = DocumentField(label=_("Document"))


class InviteForm(ChoosingForm, forms.Form):
    position = PostField(label=_("Post"), required=False, help_text=POST_HELP)
    organisation = Chooser(Organisation, label=_("Or organisation"), required=False)
    label = forms.CharField(
        label=_("Or guests of no organisation"), max_length=120, required=False,
        help_text=_("A few words, such as “villagers of the site”. Name no person."),
    )  # fmt: skip
    is_guest = forms.BooleanField(label=_("As a guest"), required=False, initial=True)


class AttendanceForm(forms.Form):
    """Three counts for each participant."""

    def __init__(self, *args: Any, participants: list[Participant], **options: Any):
        super().__init__(*args, **options)
        self.participants = participants
        labels = {"women": _("Women"), "men": _("Men"), "unstated": _("Not stated")}
        for row in participants:
            for name in COUNTS:
                self.fields[f"{name}_{row.pk}"] = CountField(label=labels[name], initial=getattr(row, name))

    def lines(self) -> list[dict[str, Any]]:
        """Each participant with its bound fields."""
        return [
            {"participant": row, "fields": [self[f"{name}_{row.pk}"] for name in COUNTS]} for row in self.participants
        ]

    def counts(self) -> dict[int, dict[str, int]]:
        return {row.pk: {name: self.cleaned_data[f"{name}_{row.pk}"] for name in COUNTS} for row in self.participants}
