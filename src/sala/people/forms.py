"""Forms of sign-in, registration and the administration of people."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.access.choosing import Chooser, ChoosingForm
from sala.access.verbs import name_of
from sala.people.models import AppointmentKind, Organisation, Person, PersonKind, Position, Role
from sala.places.models import Area


class SignInForm(forms.Form):
    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))


class RegisterForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    kind = forms.ChoiceField(
        label=_("I am"), choices=[choice for choice in PersonKind.choices if choice[0] != PersonKind.OFFICIAL]
    )
    sex = forms.ChoiceField(
        label=_("Sex"), required=False, choices=[("", _("Rather not say")), ("f", _("Female")), ("m", _("Male"))],
        help_text=_("Only used to count how many women and men use this service."),
    )  # fmt: skip


CODE_INPUT = {"autocomplete": "one-time-code", "inputmode": "numeric", "autocapitalize": "off"}


class CodeForm(forms.Form):
    """A code of the second factor, or a recovery code."""

    code = forms.CharField(label=_("Code"), max_length=20, widget=forms.TextInput(attrs=CODE_INPUT),
                           help_text=_("Six digits from the app, or one of your recovery codes."))  # fmt: skip


class SetUpForm(forms.Form):
    code = forms.CharField(label=_("Code that the app shows now"), max_length=20,
                           widget=forms.TextInput(attrs=CODE_INPUT))  # fmt: skip


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What happened, and how you made sure who asked. The person and everybody who audits will read it."),
    )  # fmt: skip


class InviteForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("E-mail"))
    start = forms.DateField(label=_("In the post from"), widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("Last day"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
                            help_text=_("For a deputy for a period: it ends by itself after this day. Left empty, it lasts until you end it."))  # fmt: skip
    kind = forms.ChoiceField(label=_("As"), choices=AppointmentKind.choices)
    decision = forms.CharField(
        label=_("On the strength of"),
        max_length=200,
        required=False,
        help_text=_("Number and date of the decision."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        start, until = cleaned.get("start"), cleaned.get("until")
        if start and until and until < start:
            self.add_error("until", _("The last day lies before the first one. Correct the dates."))
        return cleaned


class HandOverForm(forms.Form):
    name = forms.CharField(label=_("Name of the next holder"), max_length=200)
    email = forms.EmailField(label=_("E-mail of the next holder"))
    on = forms.DateField(label=_("From this day on"), widget=forms.DateInput(attrs={"type": "date"}))
    decision = forms.CharField(label=_("On the strength of"), max_length=200, required=False)
    note = forms.CharField(label=_("Note to the next holder"), widget=forms.Textarea(attrs={"rows": 5}), required=False,
                           help_text=_("What is urgent, whom to ask, where the papers are."))  # fmt: skip


class EndForm(forms.Form):
    on = forms.DateField(label=_("First day no longer in the post"), widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)


class GrantForm(ChoosingForm, forms.Form):
    """roles: those that the reader may give to this post; across: whether also over all organisations of its area."""

    role = forms.ModelChoiceField(label=_("Role"), queryset=Role.objects.none())
    area = Chooser(Area, label=_("Only in this area"), required=False)
    across_organisations = forms.BooleanField(label=_("Over all organisations in the area"), required=False)

    def __init__(self, *args, position: Position, roles: list[Role], across: bool, **options):
        super().__init__(*args, **options)
        self.fields["role"].queryset = Role.objects.filter(pk__in=[role.pk for role in roles])  # type: ignore[attr-defined]
        if not across:
            del self.fields["across_organisations"]
        self.fields["area"].rows = Area.objects.filter(path__startswith=position.organisation.area.path)  # type: ignore[attr-defined]


class ShareForm(ChoosingForm, forms.Form):
    """One more organisation, why, and for how long."""

    organisation = Chooser(Organisation, label=_("Organisation"))
    purpose = forms.CharField(label=_("What it is shared for"), max_length=300)
    start = forms.DateField(label=_("First day"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
                            help_text=_("Left empty, it begins today."))  # fmt: skip
    until = forms.DateField(label=_("Last day"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
                            help_text=_("After this day it ends by itself. Left empty, it lasts until you end it."))  # fmt: skip

    def __init__(self, *args, reader: Actor, **options):
        super().__init__(*args, **options)
        self.read_as(reader)


class TokenForm(forms.Form):
    name = forms.CharField(label=_("What it is for"), max_length=100)
    verbs = forms.MultipleChoiceField(label=_("What it may do"), required=False, widget=forms.CheckboxSelectMultiple)
    days = forms.IntegerField(label=_("Days until it ends"), min_value=1, max_value=366, initial=90)

    def __init__(self, *args, verbs: list[str], **options):
        super().__init__(*args, **options)
        self.fields["verbs"].choices = [(verb, name_of(verb)) for verb in verbs]  # type: ignore[attr-defined]


class OperatorForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everybody who audits will read it."),
    )
    minutes = forms.IntegerField(label=_("Minutes"), min_value=5, max_value=240, initial=60)


class OrganisationForm(forms.ModelForm):
    class Meta:
        model = Organisation
        fields = ["name", "website", "email", "phone"]


class PositionForm(forms.ModelForm):
    class Meta:
        model = Position
        fields = ["title", "email", "phone", "topics"]

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        topics = self.fields["topics"]
        topics.queryset = topics.queryset.filter(scheme="topic")  # type: ignore[attr-defined]
        topics.widget = forms.CheckboxSelectMultiple(choices=topics.choices)  # type: ignore[attr-defined]
        topics.required = False


class MeForm(forms.ModelForm):
    class Meta:
        model = Person
        fields = ["name", "phone", "sex"]
