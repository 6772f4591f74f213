"""Photos of answers are opened in the child only, once for each content; then their answer is read anew."""

import tempfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.contrib.gis.geos import Point
from django.utils import timezone

from sala.collection.models import Picture, Submission, SubmissionFile
from sala.core import clock
from sala.core.errors import Unreadable
from sala.core.files import child, store

LIMITS = child.Limits(memory=1024**3, seconds=30, output=64 * 1024**2)


def photos_of(submission: Submission) -> list[SubmissionFile]:
    """Those that are to be opened: what came as a picture, by its type or by its name."""
    endings = (".jpg", ".jpeg", ".png", ".webp", ".gif")
    return [
        file for file in submission.files.all()
        if file.media_type.startswith("image/") or file.name.lower().endswith(endings)
    ]  # fmt: skip


def unopened(submission: Submission) -> list[str]:
    """Hashes of its photos that nobody has looked into."""
    hashes = {file.sha256 for file in photos_of(submission)}
    return sorted(hashes - set(Picture.objects.filter(pk__in=hashes).values_list("pk", flat=True))) if hashes else []


def open_photos(hashes: Iterable[str]) -> int:
    """Open these photos of the store (by hash) that were not opened before. Returns how many. May run twice."""
    wanted = set(hashes)
    fresh = sorted(wanted - set(Picture.objects.filter(pk__in=wanted).values_list("pk", flat=True)))
    Picture.objects.bulk_create([_looked_at(digest) for digest in fresh], ignore_conflicts=True)
    return len(fresh)


def look_at_photos(submission: Submission) -> int:
    """Open its photos that were not opened before. Returns how many. May run twice."""
    opened = 0
    for digest in unopened(submission):
        Picture.objects.bulk_create([_looked_at(digest)], ignore_conflicts=True)
        opened += 1
    return opened


def _looked_at(digest: str) -> Picture:
    with tempfile.TemporaryDirectory() as folder:
        small = Path(folder) / "small.jpg"
        try:
            told = child.run("sala.core.files.photos:look", store.path_of(digest), small, limits=LIMITS)
        except Unreadable:
            return Picture(sha256=digest, looked_at=clock.now())
        kept, _size = store.keep(small)
    return Picture(
        sha256=digest, small=kept, width=told["width"], height=told["height"], taken_at=_moment(told["taken"]),
        point=Point(told["lon"], told["lat"], srid=4326) if told["lat"] is not None else None, looked_at=clock.now(),
    )  # fmt: skip


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.get_current_timezone())
