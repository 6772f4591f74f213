"""./sala check: style, types, import contracts, templates, missing migrations and translations, documentation."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PYTHON = sys.executable

STEPS = {
    "style": [str(BIN / "ruff"), "check", "."],
    "layout": [str(BIN / "ruff"), "format", "--check", "."],
    "contracts": [str(BIN / "lint-imports"), "--no-cache"],
    "types": [str(BIN / "mypy")],
    "migrations": [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"],
    "templates": [PYTHON, "-m", "config.check_templates"],
    "translations": [PYTHON, "-m", "config.check_translations"],
    "docs": [str(BIN / "sphinx-build"), "-W", "-q", "docs", "var/docs"],
}


def main(names: list[str]) -> int:
    environment = {
        **os.environ,
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    failed = []
    for name, command in STEPS.items():
        if names and name not in names:
            continue
        start = time.monotonic()
        done = subprocess.run(command, cwd=ROOT, env=environment, text=True, capture_output=True, check=False)
        print(
            f"{'ok   ' if not done.returncode else 'FAIL '} {name} ({time.monotonic() - start:.1f} s)",
            flush=True,
        )
        if done.returncode:
            failed.append(name)
            print(done.stdout[-6000:] + done.stderr[-3000:])
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
