"""./sala db start|stop|status|shell"""

import os

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config import cluster


class Command(BaseCommand):
    help = "Start, stop or open the private database server."

    def add_arguments(self, parser):
        parser.add_argument("action", choices=["start", "stop", "status", "shell"])

    def handle(self, *, action, **options):
        if os.environ.get("SALA_DATABASE_URL"):
            raise CommandError(
                "SALA_DATABASE_URL names a server of your own; this command only serves the private one."
            )
        try:
            getattr(self, action)()
        except cluster.ClusterError as error:
            raise CommandError(str(error)) from error

    def start(self):
        began = cluster.ensure_running()
        self.stdout.write("The database server was started." if began else "The database server runs already.")

    def stop(self):
        stopped = cluster.stop()
        self.stdout.write("The database server was stopped." if stopped else "No database server was running.")

    def status(self):
        self.stdout.write(f"{'running' if cluster.answers() else 'not running'}: {cluster.data_directory()}")

    def shell(self):
        cluster.ensure_running()
        name = settings.DATABASES["default"]["NAME"]
        program = str(cluster.binaries() / "psql")
        os.execv(program, [program, "-h", str(cluster.socket_directory()), "-U", "sala_owner", "-d", name])  # noqa: S606
