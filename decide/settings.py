"""One settings file: every difference between places is an environment variable.

| variable | default | what it turns on |
|---|---|---|
| SECRET_KEY | refused outside DEBUG and DEMO | signing of sessions and links |
| RESIDENCE_PEPPERS | refused likewise | `v2:secret,v1:secret`, newest first: the keys of residence hashes |
| BALLOT_KEYS | refused likewise | `v2:secret,v1:secret`, newest first: the keys of ballots while a poll is open |
| PLATFORM_SIGNING_KEY | refused likewise | the secret behind the signature of heads and receipts |
| HEADS_DIR | VAR_DIR/heads | the last signed heads, outside the database |
| DEBUG, DEMO | off | development; the demo city on loopback |
| DATABASE_URL | SQLite in VAR_DIR | PostgreSQL, through a pool |
| REDIS_URL | memory of this process | channel layer and cache shared by processes |
| EMAIL_URL, DEFAULT_FROM_EMAIL | console | SMTP |
| ALLOWED_HOSTS, CSRF_TRUSTED_ORIGINS | loopback | the names the city answers to |
| TRUSTED_PROXY_COUNT | 0 | how many proxies of ours stand before the process |
| VAR_DIR | ./var | database file, uploads, collected static files |
| MAP_TILE_URL | none | a tile server for the maps that are tapped |
| DATA_PROTECTION_CONTACT | none | e-mail address for requests about one's own data, shown in the privacy notice |
"""

import os
import tempfile
from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("DEBUG", False)
DEMO = env.bool("DEMO", False)
VAR_DIR = Path(env.str("VAR_DIR", str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)

# --- secrets: only from the environment -------------------------------------------------------------
DEFAULT_SECRET = "insecure-default-secret-for-development-and-the-loopback-demo-only"
SECRET_KEY = env.str("SECRET_KEY", DEFAULT_SECRET)
PLATFORM_SIGNING_KEY = env.str("PLATFORM_SIGNING_KEY", DEFAULT_SECRET)


def _versions(name: str) -> dict[str, bytes]:
    """{"v2": b"…", "v1": b"…"}, newest first. A version is retired only when nothing depends on it."""
    given = env.str(name, f"v1:{DEFAULT_SECRET}")
    found = {version.strip(): secret.encode() for version, _sep, secret in (p.partition(":") for p in given.split(","))}
    if not all(version and secret for version, secret in found.items()):
        raise ImproperlyConfigured(f"{name} has the form v2:secret,v1:secret (newest first).")
    return found


RESIDENCE_PEPPERS = _versions("RESIDENCE_PEPPERS")
BALLOT_KEYS = _versions("BALLOT_KEYS")
_secrets = {SECRET_KEY.encode(), PLATFORM_SIGNING_KEY.encode(), *RESIDENCE_PEPPERS.values(), *BALLOT_KEYS.values()}
if not (DEBUG or DEMO) and DEFAULT_SECRET.encode() in _secrets:
    raise ImproperlyConfigured(
        "SECRET_KEY, RESIDENCE_PEPPERS, BALLOT_KEYS and PLATFORM_SIGNING_KEY must come from the environment. "
        "To look around on this machine only, run `make demo` (DEMO=1)."
    )
if not (DEBUG or DEMO) and len(PLATFORM_SIGNING_KEY) < 32:
    raise ImproperlyConfigured("PLATFORM_SIGNING_KEY needs at least 32 random characters.")
HEADS_DIR = Path(env.str("HEADS_DIR", str(VAR_DIR / "heads")))

LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=LOOPBACK)
if DEMO and SECRET_KEY == DEFAULT_SECRET and not set(ALLOWED_HOSTS) <= {*LOOPBACK, "testserver"}:
    raise ImproperlyConfigured("The demo with its default secrets answers only on loopback: ALLOWED_HOSTS names more.")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0)
