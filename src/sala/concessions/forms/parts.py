"""Forms of what belongs to a concession: grant, area, paper, step, village, jobs, confirmations."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import shapely
from django import forms
from django.contrib.gis.geos import Point
from django.utils.translation import gettext_lazy as _

from sala.access.choosing import Chooser
from sala.concessions.forms.entry import level_choices
from sala.concessions.forms.fields import (
    HectaresField,
    PaperField,
    PartyField,
    ReasonedForm,
    ShareField,
    VersionedForm,
    WholeField,
    as_typed,
    term_field,
    terms_of,
)
from sala.concessions.models import (
    Accuracy,
    AffectedVillage,
    AreaPurpose,
    Concession,
    ConcessionPlace,
    Consultation,
    FieldClass,
    Grant,
    JobCount,
    JobKind,
    Party,
)
from sala.concessions.states import MOVES, Step, steps_from
from sala.core import money
from sala.core.errors import Invalid, SalaError
from sala.core.fields import NumberField, day_field
from sala.documents.models import Document
from sala.duties.forms import DocumentField
from sala.maps import drawing
from sala.maps.calculations.coordinates import parsed
from sala.people.models import Organisation
from sala.places.models import Area

MONTHS = 12


class AsideForm(VersionedForm):
    reason = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class GrantSaid(forms.Form):
    """What a grant says. The term is written in years or in months; both together add up."""

    share = ShareField(label=_("Share in per cent"), initial="100", decimals=3)
    granted_ha = HectaresField(label=_("Granted hectares"), help_text=_("As the agreement says, not as drawn."))
    decided_on = day_field(_("Approved on"), required=False)
    body = Chooser(Organisation, label=_("Approved by"), required=False)
    body_name = forms.CharField(
        label=_("Or its name as the paper writes it"), max_length=200, required=False,
        help_text=_("Where it is no organisation of this register."),
    )  # fmt: skip
    level = forms.ChoiceField(label=_("Level that approved"), required=False)
    number = forms.CharField(label=_("Number of the agreement"), max_length=80, required=False)
    signed_on = day_field(_("Signed on"), required=False)
    starts_on = day_field(_("From"), required=False)
    years = WholeField(label=_("Term in years"))
    months = WholeField(label=_("and months"))
    document = PaperField(label=_("Agreement"))
    legal_basis = DocumentField(
        label=_("Legal basis"), required=False, help_text=_("The law or decree it stands on, by words of its title or its number.")
    )  # fmt: skip

    def offer(self) -> None:
        self.fields["level"].choices = level_choices()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        years, months = data.pop("years", None), data.pop("months", None)
        data["term_months"] = (
            None if years is None and months is None else (years or 0) * MONTHS + (months or 0) or None
        )
        return data


class GrantForm(GrantSaid, VersionedForm):
    holder = PartyField(label=_("Who holds it"), help_text=_("A part of any of its names. A new party is entered on its own page first."))  # fmt: skip
    replaces = forms.ModelChoiceField(
        Grant.objects.none(), label=_("It replaces the grant"), required=False, empty_label=_("None: it stands beside the others"),
        help_text=_("For a renewal, an amendment or a transfer: the older one ends the day before."),
    )  # fmt: skip

    field_order = ["holder", "share", "granted_ha", "replaces"]

    def __init__(self, *args: Any, concession: Concession, **options: Any):
        initial = {"holder": concession.applicant, **(options.pop("initial", None) or {})}
        super().__init__(*args, concession=concession, initial=initial, **options)
        self.offer()
        _offer_grants(self.fields["replaces"], concession.grants.select_related("holder"))


def _offer_grants(field: Any, rows: Any) -> None:
    field.queryset = rows
    field.label_from_instance = lambda row: f"{row.holder} ({row.starts_on or '…'})"


class CorrectGrantForm(GrantSaid, ReasonedForm):
    """The paper of the reason is that of the grant, so it is asked once."""

    holder = PartyField(label=_("Who holds it"), help_text=_("Another one only where the wrong one was entered. Who took over holds it by a new grant."))  # fmt: skip
    replaces = forms.ModelChoiceField(
        Grant.objects.none(), label=_("It replaces the grant"), required=False, empty_label=_("None: it stands beside the others"),
    )  # fmt: skip

    field_order = ["holder", "share", "granted_ha", "replaces"]

    def __init__(self, *args: Any, grant: Grant, **options: Any):
        years, months = divmod(grant.term_months, MONTHS) if grant.term_months else ("", "")
        initial = {
            "holder": grant.holder, "replaces": grant.replaces_id, "legal_basis": grant.legal_basis,
            "share": as_typed(grant.share), "granted_ha": grant.granted_ha, "body": grant.body, "body_name": grant.body_name,
            "level": grant.level, "number": grant.number, "years": years, "months": months, "document": grant.document_id,
            **{name: day.isoformat() if (day := getattr(grant, name)) else "" for name in ("decided_on", "signed_on", "starts_on")},
        }  # fmt: skip
        super().__init__(*args, concession=grant.concession, initial=initial, **options)
        self.offer()
        _offer_grants(self.fields["replaces"], grant.concession.grants.exclude(pk=grant.pk).select_related("holder"))


class FurtherPlaceSaid(forms.Form):
    share = ShareField(
        label=_("Share in per cent"), required=False, decimals=2,
        help_text=_("Of the granted area. Empty where it is not known."),
    )  # fmt: skip


class FurtherPlaceForm(FurtherPlaceSaid, VersionedForm):
    area = Chooser(Area, label=_("Place"))

    field_order = ["area"]


class CorrectFurtherPlaceForm(FurtherPlaceSaid, AsideForm):
    field_order = ["share", "reason"]

    def __init__(self, *args: Any, place: ConcessionPlace, **options: Any):
        super().__init__(*args, concession=place.concession, initial={"share": as_typed(place.share)}, **options)


class AreaForm(VersionedForm):
    """An area: hectares, and its shape as GeoJSON or as a file, or a point."""

    purpose = forms.ChoiceField(label=_("Which area"), choices=AreaPurpose.choices)
    stated_ha = HectaresField(label=_("Hectares as the paper says"))
    accuracy = forms.ChoiceField(label=_("How it was found"), choices=Accuracy.choices)
    method = forms.CharField(label=_("Method and source"), max_length=200, required=False)
    paper_crs = forms.CharField(label=_("System of coordinates of the paper"), max_length=20, required=False)
    measured_on = day_field(_("As of"), required=False)
    file = forms.FileField(label=_("A file with the area"), required=False, help_text=_("GeoJSON, GeoPackage or zipped shapefile, up to 5 MB."))  # fmt: skip
    drawing = forms.CharField(
        label=_("Or the area, pasted as GeoJSON"), required=False, max_length=drawing.MOST_BYTES,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )  # fmt: skip
    point = forms.CharField(
        label=_("Or a point that stands for it"), required=False, max_length=80,
        help_text=_("Latitude and longitude in degrees (17.97, 102.63), or UTM: zone, easting, northing (48N 249005 1988469)."),
    )  # fmt: skip
    document = PaperField()
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def clean_point(self) -> Point | None:
        text = self.cleaned_data["point"].strip()
        if not text:
            return None
        try:
            return Point(tuple(parsed(text)), srid=4326)
        except ValueError as error:
            raise forms.ValidationError(_("This is no point. Write latitude and longitude in degrees, or zone, easting and northing in metres.")) from error  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        file, text = data.pop("file", None), data.pop("drawing", "")
        data["geometry"], self.mended = None, False
        if file or text:
            try:
                found = (
                    drawing.from_file(Path(file.temporary_file_path()), file.name) if file else drawing.from_text(text)
                )
            except SalaError as error:
                self.add_error("file" if file else "drawing", str(error))
            else:
                data["geometry"], self.mended = found.shape, found.mended
        return data

    mended: bool = False
    shape: shapely.Geometry | None = None


class PaperForm(VersionedForm):
    role = term_field(_("What it is"))
    document = Chooser(
        Document, label=_("Document"), help_text=_("A part of its title or its number. A new paper is entered among the documents first.")
    )  # fmt: skip
    pages = forms.CharField(label=_("Pages"), max_length=40, required=False, help_text=_("Such as 12–14."))
    issued_to = Chooser(
        Party, label=_("In whose name"), required=False,
        help_text=_("Of a land title only: the party that it was issued to. One in a person's name tells that the land went over to private use."),
    )  # fmt: skip
    issued_on = day_field(_("Title issued on"), required=False)

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        self.fields["role"].queryset = terms_of("concession-paper")  # type: ignore[attr-defined]


class StepForm(VersionedForm):
    """Only steps that may follow are offered; each says in the list which papers it needs."""

    step = forms.ChoiceField(label=_("Step"), widget=forms.RadioSelect)
    document = PaperField(
        label=_("Paper"), empty_label=_("The newest one that fits"), help_text=_("The paper that the step needs, from “Papers”.")
    )  # fmt: skip
    decided_on = day_field(_("Day of the decision"), required=False)
    body = Chooser(Organisation, label=_("Who decided"), required=False)
    body_name = forms.CharField(label=_("Or its name as the paper writes it"), max_length=200, required=False)
    level = forms.ChoiceField(label=_("Level that decided"), required=False)
    hectares = HectaresField(label=_("Hectares decided about"))
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, concession: Concession, **options: Any):
        super().__init__(*args, concession=concession, **options)
        papers = {term.code: str(term.name) for term in terms_of("concession-paper")}
        self.fields["step"].choices = [  # type: ignore[attr-defined]
            (step, _told(step, [papers.get(code, code) for code in MOVES[step].needs])) for step in steps_from(concession.state)
        ]  # fmt: skip
        self.fields["level"].choices = level_choices()  # type: ignore[attr-defined]


def _told(step: str, papers: list[str]) -> str:
    label = str(Step(step).label)
    return f"{label} ({' / '.join(papers)})" if papers else label


class VillageSaid(forms.Form):
    """What a concession means to a village."""

    hectares_lost = HectaresField(label=_("Hectares lost"))
    households = WholeField(label=_("Households affected"))
    households_moved = WholeField(label=_("Households that had to move"))
    consultation = forms.ChoiceField(label=_("Consultation"), choices=Consultation.choices)
    consulted_on = day_field(_("Consulted on"), required=False)
    compensation_promised = NumberField(label=_("Compensation promised"), required=False)
    compensation_paid = NumberField(label=_("Compensation paid"), required=False)
    currency = forms.ChoiceField(label=_("Currency"), required=False, choices=money.choices)
    document = PaperField()
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def clean(self) -> dict[str, Any]:
        """Amounts are kept in the smallest unit of their currency; without one the country's own is meant."""
        data = super().clean() or self.cleaned_data
        for name in ("compensation_promised", "compensation_paid"):
            if data.get(name) is not None:
                data["currency"] = data.get("currency") or money.own()
                try:
                    data[name] = money.smallest(Decimal(data[name]), data["currency"])
                except Invalid as error:
                    self.add_error(name, str(error))
        return data


