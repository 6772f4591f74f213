"""Forms of a theme map: what is said of it, and its layers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.core.fields import TranslatedFormField
from sala.core.models import Term
from sala.maps.models import Layer, ThemeMap
from sala.maps.models.theme_map import TIERS
from sala.maps.operations.theme_maps import Placed
from sala.maps.queries import front_doors
from sala.people.models import Organisation

SLOTS = 8  # layers that can be named at once


class ThemeMapForm(forms.Form):
    title = TranslatedFormField(label=_("Title"))
    description = TranslatedFormField(label=_("Description"), required=False, long=True)
    topic = forms.ModelChoiceField(Term.objects.none(), label=_("Topic"), required=False)
    portal = forms.ChoiceField(
        label=_("Front door"), required=False, help_text=_("It stands on the home page and in the list of maps there.")
    )
    tier = forms.ChoiceField(label=_("Open to"), choices=TIERS)
    west = forms.FloatField(label=_("West (degrees)"), required=False)
    south = forms.FloatField(label=_("South"), required=False)
    east = forms.FloatField(label=_("East"), required=False)
    north = forms.FloatField(label=_("North"), required=False)

    NAMES = ("title", "description", "topic", "portal", "tier", "west", "south", "east", "north")

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        self.fields["topic"].queryset = Term.objects.filter(scheme="topic", retired=False).order_by("order")  # type: ignore[attr-defined]
        self.fields["portal"].choices = [("", _("Every front door")), *front_doors()]  # type: ignore[attr-defined]

    @classmethod
    def initial_of(cls, found: ThemeMap) -> dict[str, Any]:
        return {name: getattr(found, name) for name in cls.NAMES}


class NewThemeMapForm(ThemeMapForm):
    owner = forms.ModelChoiceField(Organisation.objects.none(), label=_("Curated by"), to_field_name="code")
    field_order = ["owner", "title", "description", "topic"]

    def __init__(self, *args: Any, actor: Actor, **options: Any):
        super().__init__(*args, **options)
        ids = [holding.organisation_id for holding in actor.holdings]
        rows = Organisation.objects.all() if actor.is_everything else Organisation.objects.filter(pk__in=ids)
        self.fields["owner"].queryset = rows  # type: ignore[attr-defined]


class ArrangeForm(forms.Form):
    """The layers from top to bottom, each with its opacity and whether it is on."""

    def __init__(self, data: Any, *, actor: Actor, theme_map: ThemeMap):
        super().__init__(data)
        layers = visible(actor, Layer).order_by("code")
        placed = list(theme_map.layers.select_related("layer"))
        self.slots = min(SLOTS, len(placed) + 3) if len(placed) < SLOTS else len(placed)
        for number in range(self.slots):
            row = placed[number] if number < len(placed) else None
            self.fields[f"layer{number}"] = forms.ModelChoiceField(
                layers, to_field_name="code", required=False, label=_("Layer %(number)s") % {"number": number + 1},
                initial=row.layer.code if row else None,
            )  # fmt: skip
            self.fields[f"opacity{number}"] = forms.IntegerField(
                label=_("Opacity in per cent"),
                min_value=0,
                max_value=100,
                required=False,
                initial=row.opacity if row else 80,
            )
            self.fields[f"on{number}"] = forms.BooleanField(
                label=_("Switched on"), required=False, initial=row.is_on if row else True
            )

    def rows(self) -> list[list[Any]]:
        return [[self[f"{name}{number}"] for name in ("layer", "opacity", "on")] for number in range(self.slots)]

    def placed(self) -> list[Placed]:
        data = self.cleaned_data
        return [
            Placed(
                data[f"layer{number}"],
                80 if data[f"opacity{number}"] is None else data[f"opacity{number}"],
                data[f"on{number}"],
            )
            for number in range(self.slots)
            if data[f"layer{number}"]
        ]
