"""Invented villages under the districts that are there, on request, and a round of the form of villages over them.

How many is said by whoever asks; the round is read from the key `villages` of demonstration.yaml. Names carry a number and say
that they are invented, so that under the districts of a real country nobody takes them for real ones.
"""

import hashlib
import random
from collections.abc import Sequence
from typing import Any

import shapely
from django.db import connection

from config.demonstration.collection import open_round
from sala.access.actor import Actor
from sala.collection import operations as collection
from sala.collection.models import Form
from sala.core import clock
from sala.core.language import languages
from sala.core.pack import Pack, PackError, Report
from sala.places.lists import FacilityList, Line
from sala.places.models import Area, Level, PlaceList
from sala.places.operations import PlaceDelivery, add_places
from sala.places.queries import current, latest_boundaries

FILE, KEY = "demonstration", "villages"
WHOLE = 8_500  # about as many as a country of this size has
NAMES = {"lo": "ບ້ານສົມມຸດ {number}", "en": "Invented village {number}"}
COLUMNS = ("code", "parent_code", "latitude", "longitude")
SPREAD = 0.05  # degrees around the label point of a district without a boundary
TRIES = 40  # points thrown into the frame of a district for one that lies inside


def enter_villages(actor: Actor, count: int) -> PlaceList:
    """As many invented villages as are missing to `count`, by the door through which a list of real ones comes."""
    level = Level.objects.order_by("rank").last()
    if level is None:
        raise PackError("There are no levels of places yet. Load a country pack first.")
    above = Level.objects.filter(rank__lt=level.rank).order_by("rank").last()
    districts = list(current(above).order_by("code")) if above else []
    if not districts:
        raise PackError(f"There is nothing under which a {level} could lie. Load a country pack first.")
    columns = [*(f"name_{code}" for code in languages()), *COLUMNS]
    rows = _rows(districts, count)
    asked = FacilityList(
        file_name=f"{count} invented places", columns={name: name for name in columns},
        file_hash=hashlib.sha256(f"{level.code} {count}".encode()).hexdigest(),
        lines=[Line(number, dict(zip(columns, row, strict=True))) for number, row in enumerate(rows, start=2)],
    )  # fmt: skip
    delivery = PlaceDelivery(level=level, as_of=clock.today(), source="invented", is_invented=True)
    batch = add_places(actor, asked, delivery)
    with connection.cursor() as cursor:
        cursor.execute("analyze places_area, places_parenthood")
    return batch


def _rows(districts: Sequence[Area], count: int) -> list[list[str]]:
    """Names, code, district, latitude, longitude; the same number gives the same village each time."""
    spots = {district.pk: _Spots(district) for district in districts}
    for pk, boundary in latest_boundaries(districts).items():
        if boundary.coarse:
            spots[pk].outline = shapely.from_wkb(bytes(boundary.coarse.wkb))
    rows = []
    for number in range(1, count + 1):
        district = districts[(number - 1) % len(districts)]
        names = [NAMES.get(code, NAMES["en"]).format(number=number) for code in languages()]
        rows.append([*names, f"{district.code}V{number:05d}", district.code, *spots[district.pk].next()])
    return rows


class _Spots:
    """Points inside a district, or near its label point; none where neither is known."""

    def __init__(self, district: Area):
        self.district = district
        self.outline: shapely.Geometry | None = None
        self.random = random.Random(district.code)  # noqa: S311

    def next(self) -> tuple[str, str]:
        centre = self.district.label_point
        if self.outline is None:
            if centre is None:
                return "", ""
            x, y = (at + self.random.uniform(-SPREAD, SPREAD) for at in (centre.x, centre.y))
            return f"{y:.5f}", f"{x:.5f}"
        west, south, east, north = self.outline.bounds
        for _try in range(TRIES):
            x, y = self.random.uniform(west, east), self.random.uniform(south, north)
            if shapely.contains_xy(self.outline, x, y):
                return f"{y:.5f}", f"{x:.5f}"
        inside = self.outline.representative_point()
        return f"{inside.y:.5f}", f"{inside.x:.5f}"


def ask_villages(actor: Actor, pack: Pack) -> Report:
    """The form of villages is about villages now, and a round of it is open, with some answers."""
    report = Report()
    wanted: dict[str, Any] = (pack.listed(FILE, KEY) or [{}])[0]
    if not wanted:
        raise PackError(f"{FILE}.yaml of this pack has no {KEY}. Leave out --pack, or add the round there.")
    level = Level.objects.order_by("rank").last()
    form = Form.objects.filter(form_id=wanted["form"]).first()
    if form is None:
        raise PackError(f"There is no form {wanted['form']}. Load the demonstration first.")
    if form.level != level:
        collection.change_form(actor, form, level=level)
    open_round(actor, wanted["round"], report)
    return report
