"""./sala pack load FOLDER"""

import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from config import packs
from sala.access import actor
from sala.core.errors import SalaError


class Command(BaseCommand):
    help = "Load a country pack. Loading it again changes only what differs."

    def add_arguments(self, parser):
        parser.add_argument("action", choices=["load"])
        parser.add_argument("folder", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="show the difference and change nothing")

    def handle(self, *, folder, dry_run, verbosity, **options):
        try:
            report = packs.load(actor.command(), folder, dry_run)
        except SalaError as error:
            raise CommandError(str(error)) from error
        shown = report.lines if dry_run or verbosity > 1 else report.lines[:10]
        for line in shown:
            self.stdout.write(line)
        if len(report.lines) > len(shown):
            self.stdout.write(f"… and {len(report.lines) - len(shown)} more (--dry-run lists all)")
        for line in report.refused:
            self.stderr.write(line)
        self.stdout.write(report.summary())
        if report.refused:
            sys.exit(1)
