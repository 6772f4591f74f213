"""./sala doctor"""

import shutil
import sys
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError

from config import cluster, serving

LEAST_FREE = 1_000_000_000


class Command(BaseCommand):
    help = "Say what this installation lacks, and how to get it."

    def handle(self, **options):
        self.faults = 0
        state = Path(settings.STATE)
        free = shutil.disk_usage(state).free
        self.tell(
            free > LEAST_FREE,
            f"disk: {free // 10**6} MB free beside {state.name}/",
            "Make room: backups and uploads need it.",
        )
        self.tell(
            bool(shutil.which("chromium")),
            "Chromium (for ./sala test only)",
            "apt-get install chromium",
            needed=False,
        )
        try:
            self.tell(True, f"PostgreSQL programs: {cluster.binaries()}", "")
        except cluster.ClusterError as error:
            self.tell(False, "PostgreSQL programs", str(error))
        running = cluster.answers()
        self.tell(running, "database server answers", "./sala db start")
        if running:
            try:
                missing = serving.unapplied_migrations()
                self.tell(not missing, "database is up to date", "./sala migrate")
            except DatabaseError as error:
                self.tell(False, "database can be read", str(error))
        browser = Path(settings.STATICFILES_DIRS[0])
        self.tell(
            (browser / "fonts").is_dir(),
            "files for the browser",
            "delete var/done-browser and run ./sala doctor again",
        )
        console = settings.MESSAGE_GATEWAY.endswith("Console")
        self.tell(
            not console,
            "a mail server is set",
            "SALA_MESSAGE_GATEWAY and SALA_SMTP_HOST (docs/run.md); until then messages are printed",
            needed=False,
        )
        sys.exit(1 if self.faults else 0)

    def tell(self, good: bool, what: str, cure: str, needed: bool = True) -> None:
        if good:
            self.stdout.write(f"  ok    {what}")
        else:
            self.faults += needed
            self.stdout.write(f"  {'LACKS' if needed else 'note '} {what} → {cure}")
