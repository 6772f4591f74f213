"""./sala concessions_demo"""

from django.core.management.base import BaseCommand, CommandError

from config.demonstration.concessions import enter
from config.demonstration.concessions_plan import WHOLE
from config.demonstration.dues import owe
from sala.access.actor import command
from sala.concessions.operations.findings import reckon
from sala.core.errors import SalaError


class Command(BaseCommand):
    help = "Enter invented leases and concessions to the published margins, as many as are missing; each is marked."

    def add_arguments(self, parser):
        parser.add_argument(
            "--count", type=int, default=WHOLE, help=f"how many there shall be in all (default: {WHOLE})"
        )

    def handle(self, *, count, **options):
        try:
            report = enter(command(), count)
            owe(command(), report)
            reckon(command())
        except SalaError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(report.summary())
