"""Compiles every template, so that a misspelt tag or filter is found before a reader meets it."""

import sys
from pathlib import Path

import django
from django.template import TemplateSyntaxError, engines


def main() -> int:
    django.setup()
    faults = 0
    root = Path(__file__).resolve().parent.parent / "src"
    for path in sorted(root.glob("sala/*/templates/**/*")):
        if path.is_file():
            try:
                engines["django"].from_string(path.read_text(encoding="utf-8"))
            except TemplateSyntaxError as error:
                faults += 1
                print(f"{path.relative_to(root)}: {error}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
