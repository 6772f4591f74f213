"""Entry for the web server: `granian --interface wsgi config.wsgi:application`."""

import gc
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver
from granian.utils.proxies import wrap_wsgi_with_proxy_headers


def behind(proxies: str, application: Callable[..., Any]) -> Callable[..., Any]:
    """The program as it stands behind proxies ("1" for one on this machine, or their addresses and networks).

    The caller's own address then stands in a header. It is believed from these proxies only, and limits count by it.
    """
    if not proxies:
        return application
    return wrap_wsgi_with_proxy_headers(application, "127.0.0.1, ::1" if proxies == "1" else proxies)


application = behind(os.environ.get("SALA_BEHIND_PROXY", ""), get_wsgi_application())

# The program itself is never thrown away: all of it is loaded now, and the collector does not look through it again while
# somebody waits for an answer.
get_resolver().url_patterns  # noqa: B018  # loads every page
gc.collect()
gc.freeze()
