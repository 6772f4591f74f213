"""Settings. Everything an installation may change comes from the environment (docs/run.md lists it)."""

import os
from pathlib import Path
from urllib.parse import unquote, urlparse

import yaml
from django.conf import locale

from config import cluster

ROOT = Path(__file__).resolve().parent.parent
STATE = cluster.STATE


def _pack_folder() -> Path:
    """SALA_PACK, else the pack that this state was loaded from, else the first one."""
    remembered = STATE / "pack"
    if os.environ.get("SALA_PACK"):
        return Path(os.environ["SALA_PACK"])
    if remembered.is_file() and (Path(remembered.read_text()) / "pack.yaml").is_file():
        return Path(remembered.read_text())
    return ROOT / "packs" / "laos"


PACK = _pack_folder()
_pack = yaml.safe_load((PACK / "pack.yaml").read_text(encoding="utf-8"))

DEBUG = False
ALLOWED_HOSTS = [*filter(None, os.environ.get("SALA_HOSTS", "").split(",")), "127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("SALA_ORIGINS", "").split(",") if origin]
BASE_URL = os.environ.get("SALA_BASE_URL", "http://127.0.0.1:8000")
_behind_tls = BASE_URL.startswith("https://")


def _secret_key() -> str:
    """Made once per installation and kept in the state folder, readable by this account only."""
    given = os.environ.get("SALA_SECRET_KEY")
    if given:
        return given
    path = STATE / "secret-key"
    if not path.exists():
        STATE.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "w") as handle:
            handle.write(os.urandom(32).hex())
    return path.read_text()


SECRET_KEY = _secret_key()

INSTALLED_APPS = [
    "config",
    "sala.site",
    "sala.collection",
    "sala.concessions",
    "sala.maps",
    "sala.catalogue",
    "sala.bodies",
    "sala.duties",
    "sala.ledger",
    "sala.documents",
    "sala.people",
    "sala.places",
    "sala.search",
    "sala.access",
    "sala.journal",
    "sala.core",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.gis",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
]
INSTALLED_APPS = [
    name
    for name in INSTALLED_APPS
    if not name.startswith("sala.") or (ROOT / "src" / name.replace(".", "/") / "apps.py").exists()
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "sala.collection.middleware.PhoneMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "sala.core.middleware.SharedMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "sala.core.middleware.LanguageMiddleware",
    "sala.core.middleware.FactsMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "sala.people.middleware.ActorMiddleware",
    "sala.site.middleware.PortalMiddleware",
    "sala.core.middleware.ErrorMiddleware",
    "sala.people.middleware.SecondFactorMiddleware",
]

