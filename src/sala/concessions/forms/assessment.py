"""Opening a round, answering in it for a respondent, settling a contradiction, validating, narrowing a round."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.concessions.forms.fields import terms_of
from sala.concessions.models import (
    NOT_GRADABLE,
    Answered,
    AssessmentState,
    CriteriaVersion,
    Criterion,
    Respondent,
)
from sala.concessions.policy import ASSESS
from sala.concessions.queries.assessments import Wanted
from sala.core import clock
from sala.core.fields import TranslatedFormField, day_field
from sala.core.models import Term
from sala.documents.forms.offices import OfficeField
from sala.duties.forms import ActorForm, DocumentField, PlaceField
from sala.duties.policy import ISSUE
from sala.people.models import Position
from sala.places.models import Area

ANSWER = "answer_"  # before the code of a criterion, so that none is called like another field


class RoundForm(ActorForm):
    name = TranslatedFormField(label=_("Name"))
    owner = OfficeField(label=_("Led by"))
    version = forms.ModelChoiceField(
        CriteriaVersion.objects.none(), label=_("Criteria"), to_field_name="code", empty_label=None
    )
    area = PlaceField(label=_("Place"), help_text=_("Every granted lease or concession there is taken in."))
    sector = forms.ModelChoiceField(
        Term.objects.none(), label=_("Only this sector"), required=False, to_field_name="code",
        empty_label=_("Every sector"),
    )  # fmt: skip
    opens_on = day_field(_("From"))
    due_on = day_field(_("Answers until"))

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        fields: Any = self.fields
        fields["owner"].among_those_of(options["actor"], ASSESS)
        fields["version"].queryset = CriteriaVersion.objects.order_by("-valid_from", "code")
        fields["sector"].queryset = terms_of("sector")


class AskForm(ActorForm):
    """Which respondents are asked by form, in the name of which of the reader's posts."""

    issuer = forms.ModelChoiceField(Position.objects.none(), label=_("Issued by"))
    respondents = forms.MultipleChoiceField(
        label=_("Who is asked"), choices=Respondent.choices, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one.")},
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, **options: Any):
        super().__init__(*args, actor=actor, **options)
        mine = [each.position_id for each in actor.holdings if any(ISSUE in grant.verbs for grant in each.grants)]
        fields: Any = self.fields
        fields["issuer"].queryset = Position.objects.filter(pk__in=mine).select_related("organisation")
        fields["issuer"].initial = mine[0] if len(mine) == 1 else None


