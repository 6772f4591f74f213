"""./sala search reindex · compounds"""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sala.core import subjects
from sala.search import compounds, icu_dictionary, words
from sala.search.operations import reindex


class Command(BaseCommand):
    help = "Keep the search in order: reindex writes what has changed; compounds makes the list of Lao compounds anew."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        again = actions.add_parser("reindex", help="bring all search rows up to date")
        again.add_argument("nouns", nargs="*", help="only these, such as: dataset document")
        again.add_argument("--force", action="store_true", help="write every row, also those that would not change")
        actions.add_parser("compounds", help="for developers, after a new version of ICU")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["action"] == "compounds":
            self._compounds()
        else:
            self._reindex(options["nouns"], options["force"])

    def _reindex(self, nouns: list[str], force: bool) -> None:
        searched = sorted(subject.noun for subject in subjects.all_subjects() if subject.search)
        unknown = sorted(set(nouns) - set(searched))
        if unknown:
            raise CommandError(f"Not searched: {', '.join(unknown)}. These are: {', '.join(searched)}.")
        started = time.monotonic()
        counted = reindex(nouns or None, force=force)
        self.stdout.write(f"{counted} objects can be found; checked in {time.monotonic() - started:.1f} s")

    def _compounds(self) -> None:
        text = compounds.listed(icu_dictionary.words())
        words.COMPOUNDS.write_text(text, encoding="utf-8")
        self.stdout.write(f"{len(text.splitlines())} lines written to {words.COMPOUNDS.name}; now reindex")
