"""./sala doctor"""

import shutil
import sys
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection

from config import cluster, database, serving
from sala.core import clock
from sala.core.files import ocr
from sala.journal.models import Unsealed

LEAST_FREE = 1_000_000_000  # bytes
LONGEST_UNSEALED = timedelta(minutes=5)


class Command(BaseCommand):
    help = "Say what this installation lacks, and how to get it."

    def handle(self, **options):
        self.faults = 0
        self.machine()
        if self.database_answers():
            self.state()
        self.files()
        sys.exit(1 if self.faults else 0)

    def tell(self, good: bool, what: str, cure: str = "", needed: bool = True) -> None:
        if good:
            self.stdout.write(f"  ok    {what}")
        else:
            self.faults += needed
            self.stdout.write(f"  {'LACKS' if needed else 'note '} {what} → {cure}")

    def machine(self) -> None:
        free = shutil.disk_usage(settings.STATE).free
        self.tell(free > LEAST_FREE, f"disk: {free // 10**6} MB free beside {Path(settings.STATE).name}/",
                  "make room: backups and uploads need it")  # fmt: skip
        self.tell(
            bool(shutil.which("chromium")), "Chromium (for ./sala test only)", "apt-get install chromium", needed=False
        )
        self.tell(
            ocr.can_read(["lao", "eng"]), "tesseract with Lao (reads scanned pages; without it they stay pictures)",
            "apt-get install tesseract-ocr tesseract-ocr-lao tesseract-ocr-eng", needed=False,
        )  # fmt: skip
        self.tell(
            bool(shutil.which("java")), "Java (tries out forms; without it they are converted but not tried)",
            "apt-get install default-jre-headless", needed=False,
        )  # fmt: skip
        try:
            self.tell(True, f"PostgreSQL programs: {cluster.binaries()}")
        except cluster.ClusterError as error:
            self.tell(False, "PostgreSQL programs", str(error))

    def database_answers(self) -> bool:
        if database.is_private() and not cluster.answers():
            self.tell(False, "database server answers", "./sala db start")
            return False
        try:
            connection.ensure_connection()
        except DatabaseError as error:
            self.tell(False, "database server answers", str(error).strip())
            return False
        self.tell(True, "database server answers")
        return True

    def state(self) -> None:
        try:
            missing = serving.unapplied_migrations()
            self.tell(not missing, "database is up to date", "./sala migrate")
            if not missing:
                self.work()
        except DatabaseError as error:
            self.tell(False, "database can be read", str(error).strip())

    def work(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "select count(*) from procrastinate_workers where last_heartbeat > now() - interval '1 minute'"
            )
            self.tell(
                bool(cursor.fetchone()[0]), "a worker runs", "./sala worker (./sala demo has its own)", needed=False
            )
            cursor.execute("select count(*), max(task_name) from procrastinate_jobs where status = 'failed'")
            count, example = cursor.fetchone()
            self.tell(not count, f"failed jobs: {count}", f"the worker's log says why (one is {example})", needed=False)
        oldest = Unsealed.objects.order_by("event_id").values_list("event__at", flat=True).first()
        fresh = oldest is None or clock.now() - oldest < LONGEST_UNSEALED
        self.tell(fresh, "the journal is sealed", "start ./sala worker, which seals it every minute", needed=False)

    def files(self) -> None:
        browser = Path(settings.STATICFILES_DIRS[0])
        self.tell((browser / "fonts").is_dir(), "files for the browser",
                  f"delete {settings.STATE}/done-browser and run ./sala doctor again")  # fmt: skip
        self.tell(not settings.MESSAGE_GATEWAY.endswith("Console"), "a mail server is set",
                  "SALA_MESSAGE_GATEWAY and SALA_SMTP_HOST (docs/run.md); until then messages are printed", needed=False)  # fmt: skip
        if settings.SMS_GATEWAY.endswith("gateways.Http"):
            self.tell(bool(settings.SMS_URL), "the gateway of short messages has an address",
                      "SALA_SMS_URL (docs/run.md); until then short messages wait and are given up", needed=False)  # fmt: skip
