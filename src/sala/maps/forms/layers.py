"""Forms of a layer and of its style."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.access.scope import can
from sala.catalogue.models import Distribution
from sala.core.fields import TranslatedFormField
from sala.core.models import Term
from sala.maps import policy
from sala.maps.calculations.colours import SEQUENCES
from sala.maps.collections import Collection, drawable_distributions
from sala.maps.live import live_nouns
from sala.maps.models import Drawing, Method
from sala.places.queries import country


class LayerForm(forms.Form):
    """What is said of a layer."""

    title = TranslatedFormField(label=_("Title"))
    description = TranslatedFormField(label=_("Description"), required=False, long=True)
    topic = forms.ModelChoiceField(Term.objects.none(), label=_("Topic"), required=False)

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        self.fields["topic"].queryset = Term.objects.filter(scheme="topic", retired=False).order_by("order")  # type: ignore[attr-defined]


class NewLayerForm(LayerForm):
    """Also asks what is drawn: a part of a dataset with shapes or cells, or a noun as it is now."""

    source = forms.ChoiceField(label=_("What is drawn"))
    field_order = ["source", "title", "description", "topic"]

    def __init__(self, *args: Any, actor: Actor, **options: Any):
        super().__init__(*args, **options)
        parts = (
            drawable_distributions(actor)
            .select_related("dataset__owner", "dataset__place")
            .order_by("dataset__slug", "code")
        )
        choices = [
            (f"part:{row.pk}", f"{row.dataset.title} – {row.name}")
            for row in parts
            if can(actor, policy.EDIT, row.dataset)
        ]
        if can(actor, policy.EDIT, country()):
            for noun in live_nouns().values():
                choices += [(f"live:{noun.key}:{key}", f"{noun.name} – {name}") for key, name in noun.parts()]
        self.fields["source"].choices = choices  # type: ignore[attr-defined]
        if not choices:
            self.fields["source"].help_text = _(
                "Nothing of yours can be drawn yet. Enter a dataset, send a file with shapes, points or cells to it (GeoPackage, GeoJSON, zipped shapefile, GeoTIFF), and have the edition published; then it stands here."
            )

    def described(self) -> dict[str, Any]:
        """Arguments of operations.make_layer."""
        data = dict(self.cleaned_data)
        kind, _colon, rest = data.pop("source").partition(":")
        if kind == "part":
            return data | {"distribution": Distribution.objects.select_related("dataset").get(pk=int(rest))}
        live, _colon, part = rest.partition(":")
        return data | {"live": live, "part": part}


class ChangeLayerForm(LayerForm):
    """Also which columns are shown, and which one is written on the map."""

    columns = forms.MultipleChoiceField(
        label=_("Columns shown"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("In tiles, on the page of a feature and in what is taken along. None ticked: all of them."),
    )  # fmt: skip
    label = forms.ChoiceField(label=_("Written on the map"), required=False)

    def __init__(self, *args: Any, collection: Collection | None, every: list[tuple[str, str]], **options: Any):
        super().__init__(*args, **options)
        self.fields["columns"].choices = every  # type: ignore[attr-defined]
        self.fields["label"].choices = [("", _("Nothing")), *every]  # type: ignore[attr-defined]


class StyleForm(forms.Form):
    """How a layer is drawn."""

    drawing = forms.ChoiceField(label=_("How it is drawn"), choices=Drawing.choices)
    colour = forms.CharField(
        label=_("Colour"),
        required=False,
        max_length=7,
        widget=forms.TextInput(attrs={"type": "color"}),
    )
    outline = forms.BooleanField(label=_("Only the outline, so that what lies beneath can be seen"), required=False)
    column = forms.ChoiceField(label=_("By column"), required=False)
    method = forms.ChoiceField(label=_("Classes"), required=False, choices=Method.choices)
    classes = forms.IntegerField(
        label=_("Number of classes"), min_value=2, max_value=max(SEQUENCES), required=False, initial=4
    )
    breaks = forms.CharField(
        label=_("Limits by hand"),
        required=False,
        help_text=_("From the lowest to the highest, with spaces between them."),
    )

    def __init__(self, *args: Any, collection: Collection, **options: Any):
        super().__init__(*args, **options)
        named = [(name, str(label) or name) for name, label in collection.columns]
        self.fields["column"].choices = [("", "–"), *named]  # type: ignore[attr-defined]

    def clean_breaks(self) -> list[float]:
        try:
            return [float(part) for part in self.cleaned_data["breaks"].replace(";", " ").split()]
        except ValueError as error:
            raise forms.ValidationError(_("Write numbers with spaces between them, such as 0 10 50.5.")) from error

    def clean_classes(self) -> int:
        return self.cleaned_data["classes"] or 4
