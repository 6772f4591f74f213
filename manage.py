"""Entry of every command after set-up; see `./sala help`."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / "src"))

OWNER_COMMANDS = {"migrate", "makemigrations", "demo", "db", "backup", "restore", "bench", "sqlmigrate"}
WITHOUT_DATABASE = {"db", "demo", "doctor", "makemessages", "compilemessages", "collectstatic", "help", "restore"}


def choose_pack(arguments: list[str]) -> None:
    """The settings read languages and time zone from the pack, so `demo --pack` must be known before them."""
    for place, argument in enumerate(arguments):
        name, _equals, value = argument.partition("=")
        if name == "--pack":
            folder = Path(value or next(iter(arguments[place + 1 :]), "")).resolve()
            if not (folder / "pack.yaml").is_file():
                sys.exit(f"sala: {folder} is not a country pack: it has no pack.yaml.")
            os.environ["SALA_PACK"] = str(folder)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if command in OWNER_COMMANDS:
        os.environ.setdefault("SALA_DATABASE_ROLE", "sala_owner")
    if command == "demo":
        choose_pack(sys.argv[2:])
    if command == "bench":
        os.environ["SALA_PACK"] = str(ROOT / "packs" / "demo")
    if command not in WITHOUT_DATABASE and not os.environ.get("SALA_DATABASE_URL"):
        from config import cluster

        try:
            cluster.ensure_running()
        except cluster.ClusterError as error:
            sys.exit(f"sala: {error}")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
