"""Test databases, the world they share, and the cast.

A template database is made once for each state of the migrations, and the world (pack and cast) is built into a copy
of it once for each state of the program, the pack and the day; both are kept in the state folder for the next run. Each
test then runs in a transaction that is rolled back. Tests that need real commits get a copy of their own (0.1 s).
Sessions log in as the owner and take on the serving role, so a missing privilege fails here too.

Two processes may share the tests out between them (`./sala test -n 2`, as in CI). Each has databases of its own, named
by its process id; they wait for one another only while a template is made. The tests of a file stay together and in
their order, and those in the browser stay together, so that one site is served and one Chromium runs.
"""

import compileall
import fcntl
import gc
import hashlib
import os
import shutil
import sys
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings
from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "src"))

from config import cluster  # noqa: E402

SHARED = ROOT.parent / "shared" / "data"


def pytest_addoption(parser):
    parser.addoption("--full", action="store_true", help="the whole matrix of languages, widths and clients")


def pytest_collection_finish(session):
    """Thousands of classes stay to the end: the collector need not look through them again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


def pytest_collection_modifyitems(config, items):
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: turn(item.nodeid))
    for item in items:
        if "full" in item.keywords and not config.getoption("--full"):
            item.add_marker(pytest.mark.skip(reason="part of the whole matrix; run with --full"))
        if "shared" in item.keywords and not SHARED.is_dir():
            item.add_marker(pytest.mark.skip(reason="the folder of real data is not beside this checkout"))


# What is shared out first: the first process makes the templates for the browser, the second needs none meanwhile (of
# tests/core a few files do, which come after the others). Long files follow, so that none is left for the end, when the
# other process has nothing more to do.
FIRST = [
    "tests/browser/", "tests/faults/test_cluster.py", "tests/core/test_files", "tests/maps/calculations/", "tests/core/",
    "tests/faults/test_hostile_files.py", "tests/running/test_backup.py", "tests/crawl/", "tests/running/",
    "tests/clients/", "tests/collection/", "tests/catalogue/", "tests/duties/",
]  # fmt: skip


def turn(nodeid: str) -> int:
    return next((number for number, beginning in enumerate(FIRST) if nodeid.startswith(beginning)), len(FIRST))


class ByFile(LoadScopeScheduling):
    """Hands out whole files, and all that asks a served site as one, for browsers and for other clients."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        folder = next((name for name in ("tests/browser", "tests/clients") if file.startswith(f"{name}/")), None)
        return folder or file


def pytest_xdist_make_scheduler(config, log):
    return ByFile(config, log)


def pytest_configure(config):
    hypothesis_settings.register_profile("sala", derandomize=True, database=None, deadline=None)
    hypothesis_settings.load_profile("sala")
    if not hasattr(config, "workerinput"):
        # once, for these processes and for the children that open files, which keep nothing compiled themselves
        compileall.compile_dir(ROOT / "src", quiet=1)
    if not os.environ.get("SALA_DATABASE_URL"):
        cluster.ensure_running()


# ---- databases ---------------------------------------------------------------------------------------------------


def execute(statement: str, database: str = "postgres"):
    import psycopg

    with psycopg.connect(
        host=str(cluster.socket_directory()), user="sala_owner", dbname=database, autocommit=True
    ) as connection:
        return connection.execute(statement)


def exists(name: str) -> bool:
    import psycopg

    with psycopg.connect(host=str(cluster.socket_directory()), user="sala_owner", dbname="postgres") as connection:
        return connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone() is not None


def migrations_hash() -> str:
    sha = hashlib.sha256((ROOT / "requirements.lock").read_bytes())
    for path in sorted((ROOT / "src").glob("sala/*/migrations/*.py")):
        sha.update(path.read_bytes())
    return sha.hexdigest()[:12]


@contextmanager
def connected_to(name: str, as_owner: bool = False):
    """Point Django's default connection at another database for a while."""
    from django.conf import settings
    from django.db import connection, connections

    old = dict(connection.settings_dict)
    connection.close()
    changes = {"NAME": name}
    if as_owner:
        changes["OPTIONS"] = {}
    connections["default"].settings_dict.update(changes)
    settings.DATABASES["default"].update(changes)
    try:
        yield
    finally:
        connection.close()
        connections["default"].settings_dict.update({"NAME": old["NAME"], "OPTIONS": old["OPTIONS"]})
        settings.DATABASES["default"].update({"NAME": old["NAME"], "OPTIONS": old["OPTIONS"]})


def copy_database(source: str, target: str) -> None:
    execute(f"drop database if exists {target} with (force)")
    execute(f"create database {target} template {source}")


