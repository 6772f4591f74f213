"""Where to look: a place, a point, or an area that was drawn, pasted or uploaded."""

from pathlib import Path
from typing import Any

from django import forms
from django.contrib.gis.geos import GEOSGeometry, Point
from django.utils.translation import gettext_lazy as _

from sala.documents.forms.offices import OfficeField
from sala.duties.forms import ActorForm, PlaceField
from sala.maps import drawing
from sala.maps.calculations.coordinates import parsed
from sala.maps.policy import KEEP
from sala.maps.where import shape_of_place


class HereForm(ActorForm):
    """One of four ways is enough; a drawing goes before a place, a place before a point."""

    place = PlaceField(label=_("A place"), required=False)
    point = forms.CharField(
        label=_("Or a point"), required=False, max_length=80,
        help_text=_("Latitude and longitude in degrees (17.97, 102.63), or UTM: zone, easting, northing (48N 249005 1988469)."),
    )  # fmt: skip
    drawing = forms.CharField(
        label=_("Or an area, pasted as GeoJSON"), required=False, max_length=drawing.MOST_BYTES,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )  # fmt: skip
    file = forms.FileField(label=_("Or a file with an area"), required=False, help_text=_("GeoJSON, GeoPackage or zipped shapefile, up to 5 MB."))  # fmt: skip

    def clean_point(self) -> Any:
        text = self.cleaned_data["point"].strip()
        if not text:
            return None
        try:
            return parsed(text)
        except ValueError as error:
            raise forms.ValidationError(_("This is no point. Write latitude and longitude in degrees, or zone, easting and northing in metres.")) from error  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors and not any(data.get(name) for name in ("place", "point", "drawing", "file")):
            raise forms.ValidationError(_("Say where: a place, a point or an area."))
        return data

    def shape(self) -> tuple[dict[str, Any], GEOSGeometry, bool]:
        """(what is kept of where in a recipe, the shape in WGS 84, whether a drawing had to be mended)."""
        data = self.cleaned_data
        if data.get("file"):
            found = drawing.from_file(Path(data["file"].temporary_file_path()), data["file"].name)
        elif data.get("drawing"):
            found = drawing.from_text(data["drawing"])
        elif data.get("place"):
            return {"place": data["place"].code}, shape_of_place(data["place"]), False
        else:
            return {"point": list(data["point"])}, Point(tuple(data["point"]), srid=4326), False
        return {"shape": found.shape.wkt}, GEOSGeometry(found.shape.wkt, srid=4326), found.mended


class KeepForm(ActorForm):
    """Keeping what was found: a title, and the office in whose name."""

    title = forms.CharField(label=_("Title"), max_length=200)
    owner = OfficeField(label=_("Kept by"))

    def __init__(self, *args: Any, actor: Any, **options: Any):
        super().__init__(*args, actor=actor, **options)
        self.fields["owner"].among_those_of(actor, KEEP)  # type: ignore[attr-defined]
