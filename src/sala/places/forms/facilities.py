"""Forms of the registers of facilities: entering and correcting, dated changes, codes, and what narrows the list."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.gis.geos import Point
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sala.access.actor import Actor
from sala.access.choosing import Chooser, ChoosingForm
from sala.core import lao
from sala.core.fields import NumberField, TranslatedFormField, day_field
from sala.core.language import Translated
from sala.core.models import PackFact
from sala.places.models import Area, Facility, FacilityKind
from sala.places.queries.facilities import CLOSED, OPEN, SYSTEMS
from sala.places.queries.likely import kinds_within_right

DECISION = gettext_lazy("On the strength of")
DECISION_HELP = gettext_lazy("Number and date of the decision.")


def system_choices() -> list[tuple[str, str]]:
    """Code systems of facilities as the country pack names them."""
    return [(entry["code"], str(Translated(entry["name"]))) for entry in PackFact.get(SYSTEMS) or []]


class ReadingForm(ChoosingForm, forms.Form):
    """A form whose choosers look things up for somebody."""

    def __init__(self, *args: Any, actor: Actor, **options: Any):
        super().__init__(*args, **options)
        self.read_as(actor)


class NarrowForm(ReadingForm):
    """What narrows the list of facilities."""

    kind = forms.ModelChoiceField(
        FacilityKind.objects.all(), label=gettext_lazy("Kind"), required=False, to_field_name="code",
        empty_label=gettext_lazy("All kinds"),
    )  # fmt: skip
    place = Chooser(Area, label=gettext_lazy("Place"), required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("State"), required=False,
        choices=[("", gettext_lazy("Open and closed")), (OPEN, gettext_lazy("Open")), (CLOSED, gettext_lazy("Closed"))],
    )  # fmt: skip
    day = day_field(gettext_lazy("On the day"), required=False)
    q = forms.CharField(label=gettext_lazy("Name or number"), required=False, max_length=200)


class SpotForm(forms.Form):
    """A point as a phone or a GPS receiver shows it; both numbers or none."""

    latitude = NumberField(
        label=gettext_lazy("Latitude"), required=False, help_text=gettext_lazy("In degrees, such as 20.5.")
    )
    longitude = NumberField(
        label=gettext_lazy("Longitude"), required=False, help_text=gettext_lazy("In degrees, such as 102.65.")
    )
    accuracy_m = forms.IntegerField(
        label=gettext_lazy("Accuracy in metres"), required=False, min_value=0, max_value=100_000,
        help_text=gettext_lazy("As the receiver shows it."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["point"] = self._point(data.pop("latitude", None), data.pop("longitude", None))
        return data

    def _point(self, latitude: Any, longitude: Any) -> Point | None:
        if (latitude is None) != (longitude is None):
            if not self.errors:
                self.add_error(
                    "longitude" if longitude is None else "latitude", _("Give longitude and latitude, or neither.")
                )
            return None
        if latitude is None or longitude is None:
            return None
        for name, value, most in (("latitude", latitude, 90), ("longitude", longitude, 180)):
            if abs(value) > most:
                self.add_error(name, _("This number is too large. Look whether the two are swapped."))
                return None
        return Point(float(longitude), float(latitude), srid=4326)


class FacilityForm(ReadingForm, SpotForm):
    """What is said of a facility; used for a new one and for corrections."""

    kind = forms.ModelChoiceField(
        FacilityKind.objects.filter(retired=False), label=gettext_lazy("Kind"), to_field_name="code"
    )
    name = TranslatedFormField(label=gettext_lazy("Name"))
    names = forms.CharField(
        label=gettext_lazy("Other spellings"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One a line; they are found by the search and when files are read."),
    )  # fmt: skip
    opened_on = day_field(
        gettext_lazy("Opened on"), required=False, help_text=gettext_lazy("Leave it empty when nobody knows.")
    )
    source = forms.CharField(
        label=gettext_lazy("Source"), max_length=200, required=False,
        help_text=gettext_lazy("From which list or letter this is known."),
    )  # fmt: skip

    field_order = ["kind", "name", "names", "area", "opened_on", "latitude", "longitude", "accuracy_m", "source"]

    def clean_names(self) -> list[str]:
        lines = [lao.stored(line).strip() for line in self.cleaned_data["names"].splitlines()]
        if any(len(line) > 200 for line in lines):
            raise forms.ValidationError(_("A name has at most 200 letters."))
        return list(dict.fromkeys(filter(None, lines)))


class NewFacilityForm(FacilityForm):
    """`seen` is asked when one like it is there already."""

    area = Chooser(
        Area, label=gettext_lazy("Place"),
        help_text=gettext_lazy("The village where it stands, or the district. A part of the name, or the code."),
    )  # fmt: skip
    system = forms.ChoiceField(label=gettext_lazy("Code system"), required=False)
    value = forms.CharField(label=gettext_lazy("Code there"), required=False, max_length=60)
    seen = forms.BooleanField(label=gettext_lazy("I have looked at these; ours is another one"), required=False)

    field_order = [
        "kind", "name", "names", "area", "system", "value", "opened_on", "latitude", "longitude", "accuracy_m", "source",
    ]  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, **options: Any):
        super().__init__(*args, actor=actor, **options)
        self.fields["system"].choices = [("", "–"), *system_choices()]  # type: ignore[attr-defined]
        self.fields["kind"].queryset = FacilityKind.objects.filter(pk__in=kinds_within_right(actor))  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if bool(data.get("system")) != bool(data.get("value")):
            self.add_error(
                "value" if data.get("system") else "system", _("Give both the code system and the code, or neither.")
            )
        return data

    def described(self) -> dict[str, Any]:
        data = {name: value for name, value in self.cleaned_data.items() if name not in ("system", "value", "seen")}
        codes = {self.cleaned_data["system"]: self.cleaned_data["value"]} if self.cleaned_data["value"] else {}
        return {**data, "codes": codes}


class ChangeFacilityForm(FacilityForm):
    renamed_on = day_field(
        gettext_lazy("The name changed by decision on"), required=False,
        help_text=gettext_lazy("Only when it was renamed; leave it empty for a slip of the pen. The old name stays findable."),
    )  # fmt: skip

    field_order = ["kind", "name", "renamed_on", "names", "opened_on", "latitude", "longitude", "accuracy_m", "source"]


def facility_initial(facility: Facility, names: list[str]) -> dict[str, Any]:
    """What the form of corrections shows first."""
    point = facility.point
    return {
        "kind": facility.kind.code, "name": facility.name, "names": "\n".join(names), "opened_on": facility.opened_on,
        "latitude": f"{point.y:.6f}" if point else "", "longitude": f"{point.x:.6f}" if point else "",
        "accuracy_m": facility.accuracy_m, "source": facility.source,
    }  # fmt: skip


class DecisionForm(ReadingForm):
    on = day_field(gettext_lazy("From the day"))
    decision = forms.CharField(label=DECISION, max_length=200, required=False, help_text=DECISION_HELP)


class MoveForm(DecisionForm, SpotForm):
    area = Chooser(Area, label=gettext_lazy("To"))

    field_order = ["area", "on", "decision", "latitude", "longitude"]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        data.pop("accuracy_m", None)
        return data

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        del self.fields["accuracy_m"]


class CloseForm(DecisionForm):
    successor = Chooser(
        Facility, label=gettext_lazy("Who takes over its work"), required=False,
        help_text=gettext_lazy("A part of the name, or the number. Leave it empty when nobody does."),
    )  # fmt: skip

    field_order = ["on", "successor", "decision"]


class ReopenForm(DecisionForm):
    area = Chooser(
        Area,
        label=gettext_lazy("Place"),
        required=False,
        help_text=gettext_lazy("Leave it as it is when it opens where it was."),
    )

    field_order = ["on", "area", "decision"]


class CodeForm(forms.Form):
    system = forms.ChoiceField(label=gettext_lazy("Code system"))
    value = forms.CharField(label=gettext_lazy("Code"), max_length=60)
    start = day_field(
        gettext_lazy("In force from"), required=False,
        help_text=gettext_lazy("A former code in this system ends the day before. Leave it empty when it always had this one."),
    )  # fmt: skip
    source = forms.CharField(label=gettext_lazy("Source"), max_length=200, required=False)

    def __init__(self, *args: Any, used: Sequence[str] = (), **options: Any):
        super().__init__(*args, **options)
        named = system_choices()
        more = [(code, code) for code in used if code not in dict(named)]
        self.fields["system"].choices = [*named, *more]  # type: ignore[attr-defined]


class EndCodeForm(forms.Form):
    on = day_field(gettext_lazy("First day no longer in force"))


class MergeFacilityForm(ReadingForm):
    into = Chooser(
        Facility, label=gettext_lazy("It is the same as"),
        help_text=gettext_lazy("The entry that stays. A part of its name, or its number."),
    )  # fmt: skip
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300, required=False)


class ApartForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300, required=False)


class PartForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Why they are two after all"), max_length=300)


class ListForm(forms.Form):
    """A list of facilities and what is known of it."""

    file = forms.FileField(label=gettext_lazy("File"), widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
                           help_text=gettext_lazy("Excel or CSV, one row for each facility, headings in the first row."))  # fmt: skip
    kind = forms.ModelChoiceField(
        FacilityKind.objects.filter(retired=False), label=gettext_lazy("Kind"), to_field_name="code", required=False,
        empty_label=gettext_lazy("Each row says it"), help_text=gettext_lazy("When the whole list is of one kind."),
    )  # fmt: skip
    system = forms.ChoiceField(
        label=gettext_lazy("Code system"),
        required=False,
        help_text=gettext_lazy("To which the numbers in the list belong."),
    )
    as_of = day_field(
        gettext_lazy("Day that the list describes"),
        help_text=gettext_lazy("A school that the list shows elsewhere moved on this day."),
    )
    source = forms.CharField(
        label=gettext_lazy("Source"), max_length=200, help_text=gettext_lazy("From which list or letter this is known.")
    )

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        self.fields["system"].choices = [("", "–"), *system_choices()]  # type: ignore[attr-defined]


class ListColumnsForm(forms.Form):
    """Which column of a list is what; one box for each role, filled with what was guessed."""

    def __init__(self, *args: Any, columns: dict[str, str], labels: dict[str, str], **options: Any):
        super().__init__(*args, **options)
        choices = [("", gettext_lazy("none")), *columns.items()]
        for role, label in labels.items():
            self.fields[role] = forms.ChoiceField(label=label, choices=choices, required=False)
