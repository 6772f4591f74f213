"""Forms of duties, calls and the steps of an assignment. Posts, places and subjects are named by words or codes."""

from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.access.choosing import Chooser, ChoosingForm, SubjectChooser
from sala.access.choosing import referred as subject_by_text
from sala.core import periods
from sala.core.fields import TranslatedFormField
from sala.documents.models import Document
from sala.duties import policy
from sala.duties.models import PERIOD_HELP, Call, CallKind, DutyKind
from sala.people.models import Position
from sala.places.models import Area


class PostField(Chooser):
    """A post, by words of its title, office and place, or by its code."""

    model = Position


class PlaceField(Chooser):
    """A place by its name or code."""

    model = Area


class SubjectField(SubjectChooser):
    """Any subject, by words or as noun and number."""


class DocumentField(Chooser):
    """A document by words of its title, its number or the address of its page, when the actor sees it."""

    model = Document


class ActorForm(ChoosingForm, forms.Form):
    """A form whose fields look things up for somebody."""

    def __init__(self, *args: Any, actor: Actor, **options: Any):
        super().__init__(*args, **options)
        self.read_as(actor)


def _date(label: Any, **options: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)


class CallForm(ActorForm):
    """A draft: only kind, title and issuer must be there; the rest is asked for when the call is issued."""

    kind = forms.ChoiceField(label=_("Kind"), choices=CallKind.choices)
    issuer = forms.ModelChoiceField(label=_("Issued by"), queryset=Position.objects.none())
    title = TranslatedFormField(label=_("Title"))
    purpose = TranslatedFormField(
        label=_("Purpose"), required=False, long=True, help_text=_("What the answer is needed for.")
    )
    instruction = TranslatedFormField(
        label=_("Instruction"), required=False, long=True, help_text=_("What exactly is asked, and how to give it.")
    )
    position = PostField(
        label=_("Post asked"), required=False, help_text=_("Words of its title, office and place, or its code.")
    )
    validating_position = PostField(
        label=_("Post that checks"), required=False, help_text=_("Empty: the issuing post checks.")
    )
    due_on = _date(_("Due on"), required=False)
    opens_on = _date(_("Opens on"), required=False, help_text=_("Empty: the day it is issued."))
    legal_basis = forms.CharField(
        label=_("Legal basis"), max_length=300, required=False, help_text=_("Number, date and article.")
    )
    document = DocumentField(
        label=_("Document behind it"),
        required=False,
        help_text=_("Words of its title, its number, or the address of its page."),
    )
    area = PlaceField(label=_("Place"), required=False, help_text=_("Name or code."))
    period = forms.CharField(label=_("Period"), max_length=30, required=False, help_text=PERIOD_HELP)
    subject = SubjectField(
        label=_("About"), required=False, help_text=_("Words of its name, or kind and number such as dataset:12.")
    )
    is_public = forms.BooleanField(
        label=_("Everybody may see this call and how it stands"), required=False,
        help_text=_("Answers stay between the offices that take part."),
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, call: Call | None = None, **options: Any):
        super().__init__(*args, actor=actor, **options)
        if call is not None:
            for name in ("issuer", "position", "validating_position"):
                del self.fields[name]
            return
        may_issue = [
            holding.position_id
            for holding in actor.holdings
            if any(policy.ISSUE in grant.verbs for grant in holding.grants)
        ]
        issuer = self.fields["issuer"]
        every = Position.objects.filter(closed_on__isnull=True).select_related("organisation")
        issuer.queryset = every if actor.is_everything else every.filter(pk__in=may_issue)  # type: ignore[attr-defined]
        if len(may_issue) == 1:
            issuer.initial = may_issue[0]

    def clean_period(self) -> str:
        text = self.cleaned_data["period"]
        try:
            return periods.parse(text).code if text else ""
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 4}))


class NoteForm(forms.Form):
    note = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 3}), required=False)


class RemarkForm(forms.Form):
    note = forms.CharField(label=_("Remark"), widget=forms.Textarea(attrs={"rows": 4}))


class AnswerForm(ActorForm):
    answer = forms.CharField(label=_("Answer"), widget=forms.Textarea(attrs={"rows": 8}),
                             help_text=_("Or why there is none, and when it can be expected."))  # fmt: skip
    evidence = forms.CharField(
        label=_("Proofs"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One a line: kind and number, such as document:7 or dataset:12."),
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, **options: Any):
        super().__init__(*args, actor=actor, **options)
        self.actor = actor

    def clean_evidence(self) -> list[models.Model]:
        found = []
        for line in filter(None, map(str.strip, self.cleaned_data["evidence"].splitlines())):
            row = subject_by_text(self.actor, line)
            if row is None:
                raise forms.ValidationError(
                    _("“%(line)s” was not found. Write the kind and the number."), params={"line": line}
                )
            found.append(row)
        return found


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
    start = _date(_("From"))
    end = _date(_("Until before"), required=False)


class EndForm(forms.Form):
    on = _date(_("First day no longer in force"))
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)
