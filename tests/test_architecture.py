"""The house rules that a machine can keep."""

import ast
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
SOURCES = [path for path in sorted((ROOT / "src").rglob("*.py")) if "migrations" not in path.parts]
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc"}


def string_literals(path: Path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
        and node.body and isinstance(node.body[0], ast.Expr) and isinstance(node.body[0].value, ast.Constant)
    }  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.lineno, node.value


def country_words() -> set[str]:
    """Names of places, institutions and money of every pack: whole words of five letters or more, and Lao names."""
    import csv

    words = set()
    for pack in (ROOT / "packs").iterdir():
        if not (pack / "areas.csv").exists():
            continue
        with (pack / "areas.csv").open(encoding="utf-8") as handle:
            for row in csv.DictReader(handle):
                words |= {row["name_lo"], row["name_en"]}
        organisations = yaml.safe_load((pack / "organisations.yaml").read_text(encoding="utf-8"))["organisations"]
        words |= {text for entry in organisations for text in entry["name"].values()}
        currency = yaml.safe_load((pack / "pack.yaml").read_text(encoding="utf-8"))["currency"]
        words |= {currency["code"]} if currency["code"] != "XTS" else set()
    return {word for word in words if len(word) >= 5 or re.search("[\u0e80-\u0eff]", word)} | {"LAK"}


def test_nothing_of_one_country_stands_in_the_program():
    pattern = re.compile(
        r"(?<![\w])(" + "|".join(sorted(map(re.escape, country_words()), key=len, reverse=True)) + r")(?![\w])"
    )
    found = [
        f"{path.relative_to(ROOT)}:{line}: {text[:60]}"
        for path in SOURCES
        for line, text in string_literals(path)
        if pattern.search(text)
    ]
    assert found == []


def test_no_file_is_a_drawer_for_everything():
    assert [path for path in SOURCES if path.stem in FORBIDDEN_NAMES or path.parent.name in FORBIDDEN_NAMES] == []


def test_no_file_is_too_long_to_read_in_one_sitting():
    assert [(path.name, count) for path in SOURCES if (count := len(path.read_text().splitlines())) > 420] == []


def test_no_import_is_hidden_in_a_function_to_dodge_a_circle():
    hidden = []
    for path in SOURCES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                hidden += [
                    f"{path.relative_to(ROOT)}:{inner.lineno}"
                    for inner in ast.walk(node)
                    if isinstance(inner, ast.ImportFrom) and (inner.module or "").startswith("sala")
                ]
    assert hidden == []


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-test.lock", "package-lock.json", ".npmrc"])
def test_lock_files_carry_no_download_address(name):
    lines = [line for line in (ROOT / name).read_text().splitlines() if "://" in line and "funding" not in line]
    assert [line for line in lines if '"url": "https://github.com/sponsors' not in line] == []


def test_every_noun_can_be_found_named_and_scoped(db):
    from sala.access.scope import scope_of
    from sala.core import subjects

    for subject in subjects.all_subjects():
        assert scope_of(subject.model_class) is not None
        assert subject.name and subject.plural