@pytest.fixture(scope="session")
def migrated_template(django_db_blocker) -> str:
    """Name of a database with all migrations applied, made when absent."""
    from django.core.management import call_command

    name = f"sala_tpl_{migrations_hash()}"
    with (cluster.STATE / "tests.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if not exists(name):
            copy_database(cluster.TEMPLATE, "sala_tpl_unfinished")
            with django_db_blocker.unblock(), connected_to("sala_tpl_unfinished", as_owner=True):
                call_command("migrate", verbosity=0)
            execute(f"alter database sala_tpl_unfinished rename to {name}")
    return name


KEPT = cluster.STATE / "tests"  # the files that belong to the worlds, and who uses them


ANSWERS = {"views", "api", "templatetags"}  # folders and files that answer requests; loading a pack runs none of them


def answers(path: Path) -> bool:
    parts = {*path.parts[:-1], path.stem}
    return not ANSWERS.isdisjoint(parts) or path.stem.endswith("urls")


def world_hash() -> str:
    """Changes with all that a world is made of: structure, program, pack, cast, and the day, which stands in some rows."""
    from sala.core import clock

    sha = hashlib.sha256(f"{migrations_hash()} {clock.today()}".encode())
    made_of = [
        *ROOT.glob("src/**/*.py"),
        *ROOT.glob("config/**/*.py"),
        *ROOT.glob("packs/demo/**/*"),
        ROOT / "tests/world.py",
    ]
    for path in sorted(path for path in made_of if path.is_file() and not answers(path.relative_to(ROOT))):
        sha.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return sha.hexdigest()[:12]


@contextmanager
def kept_world(kind: str, source: str, build: Callable[[], None], blocker):
    """Name of a database that build() made in a copy of `source`, and the folder of its files. Made when absent.

    It is in use until the end of the block: a run of another state of the program removes what nobody uses.
    """
    from django.test import override_settings

    KEPT.mkdir(exist_ok=True)
    name = f"sala_{kind}_{world_hash()}"
    with (KEPT / f"{name}.used").open("w") as used:
        fcntl.flock(used, fcntl.LOCK_SH)
        with (cluster.STATE / "tests.lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            if not ((KEPT / name).is_dir() and exists(name)):
                remove_unused(f"sala_{kind}_")
                files, unfinished = KEPT / name, f"sala_{kind}_unfinished"
                shutil.rmtree(files, ignore_errors=True)
                files.mkdir()
                copy_database(source, unfinished)
                with override_settings(FILES=files, MEDIA_ROOT=files), blocker.unblock(), connected_to(unfinished):
                    build()
                execute(f"drop database if exists {name} with (force)")
                execute(f"alter database {unfinished} rename to {name}")
        yield name, KEPT / name


def remove_unused(beginning: str) -> None:
    """Remove the worlds of other states of the program, unless a run still uses them."""
    for mark in KEPT.glob(f"{beginning}*.used"):
        with mark.open("w") as used:
            try:
                fcntl.flock(used, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            execute(f"drop database if exists {mark.stem} with (force)")
            shutil.rmtree(KEPT / mark.stem, ignore_errors=True)
            mark.unlink()


@pytest.fixture(scope="session")
def world_template(migrated_template, django_db_blocker, tmp_path_factory):
    """Name of a database that holds the shared world. The files of this run begin as a copy of the world's."""
    from django.conf import settings

    from tests.world import build

    with kept_world("world", migrated_template, build, django_db_blocker) as (name, files):
        settings.FILES = settings.MEDIA_ROOT = shutil.copytree(files, tmp_path_factory.mktemp("world") / "files")
        yield name


@pytest.fixture(scope="session")
def django_db_setup(world_template, django_db_blocker):
    """Replaces pytest-django's own set-up: tests run in a copy of the world."""
    name = f"sala_test_{os.getpid()}"
    copy_database(world_template, name)
    with django_db_blocker.unblock(), connected_to(name):
        yield
    execute(f"drop database if exists {name} with (force)")


@contextmanager
def fuller_world(kind: str, world_template: str, build: Callable[[], None], blocker):
    """A copy of the world with what build() adds, in which all tests run until the end of the block.

    For a fixture of module scope: what takes long to enter is entered once, and each test that has the database takes
    back what it changed.
    """
    from django.utils import translation

    name = f"sala_{kind}_{os.getpid()}"
    copy_database(world_template, name)
    with blocker.unblock(), connected_to(name):
        with translation.override("en"):
            build()
        yield name
    execute(f"drop database if exists {name} with (force)")


@pytest.fixture
def committed(world_template, django_db_setup, django_db_blocker):
    """A database of this test's own, where commits are real; for concurrency, kills and constraints at commit."""
    name = f"sala_own_{os.getpid()}"
    copy_database(world_template, name)
    with django_db_blocker.unblock(), connected_to(name):
        yield name
    execute(f"drop database if exists {name} with (force)")


# ---- the cast ----------------------------------------------------------------------------------------------------


@pytest.fixture
def world(db):
    from tests.world import World

    return World()


@pytest.fixture(autouse=True)
def _plain_start(request):
    """Each test starts in English, with an empty cache and no messages."""
    if "django" not in sys.modules:
        yield
        return
    from django.core.cache import cache
    from django.utils import translation

    from sala.people.gateways import Memory

    cache.clear()
    Memory.sent.clear()
    with translation.override("en"):
        yield


@pytest.fixture(scope="session")
def read_once_a_run():
    from sala.core.files import child
    from tests.reading import ReadOnce

    return ReadOnce(child.run)


@pytest.fixture(autouse=True)
def _files_are_read_once(request, monkeypatch):
    from tests.reading import READ_ANEW

    if not request.node.nodeid.startswith(READ_ANEW) and "django" in sys.modules:
        from sala.core.files import child

        monkeypatch.setattr(child, "run", request.getfixturevalue("read_once_a_run"))


@pytest.fixture
def visit(client):
    """visit(actor_name) → a Django test client signed in as that member of the cast ('public' for nobody)."""
    from tests.world import World

    def sign_in(who: str = "public", language: str = "en"):
        from django.test import Client

        browser = Client(headers={"accept-language": language})
        if who != "public":
            browser.force_login(World().person(who), backend="sala.people.sign_in.LinkBackend")
        return browser

    return sign_in
