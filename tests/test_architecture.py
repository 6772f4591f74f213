"""The house rules that a machine can keep."""

import ast
import csv
import re
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
import yaml
from django.apps import apps
from django.conf import settings
from django.contrib.gis.db.models import GeometryField
from django.utils.module_loading import import_string
from procrastinate.contrib.django import app

from config import desk, packs, subjects, subscriptions
from sala.access.scope import scope_of
from sala.core import subjects as known_subjects

ROOT = Path(__file__).resolve().parent.parent
SOURCES = [path for path in sorted((ROOT / "src").rglob("*.py")) if "migrations" not in path.parts]
LAO = re.compile("[\u0e80-\u0eff]")
# codes, signs and names of money of the packs, of the neighbours and of lenders; XTS is the code for tests
MONEY = {
    "LAK", "THB", "VND", "CNY", "KHR", "USD", "EUR", "₭", "฿", "₫", "kip", "Kip", "Lao kip", "baht", "Baht", "dollar",
    "dollars", "ກີບ", "ບາດ",
}  # fmt: skip
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc"}


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def string_literals(path: Path):
    tree = tree_of(path)
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
    words = set()
    for pack in (ROOT / "packs").iterdir():
        if not (pack / "areas.csv").exists():
            continue
        with (pack / "areas.csv").open(encoding="utf-8") as handle:
            for row in csv.DictReader(handle):
                words |= {row["name_lo"], row["name_en"]}
        organisations = yaml.safe_load((pack / "organisations.yaml").read_text(encoding="utf-8"))["organisations"]
        words |= {text for entry in organisations for text in entry["name"].values()}
        described = yaml.safe_load((pack / "pack.yaml").read_text(encoding="utf-8"))
        words |= {*described["name"].values(), *described["short_name"].values()}
    return {word for word in words if len(word) >= 5 or LAO.search(word)} | MONEY


def test_nothing_of_one_country_stands_in_the_program():
    words = "|".join(sorted(map(re.escape, country_words()), key=len, reverse=True))
    pattern = re.compile(rf"(?<!\w)({words})(?!\w)")
    migrations = (ROOT / "src").glob("sala/*/migrations/*.py")
    shown = [
        path for path in (ROOT / "src").rglob("*") if path.suffix in {".html", ".js", ".css", ".txt", ".json", ".svg"}
    ]
    texts = [(path, line, text) for path in [*SOURCES, *migrations] for line, text in string_literals(path)]
    texts += [
        (path, number, line)
        for path in shown
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    ]
    assert {path.suffix for path, _line, _text in texts} >= {".py", ".html"}
    assert [f"{path.relative_to(ROOT)}:{line}: {text[:60]}" for path, line, text in texts if pattern.search(text)] == []


def test_the_money_of_every_pack_is_among_the_words_looked_for():
    for pack in (ROOT / "packs").glob("*/pack.yaml"):
        currency = yaml.safe_load(pack.read_text(encoding="utf-8"))["currency"]
        assert currency["code"] in MONEY | {"XTS"}
        assert currency["code"] == "XTS" or {currency["symbol"], *currency["name"].values()} <= MONEY


def test_no_file_is_a_drawer_for_everything():
    assert [path for path in SOURCES if path.stem in FORBIDDEN_NAMES or path.parent.name in FORBIDDEN_NAMES] == []


def test_no_file_is_too_long_to_read_in_one_sitting():
    assert [(path.name, count) for path in SOURCES if (count := len(path.read_text().splitlines())) > 420] == []


def test_no_import_is_hidden_in_a_function_to_dodge_a_circle():
    hidden = []
    for path in SOURCES:
        for node in ast.walk(tree_of(path)):
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
    for subject in known_subjects.all_subjects():
        assert scope_of(subject.model_class) is not None
        assert subject.name and subject.plural
        assert known_subjects.by_noun(subject.noun).model_class is subject.model_class


def test_the_lists_that_look_upward_are_those_the_settings_name():
    assert import_string(settings.SALA_SUBJECTS) is subjects.SUBJECTS
    assert import_string(settings.SALA_SUBSCRIPTIONS) is subscriptions.dispatch
    assert import_string(settings.SALA_DESK) is desk.DESK_ROWS


def test_every_entry_of_these_lists_resolves():
    app.perform_import_paths()
    assert [name for names in subscriptions.JOBS.values() for name in names if name not in app.tasks] == []
    assert subscriptions.NEEDED_OF.keys() <= {name for names in subscriptions.JOBS.values() for name in names}
    nouns = [subject.noun for subject in subjects.SUBJECTS]
    assert {noun for key in subscriptions.JOBS for noun in key.split()[1:]} <= set(nouns)
    assert len(nouns) == len(set(nouns)) == len({subject.model for subject in subjects.SUBJECTS})
    assert [source for source in desk.DESK_ROWS if not callable(source)] == []
    written = {subject.search for subject in subjects.SUBJECTS if subject.search}
    assert written and [one for one in written if not one.__module__.startswith("config.search_entries.")] == []


def test_every_verb_that_sets_off_a_job_is_recorded_by_some_part():
    texts = {text for path in SOURCES for _line, text in string_literals(path)}
    assert [key for key in subscriptions.JOBS if key.split()[0] not in texts] == []


def test_every_part_that_takes_over_a_piece_of_a_pack_is_walked():
    parts = {path.parent.name for path in (ROOT / "src").glob("sala/*/imports.py")}
    parts |= {path.parent.parent.name for path in (ROOT / "src").glob("sala/*/imports/__init__.py")}
    appliers = {name for name in parts if hasattr(import_module(f"sala.{name}.imports"), "apply")}
    assert appliers - set(packs.PARTS) == set()


def test_no_tracked_row_compares_shapes():
    """A trigger with `=` of geometry is written into a backup that no server loads again."""
    tracked = [model for model in apps.get_models() if hasattr(model, "pgh_tracked_model")]
    assert len(tracked) > 10
    shapes = {f"{model.__name__}.{field.name}" for model in tracked for field in model._meta.fields if isinstance(field, GeometryField)}  # fmt: skip
    assert shapes == set()
