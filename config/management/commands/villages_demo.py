"""./sala villages_demo"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from config.demonstration.villages import WHOLE, ask_villages, enter_villages
from sala.access.actor import command
from sala.core.errors import SalaError
from sala.core.pack import Pack, PackError
from sala.places.reporting import report_of_places


class Command(BaseCommand):
    help = "Enter invented villages under all districts, as many as are missing; each is marked."

    def add_arguments(self, parser):
        parser.add_argument(
            "--count", type=int, default=WHOLE, help=f"how many there shall be in all (default: {WHOLE})"
        )
        parser.add_argument("--pack", type=Path, help="also open the round of its demonstration.yaml over them")

    def handle(self, *, count: int, pack: Path | None, **options: Any) -> None:
        if count < 1:
            raise CommandError("--count is a number from 1.")
        try:
            with transaction.atomic():
                report = report_of_places(enter_villages(command(), count))
            if pack is not None:
                with transaction.atomic():
                    report.lines += ask_villages(command(), Pack(pack)).lines
        except (SalaError, PackError) as error:
            raise CommandError(str(error)) from error
        for line in report.lines[:20]:
            self.stdout.write(line)
        self.stdout.write(report.summary())
