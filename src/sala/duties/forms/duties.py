"""Forms of duties."""

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.access.choosing import Chooser
from sala.duties.forms.fields import ActorForm, DocumentField, PlaceField, PostField, SubjectField, day_field
from sala.duties.models import DutyKind
from sala.people.models import Organisation


class FilterForm(ActorForm):
    """What narrows the list and the matrix: a place with all in it, an office with all below it, one post."""

    place = PlaceField(label=_("Place"), required=False)
    office = Chooser(Organisation, label=_("Organisation"), required=False)
    post = PostField(label=_("Post"), required=False)


class DutyForm(ActorForm):
    position = PostField(label=_("Post"), help_text=_("Words of its title, office and place, or its code."))
    kind = forms.ChoiceField(label=_("Kind"), choices=DutyKind.choices)
    subject = SubjectField(label=_("Of what"), help_text=_("Words of its name, or kind and number such as dataset:12."))
    area = PlaceField(label=_("Only in this place"), required=False, help_text=_("Name or code."))
    basis = forms.CharField(
        label=_("Legal basis"), max_length=300, required=False, help_text=_("Number, date and article.")
    )
    document = DocumentField(
        label=_("Document behind it"),
        required=False,
        help_text=_("Words of its title, its number, or the address of its page."),
    )
    start = day_field(_("From"))
    end = day_field(_("Until before"), required=False)


class EndForm(forms.Form):
    on = day_field(_("First day no longer in force"))
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)
