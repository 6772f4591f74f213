"""What an answer is compared with: the last one about the same, those before it, and the changes of like places."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.gis.geos import Point
from django.db import connection
from django.db.models import QuerySet
from django.db.models.fields.json import KeyTextTransform
from pyproj import Geod

from sala.collection import flags
from sala.collection.flags import Flag, flag
from sala.collection.models import Form, Reading
from sala.collection.queries.about import Subject
from sala.collection.states import STANDING
from sala.core import periods
from sala.places.models import Area
from sala.places.queries import latest_boundaries

MOST_BEFORE = 36  # earlier answers about the same that are looked at
WIDENINGS = 2  # areas above the nearest in which like places are looked for

NEAR_FACILITY_M = 1000.0
NEAR_BOUNDARY_M = 2000.0
NEAR_LABEL_M = 10_000.0

_EARTH = Geod(ellps="WGS84")


@dataclass
class Before:
    """Earlier answers about the same subject: period → values, the last period first."""

    values: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def last(self) -> str:
        return next(iter(self.values), "")

    def year_ago(self, period: str) -> str:
        """The same part of the year before, where that is not the last period anyhow."""
        code = f"{int(period[:4]) - 1}{period[4:]}" if period[:4].isdecimal() and "/" not in period else ""
        return code if code in self.values and code != self.last else ""


def before(form: Form, subject: Subject, period: str) -> Before:
    """The answers that stood for earlier periods, about the same; where each place answers by itself, of the same place."""
    if not period or not subject.is_known:
        return Before()
    rows = _about(form, subject).exclude(period__in=["", period]).order_by("-submission_id")[:MOST_BEFORE]
    found = {code: values for code, values in rows.values_list("period", "values")}
    this = _start(period)
    return Before({code: found[code] for code in sorted(found, key=_start, reverse=True) if _start(code) < this})


def _about(form: Form, subject: Subject) -> QuerySet[Reading]:
    rows = Reading.objects.filter(form=form, state__in=STANDING)
    if subject.other is not None:
        rows = rows.filter(subject_type=subject.other.noun, subject_id=subject.other.pk)
        return rows.filter(area=subject.area) if form.place_question else rows
    if subject.facility is not None:
        return rows.filter(facility=subject.facility)
    return rows.filter(area=subject.area, facility=None, subject_id=None)


def _start(code: str) -> str:
    try:
        return f"{periods.parse(code).start:%Y-%m-%d}"
    except ValueError:
        return code


def outliers(form_id: int, subject: Subject, period: str, now: Mapping[str, Any], past: Before,
             figures: Mapping[str, bool]) -> list[Flag]:  # fmt: skip
    """figures: path of each question outside of repeats whose answer is a figure → whether it is a count.

    A change is only held against like places where it is large in itself, so most answers cost no further query.
    """
    found: list[Flag] = []
    last, year_ago = past.last, past.year_ago(period)
    for path, is_count in figures.items():
        value, held = _figure(now.get(path)), _figure(past.values[last].get(path))
        history = [figure for values in past.values.values() if (figure := _figure(values.get(path))) is not None]
        if value is None or not history:
            continue
        if flags.outside(value, history):
            found.append(flag("outlier-range", path, now=value, count=len(history), least=min(history), most=max(history)))  # fmt: skip
            continue
        earlier = _figure(past.values[year_ago].get(path)) if year_ago else held
        if held is None or not flags.deviates(value, held, is_count=is_count):
            continue
        if earlier is not None and not flags.deviates(value, earlier, is_count=is_count):
            continue
        if flags.unusual_change(value, held, _peers(form_id, subject, period, last, path)):
            found.append(flag("outlier-last", path, now=value, last=held, period=last))
    return found


def _figure(value: Any) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _peers(form_id: int, subject: Subject, period: str, last: str, path: str) -> list[tuple[float, float]]:
    """(figure now, figure before) of like places: those around, in a wider area where they are too few."""
    found: list[tuple[float, float]] = []
    around = subject.area.path.rstrip("/") if subject.area else ""
    for _wider in range(1 + WIDENINGS):
        around = around.rpartition("/")[0]
        if not around:
            break
        found = _pairs(form_id, subject, period, last, path, f"{around}/")
        if len(found) >= flags.PEERS:
            break
    return found


def _pairs(form_id: int, subject: Subject, period: str, last: str, path: str, around: str) -> list[tuple[float, float]]:
    rows = Reading.objects.filter(form=form_id, period__in=[period, last], area__path__startswith=around)
    other = subject.other.pk if subject.other else None
    rows = rows.filter(state__in=STANDING).exclude(area=subject.area, facility=subject.facility, subject_id=other)
    figures: dict[tuple[int, int | None, int | None], dict[str, float]] = {}
    shown = rows.annotate(figure=KeyTextTransform(path, "values"))
    told = shown.values_list("area_id", "facility_id", "subject_id", "period", "figure")
    for area, facility, other_row, code, text in told:
        try:
            figures.setdefault((area, facility, other_row), {})[code] = float(text)
        except (TypeError, ValueError):
            continue
    return [(pair[period], pair[last]) for pair in figures.values() if len(pair) == 2]


# ---- places ------------------------------------------------------------------------------------------------------


def metres_between(one: Point, other: Point) -> float:
    """On the ellipsoid; points are longitude and latitude."""
    return _EARTH.inv(one.x, one.y, other.x, other.y)[2]


def metres_from(subject: Subject, point: Point) -> tuple[float | None, float]:
    """How far a point lies from a facility or place, and how far it may: (None, 0) where nobody knows where that is."""
    facility, area, other = subject.facility, subject.area, subject.other
    if other is not None and other.point is not None and not subject.is_elsewhere:
        return metres_between(other.point, point), other.near_m
    if facility is not None and facility.point is not None:
        return metres_between(facility.point, point), NEAR_FACILITY_M + (facility.accuracy_m or 0)
    if area is None:
        return None, 0
    if boundary := latest_boundaries([area]).get(area.pk):
        with connection.cursor() as cursor:
            cursor.execute(
                "select ST_Distance(geometry::geography, ST_SetSRID(ST_MakePoint(%s, %s), 4326)::geography)"
                " from places_boundary where id = %s",
                [point.x, point.y, boundary.pk],
            )
            return float(cursor.fetchone()[0]), NEAR_BOUNDARY_M
    if area.label_point is not None and not _has_parts(area):
        return metres_between(area.label_point, point), NEAR_LABEL_M
    return None, 0


def _has_parts(area: Area) -> bool:
    """A label point says where a village is, but not where a district ends."""
    return area.children.exists()


def answered(values: Mapping[str, Any], paths: Iterable[str]) -> int:
    """How many questions were answered, those of a repeat once for each turn."""
    wanted = set(paths)
    count = 0
    for path, value in values.items():
        if isinstance(value, list) and value and isinstance(value[0], dict) and path not in wanted:
            count += sum(answered(turn, wanted) for turn in value)
        elif path in wanted:
            count += 1
    return count
