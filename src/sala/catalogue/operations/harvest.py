"""Taking over what other catalogues describe: read outside any transaction, then applied in one.

A description that a source does not name any more is taken off only after several whole runs without it. A run that
misses more than the source's share takes nothing off and asks somebody.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.catalogue import policy
from sala.catalogue.harvest_reading import Read, read_source
from sala.catalogue.models import HarvestRun, HarvestSource, RemoteDataset, RunState
from sala.core import clock
from sala.core.checking import check
from sala.core.errors import Conflict, SalaError
from sala.core.operation import lock, operation
from sala.journal.operations import record
from sala.search.operations import refresh_many

GIVEN_UP = timedelta(hours=3)  # a run that began so long ago was killed
FIELDS = ("title", "description", "publisher", "licence", "page", "modified", "parts")
AT_ONCE = 500  # rows in one statement
TOLD = 50  # refused descriptions that a report names


@operation
def add_source(actor: Actor, source: HarvestSource) -> HarvestSource:
    """Enter another catalogue. Nothing is read yet."""
    require(actor, policy.HARVEST, source)
    check(source)
    source.save()
    record(actor, policy.HARVEST, source, change="source added", address=source.address)
    return source


def harvest(actor: Actor, source: HarvestSource) -> HarvestRun:
    """Read the source and take over what it describes. The run it returns tells what came of it, good or bad."""
    run = begin_run(actor, source)
    try:
        read = read_source(source)
    except SalaError as error:
        return end_run(run, RunState.FAILED, words=str(error))
    except BaseException:
        end_run(run, RunState.FAILED, words=_("The run was cut off on our side."))
        raise
    return take_over(actor, run, read)


@operation
def begin_run(actor: Actor, source: HarvestSource) -> HarvestRun:
    """Note that the source is being read now; a second reading beside it is refused."""
    require(actor, policy.HARVEST, source)
    killed = source.runs.filter(state=RunState.RUNNING, began_at__lt=long_ago())
    killed.update(state=RunState.FAILED, ended_at=clock.now(), words=_("The run was cut off on our side."))
    try:
        with transaction.atomic():
            return HarvestRun.objects.create(source=source)
    except IntegrityError as error:
        raise Conflict(_("This catalogue is being read just now. Look again in a few minutes.")) from error


def long_ago() -> datetime:
    return clock.now() - GIVEN_UP


def end_run(run: HarvestRun, state: str, *, words: str = "") -> HarvestRun:
    run.state, run.words, run.ended_at = state, words[:500], clock.now()
    run.save()
    return run


@operation
def take_over(actor: Actor, run: HarvestRun, read: Read) -> HarvestRun:
    """Apply what was read: new and changed descriptions at once, missing ones only as far as a whole run allows."""
    source = lock(run.source)
    require(actor, policy.HARVEST, source)
    run.found, run.refused = len(read.items), read.refused[:TOLD]
    known = {row.remote_id: row for row in source.datasets.select_related("source__owner__area")}
    _write(run, source, known, read.items.values())
    state, words = (RunState.DONE, "") if read.is_whole else (RunState.PARTIAL, read.words)
    if read.is_whole:
        missing = [row for row in known.values() if row.is_current and row.remote_id not in read.items]
        current = sum(row.is_current for row in known.values())
        if missing and len(missing) * 100 > source.stop_share * current:
            run.missing = [row.pk for row in missing]
            state, words = RunState.STOPPED, _("%(missing)s of %(current)s descriptions are missing.") % {
                "missing": len(missing), "current": current,
            }  # fmt: skip
        else:
            run.gone = _count_missing(source, missing)
    end_run(run, state, words=words)
    record(
        actor, policy.HARVEST, source, change="harvested", run=run.pk, state=state, new=run.new, changed=run.changed,
        gone=run.gone,
    )  # fmt: skip
    return run


def _write(
    run: HarvestRun, source: HarvestSource, known: dict[str, RemoteDataset], items: Iterable[dict[str, Any]]
) -> None:
    """Enter the descriptions that are new or differ; of the others only note that they were seen."""
    seen = {"last_seen": clock.now(), "missing_runs": 0, "is_current": True, "gone_at": None}
    new: list[RemoteDataset] = []
    changed: list[RemoteDataset] = []
    unchanged: list[int] = []
    for item in items:
        values = _values(source, item)
        digest = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
        row = known.get(item["id"])
        if row and row.digest == digest and row.is_current:
            unchanged.append(row.pk)
            continue
        (changed if row else new).append(row := row or RemoteDataset(source=source, remote_id=item["id"]))
        for name, value in {**values, **seen, "digest": digest}.items():
            setattr(row, name, value)
    RemoteDataset.objects.bulk_create(new, batch_size=AT_ONCE)
    RemoteDataset.objects.bulk_update(changed, [*FIELDS, *seen, "digest"], batch_size=AT_ONCE)
    source.datasets.filter(pk__in=unchanged).update(**seen)
    refresh_many([*new, *changed])
    run.new, run.changed, run.unchanged = len(new), len(changed), len(unchanged)


def _values(source: HarvestSource, item: dict[str, Any]) -> dict[str, Any]:
    """The item's fields; a text whose language the source does not say is in the source's own."""
    values = {name: item[name] for name in FIELDS}
    for name in ("title", "description"):
        texts = {code or source.language: text for code, text in sorted(values[name].items())}
        values[name] = texts
    return values


def _count_missing(source: HarvestSource, missing: Iterable[RemoteDataset]) -> int:
    """One more whole run without these. Returns how many were taken off with it."""
    rows = source.datasets.filter(pk__in=[row.pk for row in missing])
    rows.update(missing_runs=F("missing_runs") + 1)
    return _take_off(rows.filter(missing_runs__gte=source.grace_runs))


def _take_off(rows: QuerySet[RemoteDataset]) -> int:
    taken = list(rows.select_related("source__owner__area"))
    for row in taken:
        row.is_current, row.gone_at = False, clock.now()
    RemoteDataset.objects.bulk_update(taken, ["is_current", "gone_at"], batch_size=AT_ONCE)
    refresh_many(taken)
    return len(taken)


@operation
def decide_missing(actor: Actor, run: HarvestRun, *, take_off: bool, reason: str) -> HarvestRun:
    """After a run that stopped: take the missing descriptions off here, or keep them all for now."""
    run = lock(run)
    require(actor, policy.HARVEST, run.source)
    if run.state != RunState.STOPPED:
        raise Conflict(_("This was decided already."))
    if take_off:
        run.gone = _take_off(
            run.source.datasets.filter(pk__in=run.missing, is_current=True, last_seen__lt=run.began_at)
        )
    end_run(run, RunState.DONE, words=reason)
    change = "missing taken off" if take_off else "missing kept"
    record(actor, policy.HARVEST, run.source, change=change, run=run.pk, gone=run.gone, reason=reason)
    return run
