"""Asking for a suitability in two steps: which layers and where, then what each of them means."""

from itertools import combinations
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.catalogue.models import Edition
from sala.catalogue.queries.columns import closed_columns
from sala.core import numbers
from sala.core.errors import Invalid
from sala.core.fields import NumberField
from sala.documents.forms.offices import OfficeField
from sala.duties.forms import ActorForm, PlaceField
from sala.maps import suiting
from sala.maps.calculations import ahp, standardise
from sala.maps.policy import KEEP
from sala.maps.queries.layers_here import class_column
from sala.maps.starting import Start
from sala.places.models import Area

METHODS = [
    ("linear", _("Straight: worst; best")), ("sigmoid", _("Gentle: best; worst")),
    ("trapezoid", _("Middle is best: from; best from; best to; to")), ("fuzzy-small", _("Small is best: middle; steepness")),
    ("limits-low", _("Land evaluation, low is best: S1|S2; S2|S3; S3|N")),
    ("limits-high", _("Land evaluation, high is best: N|S3; S3|S2; S2|S1")),
    ("classes", _("Classes: value=score; value=score (0 to 1)")), ("inside", _("Inside a shape is good")), ("outside", _("Outside all shapes is good")),
]  # fmt: skip
FITS = {
    "aligned": _("its own cells"), "nearest": _("nearest cell"), "bilinear": _("between four cells"), "centre": _("centre of the cell"),
    "distance": _("from the middle of the cell"),
}  # fmt: skip
NUMBER_METHODS = {"linear", "sigmoid", "trapezoid", "fuzzy-small", "limits-low", "limits-high"}
RASTER_METHODS = NUMBER_METHODS | {"classes"}
SHAPE_METHODS = {"classes", "inside", "outside"}
NUMBERS = ("integer", "decimal")  # types of columns that can be weighed
TIMES = [(f"{1 / n:.6f}", f"1/{n}") for n in range(9, 1, -1)] + [(str(n), str(n)) for n in range(1, 10)]
USES = [("criterion", _("Weighed")), ("constraint", _("Must be met")), ("", _("Left out"))]


