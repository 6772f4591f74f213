"""The form of a call's draft, and those of its ends."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.core import periods
from sala.core.fields import TranslatedFormField
from sala.duties import policy
from sala.duties.asking import askers
from sala.duties.forms.fields import ActorForm, DocumentField, PlaceField, PostField, SubjectField, day_field
from sala.duties.models import PERIOD_HELP, Call, CallKind
from sala.people.models import Position
from sala.people.queries import kinds_of_posts

REVIEWS = ("review_1", "review_2")
# What every call needs stands first; the rest is opened when it is wanted.
FIRST = ("kind", "issuer", "title", "purpose", "instruction", "position", "due_on", "due_days", "asker")


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
    due_on = day_field(_("Due on"), required=False)
    opens_on = day_field(_("Opens on"), required=False, help_text=_("Empty: the day it is issued."))
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
    due_days = forms.IntegerField(
        label=_("Or working days to answer"), min_value=1, max_value=400, required=False,
        help_text=_("Counted from the day of issue; the due date then follows the calendar."),
    )  # fmt: skip
    minutes = forms.IntegerField(
        label=_("Minutes of work for each office"), min_value=1, max_value=100_000, required=False,
        help_text=_("An estimate, so that the load on offices can be seen."),
    )  # fmt: skip
    asker = forms.ChoiceField(label=_("What is asked"), required=False)
    review_1 = forms.ChoiceField(
        label=_("First review"), required=False, help_text=_("A post that approves before the answer reaches you.")
    )
    review_2 = forms.ChoiceField(label=_("Second review"), required=False)
    self_check = forms.CharField(
        label=_("Why a post may check its own work"), max_length=300, required=False,
        help_text=_("Only where there is nobody else; it is shown on the call."),
    )  # fmt: skip
    is_public = forms.BooleanField(
        label=_("Everybody may see this call and how it stands"), required=False,
        help_text=_("Answers stay between the offices that take part."),
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, call: Call | None = None, **options: Any):
        super().__init__(*args, actor=actor, **options)
        self._offer_reviews()
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

    @property
    def first_fields(self) -> list[Any]:
        return [self[name] for name in FIRST if name in self.fields]

    @property
    def more_fields(self) -> list[Any]:
        return [self[name] for name in self.fields if name not in FIRST]

    @property
    def more_is_needed(self) -> bool:
        """Something there was filled in before, or must be mended."""
        return any(bound.errors or (not self.is_bound and bound.initial) for bound in self.more_fields)

    def clean_period(self) -> str:
        text = self.cleaned_data["period"]
        try:
            return periods.parse(text).code if text else ""
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def _offer_reviews(self) -> None:
        fields: Any = self.fields
        fields["asker"].choices = [(asker.code, asker.name) for asker in askers().values()]
        levels = [
            (f"{up}:{kind}", f"{title}, {where}")
            for kind, title in kinds_of_posts()
            for up, where in ((0, _("same office")), (1, _("office above")))
        ]
        plan = list(self.initial.get("review_plan") or [])
        for name, entry in zip(REVIEWS, [*plan, {}, {}], strict=False):
            fields[name].choices = [("", _("Nobody")), *levels]
            if "post" in entry:
                fields[name].initial = f"{entry.get('up', 0)}:{entry['post']}"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        chosen = [cleaned.pop(name, "") for name in REVIEWS]
        cleaned["review_plan"] = [
            {"up": int(up), "post": post} for up, _colon, post in (text.partition(":") for text in chosen if text)
        ]
        return cleaned
