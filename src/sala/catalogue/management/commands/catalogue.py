"""./sala catalogue add FILE|FOLDER"""

import sys
from pathlib import Path

import yaml
from django.core.management.base import BaseCommand, CommandError
from django.utils.text import slugify

from sala.access.actor import command
from sala.catalogue import imports
from sala.core import language
from sala.core.errors import SalaError


class Command(BaseCommand):
    help = "Take a file in as an edition of a dataset, or a folder with datasets.yaml or a sheet of titles, owners and dates."

    def add_arguments(self, parser):
        parser.add_argument("action", choices=["add"])
        parser.add_argument("path", type=Path)
        parser.add_argument("--slug", help="address of the dataset; made from the file's name when left out")
        parser.add_argument(
            "--title",
            action="append",
            default=[],
            metavar="LANGUAGE=TEXT",
            help="for instance --title lo=… --title en=…",
        )
        parser.add_argument("--owner", help="code of the organisation that owns it")
        parser.add_argument("--place", help="code of the area it covers")
        parser.add_argument("--tier", default="public", choices=["public", "government", "named", "own"])
        parser.add_argument("--licence")
        parser.add_argument("--restriction")
        parser.add_argument("--frequency")
        parser.add_argument("--topic", action="append", default=[])
        parser.add_argument("--period", default="")
        parser.add_argument("--level", help="level of the places in the rows")
        parser.add_argument(
            "--role", action="append", default=[], metavar="COLUMN=ROLE", help="key, area, period or value"
        )
        parser.add_argument("--decimal-mark", choices=[",", "."])
        parser.add_argument("--draft", action="store_true", help="do not publish")
        parser.add_argument("--dry-run", action="store_true")

    def handle(self, *, path: Path, dry_run: bool, **options):
        if not path.exists():
            raise CommandError(f"{path} is not there.")
        try:
            folder, records = (
                (path, self.records(path)) if path.is_dir() else (path.parent, [self.record(path, options)])
            )
            report = imports.load(command(), folder, records, dry_run)
        except SalaError as error:
            raise CommandError(str(error)) from error
        for line in report.lines:
            self.stdout.write(line)
        for line in report.refused:
            self.stderr.write(f"refused {line}")
        self.stdout.write(report.summary())
        if report.refused:
            sys.exit(1)

    def records(self, folder: Path) -> list[dict]:
        """Records of a folder: datasets.yaml where it stands, else one for each line of its sheet."""
        described = folder / "datasets.yaml"
        if described.is_file():
            return yaml.safe_load(described.read_text(encoding="utf-8"))["datasets"]
        return imports.records_of_sheet(folder)

    def record(self, path: Path, options: dict) -> dict:
        titles = dict(pair.split("=", 1) for pair in options["title"] if "=" in pair)
        roles = dict(pair.split("=", 1) for pair in options["role"] if "=" in pair)
        if not options["owner"] or not options["place"]:
            raise CommandError("Say who owns the data and which place it covers: --owner CODE --place CODE")
        recipe = {"decimal_mark": options["decimal_mark"]} if options["decimal_mark"] else {}
        return {
            "slug": options["slug"] or slugify(path.stem)[:80],
            "title": titles or {language.required_language(): path.stem},
            **{name: options[name] for name in ("owner", "place", "tier", "licence", "restriction", "frequency")},
            "topics": options["topic"],
            "parts": [{
                "file": path.name, "period": options["period"], "roles": roles, "level": options["level"],
                "recipe": recipe, "publish": not options["draft"],
            }],
        }  # fmt: skip
