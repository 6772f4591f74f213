"""./sala restore FILE [--replace]"""

import os
import time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from config import cluster, restore, serving
from sala.core.errors import SalaError


class Command(BaseCommand):
    help = "Put a backup back, and prove that every row and file is as it was."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="put it in the place of what is there now")

    def handle(self, *, file, replace, **options):
        start = time.monotonic()
        try:
            if not os.environ.get("SALA_DATABASE_URL"):
                cluster.ensure_running()
            manifest = restore.run(file, self.stdout.write, replace)
        except (SalaError, cluster.ClusterError) as error:
            raise CommandError(str(error)) from error
        rows = sum(table["rows"] for table in manifest["tables"].values())
        self.stdout.write(
            f"The state of {manifest['made_at']} is back: {len(manifest['tables'])} tables with {rows} rows and"
            f" {len(manifest['files'])} files equal those of the backup, and the journal holds"
            f" ({time.monotonic() - start:.1f} s)."
        )
        if missing := serving.unapplied_migrations():
            self.stdout.write(f"The backup is older than the program ({len(missing)} steps). Run ./sala migrate now.")
