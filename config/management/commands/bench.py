"""./sala bench [NAME …] [--json]"""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from bench.report import Report
from config import database, packs
from sala.access import actor

FOLDER = settings.ROOT / "bench"


class Command(BaseCommand):
    help = "Measure, beside a peer in the same run, and say whether every limit holds."

    def add_arguments(self, parser):
        parser.add_argument("names", nargs="*", metavar="NAME", help="which ones (default: all)")
        parser.add_argument("--json", action="store_true", help="one object a line")
        parser.add_argument("--minutes", type=float, help="how long a soak lasts, for those that have one")
        parser.add_argument("--list", action="store_true", help="only say which there are")

    def handle(self, *, names, json, list, minutes, **options):
        known = benchmarks()
        if list:
            for name in known:
                self.stdout.write(f"{name:<12} {(module(name).__doc__ or '').strip().splitlines()[0]}")
            return
        if unknown := set(names) - known.keys():
            raise CommandError(f"There is no benchmark {', '.join(sorted(unknown))}. There are: {', '.join(known)}.")
        report = Report(self.tell, json)
        for name in names or known:
            chosen = module(name)
            if minutes and hasattr(chosen, "MINUTES"):
                vars(chosen)["MINUTES"] = minutes
            with own_state(settings.ROOT / "packs" / getattr(chosen, "PACK", "demo")):
                chosen.run(report)
        missed = [row for row in report.rows if row.ok is False]
        if not json:
            self.tell(f"{len(report.rows)} values, {len(missed)} limits missed")
        if not report.all_kept:
            sys.exit(1)

    def tell(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def benchmarks() -> dict[str, Path]:
    """Name → file, for each file of bench/ that has a run(report)."""
    return {path.stem: path for path in sorted(FOLDER.glob("*.py")) if "\ndef run(" in path.read_text(encoding="utf-8")}


def module(name: str) -> ModuleType:
    return import_module(f"bench.{name}")


@contextmanager
def own_state(pack: Path) -> Iterator[None]:
    """A database and a folder of files for one benchmark alone, with the pack loaded; removed afterwards."""
    name = f"sala_bench_{os.getpid()}"
    files, chosen = settings.FILES, settings.PACK
    database.drop(name)
    database.create(name)
    try:
        with tempfile.TemporaryDirectory(prefix="sala-bench-") as folder, database.using(name):
            settings.FILES = settings.MEDIA_ROOT = Path(folder)
            call_command("migrate", verbosity=0)
            settings.PACK = pack
            packs.load(actor.command(), pack)
            yield
    finally:
        settings.FILES = settings.MEDIA_ROOT = files
        settings.PACK = chosen
        database.drop(name)
