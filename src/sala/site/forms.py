"""Forms of the front doors."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.access.choosing import Chooser, ChoosingForm
from sala.core.fields import TranslatedFormField
from sala.core.language import required_language
from sala.core.models import Term
from sala.people.models import Organisation
from sala.places.models import Area
from sala.site import policy
from sala.site.models import Portal


class PortalForm(ChoosingForm, forms.ModelForm):
    place = Chooser(Area, label=_("Default place"))
    topics = forms.MultipleChoiceField(
        label=_("Topics"), widget=forms.CheckboxSelectMultiple,
        help_text=_("Those of the present choice come first, in their order."),
    )  # fmt: skip

    class Meta:
        model = Portal
        fields = ["name", "tagline", "intro", "place", "host", "topics", "band", "tier"]
        widgets = {"band": forms.TextInput(attrs={"type": "color"})}

    def __init__(self, *args: Any, reader: Actor, **options: Any):
        super().__init__(*args, **options)
        self.read_as(reader)
        host: Any = self.fields["host"]
        host.required = not self.instance.is_default
        host.error_messages["required"] = _("Write the host name under which it is reached.")
        terms = {
            term.code: str(term.name) for term in Term.objects.filter(scheme="topic", retired=False).order_by("order")
        }
        present = [code for code in self.instance.topics if code in terms]
        codes = [*present, *(code for code in terms if code not in present)]
        self.fields["topics"].choices = [(code, terms[code]) for code in codes]  # type: ignore[attr-defined]


class NewPortalForm(PortalForm):
    """The same with the organisation that will run it, among those for which the reader may."""

    owner = Chooser(Organisation, label=_("Run by"))

    class Meta(PortalForm.Meta):
        fields = ["name", "owner", *PortalForm.Meta.fields[1:]]

    def __init__(self, *args: Any, reader: Actor, **options: Any):
        super().__init__(*args, reader=reader, **options)
        ids = [
            one.organisation_id for one in reader.holdings if any(policy.EDIT in grant.verbs for grant in one.grants)
        ]
        rows = Organisation.objects.all()
        if not reader.is_everything:
            within = (
                Q(path__startswith=one.organisation_path) for one in reader.holdings if one.organisation_id in ids
            )
            rows = rows.filter(Q(*within, _connector=Q.OR))
        owner: Any = self.fields["owner"]
        owner.rows = rows
        owner.initial = Organisation.objects.filter(pk__in=ids).first()
        self.order_fields(self.Meta.fields)


class LogoForm(forms.Form):
    """A new logo, other words for the present one, or none."""

    file = forms.FileField(
        label=_("Logo"), required=False, widget=forms.FileInput(attrs={"accept": "image/png"}),
        help_text=_("PNG, up to 500 kB; it is shown 48 pixels high. Left empty, the present one stays."),
    )  # fmt: skip
    words = TranslatedFormField(
        label=_("What it shows, for those who do not see it"), required=False,
        help_text=_("For instance: emblem of the ministry."),
    )  # fmt: skip
    none = forms.BooleanField(label=_("Show no logo"), required=False)

    def __init__(self, *args: Any, portal: Portal, **options: Any):
        super().__init__(*args, **options)
        self.portal = portal
        self.initial = {"words": portal.logo_words}
        if not portal.logo_sha256:
            del self.fields["none"]

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        if told.get("none"):
            return told
        if not told.get("file") and not self.portal.logo_sha256 and "file" not in self.errors:
            self.add_error("file", _("Choose the file of the logo."))
        if "words" in told and required_language() not in told["words"]:
            self.add_error("words", _("The text in the country's language is missing. Write it first."))
        return told