class WhichVillageForm(ActorForm):
    """Which village answers: one that the concession affects, or that answered already, or another."""

    known = forms.ModelChoiceField(
        Area.objects.none(), label=_("Village"), required=False, widget=forms.RadioSelect, to_field_name="code",
        blank=True, empty_label=_("Another village"),
    )  # fmt: skip
    area = PlaceField(label=_("Another village"), required=False)

    def __init__(self, *args: Any, known: list[Area], **options: Any):
        super().__init__(*args, **options)
        fields: Any = self.fields
        fields["known"].queryset = Area.objects.filter(pk__in=[each.pk for each in known]).order_by("code")
        if not known:
            del self.fields["known"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["chosen"] = data.get("known") or data.get("area")
        if data["chosen"] is None and not self.errors:
            self.add_error("area", _("Say which village answers."))
        return data


class AnswerForm(ActorForm):
    """What one respondent answers, criterion by criterion. The earlier answers are filled in, and what is not touched stays.

    asked  criteria with the answer that stands; of a village, with its own
    shown  criteria and answers as they stood when the page was opened, so that one that came in meanwhile is not undone
    """

    answered_on = day_field(_("Answered on"))
    words = forms.CharField(
        label=_("In the words of who answers"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    document = DocumentField(
        label=_("Evidence"), required=False, help_text=_("A receipt, minutes, the questionnaire on paper. It is entered among the documents first."),
    )  # fmt: skip
    for_all = forms.BooleanField(
        label=_("These words and this evidence stand behind all the answers"), required=False,
        help_text=_("Without a tick only behind those that you change. Evidence that stands already stays where you give no other."),
    )  # fmt: skip
    shown = forms.JSONField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, asked: list[tuple[Criterion, Answered | None]], **options: Any):
        self.known = {criterion.code: answer.code for criterion, answer in asked if answer}
        initial = {"answered_on": clock.today(), "shown": self.known}
        super().__init__(*args, initial={**initial, **(options.pop("initial", None) or {})}, **options)
        if not self.known:
            del self.fields["for_all"]
        for criterion, answer in asked:
            choices = [(code, str(name)) for code, (_points, name) in criterion.answers.items()]
            self.fields[f"{ANSWER}{criterion.code}"] = forms.ChoiceField(
                label=str(criterion.name), required=False, widget=forms.RadioSelect,
                choices=[*choices, ("", _("Does not know"))], initial=answer.code if answer else "",
            )  # fmt: skip
        names = [f"{ANSWER}{criterion.code}" for criterion, _answer in asked]
        self.order_fields([*names, "words", "document", "for_all", "answered_on"])

    def clean_shown(self) -> dict[str, str]:
        said = self.cleaned_data["shown"]
        return said if isinstance(said, dict) else self.known

    def clean(self) -> dict[str, Any]:
        """Evidence alone, behind no answer that changed, would be lost in silence."""
        data = super().clean() or self.cleaned_data
        if not self.errors and not self.said()["answers"] and (data.get("words") or data.get("document")):
            self.add_error("for_all", _("No answer was changed. Tick this, or change the answer that it is about."))
        return data

    def said(self) -> dict[str, Any]:
        """What the operation takes: criterion → answer of those that were touched, and the rest."""
        data = dict(self.cleaned_data)
        answers = {name.removeprefix(ANSWER): data.pop(name) for name in list(data) if name.startswith(ANSWER)}
        shown, for_all = data.pop("shown"), data.pop("for_all", False)
        if for_all and (data["words"] or data["document"]):
            return {**data, "answers": answers}
        return {**data, "answers": {code: said for code, said in answers.items() if self._touched(shown, code, said)}}

    def _touched(self, shown: dict[str, str], code: str, said: str) -> bool:
        if code in shown:
            return said != shown[code]
        return bool(said) or code not in self.known


class SettleDifferenceForm(ActorForm):
    points = forms.TypedChoiceField(label=_("Points that count"), coerce=int, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Whose answer is right, and how you know: a receipt, a visit, minutes."),
    )  # fmt: skip
    document = DocumentField(label=_("Document"), required=False)

    def __init__(self, *args: Any, said: dict[str, int], **options: Any):
        super().__init__(*args, **options)
        choices = [(points, str(points)) for points in range(min(said.values()), max(said.values()) + 1)]
        self.fields["points"].choices = choices  # type: ignore[attr-defined]


class ValidateForm(ActorForm):
    digest = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    document = DocumentField(
        label=_("Document"), required=False, help_text=_("Minutes or a decision, where there is one.")
    )


class NarrowRoundForm(ActorForm):
    place = PlaceField(label=_("Place"), required=False)
    sector = forms.ModelChoiceField(
        Term.objects.none(), label=_("Sector"), required=False, to_field_name="code", empty_label=_("All sectors")
    )
    grade = forms.ChoiceField(label=_("Grade"), required=False)
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("Every state")), *AssessmentState.choices]
    )
    differs = forms.BooleanField(label=_("Only those with a contradiction"), required=False)

    def __init__(self, *args: Any, version: CriteriaVersion, **options: Any):
        super().__init__(*args, **options)
        fields: Any = self.fields
        fields["sector"].queryset = terms_of("sector")
        letters = [(letter, letter) for letter, _least in version.grades]
        fields["grade"].choices = [("", _("All")), *letters, (NOT_GRADABLE, _("Not gradable"))]

    def wanted(self) -> Wanted:
        if not self.is_valid():
            return Wanted()
        return Wanted(**{name: value for name, value in self.cleaned_data.items() if value not in (None, "", False)})
