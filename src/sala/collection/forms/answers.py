"""Narrowing the list of answers, and what is said with a step: a note, a reason, reasons beside single questions."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sala.access.actor import Actor
from sala.access.choosing import Chooser, ChoosingForm
from sala.access.scope import once_visible
from sala.collection.models import Form, HandedHow, ReadingState
from sala.collection.queries.answers import CLEAR, FLAGGED
from sala.collection.queries.shown import Row
from sala.core import clock, lao
from sala.people.models import Organisation
from sala.places.models import Area

BOX = "remark-"

FLAG_CHOICES = [
    ("", gettext_lazy("All")),
    (CLEAR, gettext_lazy("Nothing to look at")),
    (FLAGGED, gettext_lazy("Something to look at")),
    ("outlier-last", gettext_lazy("Changed unlike the neighbours")),
    ("outlier-range", gettext_lazy("Outside of what it used to be")),
    ("same-as-last", gettext_lazy("Same as last time")),
    ("too-fast", gettext_lazy("Filled in very fast")),
    ("far-away", gettext_lazy("Filled in far away")),
    ("files-missing", gettext_lazy("Files missing")),
    ("other-sender", gettext_lazy("Sent by another office")),
    ("subject-unknown", gettext_lazy("Unknown place")),
    ("corrects-approved", gettext_lazy("Corrects an approved answer")),
    ("not-expected", gettext_lazy("Not expected")),
]


class NarrowForm(ChoosingForm, forms.Form):
    form = forms.ModelChoiceField(
        Form.objects.none(), label=gettext_lazy("Form"), required=False, to_field_name="slug",
        empty_label=gettext_lazy("All forms"),
    )  # fmt: skip
    state = forms.ChoiceField(
        label=gettext_lazy("State"), required=False, choices=[("", gettext_lazy("All")), *ReadingState.choices]
    )
    flag = forms.ChoiceField(label=gettext_lazy("To look at"), required=False, choices=FLAG_CHOICES)
    place = Chooser(Area, label=gettext_lazy("Place"), required=False)
    office = Chooser(Organisation, label=gettext_lazy("Office that checks"), required=False, with_ended=True)
    sender = Chooser(Organisation, label=gettext_lazy("Office that sent it"), required=False, with_ended=True)
    period = forms.CharField(label=gettext_lazy("Period"), required=False, max_length=30)
    call = forms.CharField(label=gettext_lazy("Reference of the round"), required=False, max_length=30)

    def __init__(self, *args: Any, actor: Actor, **options: Any):
        super().__init__(*args, **options)
        self.read_as(actor)
        self.fields["form"].queryset = once_visible(actor, Form).order_by("slug")  # type: ignore[attr-defined]

    def narrowed(self) -> dict[str, Any]:
        """What answers_for() takes."""
        data = self.cleaned_data
        return {
            "form": data["form"], "state": data["state"], "flag": data["flag"], "area": data["place"],
            "office": data["office"], "sender": data["sender"], "period": lao.digits(data["period"]).strip(),
            "call": data["call"].strip(),
        }  # fmt: skip


class HandedInForm(forms.Form):
    """How an answer that is typed in reached the office. opened: the first day of its round"""

    handed_in_on = forms.DateField(
        label=gettext_lazy("Handed in on"), required=False,
        help_text=gettext_lazy("The day counts for what is in time. Empty: today."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )  # fmt: skip
    given_by = forms.CharField(label=gettext_lazy("Given by"), required=False, max_length=200)
    handed_how = forms.ChoiceField(
        label=gettext_lazy("How"), required=False, choices=[("", "–"), *HandedHow.choices]
    )  # fmt: skip

    def __init__(self, *args: Any, opened: date | None = None, **options: Any):
        super().__init__(*args, **options)
        bounds = {"max": f"{clock.today()}"} | ({"min": f"{opened}"} if opened else {})
        self.fields["handed_in_on"].widget.attrs |= bounds


class NoteForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class CommentForm(forms.Form):
    note = forms.CharField(label=gettext_lazy("Comment"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))


class ReasonForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class ReturnForm(forms.Form):
    """A box beside each question, and one for the answer as a whole."""

    reason = forms.CharField(
        label=gettext_lazy("For the whole answer"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, *args: Any, rows: Sequence[Row], **options: Any):
        super().__init__(*args, **options)
        self.rows = [row for row in rows if not row.is_heading]
        for place, row in enumerate(self.rows):
            self.fields[f"{BOX}{place}"] = forms.CharField(
                label=_("What must be corrected: %(question)s") % {"question": row.label}, required=False,
                max_length=500,
            )  # fmt: skip

    def boxes(self) -> list[tuple[Row, Any]]:
        return [(row, self[f"{BOX}{place}"]) for place, row in enumerate(self.rows)]

    def remarks(self) -> list[dict[str, str]]:
        """As AnswerStep.remarks has them."""
        return [
            {"path": row.path, "label": str(row.label), "reason": text}
            for place, row in enumerate(self.rows)
            if (text := self.cleaned_data.get(f"{BOX}{place}", "").strip())
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("reason", "").strip() and not self.remarks():
            self.add_error("reason", _("Say what must be corrected: beside a question, or for the whole answer."))
        return cleaned
