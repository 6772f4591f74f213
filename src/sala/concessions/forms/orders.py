"""Writing an order about a selection of the register, and answering one."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from sala.access.scope import visible
from sala.collection.models import Form
from sala.concessions import policy
from sala.concessions.forms.inspections import ManyFiles
from sala.concessions.models import Addressee, OrderKind
from sala.concessions.operations.orders import KINDS, MOST_FILES
from sala.core.fields import TranslatedFormField, day_field
from sala.duties.forms import ActorForm, PlaceField, PostField
from sala.duties.policy import ISSUE
from sala.people.models import Position


class PlaceForm(ActorForm):
    place = PlaceField(label=_("Place"))


class OrderForm(ActorForm):
    """reach: gives what queries.addressees.reach_of says; asked when the choices are shown, not when they are sent."""

    kind = forms.ChoiceField(label=_("What kind of order"), choices=OrderKind.choices, widget=forms.RadioSelect)
    addressee = forms.ChoiceField(label=_("Who must act"), widget=forms.RadioSelect)
    form = forms.ModelChoiceField(
        Form.objects.none(), label=_("Form of the inspection"), required=False, to_field_name="slug",
        help_text=_("Of an order to inspect: what is filled in on the ground."),
    )  # fmt: skip
    title = TranslatedFormField(label=_("Title"))
    purpose = TranslatedFormField(label=_("Purpose"), long=True, help_text=_("What it is needed for."))
    instruction = TranslatedFormField(
        label=_("Instruction"), long=True, help_text=_("What exactly must be done for each concession, and how it is shown.")
    )  # fmt: skip
    due_on = day_field(_("Due on"))
    legal_basis = forms.CharField(
        label=_("Legal basis"), max_length=300, required=False, help_text=_("Number, date and article.")
    )
    issuer = forms.ModelChoiceField(Position.objects.none(), label=_("Issued by"))
    checker = PostField(label=_("Post that checks"), required=False, help_text=_("Empty: the issuing post checks."))

    def __init__(self, *args: Any, actor: Any, reach: Callable[[], dict[str, tuple[int, int]]], **options: Any):
        super().__init__(*args, actor=actor, **options)
        self.fields["addressee"].choices = [  # type: ignore[attr-defined]
            (value, lazy(_said, str)(label, reach, str(value))) for value, label in Addressee.choices
        ]  # fmt: skip
        mine = [
            one.position_id for one in actor.holdings
            if any(policy.ORDER in grant.verbs for grant in one.grants) and any(ISSUE in grant.verbs for grant in one.grants)
        ]  # fmt: skip
        posts = Position.objects.filter(pk__in=mine).select_related("organisation")
        self.fields["issuer"].queryset = posts  # type: ignore[attr-defined]
        if len(mine) == 1:
            self.fields["issuer"].initial = mine[0]
        about = visible(actor, Form).filter(about_noun="concession", is_published=True)
        self.fields["form"].queryset = about  # type: ignore[attr-defined]


def _said(label: Any, reach: Callable[[], dict[str, tuple[int, int]]], value: str) -> str:
    found, without = reach()[value]
    words = _("%(who)s: %(found)d found") if not without else _("%(who)s: %(found)d found, %(without)d without anybody")
    return str(words % {"who": label, "found": found, "without": without})


class AnswerOrderForm(forms.Form):
    answer = forms.CharField(
        label=_("What was done"), widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Or why it was not done, and when it will be."),
    )  # fmt: skip
    sent = ManyFiles(
        label=_("Photos and papers"), required=False,
        help_text=_("Photos as the camera made them, with the place switched on; papers as PDF. Up to 30."),
        most=MOST_FILES, kinds=KINDS,
        error_messages={
            "most": _("At most %(count)d files go with one answer. Send those that show what was done."),
            "kind": _("“%(name)s” is neither a photo nor a PDF. Send photos (JPEG, PNG, WebP) and papers as PDF."),
        },
    )  # fmt: skip
