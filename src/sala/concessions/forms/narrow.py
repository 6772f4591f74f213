"""What narrows the list of concessions and that of parties."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.access.choosing import Chooser, ChoosingForm
from sala.concessions.forms.entry import level_choices
from sala.concessions.models import NOT_GRADABLE, ConcessionKind, ConcessionState, Party, PartyKind, SituationCode
from sala.concessions.queries.assessments import NEVER, OPENED_AGAIN, letters
from sala.concessions.queries.lacking import LACKS
from sala.concessions.queries.register import Narrowing
from sala.core.fields import NumberField, day_field
from sala.core.models import Term
from sala.places.models import Area

ORDERS = [
    ("reference", _("Reference")), ("name", _("Name")), ("place", _("Place")), ("hectares", _("Hectares")),
    ("ends", _("End of the term")), ("changed", _("Last change")),
]  # fmt: skip


class NarrowForm(ChoosingForm, forms.Form):
    first = ("q", "place", "sector", "state", "holder", "order")  # always seen; the others unfold

    field_order = [
        "place",
        "sector",
        "commodity",
        "kind",
        "state",
        "holder",
        "applicant",
        "year",
        "least",
        "most",
        "lacks",
        "grade",
        "arrears",
        "level",
        "situation",
        "ending",
        "since",
        "q",
        "order",
    ]

    place = Chooser(Area, label=_("Place"), required=False)
    sector = forms.ModelChoiceField(
        Term.objects.none(), label=_("Sector"), required=False, to_field_name="code", empty_label=_("All sectors")
    )
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("Leases and concessions")), *ConcessionKind.choices]
    )
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("Every state")), *ConcessionState.choices]
    )
    holder = Chooser(Party, label=_("Who holds it"), required=False)
    applicant = Chooser(Party, label=_("Who asked for it"), required=False)
    year = forms.IntegerField(label=_("Year of the grant"), required=False, min_value=1900, max_value=2200)
    least = NumberField(label=_("Hectares from"), required=False)
    most = NumberField(label=_("Hectares up to"), required=False)
    lacks = forms.ChoiceField(
        label=_("What is lacking"),
        required=False,
        choices=[("", _("Does not matter")), *((key, lack.name) for key, lack in LACKS.items())],
    )
    grade = forms.ChoiceField(label=_("Grade"), required=False)
    arrears = forms.ChoiceField(
        label=_("Payments"), required=False, choices=[("", _("Does not matter")), ("late", _("Late with a payment"))]
    )
    level = forms.ChoiceField(label=_("Level that granted it"), required=False)
    situation = forms.ChoiceField(
        label=_("Situation"), required=False, choices=[("", _("Every situation")), *SituationCode.choices]
    )
    ending = forms.IntegerField(label=_("Ends within months"), required=False, min_value=1, max_value=1200)
    since = day_field(_("Changed since"), required=False)
    q = forms.CharField(label=_("Name or reference"), required=False, max_length=200)
    commodity = forms.ModelChoiceField(
        Term.objects.none(),
        label=_("Commodity"),
        required=False,
        to_field_name="code",
        empty_label=_("All commodities"),
    )
    order = forms.ChoiceField(label=_("In the order of"), required=False, choices=ORDERS)

    def __init__(self, *args: Any, actor: Actor, **options: Any):
        super().__init__(*args, **options)
        self.read_as(actor)
        self.fields["level"].choices = [("", _("Every level")), *level_choices()[1:]]  # type: ignore[attr-defined]
        self.fields["commodity"].queryset = Term.objects.filter(scheme="commodity", retired=False)  # type: ignore[attr-defined]
        self.fields["sector"].queryset = Term.objects.filter(scheme="sector", retired=False)  # type: ignore[attr-defined]
        self.fields["grade"].choices = [  # type: ignore[attr-defined]
            ("", _("Does not matter")), *((letter, letter) for letter in letters()), (NOT_GRADABLE, _("Not gradable")),
            (OPENED_AGAIN, _("Opened again")), (NEVER, _("Not validated yet")),
        ]  # fmt: skip

    def narrowing(self) -> Narrowing:
        given = {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        return Narrowing(**given)

    def said(self) -> list[tuple[str, str]]:
        """(name, value) in words of everything that narrows the list; for the paper that goes with a table."""
        found = []
        for name, value in self.cleaned_data.items() if self.is_valid() else ():
            field = self.fields[name]
            if value in (None, ""):
                continue
            choices = dict(getattr(field, "choices", ())) if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField) else {}  # fmt: skip
            text = choices.get(value) or getattr(value, "name", None) or value
            found.append((str(field.label), str(text)))
        return found

    def codes(self) -> dict[str, str]:
        """name → code of everything that narrows the list, as far as it was understood; for the history, which is kept for
        good. Of the words somebody looked for only that there were some: they may be anybody's name.
        """
        found = {}
        for name, value in self.cleaned_data.items() if self.is_valid() else ():
            if value in (None, ""):
                continue
            field = self.fields[name]
            if name == "q":
                found[name] = "…"
            elif isinstance(field, Chooser):
                found[name] = field.code_of(value)
            else:
                found[name] = str(getattr(value, "code", value))
        return found


class NarrowPartiesForm(forms.Form):
    q = forms.CharField(label=_("Name or registration number"), required=False, max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All kinds")), *PartyKind.choices])
    country = forms.CharField(label=_("Country (two letters)"), required=False, max_length=2)


class DayForm(forms.Form):
    day = day_field(_("As known on"))
