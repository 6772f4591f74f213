"""Asking for a suitability in two steps: which layers and where, then what each of them means."""

from itertools import combinations
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.catalogue.models import Edition
from sala.core import numbers
from sala.core.errors import Invalid
from sala.core.fields import NumberField
from sala.documents.forms.offices import OfficeField
from sala.duties.forms import ActorForm, PlaceField
from sala.maps import suiting
from sala.maps.calculations import ahp, standardise
from sala.maps.policy import KEEP
from sala.maps.queries.layers_here import class_column

METHODS = [
    ("linear", _("Straight: worst; best")), ("sigmoid", _("Gentle: best; worst")),
    ("trapezoid", _("Middle is best: from; best from; best to; to")), ("fuzzy-small", _("Small is best: middle; steepness")),
    ("limits-low", _("Land evaluation, low is best: S1|S2; S2|S3; S3|N")),
    ("limits-high", _("Land evaluation, high is best: N|S3; S3|S2; S2|S1")),
    ("classes", _("Classes: value=score; value=score (0 to 1)")), ("inside", _("Inside a shape is good")), ("outside", _("Outside all shapes is good")),
]  # fmt: skip
KEPT_METHODS = {
    "linear": _("straight"), "sigmoid": _("gentle"), "trapezoid": _("middle is best"), "fuzzy-small": _("small is best"),
    "limits": _("land evaluation"), "classes": _("score of each class"), "none": _("scores as given"),
}  # fmt: skip
FITS = {
    "aligned": _("its own cells"), "nearest": _("nearest cell"), "bilinear": _("between four cells"), "centre": _("centre of the cell"),
}  # fmt: skip
RASTER_METHODS = {"linear", "sigmoid", "trapezoid", "fuzzy-small", "limits-low", "limits-high", "classes"}
VECTOR_METHODS = {"classes", "inside", "outside"}
TIMES = [(f"{1 / n:.6f}", f"1/{n}") for n in range(9, 1, -1)] + [(str(n), str(n)) for n in range(1, 10)]
USES = [("criterion", _("Weighed")), ("constraint", _("Must be met")), ("", _("Left out"))]


class ChooseForm(ActorForm):
    """First step: where, how fine, which layers."""

    place = PlaceField(label=_("Place"))
    cell = NumberField(label=_("Cells, metres wide"), initial="500")
    use = forms.MultipleChoiceField(label=_("Layers and rasters"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, actor: Any, editions: list[Edition], **options: Any):
        super().__init__(*args, actor=actor, **options)
        self.fields["use"].choices = [(str(row.pk), f"{row.dataset.title} {row.period}") for row in editions]  # type: ignore[attr-defined]

    def clean_cell(self) -> float:
        value = float(self.cleaned_data["cell"])
        if not 5 <= value <= 20_000:
            raise forms.ValidationError(_("Choose a width between 5 and 20,000 metres."))
        return value


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

    def __init__(self, *args: Any, actor: Any, editions: list[Edition], **options: Any):
        super().__init__(*args, actor=actor, **options)
        self.editions = editions
        self.fields["owner"].among_those_of(actor, KEEP)  # type: ignore[attr-defined]
        for row in editions:
            allowed = RASTER_METHODS if row.is_raster else VECTOR_METHODS
            name = f"{row.dataset.title}"
            self.fields[f"as_{row.pk}"] = forms.ChoiceField(
                label=name, choices=USES, required=False, initial="criterion"
            )
            methods = [pair for pair in METHODS if pair[0] in allowed]
            self.fields[f"method_{row.pk}"] = forms.ChoiceField(label=_("How values become 0 to 1"), choices=methods)
            self.fields[f"numbers_{row.pk}"] = forms.CharField(label=_("Numbers"), required=False, help_text=_hint(row))
            self.fields[f"weight_{row.pk}"] = NumberField(label=_("Weight"), required=False, initial="1")
        for one, other in combinations(editions, 2):
            self.fields[f"pair_{one.pk}_{other.pk}"] = forms.ChoiceField(
                label=_("“%(one)s” compared with “%(other)s”") % {"one": one.dataset.title, "other": other.dataset.title},
                choices=TIMES, initial="1", required=False,
            )  # fmt: skip

    @property
    def blocks(self) -> list[tuple[Edition, list[Any]]]:
        """The four fields of each layer together."""
        return [
            (row, [self[f"{part}_{row.pk}"] for part in ("as", "method", "numbers", "weight")]) for row in self.editions
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


def _hint(row: Edition) -> Any:
    if row.raster and row.raster["kind"] == "continuous":
        statistics = row.raster["statistics"]
        return _("Values from %(least)s to %(greatest)s %(unit)s") % {
            "least": f"{statistics['min']:g}", "greatest": f"{statistics['max']:g}", "unit": row.raster["unit"]
        }  # fmt: skip
    if row.raster:
        return _("Values: %(values)s") % {"values": ", ".join(f"{each['value']:g}" for each in row.raster["classes"])}
    column = class_column(row)
    return _("Only for classes; told apart by “%(column)s”") % {"column": column} if column else _("Needs none")


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