# The public address, for links in mails and on printed sheets that are made outside a request.
SITE_URL = env.str("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
SITE_NAME = "Decide Quito"

INSTALLED_APPS = [
    "decide",
    "decide.live",
    "decide.territory",
    "decide.accounts",
    "decide.notices",
    "decide.moderation",
    "decide.comments",
    "decide.answers",
    "votes",
    "decide.assemblies",
    "proposals",
    "budgets",
    "decide.tick",
    "decide.pages",
    "decide.demo",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "channels",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "simple_history",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "decide.static_files.static_files",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "decide.language.SpanishFirst",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "decide.errors.RefusedMiddleware",
    "decide.accounts.middleware.SecondFactorMiddleware",
]

ROOT_URLCONF = "decide.urls"
WSGI_APPLICATION = "decide.wsgi.application"
ASGI_APPLICATION = "decide.asgi.application"
LIVE_TOPICS = "decide.topics.TOPICS"
OWN_DATA_ROOMS = "decide.pages.own_data.ROOMS"
PUBLIC_IDS = "decide.subjects.public_ids"
SUPPORTED = "decide.supported.SUPPORTED"
SUBJECTS = "decide.subjects.SUBJECTS"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "decide.pages.context.site",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.l10n",
                "django.templatetags.static",
                "decide.templatetags.decide",
            ],
        },
    }
]

# --- database: SQLite by default, PostgreSQL through a pool --------------------------------------------
# A pool, not CONN_MAX_AGE: under ASGI each request has its own thread, and PostgreSQL would run out of connections.
if env.str("DATABASE_URL", ""):
    DATABASES = {"default": env.db("DATABASE_URL")}
else:
    DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": VAR_DIR / "decide.sqlite3"}}
_db = DATABASES["default"]
if _db["ENGINE"].endswith("sqlite3"):
    _db["ENGINE"] = "decide.sqlite3"  # Django's, with turns in order
    _db["OPTIONS"] = {
        # Without IMMEDIATE, two transactions that read and then write fail with "database is locked".
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        # secure_delete: what is deleted (the ballots of a closed poll) is overwritten, not only unlinked.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; "
        "PRAGMA secure_delete=ON;",
    }
    # A file, since race tests and browser tests use several threads; one for each test process.
    _db["TEST"] = {"NAME": os.path.join(tempfile.gettempdir(), f"decide-test-{os.getpid()}.sqlite3")}
else:
    _db["OPTIONS"] = {"pool": {"min_size": 1, "max_size": env.int("DATABASE_POOL", 10), "timeout": 10}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis: channel layer and cache --------------------------------------------------------------------
REDIS_URL = env.str("REDIS_URL", "")
if REDIS_URL:
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            # redis-py's default socket_timeout of 5 s would end idle subscriptions.
            "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None}], "prefix": "decide"},
        }
    }
    CACHES = {"default": {"BACKEND": "decide.cache.ForgivingRedisCache", "LOCATION": REDIS_URL, "KEY_PREFIX": "decide"}}
else:
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "OPTIONS": {"MAX_ENTRIES": 200_000},
        }
    }

# --- people ------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["decide.accounts.backends.AccountBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/mi/"
LOGOUT_REDIRECT_URL = "/"
SESSION_ENGINE = "decide.accounts.sessions"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
# The version of the terms and the privacy notice that people agree to; a new text is a new version.
TERMS_VERSION = "2026-11"

ACCOUNT_ADAPTER = "decide.accounts.adapter.AccountAdapter"
MFA_ADAPTER = "allauth.mfa.adapter.DefaultMFAAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {"signup": "decide.accounts.forms.SignupForm"}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
# Changing a mistyped address at that step would tell which addresses have an account: one signs up again instead.
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = False
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
# A mail may take its time on a slow line; three tries at six digits are few enough.
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 60 * 15
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 60 * 15
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ACCOUNT_PREVENT_ENUMERATION = True
# Changing the password ends the sessions elsewhere (their hash no longer fits), not the one that changes it.
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
# By address ("ip") above what 300 people behind one hall's Wi-Fi need, by account or address of mail ("key") low.
ACCOUNT_RATE_LIMITS = {
    "signup": "1200/10m/ip",
    "login": "2400/10m/ip",
    "login_failed": "600/10m/ip,5/5m/key",
    "request_login_code": "1200/10m/ip,5/15m/key",
    "reset_password": "600/10m/ip,5/15m/key",
    "reset_password_from_key": "600/10m/ip",
    "confirm_email": "1/10s/key",
}
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_USER_DISPLAY = "decide.accounts.models.display_name"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RATE_LIMITS = {"webauthn_login": "1200/10m/ip"}
MFA_TOTP_ISSUER = SITE_NAME
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG or DEMO
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
# Whoever holds an office needs a second factor; the demo offers it without requiring it.
SECOND_FACTOR_REQUIRED = not DEMO

