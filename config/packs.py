"""Loading a country pack through all parts: validate everything first, then apply part by part, then journal once."""

import hashlib
import os
from contextlib import suppress
from importlib import import_module
from pathlib import Path

from django.conf import settings
from django.db import transaction

from sala.access.actor import Actor
from sala.catalogue.operations import keep_all_promises
from sala.core.models import PackFact
from sala.core.operation import operation
from sala.core.pack import Pack, PackError, Report
from sala.journal.operations import record
from sala.places.models import Area
from sala.search.operations import reindex

# In the order of dependence. Each has validate(pack) → faults and apply(pack, actor) → Report.
PARTS = ["core", "places", "people", "documents", "maps", "concessions", "site"]

LOADED = "loaded"  # the fact that holds loaded_from()


class DryRun(Exception):
    """Rolls everything back after the difference is known."""


def _importers() -> list:
    found = []
    for name in PARTS:
        try:
            found.append(import_module(f"sala.{name}.imports"))
        except ModuleNotFoundError as error:
            if error.name not in (f"sala.{name}", f"sala.{name}.imports"):
                raise
    return found


def fingerprint(folder: Path) -> str:
    """SHA-256 over the pack's files, by name and content."""
    sha = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            sha.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return sha.hexdigest()


def loaded_from(folder: Path) -> str:
    """What the outcome of a load depends on: the pack's files, and the programs that read them."""
    sha = hashlib.sha256(fingerprint(folder).encode())
    for importer in _importers():
        sha.update(Path(importer.__file__).read_bytes())
    return sha.hexdigest()


def is_loaded(folder: Path) -> bool:
    """Whether the database holds this very pack already, read by these very programs."""
    return PackFact.get(LOADED) == loaded_from(folder)


def remember(folder: Path) -> None:
    """From now on the settings of this state read this pack, also without SALA_PACK."""
    if "SALA_DATABASE_NAME" not in os.environ:  # another database beside the state's own says nothing about the state
        (settings.STATE / "pack").write_text(str(folder.resolve()))


def load(actor: Actor, folder: Path, dry_run: bool = False) -> Report:
    """Load a pack. Raises PackError listing every fault; then nothing was written. Loading twice changes nothing."""
    pack = Pack(folder)
    faults = [fault for importer in _importers() for fault in importer.validate(pack)]
    if faults:
        raise PackError("\n".join(faults))
    report = Report()
    with suppress(DryRun):
        _apply(actor, pack, report, dry_run)
    return report


@operation
def _apply(actor: Actor, pack: Pack, report: Report, dry_run: bool) -> None:
    for importer in _importers():
        report.merge(importer.apply(pack, actor))
    PackFact.objects.update_or_create(key=LOADED, defaults={"value": loaded_from(pack.folder)})
    if dry_run:
        raise DryRun
    if report.new or report.changed:
        transaction.get_connection().check_constraints()
        reindex(["area", "organisation"])
        keep_all_promises()
        country = Area.objects.get(code=pack.info["country_area"])
        record(actor, "pack.load", country, pack=pack.info["code"], fingerprint=fingerprint(pack.folder), new=report.new,
               changed=report.changed, refused=len(report.refused))  # fmt: skip
