"""Invented outlines of the demonstration, taken in by the operator's own command."""

import io

from django.core.management import call_command

from sala.access.actor import Actor
from sala.core.pack import Pack, Report

FILE = "demonstration"


def boundaries(actor: Actor, pack: Pack) -> Report:
    report = Report()
    for entry in pack.listed(FILE, "boundaries"):
        options = [f"--{key.replace('_', '-')}={value}" for key, value in entry.items() if key != "file"]
        said = io.StringIO()
        call_command("places", "import", str(pack.path(entry["file"])), *options, stdout=said)
        last_line = said.getvalue().strip().rpartition("\n")[2]
        outcome = "unchanged" if last_line.startswith("0 new, 0 changed") else "new"
        report.count(outcome, f"boundaries {entry['file']}")
    return report
