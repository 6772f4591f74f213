"""Forms of duties, calls and the steps of an assignment. Posts, places and subjects are named by their short codes."""

import re
from typing import Any

from django import forms
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.core import lao, periods, subjects
from sala.core.fields import TranslatedFormField
from sala.core.language import in_language
from sala.documents.models import Document
from sala.duties import policy
from sala.duties.models import PERIOD_HELP, Call, CallKind, DutyKind
from sala.people.models import Position
from sala.places.models import Area

MOST_PROPOSALS = 8
_REFERENCE = re.compile(r"^/?(?:journal/)?([a-z-]+)[ :/](\d+)/?$")


class PostField(forms.CharField):
    """A post by its code. Other words are answered with the posts they may mean, to be copied."""

    def clean(self, value: Any) -> Position | None:
        text = super().clean(value)
        if not text:
            return None
        posts = Position.objects.filter(closed_on__isnull=True).select_related("organisation__area")
        found = posts.filter(code__iexact=text).first()
        if found:
            return found
        near = posts.alias(title_shown=in_language("title"), office=in_language("organisation__name"))
        for word in lao.stored(text).split():
            near = near.filter(
                Q(title_shown__icontains=word) | Q(office__icontains=word) | Q(code__icontains=word)
            )  # fmt: skip
        codes = [f"{post.code} ({post.title}, {post.organisation})" for post in near[:MOST_PROPOSALS]]
        if codes:
            raise forms.ValidationError(
                _("Write the code of one of these: %(codes)s"), params={"codes": "; ".join(codes)}
            )
        raise forms.ValidationError(_("No post has this code. Look it up in the directory."))


class PlaceField(forms.CharField):
    """A place by its code or its exact name."""

    def clean(self, value: Any) -> Area | None:
        text = super().clean(value)
        if not text:
            return None
        areas = Area.objects.filter(ended_on__isnull=True)
        found = areas.filter(code__iexact=lao.digits(text)).first()
        if found:
            return found
        named = list(areas.alias(shown=in_language("name")).filter(shown__iexact=lao.stored(text))[:MOST_PROPOSALS])
        if len(named) == 1:
            return named[0]
        if named:
            codes = "; ".join(f"{area.code} ({area.name}, {area.parent or ''})" for area in named)
            raise forms.ValidationError(_("Write the code of one of these: %(codes)s"), params={"codes": codes})
        raise forms.ValidationError(_("No place has this code or name. Look it up under Places."))


def subject_by_text(actor: Actor, text: str) -> models.Model | None:
    """The row that "dataset 12", "dataset:12" or "/journal/dataset/12/" names, when the actor sees it."""
    match = _REFERENCE.match(lao.digits(text.strip()))
    if not match or not subjects.knows(match[1]):
        return None
    return visible(actor, subjects.by_noun(match[1]).model_class).filter(pk=int(match[2])).first()


class SubjectField(forms.CharField):
    """Any subject, as noun and number. The form gives the field its actor."""

    actor: Actor

    def clean(self, value: Any) -> models.Model | None:
        text = super().clean(value)
        if not text:
            return None
        found = subject_by_text(self.actor, text)
        if found is None:
            nouns = ", ".join(subject.noun for subject in subjects.all_subjects())
            raise forms.ValidationError(
                _("Nothing was found. Write the kind and the number, such as dataset:12. Kinds: %(nouns)s."),
                params={"nouns": nouns},
            )
        return found


class DocumentField(forms.CharField):
    """A document by the last part of its address, when the actor sees it."""

    actor: Actor

    def clean(self, value: Any) -> Document | None:
        text = super().clean(value)
        if not text:
            return None
        slug = text.strip().strip("/").rpartition("/")[2]
        found = visible(self.actor, Document).filter(slug=slug).first()
        if found is None:
            raise forms.ValidationError(_("No such document. Copy the address of its page."))
        return found


class ActorForm(forms.Form):
    """A form whose fields look things up for somebody."""

    def __init__(self, *args: Any, actor: Actor, **options: Any):
        super().__init__(*args, **options)
        for field in self.fields.values():
            if isinstance(field, (SubjectField, DocumentField)):
                field.actor = actor


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
        label=_("Post asked"), required=False, max_length=120,
        help_text=_("Code of the post, or part of its office and title."),
    )  # fmt: skip
    validating_position = PostField(
        label=_("Post that checks"), required=False, max_length=120, help_text=_("Empty: the issuing post checks.")
    )
    due_on = _date(_("Due on"), required=False)
    opens_on = _date(_("Opens on"), required=False, help_text=_("Empty: the day it is issued."))
    legal_basis = forms.CharField(
        label=_("Legal basis"), max_length=300, required=False, help_text=_("Number, date and article.")
    )
    document = DocumentField(label=_("Document behind it"), required=False, help_text=_("Address of its page."))
    area = PlaceField(label=_("Place"), required=False, help_text=_("Code or name."))
    period = forms.CharField(label=_("Period"), max_length=30, required=False, help_text=PERIOD_HELP)
    subject = SubjectField(
        label=_("About"), required=False, help_text=_("Kind and number of what it is about, such as dataset:12.")
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
    position = PostField(
        label=_("Post"), max_length=120, help_text=_("Code of the post, or part of its office and title.")
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=DutyKind.choices)
    subject = SubjectField(label=_("Of what"), help_text=_("Kind and number, such as dataset:12."))
    area = PlaceField(label=_("Only in this place"), required=False, help_text=_("Code or name."))
    basis = forms.CharField(
        label=_("Legal basis"), max_length=300, required=False, help_text=_("Number, date and article.")
    )
    document = DocumentField(label=_("Document behind it"), required=False, help_text=_("Address of its page."))
    start = _date(_("From"))
    end = _date(_("Until before"), required=False)


class EndForm(forms.Form):
    on = _date(_("First day no longer in force"))
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)
