"""Entry of every command after set-up; see `./sala help`."""

import gc
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / "src"))

OWNER_COMMANDS = {"migrate", "makemigrations", "demo", "db", "backup", "restore", "bench", "sqlmigrate"}
WITHOUT_DATABASE = {"db", "demo", "doctor", "makemessages", "compilemessages", "collectstatic", "help", "restore"}

SERVING = {"serve", "worker"}


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
    import django
    from django.core.management import execute_from_command_line

    django.setup()
    if command not in SERVING:
        # What is loaded stays: looking through it for remains again and again took an eighth of a migration's time.
        gc.freeze()
        gc.set_threshold(100_000, 20, 100)
        speak_the_terminals_language()
    execute_from_command_line(sys.argv)


def speak_the_terminals_language() -> None:
    """The country's language when the terminal is set to it, else English where the country has it: many terminals
    cannot show every script. What is served, and what the worker writes, follows its reader instead."""
    from django.conf import settings
    from django.utils import translation

    known = [code for code, _name in settings.LANGUAGES]
    wanted = (os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or "")[:2]
    translation.activate(wanted if wanted in known else "en" if "en" in known else known[0])


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.stderr.write("\nsala: stopped. Start the same command again; it goes on where it can.\n")
        sys.exit(130)