ROOT_URLCONF = "config.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "sala.site.context.frame",
            ],
            "builtins": ["sala.core.templatetags.sala"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
WSGI_APPLICATION = "config.wsgi.application"


# For pages of many readers: an index on a disk without moving parts is nearly as quick as going through the table, and
# helpers that a single statement would start take the processors from the other readers.
PLANNING = "-c random_page_cost=1.1 -c max_parallel_workers_per_gather=0"


def _database() -> dict:
    """The server named by SALA_DATABASE_URL, else the private cluster. The role decides what a process may do."""
    role = os.environ.get("SALA_DATABASE_ROLE", "sala")
    common = {
        "ENGINE": "django.contrib.gis.db.backends.postgis", "ATOMIC_REQUESTS": False, "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"options": PLANNING},
    }  # fmt: skip
    url = os.environ.get("SALA_DATABASE_URL")
    if url:
        parts = urlparse(url)
        return common | {
            "NAME": parts.path.lstrip("/"),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "USER": unquote(parts.username or role),
            "PASSWORD": unquote(parts.password or ""),
            "CONN_MAX_AGE": 60,
        }
    name = os.environ.get("SALA_DATABASE_NAME", "sala")
    return common | {"NAME": name, "USER": role, "HOST": str(cluster.socket_directory()), "CONN_MAX_AGE": 60}


DATABASES = {"default": _database()}
SERVING_ROLE = "sala"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# GDAL here cannot fence off files and network in spatial references: only EPSG numbers ever reach it.
# E-mail is unique without regard to case, by a constraint that Django cannot read.
SILENCED_SYSTEM_CHECKS = ["gis.W001", "postgres.E005", "auth.W004"]

# ---- language and country --------------------------------------------------------------------------------------
locale.LANG_INFO["lo"] = {"bidi": False, "code": "lo", "name": "Lao", "name_local": "ລາວ"}
LANGUAGE_CODE = _pack["required_language"]
_languages = sorted(_pack["languages"], key=lambda code: code != LANGUAGE_CODE)
LANGUAGES = [(code, locale.LANG_INFO[code]["name_local"].capitalize()) for code in _languages]
LOCALE_PATHS = [ROOT / "src" / "sala" / "locale", STATE / "locale"]  # the second where the checkout is read-only
FORMAT_MODULE_PATH = ["sala.core.formats"]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = True
USE_TZ = True
TIME_ZONE = _pack["time_zone"]
CALLING_CODE = str(_pack.get("calling_code", ""))  # of telephones, from abroad; and what stands before a number within
TRUNK_PREFIX = str(_pack.get("trunk_prefix", ""))
CURRENCY = _pack["currency"]
CURRENCIES = {entry["code"]: entry for entry in (CURRENCY, *_pack.get("currencies", []))}

# ---- people ----------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["sala.people.sign_in.LinkBackend"]
LOGIN_URL = "people:sign_in"
# allauth keeps second factors, identities of a provider and the list of sessions; its own pages are not installed.
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
MFA_ADAPTER = "sala.people.second_factor.SealedSecrets"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
SOCIALACCOUNT_ADAPTER = "sala.people.provider.Adapter"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
IDENTITY_PROVIDER = {
    "issuer": os.environ.get("SALA_OIDC_ISSUER", "").rstrip("/"),
    "client": os.environ.get("SALA_OIDC_CLIENT", ""),
    "secret": os.environ.get("SALA_OIDC_SECRET", ""),
    "name": os.environ.get("SALA_OIDC_NAME", ""),
}
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _behind_tls
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 31_536_000 if _behind_tls else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if os.environ.get("SALA_BEHIND_PROXY") else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "style-src": ["'self'"],
        "script-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

# ---- files -----------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("SALA_STATIC") or STATE / "static")
STATICFILES_DIRS = [STATE / "browser"]
FILES = Path(os.environ.get("SALA_FILES") or STATE / "files")
MEDIA_ROOT = FILES
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.static_storage.Storage"},
}
UPLOAD_LIMIT = 2 * 1024**3  # bytes
LETTER_POSTS_AT_ONCE = 300  # posts named in a letter that is written while the page waits, about a second
ERRAND_AT_ONCE = 3 * 1024**2  # bytes; a larger file is read by the worker while the sender looks on
FILE_UPLOAD_TEMP_DIR = str(STATE / "uploads")
(STATE / "uploads").mkdir(parents=True, exist_ok=True)
FILE_UPLOAD_HANDLERS = ["sala.core.uploads.LimitedUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FILES = 1000  # photos of one answer to a form
ANSWER_LIMIT = 256 * 1024**2  # bytes of one sending from a phone, with its files

# ---- other machines --------------------------------------------------------------------------------------------
FETCH_INTERNAL = [entry for entry in os.environ.get("SALA_FETCH_INTERNAL", "").split(",") if entry]

# ---- outgoing messages ---------------------------------------------------------------------------------------------
MESSAGE_GATEWAY = os.environ.get("SALA_MESSAGE_GATEWAY", "sala.people.gateways.Console")
SMS_GATEWAY = os.environ.get("SALA_SMS_GATEWAY", "")  # empty: nobody gets short messages
SMS_URL = os.environ.get("SALA_SMS_URL", "")
SMS_METHOD = os.environ.get("SALA_SMS_METHOD", "POST")
SMS_HEADERS = {
    name.strip(): value.strip()
    for name, _colon, value in (
        line.partition(":") for line in os.environ.get("SALA_SMS_HEADERS", "Content-Type: application/json").split("|")
    )
    if name.strip()
}
SMS_BODY = os.environ.get("SALA_SMS_BODY", '{"to": "{number}", "text": "{text}"}')
SMS_GATEWAY_SECRET = os.environ.get("SALA_SMS_GATEWAY_SECRET", "")
SMS_SECRET = os.environ.get("SALA_SMS_SECRET", "")  # shown by the gateway that hands over short messages
DEFAULT_FROM_EMAIL = os.environ.get("SALA_FROM", "sala@localhost")
EMAIL_HOST = os.environ.get("SALA_SMTP_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("SALA_SMTP_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("SALA_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("SALA_SMTP_PASSWORD", "")
EMAIL_USE_TLS = bool(os.environ.get("SALA_SMTP_TLS"))

# ---- the lists that look upward --------------------------------------------------------------------------------
SALA_SUBJECTS = "config.subjects.SUBJECTS"
SALA_SUBSCRIPTIONS = "config.subscriptions.dispatch"
SALA_DESK = "config.desk.DESK_ROWS"
SALA_KEPT = "config.kept.KEPT"
SALA_WAITS = "config.waits.WAITS"
SALA_CALENDAR = "config.calendar_entries.CALENDAR"
SALA_ASKERS = "config.askers.ASKERS"
SALA_ANSWER_SUBJECTS = "config.answer_subjects.ANSWER_SUBJECTS"
SALA_VERBS = "config.verbs.VERBS"
SALA_CHANGES = "config.verbs.CHANGES"
SALA_LAYERS = "config.layers.LAYERS"
SALA_ERRANDS = "config.errands.ERRANDS"

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
PGHISTORY_APPEND_ONLY = True
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("SALA_LOG", "WARNING")},
}
