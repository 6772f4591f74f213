"""./sala serve"""

import os

from django.core.management.base import BaseCommand, CommandError

from config import serving
from sala.core.errors import SalaError


class Command(BaseCommand):
    help = "Serve pages. Put a reverse proxy with TLS in front of it for others."

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--workers", type=int, default=os.cpu_count() or 2)

    def handle(self, *, port, host, workers, **options):
        try:
            serving.refuse_root()
            serving.check_port(port, host)
        except SalaError as error:
            raise CommandError(str(error)) from error
        if missing := serving.unapplied_migrations():
            raise CommandError(
                f"The database is older than the program ({len(missing)} steps). Run ./sala migrate first."
            )
        serving.collect_static()
        command = serving.web_command(port, host, workers)
        os.execvpe(command[0], command, serving.environment())  # noqa: S606