class ChooseForm(ActorForm):
    """First step: where, how fine, which layers."""

    place = PlaceField(label=_("Place"))
    cell = NumberField(label=_("Cells, metres wide"))
    use = forms.MultipleChoiceField(label=_("Layers and rasters"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, actor: Any, editions: list[Edition], start: Start | None = None, **options: Any):
        super().__init__(*args, actor=actor, **options)
        self.reach = suiting.reach()
        self.fields["use"].choices = [(str(row.pk), f"{row.dataset.title} {row.period}") for row in editions]  # type: ignore[attr-defined]
        first = dict(start.first) if start else {}
        self.initial = (
            {"cell": str(self.reach.usual)} | first | {"use": [str(row.pk) for row in start.use] if start else []}
        )
        if "place" in first:
            self.initial["place"] = Area.objects.filter(code=first["place"]).first()

    def clean_cell(self) -> float:
        value, reach = float(self.cleaned_data["cell"]), self.reach
        if not reach.least <= value <= reach.most:
            raise forms.ValidationError(
                _("Choose a width between %(least)s and %(most)s metres.")
                % {"least": numbers.display(reach.least), "most": numbers.display(reach.most)}
            )
        return value

    def clean_use(self) -> list[str]:
        chosen = self.cleaned_data["use"]
        if len(chosen) > self.reach.layers:
            raise forms.ValidationError(_("Choose up to %(most)s layers.") % {"most": self.reach.layers})
        return chosen


class CriteriaForm(ActorForm):
    """Second step. For each layer: how it is used, how its values become 0 to 1, its weight."""

    title = forms.CharField(label=_("Title"), max_length=200)
    owner = OfficeField(label=_("Kept by"))
    missing = forms.ChoiceField(
        label=_("Where a layer says nothing"),
        choices=[("none", _("no result")), ("renormalise", _("the other layers share its weight"))],
    )  # fmt: skip
    limits = forms.CharField(label=_("Limits of S3, S2 and S1 (0 to 1)"), initial="0.25; 0.5; 0.75")
    weighing = forms.ChoiceField(
        label=_("Weights"), choices=[("hand", _("By hand")), ("pairs", _("By comparing pairs"))]
    )

    def __init__(self, *args: Any, actor: Any, editions: list[Edition], start: Start | None = None, **options: Any):
        super().__init__(*args, actor=actor, **options)
        self.editions = editions
        self.fields["owner"].among_those_of(actor, KEEP)  # type: ignore[attr-defined]
        for row in editions:
            allowed = RASTER_METHODS if row.is_raster else SHAPE_METHODS | NUMBER_METHODS
            name = f"{row.dataset.title}"
            self.fields[f"as_{row.pk}"] = forms.ChoiceField(
                label=name, choices=USES, required=False, initial="criterion"
            )
            if not row.is_raster:
                self.fields[f"measure_{row.pk}"] = forms.ChoiceField(
                    label=_("What is measured"), choices=_measures(row), required=False
                )
            methods = [pair for pair in METHODS if pair[0] in allowed]
            if not row.is_raster:
                methods.sort(key=lambda pair: pair[0] in NUMBER_METHODS)  # what fits the first measure stands first
            self.fields[f"method_{row.pk}"] = forms.ChoiceField(label=_("How values become 0 to 1"), choices=methods)
            self.fields[f"numbers_{row.pk}"] = forms.CharField(label=_("Numbers"), required=False, help_text=_hint(row))
            self.fields[f"weight_{row.pk}"] = NumberField(label=_("Weight"), required=False, initial="1")
        for one, other in combinations(editions, 2):
            self.fields[f"pair_{one.pk}_{other.pk}"] = forms.ChoiceField(
                label=_("“%(one)s” compared with “%(other)s”") % {"one": one.dataset.title, "other": other.dataset.title},
                choices=TIMES, initial="1", required=False,
            )  # fmt: skip
        if start:
            self.initial = self._first_values(start)

    def _first_values(self, start: Start) -> dict[str, Any]:
        values = dict(start.second)
        for row in self.editions:
            said = start.layers.get(row.distribution_id)
            for part, text in (said or {}).items():
                values[f"{part}_{row.pk}"] = text
        for one, other in combinations(self.editions, 2):
            times = start.pairs.get((one.distribution_id, other.distribution_id))
            turned = start.pairs.get((other.distribution_id, one.distribution_id))
            if times or turned:
                wanted = times or 1 / (turned or 1)
                values[f"pair_{one.pk}_{other.pk}"] = min(TIMES, key=lambda each: abs(float(each[0]) - wanted))[0]
        return values

    @property
    def blocks(self) -> list[tuple[Edition, list[Any]]]:
        """The fields of each layer together."""
        parts = ("as", "measure", "method", "numbers", "weight")
        return [
            (row, [self[f"{part}_{row.pk}"] for part in parts if f"{part}_{row.pk}" in self.fields])
            for row in self.editions
        ]

    @property
    def pairs(self) -> list[Any]:
        return [self[f"pair_{one.pk}_{other.pk}"] for one, other in combinations(self.editions, 2)]

    @property
    def plain(self) -> list[Any]:
        return [self[name] for name in ("title", "owner", "missing", "limits", "weighing")]

    def recipe(self, place: Any, metres: float) -> dict[str, Any]:
        """What is asked, as plain data. Raises Invalid with the fault at its field."""
        data = self.cleaned_data
        used = {row: data[f"as_{row.pk}"] for row in self.editions}
        criteria = [row for row, use in used.items() if use == "criterion"]
        if not criteria:
            words = _("Weigh at least one layer.")
            raise Invalid(words, {"__all__": [words]})
        limits = _numbers(data["limits"], "limits", 3)
        if sorted(limits) != limits or not 0 < limits[0] < limits[1] < limits[2] <= 1:
            words = _("The three limits go up, between 0 and 1.")
            raise Invalid(words, {"limits": [words]})
        recipe = {
            "place": place.code, "metres": metres, "grid": suiting.grid_of(place, metres).written(), "missing": data["missing"],
            "limits": limits, "weighing": data["weighing"],
            "criteria": [self._said(row) | {"weight": float(data[f"weight_{row.pk}"] or 0)} for row in criteria],
            "constraints": [self._said(row) for row, use in used.items() if use == "constraint"],
            "pairs": [[float(data[f"pair_{one.pk}_{other.pk}"] or 1) for other in criteria[at + 1 :]] for at, one in enumerate(criteria[:-1])],
        }  # fmt: skip
        if data["weighing"] == "pairs" and len(criteria) > ahp.MOST_CRITERIA:
            words = _("Up to ten layers can be compared in pairs. Give the weights by hand, or leave some layers out.")
            raise Invalid(words, {"weighing": [words]})
        suiting.weights_of(recipe)
        return recipe

    def _said(self, row: Edition) -> dict[str, Any]:
        method, text, field = self.cleaned_data[f"method_{row.pk}"], self.cleaned_data[f"numbers_{row.pk}"], f"numbers_{row.pk}"  # fmt: skip
        said: dict[str, Any] = {"edition": row.pk, "title": row.dataset.title}
        measure = self.cleaned_data.get(f"measure_{row.pk}") or ""
        if not row.is_raster and (method in NUMBER_METHODS) != bool(measure):
            words = _("This way needs a number: choose a distance or a column of numbers.") if not measure else _(
                "Distances and numbers are turned by limits: choose one of the ways that ask for numbers."
            )  # fmt: skip
            raise Invalid(words, {f"method_{row.pk}": [words]})
        if measure == "distance":
            said |= {"distance": True}
        elif measure:
            said |= {"column": measure.partition(":")[2]}
        if method == "inside":
            return said | {"standardise": {"method": "none"}, "outside": 0}
        if method == "outside":
            return said | {"standardise": {"method": "linear", "low": 1, "high": 0}, "outside": 0}
        if method == "classes" and not row.is_raster:
            return said | {"standardise": {"method": "none"}, "column": class_column(row), "values": dict(_scores(text, field))}  # fmt: skip
        if method == "classes":
            pairs = [[_number(value, field), score] for value, score in _scores(text, field)]
            return said | {"standardise": {"method": "classes", "scores": pairs}}
        kind = "limits" if method.startswith("limits") else method
        names = standardise.ARGUMENTS[kind]
        standard: dict[str, Any] = {"method": kind, **dict(zip(names, _numbers(text, field, len(names)), strict=True))}
        if kind == "limits":
            standard["lower_is_better"] = method == "limits-low"
        try:
            standardise.check(standard)
        except ValueError as error:
            words = _("These numbers do not fit together. Put them in the order that is named beside the method.")
            raise Invalid(words, {field: [words]}) from error
        return said | {"standardise": standard}


def _measures(row: Edition) -> list[tuple[str, Any]]:
    """What can be measured of a layer of shapes; never a column that is closed to some readers."""
    closed = closed_columns(row.distribution)
    columns = [each for each in row.columns if each["type"] in NUMBERS and each["name"] not in closed]
    return [
        ("", _("inside or outside, or its class")), ("distance", _("distance to the nearest feature, km")),
        *((f"number:{each['name']}", _("number: %(column)s") % {"column": each.get("label") or each["name"]}) for each in columns),
    ]  # fmt: skip


def _hint(row: Edition) -> Any:
    if row.raster and row.raster["kind"] == "continuous":
        statistics = row.raster["statistics"]
        return _("Values from %(least)s to %(greatest)s %(unit)s") % {
            "least": f"{statistics['min']:g}", "greatest": f"{statistics['max']:g}", "unit": row.raster["unit"]
        }  # fmt: skip
    if row.raster:
        return _("Values: %(values)s") % {"values": ", ".join(f"{each['value']:g}" for each in row.raster["classes"])}
    column = class_column(row)
    return (
        _("For classes: told apart by “%(column)s”. For a distance: kilometres.") % {"column": column}
        if column
        else _("For a distance: kilometres.")
    )


def _number(text: str, field: str) -> float:
    try:
        return float(numbers.parse(text))
    except ValueError as error:
        words = _("“%(text)s” is not a number.") % {"text": text}
        raise Invalid(words, {field: [words]}) from error


def _numbers(text: str, field: str, count: int) -> list[float]:
    parts = [part.strip() for part in text.split(";") if part.strip()]
    if len(parts) != count:
        words = _("Write %(count)s numbers here, with semicolons between.") % {"count": count}
        raise Invalid(words, {field: [words]})
    return [_number(part, field) for part in parts]


def _scores(text: str, field: str) -> list[tuple[str, float]]:
    pairs = [part.split("=", 1) for part in text.split(";") if part.strip()]
    if not pairs or any(len(pair) != 2 for pair in pairs):
        words = _("Write each class with its score, such as forest=1; rice=0.")
        raise Invalid(words, {field: [words]})
    found = [(name.strip(), _number(score, field)) for name, score in pairs]
    if any(not 0 <= score <= 1 for _name, score in found):
        words = _("A score lies between 0 and 1.")
        raise Invalid(words, {field: [words]})
    return found
