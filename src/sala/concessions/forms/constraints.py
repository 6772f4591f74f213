"""Entering a layer that constrains."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.catalogue.models import Dataset, Distribution
from sala.concessions.models import Effect
from sala.concessions.policy import CONSTRAIN
from sala.core.fields import TranslatedFormField
from sala.documents.forms.offices import OfficeField
from sala.duties.forms import ActorForm, DocumentField

LAYERS = ("gpkg", "geojson", "shapefile")


class ConstraintForm(ActorForm):
    code = forms.SlugField(
        label=_("Code"), max_length=60, help_text=_("Latin letters and hyphens, such as protected-areas.")
    )
    name = TranslatedFormField(label=_("Name"))
    distribution = forms.ModelChoiceField(Distribution.objects.none(), label=_("Layer of the catalogue"))
    effect = forms.ChoiceField(label=_("What it means for a request"), choices=Effect)
    authority = TranslatedFormField(label=_("Who gives the consent or the opinion"), required=False)
    legal_basis = DocumentField(label=_("Legal basis"), required=False)
    clause = forms.CharField(label=_("Article or clause"), max_length=200, required=False)
    buffer_m = forms.IntegerField(
        label=_("Metres around it that count as well"), min_value=0, max_value=50_000, initial=0
    )
    owner = OfficeField(label=_("Kept by"))

    def __init__(self, *args: Any, actor: Actor, **options: Any):
        super().__init__(*args, actor=actor, **options)
        fields: Any = self.fields
        fields["owner"].among_those_of(actor, CONSTRAIN)
        seen = visible(actor, Dataset)
        rows = Distribution.objects.filter(dataset__in=seen, editions__is_published=True, editions__format__in=LAYERS)
        fields["distribution"].queryset = rows.distinct().select_related("dataset").order_by("dataset__slug", "pk")
        fields["distribution"].label_from_instance = lambda row: f"{row.dataset.title}: {row.name}"


class RetireForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300)
