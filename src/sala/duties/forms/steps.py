"""Forms of the steps of an assignment, of more time, and of questions."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.access.choosing import SeveralSubjects
from sala.duties.asking import Item
from sala.duties.forms.fields import ActorForm, day_field
from sala.duties.models import Assignment
from sala.duties.operations.handing_on import takers
from sala.duties.operations.threads import LONGEST
from sala.people.models import Position

GAP, REMARK = "gap_", "item_"


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 4}))


class NoteForm(forms.Form):
    note = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 3}), required=False)


class RemarkForm(forms.Form):
    note = forms.CharField(label=_("Remark"), widget=forms.Textarea(attrs={"rows": 4}))


class AnswerForm(ActorForm):
    answer = forms.CharField(label=_("Answer"), widget=forms.Textarea(attrs={"rows": 8}),
                             help_text=_("Or why there is none, and when it can be expected."))  # fmt: skip
    evidence = SeveralSubjects(
        label=_("Proofs"), required=False,
        help_text=_("Words of their names, or kind and number such as document:7, with commas between them."),
    )  # fmt: skip


class ProgressForm(AnswerForm):
    """How far the work is, with proofs."""

    answer = None  # type: ignore[assignment]
    note = forms.CharField(label=_("How far the work is"), widget=forms.Textarea(attrs={"rows": 5}))

    field_order = ["note", "evidence"]


class ContentAnswerForm(AnswerForm):
    """Where a part holds what is asked, the words beside it may stay empty."""

    answer = forms.CharField(
        label=_("Remark to the answer"), widget=forms.Textarea(attrs={"rows": 4}), required=False
    )  # fmt: skip


class DeclareForm(forms.Form):
    reason = forms.CharField(
        label=_("Why it is not available"), widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Such as: the survey is not finished, nobody collects it, the office was closed."),
    )  # fmt: skip
    next_on = day_field(
        _("When it can be expected"), required=False, help_text=_("Leave it empty when nobody knows yet.")
    )


class HandOnForm(forms.Form):
    """Which post of the same office takes the work, of those that may."""

    position = forms.ModelChoiceField(Position.objects.none(), label=_("Post that takes it"), widget=forms.RadioSelect,
                                      empty_label=None)  # fmt: skip
    reason = forms.CharField(label=_("Note to the post"), widget=forms.Textarea(attrs={"rows": 3}), required=False)

    def __init__(self, *args: Any, posts: Mapping[Position, str], **options: Any):
        """posts  other posts of the office → why each cannot take it; empty for one that can"""
        super().__init__(*args, **options)
        self.obstacles = posts
        self.cannot = all(posts.values())
        free = [post.pk for post, obstacle in posts.items() if not obstacle]
        chosen = Position.objects.filter(pk__in=free).select_related("organisation").order_by("code")
        self.fields["position"].queryset = chosen  # type: ignore[attr-defined]


class ApproveForm(NoteForm):
    """Approval or acceptance. Each missing answer below is named, with a box for the reason it is done without."""

    def __init__(self, *args: Any, missing: Sequence[Assignment] = (), **options: Any):
        super().__init__(*args, **options)
        for child in missing:
            self.fields[f"{GAP}{child.pk}"] = forms.CharField(
                label=_("Without the answer of %(post)s, because") % {"post": child.position}, max_length=300,
                required=False,
            )  # fmt: skip

    def gaps(self) -> dict[int, str]:
        return _numbered(self.cleaned_data, GAP)


class ReturnForm(ReasonForm):
    """What must be mended: in general, and to single items."""

    def __init__(self, *args: Any, items: Sequence[Item] = (), **options: Any):
        super().__init__(*args, **options)
        self.items = list(items)
        self.fields["reason"].required = not self.items
        for place, item in enumerate(self.items):
            self.fields[f"{REMARK}{place}"] = forms.CharField(
                label=item.label, max_length=500, required=False, help_text=str(item.answer)
            )

    def remarks(self) -> list[dict[str, str]]:
        return [
            {"item": self.items[place].key, "label": str(self.items[place].label), "reason": text}
            for place, text in _numbered(self.cleaned_data, REMARK).items()
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.items and not cleaned.get("reason") and not self.remarks():
            self.add_error("reason", _("Say what must be mended: in general, or beside single items."))
        return cleaned


def _numbered(data: Mapping[str, Any], prefix: str) -> dict[int, str]:
    return {
        int(name.removeprefix(prefix)): text for name, text in data.items() if name.startswith(prefix) and text.strip()
    }  # fmt: skip


class ExtensionForm(forms.Form):
    until = day_field(_("New due date"))
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 4}))


class DecideForm(forms.Form):
    decision = forms.ChoiceField(
        label=_("Decision"), choices=[("grant", _("Give more time")), ("refuse", _("No more time"))],
        widget=forms.RadioSelect,
    )  # fmt: skip
    until = day_field(_("New due date"), required=False, help_text=_("Empty: as asked."))
    answer = forms.CharField(
        label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}), required=False,
        help_text=_("Needed when no more time is given."),
    )  # fmt: skip


class QuestionForm(forms.Form):
    text = forms.CharField(
        label=_("Question"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Everybody who sees this call will read the question and the answer."),
    )  # fmt: skip


class ReplyForm(forms.Form):
    text = forms.CharField(label=_("Answer"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4}))


def step_form(step: str, data: Any, *, actor: Actor, assignment: Assignment, items: Sequence[Item],
              missing: Sequence[Assignment]) -> forms.Form:  # fmt: skip
    """The form of one step; forms that may be sent empty are bound by the sending itself (data is not None)."""
    if step == "submit":
        return (ContentAnswerForm if assignment.call.asker else AnswerForm)(data, actor=actor)
    if step == "progress":
        return ProgressForm(data, actor=actor)
    if step == "declare":
        return DeclareForm(data)
    if step == "hand_on":
        return HandOnForm(data, posts=takers(assignment))
    if step == "return":
        return ReturnForm(data, items=items)
    if step in ("approve", "accept"):
        return ApproveForm(data, missing=missing)
    if step in ("unapprove", "waive", "reopen"):
        return ReasonForm(data)
    return RemarkForm(data) if step == "remark" else NoteForm(data)
