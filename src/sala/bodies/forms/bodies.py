"""Forms of bodies, seats and series."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.access.choosing import ChoosingForm
from sala.access.scope import visible
from sala.bodies import policy
from sala.bodies.forms.fields import choose_terms, term_field, topics_field
from sala.bodies.models import Body, BodyKind, Rhythm, SeatRole
from sala.bodies.models.body import TIER_CHOICES
from sala.core.fields import TranslatedFormField
from sala.documents.forms.offices import OfficeField, day_field
from sala.duties.forms import ActorForm, DocumentField, PlaceField, PostField

POST_HELP = _("Words of its title, office and place, or its code.")


class BodyForm(ActorForm):
    """What is said of a body; used for a new one and for changes."""

    NAMES = ("kind", "name", "mandate", "document", "area", "sector", "topics", "parent", "tier", "set_up_on")

    kind = forms.ChoiceField(label=_("Kind"), choices=BodyKind.choices)
    name = TranslatedFormField(label=_("Name"))
    mandate = TranslatedFormField(label=_("Mandate"), long=True, required=False)
    document = DocumentField(label=_("Set up by"), required=False)
    area = PlaceField(label=_("Place"))
    sector = term_field(_("Sector"), "sector", required=False)
    topics = topics_field()
    parent = forms.ModelChoiceField(Body.objects.none(), label=_("Reports to"), required=False)
    tier = forms.ChoiceField(label=_("Open to"), choices=TIER_CHOICES)
    set_up_on = day_field(_("Set up on"), required=False)

    def __init__(self, *args: Any, actor: Actor, body: Body | None = None, **options: Any):
        super().__init__(*args, actor=actor, **options)
        choose_terms(self)
        others = visible(actor, Body).filter(dissolved_on__isnull=True)
        self.fields["parent"].queryset = others.exclude(pk=body.pk) if body else others  # type: ignore[attr-defined]


class NewBodyForm(BodyForm):
    """Also asks which organisation keeps its papers."""

    secretariat = OfficeField(
        label=_("Secretariat"), help_text=_("The organisation that convenes it and writes its minutes.")
    )
    field_order = ["kind", "name", "secretariat"]

    def __init__(self, *args: Any, actor: Actor, **options: Any):
        super().__init__(*args, actor=actor, **options)
        self.fields["secretariat"].among_those_of(actor, policy.EDIT)  # type: ignore[attr-defined]


class SeatForm(ChoosingForm, forms.Form):
    position = PostField(label=_("Post"), help_text=POST_HELP)
    role = forms.ChoiceField(label=_("Seat"), choices=SeatRole.choices, initial=SeatRole.MEMBER)
    start = day_field(_("From"))


class DayForm(forms.Form):
    on = day_field(_("First day no longer in force"))


class SeriesForm(forms.Form):
    name = TranslatedFormField(label=_("Name"))
    rhythm = forms.ChoiceField(label=_("Rhythm"), choices=Rhythm.choices, initial=Rhythm.QUARTERLY)


class TitleForm(forms.Form):
    title = TranslatedFormField(label=_("Title"))
