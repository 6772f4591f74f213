"""The report of an import, in the reader's language: one line for each row that is not simply taken over."""

from collections.abc import Iterable
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sala.core.language import Translated
from sala.core.pack import Report
from sala.places.models import Area, BoundaryImport, FacilityImport, ImportRow, PlaceList, RowState
from sala.places.operations import Outcome
from sala.places.reasons import areas_in, joined, words_of


def report_of(outcome: Outcome) -> Report:
    """Counts and lines of one import. A row that waits for a person counts as refused until somebody confirms it."""
    batch = outcome.batch
    if outcome.repeated:
        applied = batch.rows.filter(state=RowState.APPLIED).count()
        return Report(unchanged=applied, lines=[_repeated(batch)])
    report = Report(**{name: batch.report[name] for name in ("new", "changed", "unchanged")})
    rest = list(batch.rows.exclude(state=RowState.APPLIED))
    names = names_for(batch, rest)
    report.lines = [str(batch), *(words_of(line, names) for line in batch.report["lines"])]
    for row in rest:
        title = f"{_('Row')} {row.number} {row.label or row.code}".rstrip()
        line = f"{title}: {row.get_state_display()}. {joined(row.reasons, names)}"
        if row.candidates:
            line += " " + _("Likeliest: %(area)s.") % {"area": words_for(names, row.candidates[0]["area"])}
        report.refuse(line)
    waiting = batch.rows.filter(state__in=(RowState.PROPOSED, RowState.UNMATCHED)).count()
    report.lines += report.refused
    if waiting:
        report.lines.append(_waiting(waiting, batch.get_absolute_url()))
    return report


def _waiting(count: int, address: str) -> str:
    told = ngettext(
        "%(count)d row waits for review at %(address)s", "%(count)d rows wait for review at %(address)s", count
    )
    return told % {"count": count, "address": address}


def report_of_list(batch: FacilityImport) -> Report:
    """Counts and lines of a list of facilities that was taken in."""
    return _of_lines(batch.report)


def report_of_places(batch: PlaceList) -> Report:
    """Counts and lines of a list of places. A row that waits for a person counts as refused until somebody decides."""
    report = _of_lines(batch.report)
    if waiting := batch.report["waiting"]:
        report.lines.append(_waiting(waiting, batch.get_absolute_url()))
    return report


def _of_lines(told: dict[str, Any]) -> Report:
    lines = told["lines"]
    ids = {pk for line in lines for pk in areas_in(line["reasons"])}
    names = dict(Area.objects.filter(pk__in=ids).values_list("pk", "name"))
    report = Report(**{name: told[name] for name in ("new", "changed", "unchanged")})
    for line in lines:
        title = f"{_('Row')} {line['row']} {line['label']}".rstrip()
        if line["state"] == "refused":
            report.refuse(f"{title}: {_('Refused')}. {joined(line['reasons'], names)}")
        elif line["state"] == "waiting":
            report.refuse(f"{title}: {_('To be confirmed')}. {joined(line['reasons'], names)}")
        elif line["reasons"]:
            report.lines.append(f"{title}: {joined(line['reasons'], names)}")
    report.lines += report.refused
    return report


def _repeated(batch: BoundaryImport) -> str:
    return _("This file was imported on %(day)s already, as “%(title)s”. Nothing was changed.") % {
        "day": formats.date_format(batch.created_at, "DATE_FORMAT"),
        "title": batch,
    }


def names_for(batch: BoundaryImport, rows: Iterable[ImportRow]) -> dict[int, Translated]:
    """Names of all areas that the report and these rows speak of, by id."""
    ids = areas_in(batch.report.get("lines", []))
    for row in rows:
        ids |= areas_in(row.reasons)
        for candidate in row.candidates:
            ids |= {candidate["area"], *areas_in(candidate["reasons"])}
    return dict(Area.objects.filter(pk__in=ids).values_list("pk", "name"))


def words_for(names: dict[int, Translated], pk: int) -> str:
    return names[pk].text().text if pk in names else str(pk)
