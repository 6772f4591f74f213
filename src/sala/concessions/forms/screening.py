"""What somebody wants to have screened: where, and what for."""

from typing import Any

from django import forms
from django.contrib.gis.geos import GEOSGeometry
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor
from sala.access.choosing import Chooser
from sala.concessions.models import Concession, Party
from sala.concessions.operations.screening import Asked
from sala.concessions.policy import SCREEN
from sala.concessions.queries.screening import shape_of_concession
from sala.core.models import Term
from sala.documents.forms.offices import OfficeField
from sala.maps.forms.here import HereForm
from sala.places.models import Level

LONGEST_TERM = 1200  # months


class ScreeningForm(HereForm):
    """One of four ways to say where; what the rest says may be left out, and then its check cannot tell."""

    point = None  # type: ignore[assignment]
    concession = Chooser(Concession, label=_("Or a lease or concession that is entered"), required=False)
    title = forms.CharField(
        label=_("Title"), max_length=200, help_text=_("So that it is found again, such as the name of the request.")
    )
    owner = OfficeField(label=_("Office"))
    sector = forms.ModelChoiceField(Term.objects.none(), label=_("Sector"), required=False)
    commodities = forms.ModelMultipleChoiceField(
        Term.objects.none(), label=_("What is to be grown or dug"), required=False, widget=forms.CheckboxSelectMultiple
    )
    level = forms.ModelChoiceField(Level.objects.none(), label=_("Level that is to grant it"), required=False)
    term_months = forms.IntegerField(label=_("Term in months"), required=False, min_value=1, max_value=LONGEST_TERM)
    holder = Chooser(Party, label=_("Who is to hold it"), required=False)

    field_order = ["title", "owner", "place", "concession", "drawing", "file", "sector", "commodities", "level",
                   "term_months", "holder"]  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, **options: Any):
        super().__init__(*args, actor=actor, **options)
        fields: Any = self.fields
        fields["owner"].among_those_of(actor, SCREEN)
        commodities = Term.objects.filter(scheme="commodity", retired=False).order_by("order")
        sectors = set(commodities.values_list("data__sector", flat=True))
        fields["sector"].queryset = Term.objects.filter(scheme="sector", code__in=sectors, retired=False).order_by(
            "order"
        )
        fields["commodities"].queryset = commodities
        fields["level"].queryset = Level.objects.order_by("rank")

    def clean(self) -> dict[str, Any]:
        data = forms.Form.clean(self) or self.cleaned_data
        if not self.errors and not any(data.get(name) for name in ("place", "concession", "drawing", "file")):
            raise forms.ValidationError(_("Say where: a place, a concession or an area."))
        return data

    def area(self) -> tuple[GEOSGeometry, bool]:
        """(the shape in WGS 84, whether a drawing had to be mended)."""
        data = self.cleaned_data
        if data.get("concession") and not data.get("drawing") and not data.get("file"):
            return shape_of_concession(data["concession"]), False
        _where, shape, mended = self.shape()
        return shape, mended

    def asked(self) -> Asked:
        data = self.cleaned_data
        return Asked(
            sector=data["sector"].code if data["sector"] else "",
            commodities=[term.code for term in data["commodities"]],
            level=data["level"].code if data["level"] else "",
            term_months=data["term_months"],
            holder=data["holder"].number if data["holder"] else "",
        )
