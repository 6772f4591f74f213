"""Everything a checker should look at in one answer, gathered from its values, its times, its place and the past."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from django.utils import timezone

from sala.collection import flags
from sala.collection.flags import Flag, flag
from sala.collection.models import About, Channel, FormVersion, Picture, Reading, Submission, VersionState
from sala.collection.queries import comparing
from sala.collection.queries.about import Subject

FIGURES = ("integer", "decimal", "range")
ANSWERED = (*FIGURES, "text", "select_one", "select_multiple", "rank", "date", "time", "dateTime", "geopoint", "image",
            "audio", "video", "file", "barcode", "acknowledge")  # fmt: skip
AT_THE_PLACE = (Channel.PHONE, Channel.BROWSER)  # others are typed in somewhere else, at another time


def noticed(submission: Submission, reading: Reading, version: FormVersion | None, where: str,
            missing: Sequence[str]) -> list[Flag]:  # fmt: skip
    """where: path of the question that says where it was filled in; missing: files that have not come."""
    subject = Subject.of(reading)
    found = [*_of_version(submission, version), *_of_sender(submission, reading)]
    if missing:
        found.append(flag("files-missing", names=list(missing[:10])))
    if version is None:
        return found
    found += _of_photos(submission, reading, version)
    if submission.channel in AT_THE_PLACE:
        found += _of_time_and_place(submission, reading, version, subject, where)
    past = comparing.before(submission.form, subject, reading.period)
    if past.last:
        found += comparing.outliers(
            submission.form_id, subject, reading.period, reading.values, past, dict(_figures(version))
        )
        found += flags.same_as_last(reading.values, past.values[past.last], _comparable(version), past.last)
    return found


def missing_files(submission: Submission, named: Sequence[str]) -> list[str]:
    came = set(submission.files.values_list("name", flat=True)) if named else set()
    return [name for name in named if name not in came]


def _of_version(submission: Submission, version: FormVersion | None) -> list[Flag]:
    form, moment = submission.form, submission.received_at
    if form.withdrawn_at and form.withdrawn_at < moment:
        return [flag("form-withdrawn")]
    if version is None or version.state == VersionState.CURRENT:
        return []
    newer = form.versions.filter(state=VersionState.CURRENT).values_list("published_at", flat=True).first()
    return [flag("version-not-in-use", version=version.version)] if newer and newer < moment else []


def _of_sender(submission: Submission, reading: Reading) -> list[Flag]:
    row, form = reading.expected, submission.form
    if row is None:
        is_free = form.is_standing and submission.said_for_id is None
        return [] if is_free or form.about == About.NOTHING else [flag("not-expected")]
    house, office = submission.position.organisation, row.assignment.position.organisation
    if row.respondent is None:  # the office enters it itself, or a unit of it
        return [] if house.path.startswith(office.path) else [flag("other-sender")]
    return [] if house.pk in (office.pk, row.respondent.organisation_id) else [flag("other-sender")]


def _of_time_and_place(submission: Submission, reading: Reading, version: FormVersion, subject: Subject, where: str) -> list[Flag]:  # fmt: skip
    answered = comparing.answered(reading.values, _answered(version))
    found = flags.too_fast(reading.started_at, reading.ended_at, submission.form.minutes, answered)
    found += flags.clock_off(reading.started_at, reading.ended_at, submission.received_at)
    if reading.point is not None:
        metres, allowed = comparing.metres_from(subject, reading.point)
        found += flags.far_away(where, metres, allowed, reading.accuracy_m)
    return found


def _of_photos(submission: Submission, reading: Reading, version: FormVersion) -> list[Flag]:
    """As far as the child has opened them. Those of repeats are told at the question of the repeat."""
    paths = {each["path"] for each in version.fields if each["type"] == "image"}
    names = dict(_photos(reading.values, paths))
    files = {file.name: file.sha256 for file in submission.files.all()} if names else {}
    pictures = Picture.objects.in_bulk([files[name] for name in names if name in files])
    found = []
    for name, path in names.items():
        picture = pictures.get(files.get(name, ""))
        if picture is None:
            continue
        if not picture.small:
            found.append(flag("photo-unreadable", path))
        metres = comparing.metres_between(picture.point, reading.point) if picture.point and reading.point else None
        taken = timezone.localtime(picture.taken_at) if picture.taken_at else None
        found += flags.photo(path, taken=taken, metres=metres, ended=reading.ended_at)
    return found


def _photos(values: Mapping[str, Any], paths: Collection[str]) -> Iterator[tuple[str, str]]:
    """Name of each photo and the path of its question, those of repeats too."""
    for path, value in values.items():
        if path in paths:
            yield str(value), path
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for turn in value:
                yield from _photos(turn, paths)


def _answered(version: FormVersion) -> Iterator[str]:
    return (each["path"] for each in version.fields if each["type"] in ANSWERED and not each["read_only"])


def _figures(version: FormVersion) -> Iterator[tuple[str, bool]]:
    """Path of each figure outside of repeats, and whether it is a count."""
    for each in version.fields:
        if each["type"] in FIGURES and not each["repeat"] and not each["read_only"]:
            yield each["path"], each["type"] == "integer"


def _comparable(version: FormVersion) -> list[str]:
    """Figures outside of repeats, and the outermost repeats that hold some."""
    outer = {each["path"] for each in version.fields if each["type"] == "repeat" and not each["repeat"]}
    holding = {each["repeat"] for each in version.fields if each["type"] in FIGURES and each["repeat"]}
    return [path for path, _is_count in _figures(version)] + sorted(outer & holding)
