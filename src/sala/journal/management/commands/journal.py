"""./sala journal verify [--heads FILE]"""

import json
import sys
import tarfile
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from sala.journal.queries import Verdict, verify

MANIFEST = "manifest.json"


class Command(BaseCommand):
    help = "Prove that nothing recorded was changed."

    def add_arguments(self, parser):
        parser.add_argument("action", choices=["verify"])
        parser.add_argument(
            "--heads",
            type=Path,
            metavar="FILE",
            help="a backup, its manifest, or any JSON file with heads (day → digest) that was kept outside",
        )

    def handle(self, *, heads, **options):
        verdict = verify(read_heads(heads) if heads else None)
        self.tell(verdict)
        if verdict.faults:
            sys.exit(1)

    def tell(self, verdict: Verdict) -> None:
        self.stdout.write(
            f"{verdict.events} events under {verdict.seals} seals, {verdict.unsealed} newer ones wait for a seal"
        )
        self.stdout.write(f"last seal {verdict.last_digest}")
        for fault in verdict.faults:
            self.stderr.write(f"FAULT: {fault}")
        if verdict.faults:
            self.stderr.write(
                "The journal does not hold. Keep this database as it is, and compare it with your last backup."
            )
        else:
            self.stdout.write("The chain holds.")


def read_heads(path: Path) -> dict[str, str]:
    """Day (ISO) → digest, from a backup file, its manifest, or a plain mapping. Raises CommandError otherwise."""
    try:
        if tarfile.is_tarfile(path):
            with tarfile.open(path) as archive:
                member = archive.extractfile(MANIFEST)
                content = json.load(member) if member else {}
        else:
            content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CommandError(f"{path} does not exist. Give a backup or a manifest.") from error
    except (OSError, ValueError, KeyError, tarfile.TarError) as error:
        raise CommandError(f"{path} cannot be read as a backup or a list of heads.") from error
    heads = content.get("heads", content) if isinstance(content, dict) else None
    if not isinstance(heads, dict) or not all(isinstance(digest, str) for digest in heads.values()):
        raise CommandError(f"{path} holds no heads (day → digest).")
    return heads
