"""./sala facilities import FILE"""

import sys
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from sala.access.actor import command
from sala.core import clock
from sala.core.errors import SalaError
from sala.core.files import store
from sala.core.pack import Report
from sala.places import lists, operations
from sala.places.models import FacilityKind
from sala.places.operations import ListDelivery
from sala.places.reporting import report_of_list

SHOWN = 40


class DryRun(Exception):
    """Rolls everything back after the report is known."""


class Command(BaseCommand):
    help = "Take a list of facilities into the register, from a CSV file or an Excel workbook."

    def add_arguments(self, parser):
        kinds = parser.add_subparsers(dest="action", required=True)
        one = kinds.add_parser("import", help="enters what is new, changes what differs, refuses what is in doubt")
        one.add_argument("file", type=Path)
        one.add_argument("--kind", default="", help="code of the kind of all rows, such as school-primary")
        one.add_argument("--system", default="", help="code system to which a column of numbers belongs")
        one.add_argument("--sheet", default="", help="sheet of a workbook; the first with a table when left out")
        one.add_argument("--as-of", type=date.fromisoformat, help="day that the list describes (default: today)")
        one.add_argument("--source", default="", help="from which list or letter this is known")
        one.add_argument(
            "--column",
            action="append",
            default=[],
            metavar="ROLE=HEADING",
            help="such as name_en=School; a role without a heading is left out",
        )
        one.add_argument("--invented", action="store_true", help="mark every new facility as invented")
        one.add_argument("--dry-run", action="store_true", help="show the report and change nothing")

    def handle(self, *, file: Path, dry_run: bool, verbosity: int, **options: Any) -> None:
        if not file.is_file():
            raise CommandError(f"There is no file {file}. Check the path.")
        try:
            report = self.load(file, dry_run, options)
        except SalaError as error:
            raise CommandError(str(error)) from error
        shown = report.lines if verbosity > 1 else report.lines[:SHOWN]
        for line in shown:
            self.stdout.write(line)
        if len(report.lines) > len(shown):
            self.stdout.write(f"… and {len(report.lines) - len(shown)} more lines (-v 2 shows all)")
        self.stdout.write(report.summary())
        if report.refused:
            sys.exit(1)

    def load(self, file: Path, dry_run: bool, options: dict[str, Any]) -> Report:
        asked = lists.read(file, file.name, options["sheet"])
        delivery = ListDelivery(
            as_of=options["as_of"] or clock.today(), kind=self.kind(options["kind"]), system=options["system"],
            source=options["source"] or file.name, columns=self.columns(options["column"]), is_invented=options["invented"],
        )  # fmt: skip
        if not dry_run:
            store.keep(file)
        report = Report()
        with suppress(DryRun), transaction.atomic():
            report = report_of_list(operations.import_facilities(command(), asked, delivery))
            if dry_run:
                raise DryRun
        return report

    def columns(self, pairs: list[str]) -> dict[str, str]:
        if wrong := [pair for pair in pairs if "=" not in pair]:
            raise CommandError(f"{wrong[0]} is not ROLE=HEADING.")
        return dict(pair.split("=", 1) for pair in pairs)

    def kind(self, code: str) -> FacilityKind | None:
        found = FacilityKind.objects.filter(code=code).first() if code else None
        if code and found is None:
            known = ", ".join(FacilityKind.objects.values_list("code", flat=True))
            raise CommandError(f"There is no kind {code}. Known are: {known}.")
        return found
