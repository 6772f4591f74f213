"""./sala documents add FILE|FOLDER"""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sala.access import actor
from sala.access.scope import Tier
from sala.core import language
from sala.core.errors import SalaError
from sala.core.pack import Report
from sala.documents import records, sheets

LISTS = ("topics", "areas", "shared_with", "reviewed")
DEFAULTS = ("kind", "issuer", "owner", "tier", "language", "licence", "restriction")


class Command(BaseCommand):
    help = (
        "Take in a document, or a folder of documents with a sheet (sheet.csv or sheet.xlsx) that has the columns file,"
        " title_ and a language (such as title_lo), kind, number, issuer, owner, issued_on, tier, topics, language."
    )

    def add_arguments(self, parser):
        parser.add_argument("action", choices=["add"])
        parser.add_argument("path", type=Path, help="PDF, HTML, text or CSV file; or a folder with a sheet")
        parser.add_argument("--title", action="append", default=[], metavar="TEXT",
                            help="title in the country's language; another one as en=TEXT; may be given several times")  # fmt: skip
        parser.add_argument("--kind", help="code of the kind of document (a file's default: other)")
        parser.add_argument("--issuer", help="code of the organisation that issued it")
        parser.add_argument("--owner", help="code of the organisation that keeps it")
        parser.add_argument("--number", help="number as its issuer wrote it")
        parser.add_argument("--date", help="day on the paper, such as 2026-03-31")
        parser.add_argument("--tier", choices=list(Tier), help="who may read it (default: public)")
        parser.add_argument("--restriction", help="code of the reason it is not open")
        parser.add_argument("--topics", default="", help="codes of topics, with commas between them")
        parser.add_argument("--language", help="code of the language, when the script does not tell it")
        parser.add_argument("--licence", help="code of the licence")
        parser.add_argument("--slug", help="last part of its web address")
        parser.add_argument("--draft", action="store_true", help="enter without publishing")
        parser.add_argument("--dry-run", action="store_true", help="show what would happen and change nothing")

    def handle(self, *, path: Path, dry_run: bool, **options: Any) -> None:
        if not path.exists():
            raise CommandError(f"{path} is not there.")
        try:
            folder = path if path.is_dir() else path.parent
            found = of_folder(path, options) if path.is_dir() else [of_file(path, options)]
            report = records.load(actor.command(), folder, found, dry_run)
        except SalaError as error:
            raise CommandError(str(error)) from error
        self._tell(report)

    def _tell(self, report: Report) -> None:
        for line in report.lines:
            self.stdout.write(line)
        for line in report.refused:
            self.stderr.write(f"refused {line}")
        self.stdout.write(report.summary())
        if report.refused:
            sys.exit(1)


def of_file(path: Path, options: dict[str, Any]) -> dict[str, Any]:
    """The record of a single file, from the command's options."""
    if not options["owner"]:
        raise CommandError("Say which organisation keeps the document: --owner CODE")
    return _with_defaults({
        "file": path.name, "title": titles(options["title"]), "number": options["number"], "issued_on": options["date"],
        "slug": options["slug"], "topics": _codes(options["topics"]),
    }, {**options, "kind": options["kind"] or "other"})  # fmt: skip


def of_folder(folder: Path, options: dict[str, Any]) -> list[dict[str, Any]]:
    """A record for each row of the folder's sheet; the options fill cells that are empty."""
    found = []
    for row in sheets.read_sheet(folder):
        title = {name.removeprefix("title_"): text for name, text in row.items() if name.startswith("title_")}
        summary = {name.removeprefix("summary_"): text for name, text in row.items() if name.startswith("summary_")}
        plain = {name: text for name, text in row.items() if not name.startswith(("title_", "summary_"))}
        lists = {name: _codes(row[name]) for name in LISTS if name in row}
        record = {**plain, **lists, "title": title}
        if any(summary.values()):
            record["summary"] = summary
        found.append(_with_defaults(record, options))
    return found


def _with_defaults(record: dict[str, Any], options: dict[str, Any]) -> dict[str, Any]:
    filled = {name: options[name] for name in DEFAULTS if options.get(name) and not record.get(name)}
    if options["draft"]:
        filled["state"] = "draft"
    return {**record, **filled}


def titles(given: list[str]) -> dict[str, str]:
    """Language → title, from texts such as "en=Annual report"; one without a language is in the country's."""
    found = {}
    for text in given:
        code, equals, rest = text.partition("=")
        if equals and code in language.languages():
            found[code] = rest
        else:
            found[language.required_language()] = text
    return found


def _codes(text: str) -> list[str]:
    return [code.strip() for code in text.replace(";", ",").split(",") if code.strip()]
