"""The manual keeps up with the program: whatever an operator or the maker of a pack can meet is written down."""

import ast
import re
import shlex
from functools import cache
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

from config.api import api

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
MANUAL = "\n".join(path.read_text(encoding="utf-8") for path in sorted(DOCS.rglob("*.md")))
PRODUCTION = DOCS / "production"
OF_THE_SCRIPT = ["migrate", "packages", "test", "check"]
SETTING = re.compile(r"SALA_[A-Z_]+")


def own_commands() -> list[str]:
    return sorted(name for name, app in get_commands().items() if app == "config" or app.startswith("sala."))


def actions(name: str) -> list[str]:
    """What may stand after the command's name, such as load in `./sala pack load`."""
    parser = load_command_class(get_commands()[name], name).create_parser("sala", name)
    return [choice for action in parser._actions if not action.option_strings for choice in action.choices or ()]


@pytest.mark.parametrize("name", [*own_commands(), *OF_THE_SCRIPT])
def test_every_command_is_in_the_manual(name):
    wanted = [f"./sala {name}"] if name in OF_THE_SCRIPT else [
        f"./sala {name} {action}" for action in actions(name)
    ] or [f"./sala {name}"]  # fmt: skip
    assert [line for line in wanted if line not in MANUAL] == []


@cache
def settings_read() -> set[str]:
    """Names of the environment that the program reads: every one in config and manage.py, and those of the script."""
    found = set()
    for path in [*(ROOT / "config").rglob("*.py"), *(ROOT / "src").rglob("*.py"), ROOT / "manage.py"]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and SETTING.fullmatch(node.value):
                found.add(node.value)
    return found | set(re.findall(r"\$\{(SALA_[A-Z_]+)", (ROOT / "sala").read_text()))


def test_every_setting_is_in_the_table():
    table = (DOCS / "run.md").read_text(encoding="utf-8")
    assert sorted(name for name in settings_read() if f"`{name}`" not in table) == []


def test_the_table_names_no_setting_that_is_gone():
    assert sorted(set(SETTING.findall((DOCS / "run.md").read_text(encoding="utf-8"))) - settings_read()) == []


def verbs() -> dict[str, str]:
    """Verb → file, for each constant with a dotted text in a part's policy."""
    found = {}
    for path in [*(ROOT / "src").glob("sala/*/policy.py"), *(ROOT / "src").glob("sala/*/policy/*.py")]:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                value = node.value.value
                if isinstance(value, str) and re.fullmatch(r"[a-z]+\.[a-z_.]+", value):
                    found[value] = str(path.relative_to(ROOT))
    return found


def test_every_verb_of_a_policy_is_in_the_manual():
    assert {verb: place for verb, place in verbs().items() if f"`{verb}`" not in MANUAL} == {}
    assert len(verbs()) > 20


def test_every_file_of_a_pack_is_in_the_manual():
    names = {path.name for pack in (ROOT / "packs").iterdir() for path in pack.iterdir() if path.is_file()}
    assert sorted(name for name in names if f"`{name}`" not in (DOCS / "pack.md").read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", sorted(PRODUCTION.glob("*.service")), ids=lambda path: path.name)
def test_a_service_starts_a_command_that_exists_under_its_own_account(path):
    text = path.read_text()
    started = re.search(r"^ExecStart=(.+)$", text, re.M).group(1)
    program, command = shlex.split(started)[:2]
    assert Path(program).name == "sala" and command in own_commands()
    assert re.search(r"^User=sala$", text, re.M) and "EnvironmentFile=/etc/sala.env" in text


def test_the_example_of_settings_names_only_settings_that_exist():
    names = set(SETTING.findall((PRODUCTION / "sala.env").read_text()))
    assert names and names <= settings_read()


def test_no_link_in_the_manual_leads_to_a_page_that_is_missing():
    missing = [
        f"{path.name}: {target}"
        for path in DOCS.rglob("*.md")
        for target in re.findall(r"\]\(([\w/.-]+\.(?:md|png))\)", path.read_text(encoding="utf-8"))
        if not (path.parent / target).exists()
    ]
    assert missing == []


def test_every_address_of_the_api_is_in_the_manual():
    page = (DOCS / "api.md").read_text(encoding="utf-8")
    described = api.get_openapi_schema()["paths"]
    assert len(described) > 10
    assert [address for address in described if f"{address}`" not in page and f"{address}?" not in page] == []
