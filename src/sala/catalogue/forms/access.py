"""Forms of requests for access between offices."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.access.choosing import Chooser, ChoosingForm, SubjectChooser
from sala.catalogue.operations.access import LONGEST_PURPOSE
from sala.duties import policy
from sala.people.models import Organisation, Position


def _day(label: Any, **options: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), required=False, **options)  # fmt: skip


class RequestForm(ChoosingForm, forms.Form):
    """What is asked, of whom and for what; in the name of a post that may issue calls."""

    issuer = forms.ModelChoiceField(label=_("Asked by"), queryset=Position.objects.none())
    subject = SubjectChooser(
        label=_("Dataset or document"),
        required=False,
        help_text=_("When you can find it here; else say below what it is."),
    )
    wanted = forms.CharField(
        label=_("What you ask for"), max_length=300, required=False, help_text=_("Its title, as far as you know it.")
    )
    owner = Chooser(Organisation, label=_("Office that keeps it"), required=False)
    purpose = forms.CharField(
        label=_("What you need it for"), max_length=LONGEST_PURPOSE, widget=forms.Textarea(attrs={"rows": 3})
    )
    legal_basis = forms.CharField(
        label=_("Legal basis"), max_length=300, required=False, help_text=_("Number, date and article.")
    )
    until = _day(_("Needed until"))

    def __init__(self, *args: Any, reader: Actor, **options: Any):
        super().__init__(*args, **options)
        self.read_as(reader)
        may_issue = [
            holding.position_id
            for holding in reader.holdings
            if any(policy.ISSUE in grant.verbs for grant in holding.grants)
        ]
        issuer: Any = self.fields["issuer"]
        issuer.queryset = Position.objects.filter(pk__in=may_issue, closed_on__isnull=True).select_related(
            "organisation"
        )
        if len(may_issue) == 1:
            issuer.initial = may_issue[0]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        subject = data.get("subject")
        if subject is not None and not hasattr(subject, "owner"):
            self.add_error("subject", _("Choose a dataset or a document."))
        elif subject is not None:
            data["wanted"], data["owner"] = data.get("wanted") or str(subject)[:300], subject.owner
        for name in ("wanted", "owner"):
            if not data.get(name) and name not in self.errors:
                self.add_error(name, _("Say what you ask for, and of which office."))
        return data


class GrantForm(ChoosingForm, forms.Form):
    subject = SubjectChooser(label=_("Dataset or document"))
    until = _day(_("Last day"), help_text=_("After this day it ends by itself. Left empty, it lasts until you end it."))

    def __init__(self, *args: Any, reader: Actor, **options: Any):
        super().__init__(*args, **options)
        self.read_as(reader)


class RefuseForm(forms.Form):
    reason = forms.CharField(label=_("Why access is refused"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
