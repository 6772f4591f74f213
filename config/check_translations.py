"""Every text of the pages has a Lao translation: what the sources ask for against what the catalogue holds.

`--write` adds the missing ones, empty, to the catalogue.
"""

import ast
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import django
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "src" / "sala" / "locale" / "lo" / "LC_MESSAGES" / "django.po"
KEYWORDS = [
    "--keyword=gettext_noop",
    "--keyword=gettext_lazy",
    "--keyword=ngettext_lazy:1,2",
    "--keyword=pgettext:1c,2",
    "--keyword=_",
]
MARKS = ("_", "gettext", "ngettext", "gettext_lazy", "gettext_noop")


def extracted() -> Path:
    """All marked texts of sources and templates, as a .pot file."""
    folder = Path(tempfile.mkdtemp())
    files = []
    for path in sorted((ROOT / "src").glob("sala/**/*")):
        if path.suffix == ".py" and "migrations" not in path.parts:
            text = _spelled_out(path)
        elif path.suffix == ".html" or ("templates" in path.parts and path.suffix == ".txt"):
            text = templatize(path.read_text(encoding="utf-8"))
        else:
            continue
        target = folder / (str(path.relative_to(ROOT)).replace("/", "__") + ".py")
        target.write_text(text, encoding="utf-8")
        files.append(target.name)
    for path in sorted((ROOT / "config").rglob("*.py")):
        target = folder / (str(path.relative_to(ROOT)).replace("/", "__"))
        target.write_text(_spelled_out(path), encoding="utf-8")
        files.append(target.name)
    pot = folder / "all.pot"
    command = [
        "xgettext",
        "--from-code=UTF-8",
        "--language=Python",
        "--no-location",
        "--sort-output",
        *KEYWORDS,
        "-o",
        str(pot),
        *files,
    ]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return pot


def _spelled_out(path: Path) -> str:
    """A program with the marked texts of its f-strings said once more at its end: xgettext does not look into those."""
    text = path.read_text(encoding="utf-8")
    calls = [
        ast.unparse(call)
        for formatted in ast.walk(ast.parse(text))
        if isinstance(formatted, ast.JoinedStr)
        for call in ast.walk(formatted)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in MARKS
    ]
    return "\n".join([text, *calls, ""])


def untranslated() -> list[str]:
    """Texts without a Lao translation, and translations that lost a placeholder."""
    merged = Path(tempfile.mkdtemp()) / "merged.po"
    subprocess.run(
        ["msgmerge", "--no-fuzzy-matching", "--quiet", "-o", str(merged), str(CATALOGUE), str(extracted())],
        check=True,
    )
    missing = subprocess.run(
        ["msgattrib", "--untranslated", "--no-obsolete", "--no-wrap", str(merged)],
        check=True,
        text=True,
        capture_output=True,
    )
    faults = re.findall(r'^msgid "(.+)"$', missing.stdout, flags=re.MULTILINE)
    checked = subprocess.run(
        ["msgfmt", "--check-format", "-o", "/dev/null", str(merged)],
        check=False,
        text=True,
        capture_output=True,
    )
    if checked.returncode:
        faults += checked.stderr.strip().splitlines()
    return faults


def write() -> None:
    merged = subprocess.run(
        ["msgmerge", "--no-fuzzy-matching", "--quiet", "--no-wrap", "--sort-output", "-o", "-", str(CATALOGUE), str(extracted())],
        check=True, text=True, capture_output=True,
    )  # fmt: skip
    clean = subprocess.run(
        ["msgattrib", "--no-obsolete", "--no-wrap", "--sort-output", "-"],
        input=merged.stdout,
        check=True,
        text=True,
        capture_output=True,
    )
    CATALOGUE.write_text(clean.stdout, encoding="utf-8")


def main() -> int:
    django.setup()
    if "--write" in sys.argv:
        write()
    faults = untranslated()
    for fault in faults:
        print(f"not translated into Lao: {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
