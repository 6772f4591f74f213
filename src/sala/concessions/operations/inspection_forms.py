"""Which questions of a form say what an inspection holds, and reading an answer by them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import shapely
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sala.access.actor import Actor
from sala.access.scope import require
from sala.collection.models import Form, Reading
from sala.collection.policy import EDIT
from sala.concessions.models import Activity, InspectionForm
from sala.core.errors import Conflict, Invalid
from sala.core.operation import lock, operation
from sala.journal.operations import record

# what a question can say, the types of questions that can say it, and whether several may
FIELDS: dict[str, tuple[Any, tuple[str, ...], bool]] = {
    "inspected_on": (gettext_lazy("Day of the inspection"), ("date", "today", "dateTime", "start", "end"), False),
    "team": (gettext_lazy("Who went"), ("text",), False),
    "activity": (gettext_lazy("What was seen (choices yes, no, unclear)"), ("select_one",), False),
    "developed_ha": (gettext_lazy("Developed hectares"), ("decimal", "integer", "calculate"), False),
    "track": (gettext_lazy("Walk along the boundary"), ("geotrace", "geoshape"), False),
    "photos": (gettext_lazy("Photos"), ("image",), True),
    "signatures": (gettext_lazy("Signatures"), ("image",), True),
    "note": (gettext_lazy("What was found"), ("text",), False),
}


@dataclass
class Said:
    """What an answer says. photos: (hash, name); accuracies: metres at each point of the walk."""

    inspected_on: date | None = None
    team: str = ""
    activity: str = Activity.UNCLEAR
    developed_ha: Decimal | None = None
    note: str = ""
    signatures: int = 0
    track: shapely.Geometry | None = None
    accuracies: list[float] = field(default_factory=list)
    photos: list[tuple[str, str]] = field(default_factory=list)


@operation
def map_form(actor: Actor, form: Form, fields: Mapping[str, Any]) -> InspectionForm:
    """Approved answers to this form are inspections from now on. fields: as InspectionForm.fields has them."""
    form = lock(form)
    require(actor, EDIT, form)
    if form.about_noun != "concession":
        raise Conflict(_("The form is not about concessions. Say first what one answer is about."))
    version = form.versions.first()
    questions = {each["name"]: each for each in (version.questions() if version else [])}
    told = {name: value for name, value in fields.items() if value}
    for name, value in told.items():
        if name not in FIELDS:
            raise TypeError(f"an inspection has no {name}")
        for each in value if isinstance(value, list) else [value]:
            if each not in questions or questions[each]["type"] not in FIELDS[name][1]:
                words = _("The question “%(name)s” cannot say this. Choose another.") % {"name": each}
                raise Invalid("", {name: [words]})
    row, _new = InspectionForm.objects.update_or_create(form=form, defaults={"fields": told})
    record(actor, EDIT, form, change="form makes inspections", fields=told)
    return row


def said_by(mapping: InspectionForm, reading: Reading) -> Said:
    """What an answer says of an inspection; what is missing or unfit stays empty."""
    version = reading.submission.version or reading.form.current
    paths = {each["name"]: each for each in (version.questions() if version else [])}
    files = {file.name: file.sha256 for file in reading.submission.files.all()}

    def values(name: str) -> list[Any]:
        asked = mapping.fields.get(name) or []
        names = asked if isinstance(asked, list) else [asked]
        return [value for each in names if each in paths for value in _values(reading.values, paths[each]["path"])]

    def first(name: str) -> Any:
        return next(iter(values(name)), None)

    said = Said(
        team=str(first("team") or ""), note=str(first("note") or ""), developed_ha=_hectares(first("developed_ha"))
    )
    said.inspected_on = _day(first("inspected_on"))
    activity = str(first("activity") or "")
    said.activity = activity if activity in Activity.values else Activity.UNCLEAR
    points = first("track")
    if isinstance(points, list) and len(points) > 1:
        said.track = shapely.MultiLineString([[(point["lon"], point["lat"]) for point in points]])
        said.accuracies = [point["accuracy"] for point in points if point.get("accuracy")]
    said.signatures = len([name for name in values("signatures") if name])
    said.photos = [(files[str(name)], str(name)) for name in values("photos") if str(name) in files]
    return said


def _values(values: Mapping[str, Any], path: str) -> Iterator[Any]:
    """The answers to a question, of every row where it stands in a repeat."""
    if values.get(path) not in (None, ""):
        yield values[path]
    for rows in values.values():
        if isinstance(rows, list):
            for row in rows:
                if isinstance(row, dict) and "lat" not in row:
                    yield from _values(row, path)


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10]) if value else None
    except ValueError:
        return None


def _hectares(value: Any) -> Decimal | None:
    try:
        found = Decimal(str(value)).quantize(Decimal("0.01")) if value is not None else None
    except InvalidOperation:
        return None
    return found if found is not None and found.is_finite() and 0 <= found < Decimal(10**10) else None
