"""What a submission says by itself, before anybody asks what it is about."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib.gis.geos import Point
from django.utils import timezone

from sala.collection.flags import Flag, flag
from sala.collection.models import FormVersion, Submission
from sala.collection.queries.readers import reader_of
from sala.core.files import xform
from sala.core.files.refusals import Refused

POINTS = ("start-geopoint", "geopoint", "background-geopoint")  # types that say where it was filled in, in this order


class Told:
    """What the XML says by the questions of a version: JSON values, times with their zone, where it was filled in."""

    def __init__(self, submission: Submission):
        self.flags: list[Flag] = []
        self.attachments: list[str] = submission.files_named
        self.values: dict[str, Any] = {}
        self.start: datetime | None = None
        self.end: datetime | None = None
        self.where: tuple[str, Point | None, float | None] = ("", None, None)
        content = submission.xml.encode()
        self.version = submission.version
        try:
            if self.version is None:
                self.version = self._version(submission, xform.envelope(content).version)
            if self.version is not None:
                self._read(content, self.version)
        except Refused as refusal:
            self.flags.append(flag("not-read", why=refusal.code, told=refusal.values))

    def _version(self, submission: Submission, name: str) -> FormVersion | None:
        """A version that came here after the answer; else the one in use, and a flag."""
        versions = submission.form.versions.filter(published_at__isnull=False)
        if named := versions.filter(version=name).first():
            return named
        self.flags.append(flag("version-unknown", version=name))
        return versions.filter(state="current").first() or versions.first()

    def _read(self, content: bytes, version: FormVersion) -> None:
        found = reader_of(version.pk, version.md5).read(content)
        self.attachments = self.attachments or found.attachments
        self.values, self.start, self.end = as_json(found.values), zoned(found.start), zoned(found.end)
        self.flags += [flag("value-unfit", fault["path"], value=fault["value"]) for fault in found.faults]
        self.flags += [flag("unknown-question", path=path) for path in found.unknown]
        for kind in POINTS:
            for each in version.fields:
                value = found.values.get(each["path"]) if each["type"] == kind else None
                if value and self.where[1] is None:
                    self.where = each["path"], Point(value["lon"], value["lat"], srid=4326), value["accuracy"]


def zoned(moment: datetime | None) -> datetime | None:
    """A device that gives no zone is taken to be in the country's."""
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=timezone.get_current_timezone())


def as_json(value: Any) -> Any:
    """Values as Reading.values has them."""
    if isinstance(value, dict):
        return {{"alt": "altitude"}.get(key, key): as_json(each) for key, each in value.items()}
    if isinstance(value, list):
        return [as_json(each) for each in value]
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if hasattr(value, "isoformat") else value
