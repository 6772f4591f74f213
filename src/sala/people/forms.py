"""Forms of sign-in, registration and the administration of people."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.access.choosing import Chooser, ChoosingForm
from sala.access.scope import permitted
from sala.access.verbs import name_of
from sala.core.fields import TranslatedFormField
from sala.core.models import Term
from sala.people import policy
from sala.people.models import AppointmentKind, Organisation, OrganisationKind, Person, PersonKind, Position, Role
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


DAY = forms.DateInput(attrs={"type": "date"})


class FoundForm(ChoosingForm, forms.Form):
    """A new organisation. usual_posts: the posts that the country pack gives to organisations of its kind."""

    name = TranslatedFormField(label=_("Name"))
    kind = forms.ChoiceField(label=_("Kind"), choices=OrganisationKind.choices)
    parent = Chooser(Organisation, label=_("Stands below"), required=False)
    area = Chooser(Area, label=_("Place"))
    code = forms.SlugField(label=_("Code"), max_length=60,
                           help_text=_("Latin letters, digits and hyphens; it stands in addresses and does not change."))  # fmt: skip
    sector = forms.ModelChoiceField(label=_("Sector"), queryset=Term.objects.none(), required=False)
    registration = forms.CharField(label=_("Registration number"), max_length=60, required=False)
    email = forms.EmailField(label=_("Office e-mail"), required=False)
    phone = forms.CharField(label=_("Office telephone"), max_length=40, required=False)
    website = forms.URLField(label=_("Web address"), required=False)
    usual_posts = forms.BooleanField(label=_("With the posts that organisations of this kind have"), required=False,
                                     initial=True)  # fmt: skip

    def __init__(self, *args, reader: Actor, **options):
        super().__init__(*args, **options)
        self.read_as(reader)
        self.fields["sector"].queryset = Term.objects.filter(scheme="sector", retired=False)  # type: ignore[attr-defined]
        self.fields["parent"].rows = permitted(reader, policy.EDIT, Organisation)  # type: ignore[attr-defined]


class MoveForm(ChoosingForm, forms.Form):
    parent = Chooser(Organisation, label=_("Stands below from now on"), required=False,
                     help_text=_("Write a part of the name, or the code. Left empty, it stands below nothing."))  # fmt: skip
    reason = forms.CharField(label=_("Reason"), max_length=300, help_text=_("Number and date of the decision."))

    def __init__(self, *args, reader: Actor, **options):
        super().__init__(*args, **options)
        self.read_as(reader)
        self.fields["parent"].rows = permitted(reader, policy.EDIT, Organisation)  # type: ignore[attr-defined]


class CloseForm(ChoosingForm, forms.Form):
    on = forms.DateField(label=_("Closed on"), widget=DAY)
    successor = Chooser(Organisation, label=_("Followed by"), required=False,
                        help_text=_("Posts, units and what it keeps go there. Write a part of the name, or the code."))  # fmt: skip
    reason = forms.CharField(label=_("Reason"), max_length=300, help_text=_("Number and date of the decision."))

    def __init__(self, *args, reader: Actor, organisation: Organisation, **options):
        super().__init__(*args, **options)
        self.read_as(reader)
        rows = permitted(reader, policy.EDIT, Organisation).exclude(path__startswith=organisation.path)
        self.fields["successor"].rows = rows  # type: ignore[attr-defined]


class NewPostForm(forms.Form):
    title = TranslatedFormField(label=_("Title of the post"))
    code = forms.SlugField(label=_("Code"), max_length=30,
                           help_text=_("What kind of post it is, such as data or head; the code of the organisation is put before it."))  # fmt: skip
    is_head = forms.BooleanField(label=_("heads the unit"), required=False)
    email = forms.EmailField(label=_("Office e-mail"), required=False)
    phone = forms.CharField(label=_("Office telephone"), max_length=40, required=False)


class AbolishForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300, help_text=_("Number and date of the decision."))


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


def language_field() -> forms.ChoiceField:
    choices = [("", _("The language of the country")), *settings.LANGUAGES]
    return forms.ChoiceField(label=_("Language of messages"), choices=choices, required=False)


class PersonForm(forms.Form):
    """What an administrator corrects."""

    name = forms.CharField(label=_("Name"), max_length=200)
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
    language = language_field()


class MeForm(forms.ModelForm):
    language = language_field()

    class Meta:
        model = Person
        fields = ["name", "phone", "sex", "language"]


class WhyForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300)