# --- rules of the city that may change without a release ----------------------------------------------
PARTICIPATION_AGE = 16  # Constitution of Ecuador art. 62 (optional vote from 16); Quito Decide's own rule
SUPPORT_THRESHOLD_SHARE = env.float("SUPPORT_THRESHOLD_SHARE", 0.0025)  # share of the population of the scope
SUPPORT_THRESHOLD_MINIMUM = env.int("SUPPORT_THRESHOLD_MINIMUM", 25)
SUPPORT_PERIOD = timedelta(days=env.int("SUPPORT_PERIOD_DAYS", 365))
INTENTION_PERIOD = timedelta(days=30)
ANSWER_ASSIGN_DAYS = env.int("ANSWER_ASSIGN_DAYS", 3)
ANSWER_DAYS = env.int("ANSWER_DAYS", 30)
ANSWER_EXTENSION_DAYS = env.int("ANSWER_EXTENSION_DAYS", 15)
# To answer whoever registers an assembly; then objections are open; who is sent, and for how many days (OM 102).
ASSEMBLY_ANSWER_DAYS = env.int("ASSEMBLY_ANSWER_DAYS", 15)
ASSEMBLY_OBJECTION_DAYS = env.int("ASSEMBLY_OBJECTION_DAYS", 15)
ASSEMBLY_SEATS = {"neighbourhood": 4, "commune": 1, "parish": 10, "zone": 11}  # by the level that sends them
ASSEMBLY_TERM_DAYS = env.int("ASSEMBLY_TERM_DAYS", 365)
# What the budget adds to the minutes of a session: a function `sections(session) -> dict` (decide.assemblies.minutes).
MINUTES_SECTIONS = "budgets.minutes.sections"
# Whom to write to about one's own data and about accessibility (LOPDP art. 12); each city enters its own.
DATA_PROTECTION_CONTACT = env.str("DATA_PROTECTION_CONTACT", "")
COMMENT_EDIT_PERIOD = timedelta(minutes=15)
MODERATION_HOURS = env.int("MODERATION_HOURS", 24)  # to look at a report, an image that waits, an appeal
APPEAL_DAYS = env.int("APPEAL_DAYS", 30)  # to appeal what was decided
# The least part (%) of a zone's investment that its parish assemblies decide: 60 by ordinance, 70 in practice.
BUDGET_MINIMUM_PERCENT = env.str("BUDGET_MINIMUM_PERCENT", "60")
# For each of the three opinions of a request; and to answer who asks that a "not feasible" is looked at again.
OPINION_DAYS = env.int("OPINION_DAYS", 30)
RECONSIDERATION_DAYS = env.int("RECONSIDERATION_DAYS", 15)
VERIFICATION_TRIES_PER_HOUR = 5

# --- language, time, files ------------------------------------------------------------------------------
# What people read is written in Spanish in the source; locale/en holds the English beside it.
LANGUAGE_CODE = "es"
LANGUAGES = [("es", _("Español")), ("en", _("Inglés"))]
LOCALE_PATHS = [BASE_DIR / "decide" / "locale"]
TIME_ZONE = "America/Guayaquil"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = ["decide.formats"]

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "decide.storage.Uploads"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "servestatic.storage.CompressedManifestStaticFilesStorage"
    },
}
SERVESTATIC_USE_FINDERS = DEBUG
SERVESTATIC_AUTOREFRESH = DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 400
DATA_UPLOAD_MAX_NUMBER_FILES = 8
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000

# --- mail -----------------------------------------------------------------------------------------------
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Decide Quito <no-responder@demo.quito>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 20  # seconds for each step with the mail server: one that hangs does not hold up the others
if DEMO:
    EMAIL_BACKEND = "decide.demo.mailbox.Backend"
else:
    vars().update(env.email("EMAIL_URL", default="consolemail://"))

# --- safe from the start ---------------------------------------------------------------------------------
# The demo runs on plain HTTP on loopback; everywhere else cookies need HTTPS.
_https = not (DEBUG or DEMO)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = _https
SECURE_REDIRECT_EXEMPT = [r"^salud/$"]  # asked on loopback, by whoever watches the processes
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _https
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
MAP_TILE_URL = env.str("MAP_TILE_URL", "")

DEFAULT_EXCEPTION_REPORTER_FILTER = "decide.accounts.reports.NothingTyped"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {
        "django.request": {"level": "ERROR"},
        # A traceback each second while Redis is away; decide.live says so once a minute.
        "channels_redis": {"level": "CRITICAL"},
    },
}
