"""Whom a call asks: a selection of posts by kind of post, office, sector and place, or one post by name."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from sala.access.choosing import ChoosingForm
from sala.core.models import Term
from sala.duties.forms.fields import PlaceField, PostField
from sala.duties.models import Call
from sala.people.models import OrganisationKind, Position
from sala.people.queries import kinds_of_posts
from sala.places.models import Area, Level


@dataclass(frozen=True)
class Selection:
    """What was chosen: the posts, who accepts, and the kind of post above that sums them up."""

    posts: QuerySet[Position]
    checker: Position | None
    above: str


class SelectionForm(ChoosingForm, forms.Form):
    """Every box narrows; nothing is chosen before a kind of post is."""

    post = forms.ChoiceField(label=_("Kind of post"), required=False)
    kind = forms.ChoiceField(label=_("Kind of organisation"), required=False)
    level = forms.ModelChoiceField(
        label=_("Level"), required=False, queryset=Level.objects.none(), to_field_name="code", empty_label=_("All")
    )
    place = PlaceField(label=_("Within the place"), required=False, help_text=_("Name or code."))
    sector = forms.ModelChoiceField(
        label=_("Sector"), required=False, queryset=Term.objects.none(), to_field_name="code", empty_label=_("All")
    )
    one = PostField(
        label=_("Or one post"), required=False, help_text=_("Words of its title, office and place, or its code."),
    )  # fmt: skip
    checker = PostField(label=_("Post that accepts"), required=False, help_text=_("Empty: the issuing post accepts."))
    above = forms.ChoiceField(
        label=_("Summed up by"), required=False,
        help_text=_("Kind of post in the organisation above. It is asked too, and its answer covers those below it."),
    )  # fmt: skip

    def __init__(self, *args: Any, call: Call, **options: Any):
        super().__init__(*args, **options)
        kinds = [(code, f"{title} ({code})") for code, title in kinds_of_posts()]
        fields: Any = self.fields
        fields["post"].choices = [("", "–"), *kinds]
        fields["above"].choices = [("", _("Nobody")), *kinds]
        fields["kind"].choices = [("", _("All")), *OrganisationKind.choices]
        fields["level"].queryset = Level.objects.order_by("rank")
        fields["sector"].queryset = Term.objects.filter(scheme="sector", retired=False)
        self.call = call

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("post") and not cleaned.get("one") and "one" not in self.errors:
            self.add_error("post", _("Choose a kind of post, or name one post."))
        return cleaned

    def selection(self) -> Selection:
        data = self.cleaned_data
        if data["one"]:
            posts = Position.objects.filter(pk=data["one"].pk)
        else:
            posts = Position.objects.filter(closed_on__isnull=True, code__endswith=f"-{data['post']}")
            posts = posts.filter(organisation__closed_on__isnull=True).exclude(pk=self.call.issuer_id)
            if data["kind"]:
                posts = posts.filter(organisation__kind=data["kind"])
            if data["level"]:
                posts = posts.filter(organisation__area__level=data["level"])
            if data["sector"]:
                posts = posts.filter(organisation__sector=data["sector"])
            if data["place"]:
                posts = posts.filter(organisation__area__path__startswith=_path(data["place"]))
        posts = posts.select_related("organisation__area").order_by(
            "organisation__area__code", "organisation__code", "code"
        )
        return Selection(posts, data["checker"], data["above"])


def _path(area: Area) -> str:
    return area.path
