"""Settings of the site, with the addresses of bench.empty.urls."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "bench.empty.urls"