class VillageForm(VillageSaid, VersionedForm):
    area = Chooser(Area, label=_("Village"))

    field_order = ["area"]


class CorrectVillageForm(VillageSaid, ReasonedForm):
    """What stands there is filled in. The paper of the reason is that of the village, so it is asked once."""

    def __init__(self, *args: Any, village: AffectedVillage, **options: Any):
        initial = {
            **{name: getattr(village, name) for name in ("hectares_lost", "households", "households_moved", "consultation", "currency", "note")},
            **{name: _amount(getattr(village, name), village.currency) for name in ("compensation_promised", "compensation_paid")},
            "consulted_on": village.consulted_on.isoformat() if village.consulted_on else "", "document": village.document_id,
        }  # fmt: skip
        super().__init__(*args, concession=village.concession, initial=initial, **options)


def _amount(amount: int | None, currency: str) -> str:
    """An amount as it is typed."""
    return "" if amount is None else format(money.whole(amount, currency), "f")


class JobsSaid(forms.Form):
    kind = forms.ChoiceField(label=_("Planned or present"), choices=JobKind.choices)
    as_of = day_field(_("As of"))
    total = WholeField(label=_("Jobs"), required=True)
    women = WholeField(label=_("of them women"))
    foreign = WholeField(label=_("of them foreigners"))
    seasonal = WholeField(label=_("of them daily or seasonal"))
    document = PaperField()


class JobsForm(JobsSaid, VersionedForm):
    """A count of another day."""


class CorrectJobsForm(JobsSaid, ReasonedForm):
    """What stands there is filled in. The paper of the reason is that of the count, so it is asked once."""

    def __init__(self, *args: Any, count: JobCount, **options: Any):
        initial = {
            **{name: getattr(count, name) for name in ("kind", "total", "women", "foreign", "seasonal")},
            "as_of": count.as_of.isoformat(), "document": count.document_id,
        }  # fmt: skip
        super().__init__(*args, concession=count.concession, initial=initial, **options)


class ConfirmForm(VersionedForm):
    classes = forms.MultipleChoiceField(
        label=_("I confirm, as it stands now"), choices=FieldClass.choices, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one.")},
    )  # fmt: skip
