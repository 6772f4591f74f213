"""Fields that several of these forms share: counts, moments, topics, who may read."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.core.fields import NumberField
from sala.core.models import Term
from sala.people.models import Position

MOMENT = "%Y-%m-%dT%H:%M"
MOST_OF_AN_OFFICE = 9999


class CountField(NumberField):
    """How many people: a whole number from nought, empty is nought; Lao digits too."""

    def __init__(self, **options: Any):
        options.setdefault("required", False)
        options.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric", "size": 4}))
        super().__init__(**options)

    def clean(self, value: Any) -> int:
        number = super().clean(value)
        if number is None:
            return 0
        if number != int(number) or not 0 <= number <= MOST_OF_AN_OFFICE:
            raise forms.ValidationError(_("Write a whole number from 0."))
        return int(number)


def moment_field(label: Any, **options: Any) -> forms.DateTimeField:
    """A day and an hour in the country's time."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)
    return forms.DateTimeField(label=label, widget=widget, **options)


def term_field(label: Any, scheme: str, **options: Any) -> forms.ModelChoiceField:
    """One word of a vocabulary. The form that holds it calls choose_terms."""
    field = forms.ModelChoiceField(Term.objects.none(), label=label, **options)
    field.scheme = scheme  # type: ignore[attr-defined]
    return field


def topics_field() -> forms.ModelMultipleChoiceField:
    field = forms.ModelMultipleChoiceField(
        Term.objects.none(), label=_("Topics"), required=False, widget=forms.CheckboxSelectMultiple
    )
    field.scheme = "topic"  # type: ignore[attr-defined]
    return field


def choose_terms(form: forms.Form) -> None:
    """Offer each vocabulary field the words of today."""
    for field in form.fields.values():
        if scheme := getattr(field, "scheme", ""):
            field.queryset = Term.objects.filter(scheme=scheme, retired=False).order_by("order", "code")  # type: ignore[attr-defined]


def posts_held(actor: Actor, verb: str) -> models.QuerySet[Position]:
    """Posts in whose name the actor may do something."""
    rows = Position.objects.filter(closed_on__isnull=True).select_related("organisation")
    if actor.is_everything:
        return rows
    held = [row.position_id for row in actor.holdings if any(verb in grant.verbs for grant in row.grants)]
    return rows.filter(pk__in=held)


def initial_of(instance: models.Model, names: Sequence[str]) -> dict[str, Any]:
    """What a form begins with when a row is changed. Days are written as a date box wants them, whatever the language."""
    return {name: _begun(getattr(instance, name)) for name in names}


def _begun(value: Any) -> Any:
    if isinstance(value, models.Manager):
        return list(value.all())
    return value.isoformat() if type(value) is date else value
