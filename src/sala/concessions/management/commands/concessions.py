"""./sala concessions import FILE"""

import json
import sys
import tempfile
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from sala.access.actor import command
from sala.concessions.operations.outside import OutsideDelivery, import_deals
from sala.core import clock
from sala.core.errors import SalaError
from sala.core.files import child, store
from sala.core.models import PackFact
from sala.core.pack import Report
from sala.people.models import Organisation

SHOWN = 40
READER = "sala.concessions.exchange.land_matrix.reading:read"


class DryRun(Exception):
    """Rolls everything back after the report is known."""


class Command(BaseCommand):
    help = "Take in leases and concessions that another register knows (Land Matrix: CSV, workbook or zip of any year)."

    def add_arguments(self, parser):
        kinds = parser.add_subparsers(dest="action", required=True)
        one = kinds.add_parser(
            "import", help="deals of this country as proposals, deals abroad for the networks of holders"
        )
        one.add_argument("file", type=Path)
        one.add_argument("--source", default="Land Matrix", help="the register it comes from")
        one.add_argument("--as-of", type=date.fromisoformat, help="day that the file describes (default: today)")
        one.add_argument("--filter", default="", help="how the file was narrowed in the other register, in words")
        one.add_argument("--keeper", default="", help="code of the office that keeps the entries (default: the pack's)")
        one.add_argument("--dry-run", action="store_true", help="show the report and change nothing")

    def handle(self, *, file: Path, dry_run: bool, verbosity: int, **options: Any) -> None:
        if not file.is_file():
            raise CommandError(f"There is no file {file}. Check the path.")
        try:
            report = self.load(file, dry_run, options)
        except SalaError as error:
            raise CommandError(str(error)) from error
        lines = [*report.lines, *(f"refused {line}" for line in report.refused)]
        shown = lines if verbosity > 1 else lines[:SHOWN]
        for line in shown:
            self.stdout.write(line)
        if len(lines) > len(shown):
            self.stdout.write(f"… and {len(lines) - len(shown)} more lines (-v 2 shows all)")
        self.stdout.write(report.summary())
        if report.refused:
            sys.exit(1)

    def load(self, file: Path, dry_run: bool, options: dict[str, Any]) -> Report:
        with tempfile.TemporaryDirectory() as folder:
            child.run(READER, file, file.name, folder)
            read = json.loads((Path(folder) / "read.json").read_text(encoding="utf-8"))
        sha256 = store.digest_of(file) if dry_run else store.keep(file)[0]
        delivery = OutsideDelivery(
            source=options["source"], as_of=options["as_of"] or clock.today(), keeper=self.keeper(options["keeper"]),
            file_name=file.name, sha256=sha256, asked=options["filter"],
        )  # fmt: skip
        report = Report()
        with suppress(DryRun), transaction.atomic():
            _taken, report = import_deals(command(), read, delivery)
            if dry_run:
                raise DryRun
        return report

    def keeper(self, code: str) -> Organisation:
        code = code or (PackFact.get("concessions") or {}).get("keeper", "")
        found = Organisation.objects.filter(code=code).first() if code else None
        if found is None:
            raise CommandError(f"There is no organisation {code}. Say which office keeps the entries: --keeper CODE")
        return found
