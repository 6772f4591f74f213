"""./sala search reindex"""

import os
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sala.core import subjects
from sala.search.operations import reindex


class Command(BaseCommand):
    help = "Keep the search in order: reindex writes what has changed."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        again = actions.add_parser("reindex", help="bring all search rows up to date")
        again.add_argument("nouns", nargs="*", help="only these, such as: dataset document")
        again.add_argument("--force", action="store_true", help="write every row, also those that would not change")

    def handle(self, *args: Any, **options: Any) -> None:
        self._reindex(options["nouns"], options["force"])

    def _reindex(self, nouns: list[str], force: bool) -> None:
        searched = sorted(subject.noun for subject in subjects.all_subjects() if subject.search)
        unknown = sorted(set(nouns) - set(searched))
        if unknown:
            raise CommandError(f"Not searched: {', '.join(unknown)}. These are: {', '.join(searched)}.")
        started = time.monotonic()
        counted = reindex(nouns or None, force=force, hands=os.cpu_count() or 1)
        self.stdout.write(f"{counted} objects can be found; checked in {time.monotonic() - started:.1f} s")
