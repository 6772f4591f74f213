"""./sala places import FILE · places add FILE · places change FILE"""

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
from sala.places import lists, loading, operations
from sala.places.guessing import Columns
from sala.places.models import Level
from sala.places.operations import Delivery, PlaceDelivery
from sala.places.reporting import report_of, report_of_places
from sala.places.vintages import AnotherVintage

SHOWN = 40


class DryRun(Exception):
    """Rolls everything back after the report is known."""


class Command(BaseCommand):
    help = "Import boundaries of areas from a GeoPackage, a zipped shapefile or GeoJSON; add or change areas by a list."

    def add_arguments(self, parser):
        kinds = parser.add_subparsers(dest="action", required=True)
        one = kinds.add_parser("import", help="boundaries from a file; what is in doubt waits for review")
        one.add_argument("file", type=Path)
        one.add_argument("--level", default="", help="code of the level, such as district; found out when left out")
        one.add_argument("--layer", default="", help="one layer of a file that has several")
        one.add_argument("--code-column", default="")
        one.add_argument("--name-column", default="")
        one.add_argument("--parent-column", default="", help="column with the code or name of the area above")
        one.add_argument("--code-system", default="", help="only codes of this system count")
        one.add_argument("--as-of", type=date.fromisoformat, help="day that the boundaries describe (default: today)")
        one.add_argument("--source", default="", help="who made them; shown under every map")
        one.add_argument("--licence", default="")
        one.add_argument("--dry-run", action="store_true", help="show the report and change nothing")
        two = kinds.add_parser("add", help="new areas from a CSV file or a workbook; what is in doubt waits for review")
        two.add_argument("--invented", action="store_true", help="mark every new area as invented")
        three = kinds.add_parser(
            "change", help="renamings, moves and ends from such a list; every row waits for review"
        )
        for parser in (two, three):
            self.add_list_arguments(parser)

    def add_list_arguments(self, two):
        two.add_argument("file", type=Path)
        two.add_argument("--level", default="", help="code of the level of all rows (default: the lowest)")
        two.add_argument(
            "--system", default="", help="code system of a column of codes; the register's own when left out"
        )
        two.add_argument("--sheet", default="", help="sheet of a workbook; the first with a table when left out")
        two.add_argument("--as-of", type=date.fromisoformat, help="day that the list describes (default: today)")
        two.add_argument(
            "--source", default="", help="list or letter by which this is known; decision of rows that name none"
        )
        two.add_argument(
            "--column",
            action="append",
            default=[],
            metavar="ROLE=HEADING",
            help="such as name_en=Village; a role without a heading is left out",
        )
        two.add_argument("--dry-run", action="store_true", help="show the report and change nothing")

    def handle(self, *, action: str, file: Path, dry_run: bool, verbosity: int, **options: Any) -> None:
        if not file.is_file():
            raise CommandError(f"There is no file {file}. Check the path.")
        try:
            report = (
                self.load(file, dry_run, options) if action == "import" else self.take(action, file, dry_run, options)
            )
        except AnotherVintage as error:
            raise CommandError("\n".join([str(error.title), *error.lines, str(error.cure)])) from error
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
        level = self.level(options["level"]) if options["level"] else None
        as_of = options["as_of"] or clock.today()
        columns = Columns(options["code_column"], options["name_column"], options["parent_column"])
        found = loading.plan(file, file.name, as_of=as_of, level=level, layer=options["layer"])
        deliveries = [
            (layer, Delivery(level=shown, as_of=as_of, source=options["source"] or file.name, licence=options["licence"],
                             columns=columns, code_system=options["code_system"]))
            for layer, shown in found
        ]  # fmt: skip
        if not dry_run:
            store.keep(file)
        report = Report()
        with suppress(DryRun), transaction.atomic():
            for outcome in operations.import_layers(command(), deliveries):
                report.merge(report_of(outcome))
            if dry_run:
                raise DryRun
        return report

    def take(self, action: str, file: Path, dry_run: bool, options: dict[str, Any]) -> Report:
        if wrong := [pair for pair in options["column"] if "=" not in pair]:
            raise CommandError(f"{wrong[0]} is not ROLE=HEADING.")
        level = self.level(options["level"]) if options["level"] else Level.objects.order_by("rank").last()
        if level is None:
            raise CommandError("There are no levels yet. Load a country pack first.")
        asked = lists.read(file, file.name, options["sheet"])
        # A file is where a place is known from; it is no decision by which one changes.
        source = options["source"] or (file.name if action == "add" else "")
        delivery = PlaceDelivery(
            level=level, as_of=options["as_of"] or clock.today(), system=options["system"], source=source,
            columns=dict(pair.split("=", 1) for pair in options["column"]), is_invented=options.get("invented", False),
        )  # fmt: skip
        if not dry_run:
            store.keep(file)
        report = Report()
        with suppress(DryRun), transaction.atomic():
            work = operations.add_places if action == "add" else operations.propose_changes
            report = report_of_places(work(command(), asked, delivery))
            if dry_run:
                raise DryRun
        return report

    def level(self, code: str) -> Level:
        found = Level.objects.filter(code=code).first()
        if found is None:
            known = ", ".join(Level.objects.values_list("code", flat=True))
            raise CommandError(f"There is no level {code}. Known are: {known}.")
        return found
