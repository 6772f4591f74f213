"""./sala backup FILE"""

import time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from config import backup
from sala.core.errors import SalaError


class Command(BaseCommand):
    help = "Write the whole state into one file: database, stored files, and a manifest that proves both."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)

    def handle(self, *, file, **options):
        start = time.monotonic()
        try:
            manifest = backup.write(file, self.stdout.write)
        except SalaError as error:
            raise CommandError(str(error)) from error
        rows = sum(table["rows"] for table in manifest["tables"].values())
        self.stdout.write(
            f"{file}: {len(manifest['tables'])} tables, {rows} rows, {len(manifest['files'])} files,"
            f" {file.stat().st_size // 10**6} MB, {time.monotonic() - start:.1f} s"
        )
        self.stdout.write(f"last seal of the journal {manifest['last_head']}")
        self.stdout.write("Keep this line and the file in another place than this machine.")
