"""./sala check: style, types, import contracts, templates, missing migrations and translations, documentation."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
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
LONG = {"types"}


def main(names: list[str]) -> int:
    """Two steps at a time, the longest first, told in the order of the list. Returns 1 when one of them failed."""
    chosen = [name for name in STEPS if not names or name in names]
    with ThreadPoolExecutor(max_workers=2) as pool:
        begun = {name: pool.submit(_run, name) for name in sorted(chosen, key=lambda name: name not in LONG)}
        done = [_tell(name, *begun[name].result()) for name in chosen]
    return 0 if all(done) else 1


def _run(name: str) -> tuple[subprocess.CompletedProcess[str], float]:
    """What the step said, and the seconds it took."""
    environment = {
        **os.environ,
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    start = time.monotonic()
    done = subprocess.run(STEPS[name], cwd=ROOT, env=environment, text=True, capture_output=True, check=False)
    return done, time.monotonic() - start


def _tell(name: str, done: subprocess.CompletedProcess[str], seconds: float) -> bool:
    """Print how the step ended, with its words when it failed. Returns whether it passed."""
    passed = done.returncode == 0
    print(f"{'ok   ' if passed else 'FAIL '} {name} ({seconds:.1f} s)", flush=True)
    if not passed:
        print(done.stdout[-6000:] + done.stderr[-3000:])
    return passed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
