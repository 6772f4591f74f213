"""How a layer is drawn: one colour, a colour for each kind, or classes of a number."""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import FloatField, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.core.errors import Invalid
from sala.core.language import languages
from sala.core.operation import lock, operation
from sala.journal.operations import record
from sala.maps import policy
from sala.maps.calculations.classes import METHODS
from sala.maps.calculations.colours import KINDS, LEAST_CONTRAST, MISSING, SEQUENCES, contrast
from sala.maps.collections import Collection
from sala.maps.models import Drawing, Layer, Method, Style
from sala.maps.operations.layers import require_on_layer
from sala.maps.queries.layers import collection_of

MOST_KINDS = len(KINDS)
MOST_CLASSES = max(SEQUENCES)
SAMPLE = 50_000  # features whose numbers are read to make classes


@operation
def set_style(actor: Actor, layer: Layer, *, drawing: str = Drawing.SINGLE, column: str = "", method: str = "", classes: int = 4,
              breaks: Sequence[float] = (), colours: Mapping[str, str] | None = None,
              labels: Mapping[str, Mapping[str, str]] | None = None, colour: str = "",
              outline: bool = False) -> Style:  # fmt: skip
    """Draw the layer in this way; the legend is made from the features it has now.

    breaks   limits of the classes by hand, from the lowest to the highest
    colours, labels   of kinds, by their value in the column; others are chosen here
    colour   of a layer in one colour, "#rrggbb", dark enough to be seen on paper
    outline  of such a layer only the outline is drawn, so that what lies beneath can be seen
    """
    layer = lock(layer)
    require_on_layer(actor, layer)
    collection = collection_of(actor, layer)
    if collection is None:
        raise Invalid(_("This layer has nothing to draw yet. Publish an edition first."))
    entries = _entries(layer, collection, drawing, column, method, classes, breaks, colours or {}, labels or {}, colour)
    if drawing == Drawing.SINGLE and outline:
        entries = [entry | {"outline": True} for entry in entries]
    style, _made = Style.objects.update_or_create(
        layer=layer,
        defaults={
            "drawing": drawing, "column": column if drawing != Drawing.SINGLE else "", "entries": entries,
            "method": method if drawing == Drawing.CLASSES else "",
        },
    )  # fmt: skip
    record(actor, policy.EDIT, layer, change="drawn anew", drawing=str(drawing), column=column)
    return style


def _entries(layer: Layer, collection: Collection, drawing: str, column: str, method: str, classes: int,
             breaks: Sequence[float], colours: Mapping[str, str], labels: Mapping[str, Mapping[str, str]],
             colour: str) -> list[dict[str, Any]]:  # fmt: skip
    if drawing == Drawing.SINGLE:
        found = layer.style.entries[0]["colour"] if hasattr(layer, "style") and layer.style.entries else KINDS[0]
        return [{"colour": _readable(colour or found), "label": dict(layer.title)}]
    if column not in collection.names:
        words = _("Choose a column that the layer shows.")
        raise Invalid(words, {"column": [words]})
    if drawing == Drawing.CATEGORIES:
        return _kinds(collection.rows, column, colours, labels)
    return _classes(collection.rows, column, method, classes, breaks)


def _readable(colour: str) -> str:
    if len(colour) != 7 or colour[0] != "#" or not all(sign in "0123456789abcdef" for sign in colour[1:].lower()):
        words = _("Write the colour as #rrggbb.")
        raise Invalid(words, {"colour": [words]})
    if contrast(colour) < LEAST_CONTRAST:
        words = _("This colour is too light to be seen on white paper. Choose a darker one.")
        raise Invalid(words, {"colour": [words]})
    return colour.lower()


def _kinds(
    rows: QuerySet, column: str, colours: Mapping[str, str], labels: Mapping[str, Mapping[str, str]]
) -> list[dict[str, Any]]:
    text = KeyTextTransform(column, "shown")
    found = list(rows.order_by().annotate(kind=text).values_list("kind", flat=True).distinct()[: 10 * MOST_KINDS])
    values = sorted({str(value) for value in found if value not in (None, "")})
    if not values:
        words = _("This column is empty in every feature. Choose another one.")
        raise Invalid(words, {"column": [words]})
    shown = [value for value in [*labels, *values] if value in values]
    shown = list(dict.fromkeys(shown))[:MOST_KINDS]
    entries: list[dict[str, Any]] = [
        {
            "value": value,
            "colour": _readable(colours.get(value, KINDS[place])),
            "label": dict(labels.get(value, _same(value))),
        }
        for place, value in enumerate(shown)
    ]
    return entries if len(shown) == len(values) and len(found) == len(values) else [*entries, _others()]


def _others() -> dict[str, Any]:
    return {"colour": MISSING, "label": {}}


def _same(text: str) -> dict[str, str]:
    return {code: text for code in languages()}


def _classes(rows: QuerySet, column: str, method: str, classes: int, breaks: Sequence[float]) -> list[dict[str, Any]]:
    if not 2 <= classes <= MOST_CLASSES:
        words = _("Make two to %(most)s classes.") % {"most": MOST_CLASSES}
        raise Invalid(words, {"classes": [words]})
    if method == Method.HAND:
        limits = [float(limit) for limit in breaks]
        if len(limits) < 3 or len(limits) > MOST_CLASSES + 1 or sorted(set(limits)) != limits:
            words = _("Write at least three limits, each higher than the one before, for at most %(most)s classes.") % {
                "most": MOST_CLASSES
            }
            raise Invalid(words, {"breaks": [words]})
    else:
        values = _numbers(rows, column)
        limits = METHODS[method if method in METHODS else "quantile"](values, classes)
        limits = list(dict.fromkeys(_rounded(limits)))
    steps = list(itertools.pairwise(limits)) or [(limits[0], limits[0])]
    colours = SEQUENCES[len(steps)]
    entries: list[dict[str, Any]] = [
        {"from": low, "to": high, "colour": colour} for (low, high), colour in zip(steps, colours, strict=True)
    ]
    return [*entries, _others()]


def _numbers(rows: QuerySet, column: str) -> list[float]:
    numeric = rows.filter(**{f"shown__{column}__isnull": False}).order_by()
    text = KeyTextTransform(column, "shown")
    found = numeric.annotate(text=text).filter(text__regex=r"^-?[0-9]+(\.[0-9]+)?$")
    values = [
        value for value in found.annotate(value=Cast("text", FloatField())).values_list("value", flat=True)[:SAMPLE]
    ]
    if len(set(values)) < 2:
        words = _("This column does not hold different numbers. Choose another one.")
        raise Invalid(words, {"column": [words]})
    return values


def _rounded(limits: list[float]) -> list[float]:
    """Limits with as many digits as tell them apart; the ends are widened so that nothing falls out."""
    digits = 0
    while digits < 6 and len({round(limit, digits) for limit in limits}) < len(set(limits)):
        digits += 1
    step = 10**-digits
    found = [round(limit, digits) for limit in limits]
    found[0] = found[0] if found[0] <= limits[0] else round(found[0] - step, digits)
    found[-1] = found[-1] if found[-1] >= limits[-1] else round(found[-1] + step, digits)
    return found
