"""Settings of the test runs: the serving role inside the owner's session, quick hashing, messages kept in memory."""

import os
from pathlib import Path

os.environ.setdefault("SALA_DATABASE_ROLE", "sala_owner")
os.environ["SALA_PACK"] = str(Path(__file__).resolve().parent.parent / "packs" / "demo")

from config.settings import *  # noqa: F403
from config.settings import DATABASES, STATE

# With the few rows of a test, seeking the best order of joins takes ten times as long as going through the tables.
DATABASES["default"]["OPTIONS"] = {"options": "-c role=sala -c synchronous_commit=off -c join_collapse_limit=1"}
STATIC_ROOT = STATE / "tests" / "no-static"  # files for the browser are served by the served site only
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
MESSAGE_GATEWAY = "sala.people.gateways.Memory"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
