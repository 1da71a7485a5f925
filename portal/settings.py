"""Settings of the portal. Everything that differs between machines comes from the environment."""

from decimal import Decimal
from pathlib import Path

import django_stubs_ext
import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _
from kombu import Queue

from portal import logs
from portal.openapi import SPECTACULAR_SETTINGS as SPECTACULAR_SETTINGS
from portal.schedule import SCHEDULE, TASK_ROUTES
from portal.wiring import CUSTOMER_FOLLOWERS as CUSTOMER_FOLLOWERS
from portal.wiring import DRAINED as DRAINED
from portal.wiring import JOINED_LEADS as JOINED_LEADS
from portal.wiring import NEWS_MOTIONS as NEWS_MOTIONS
from portal.wiring import PEOPLES_WORK as PEOPLES_WORK

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / ".local"))).resolve()
DEBUG = env.bool("DJANGO_DEBUG", default=False)
SECRET_KEY = env.str("DJANGO_SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
HTTPS = env.bool("HTTPS", default=True)

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.forms",
    # SimpleAppConfig: the loaders are named below, else each of the two rewrites them
    "django_cotton.apps.SimpleAppConfig",
    "template_partials.apps.SimpleAppConfig",
    "allauth",
    "allauth.account",
    "allauth.idp.oidc",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
    "django_htmx",
    "django_structlog",
    "django_vite",
    "lucide",
    "common",
    "partners",
    "customers",
    "agreements",
    "motions",
    "referrals",
    "portal",
]

MIDDLEWARE = [
    "portal.probes.probes",
    "portal.middleware.private_answers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.middleware.request_transaction",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "partners.access.known_client",
    "portal.middleware.acting_person",
    "portal.middleware.preferred_language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "portal.middleware.numbered_answers",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.middleware.OpenRoutes",
    "portal.middleware.Refusals",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

_LOADERS = [
    (
        "template_partials.loader.Loader",
        [
            (
                "django.template.loaders.cached.Loader",
                [
                    "django_cotton.cotton_loader.Loader",
                    "django.template.loaders.filesystem.Loader",
                    "django.template.loaders.app_directories.Loader",
                ],
            )
        ],
    )
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": _LOADERS,
            "builtins": [
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
                "django.templatetags.i18n",
                "django.templatetags.l10n",
                "common.templatetags.figures",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.house",
            ],
        },
    }
]
FORM_RENDERER = "common.forms.FieldRenderer"
COTTON_DIR = "cotton"

# The web, the workers and the commands serve through a login that owns nothing; only `migrate` and the
# tests know the owner (docs/adr/0003).
DATABASES = {"default": env.db("DATABASE_URL")}
if env.str("OWNER_DATABASE_URL", default=""):
    DATABASES["owner"] = env.db("OWNER_DATABASE_URL")
for _alias in DATABASES.values():
    _alias.setdefault("OPTIONS", {})
    _alias["CONN_HEALTH_CHECKS"] = True
    _alias["CONN_MAX_AGE"] = 600
    _alias["OPTIONS"]["options"] = (
        "-c statement_timeout=15s -c lock_timeout=5s -c idle_in_transaction_session_timeout=60s"
    )
    _alias["TEST"] = {"MIGRATE": True}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "partners.User"
AUTHENTICATION_BACKENDS = ["partners.access.SignIn"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "partners.credentials.ApiSecretHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "partners.adapter.InvitedOnly"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = {"agreement_link": "60/m/ip", "invitation_link": "60/m/ip"}  # beside the usual ones
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# people have one address each; allauth's own generator writes a row of it, which a colleague with somebody's link may not
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
# attempts are counted by the address of the visitor, not by that of the proxy
ALLAUTH_TRUSTED_PROXY_COUNT = int(BEHIND_PROXY)
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_THOUSAND_SEPARATOR = True
TIME_ZONE = "Europe/Berlin"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "frontend" / "collected"
RECEIPT_FONTS = BASE_DIR / "frontend" / "gen" / "fonts"
STATICFILES_DIRS = [BASE_DIR / "frontend" / "dist"]
DJANGO_VITE = {"default": {"manifest_path": BASE_DIR / "frontend" / "dist" / "manifest.json"}}
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "files", "base_url": None},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="portal@localhost")
# where the links of mails lead to
PORTAL_URL = env.str("PORTAL_URL", default="http://localhost:8000").rstrip("/")
# who is asked about direct acceptances and texts of the agreement; the default says that it is not connected
MICROSOFT = env.str("MICROSOFT", default="agreements.services.microsoft.Offline")

REDIS_URL = env.str("REDIS_URL")
# sign-in limits; in the database, because people sign in also while the broker is away
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "portal_cache"}}

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# a new connection would cost more than a recompute; dead and old ones are found before each task (portal.celery)
CELERY_DB_REUSE_MAX = 10_000
CELERY_TASK_DEFAULT_QUEUE = "interactive"
CELERY_TASK_QUEUES = [Queue("interactive"), Queue("bulk"), Queue("notices"), Queue("hooks")]
CELERY_TASK_TIME_LIMIT = 900
CELERY_TASK_SOFT_TIME_LIMIT = 840
CELERY_TASK_ROUTES = TASK_ROUTES
# a dead broker must not hold up a save: the marks are in the database, beat and the drainer find them
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    "visibility_timeout": 1800,
}
CELERY_BEAT_SCHEDULE = SCHEDULE
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")

# the API: docs/api.md
IDP_OIDC_ACCESS_TOKEN_EXPIRES_IN = 3600
API_REQUESTS_A_MINUTE = env.int("API_REQUESTS_A_MINUTE", default=1200)
API_TOKENS_A_MINUTE = env.int("API_TOKENS_A_MINUTE", default=60)
# webhooks (docs/webhooks.md): whether targets may be on this machine, by http as well; where the key for RSA lies
WEBHOOKS_LOOPBACK = env.bool("WEBHOOKS_LOOPBACK", default=False)
WEBHOOKS_KEY = env.str("WEBHOOKS_KEY", default=str(DATA_DIR / "webhooks.pem"))
REST_FRAMEWORK = {"DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema"}

# conflicts between partners are shown at the end of the part of an hour in which they were found (docs/adr/0012)
CONFLICT_GRID_MINUTES = env.int("CONFLICT_GRID_MINUTES", default=60)
# the country whose national holidays are no working days in conflicts
CONFLICT_CALENDAR = env("CONFLICT_CALENDAR", default="DE")

# the number of a request is made by the first middleware, for logs, answer and audit alike
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = True
# the audit: how long it is kept, and where its seals are written beside the database (docs/adr/0022)
AUDIT_KEEP_DAYS = env.int("AUDIT_KEEP_DAYS", default=3650)
AUDIT_SEALS = Path(env.str("AUDIT_SEALS", default=str(DATA_DIR / "audit-seals.jsonl")))
# who saw which customer of a partner
SIGHTINGS_KEEP_DAYS = env.int("SIGHTINGS_KEEP_DAYS", default=3650)
# after how many days a closed lead loses the names in it; 0: never by itself
LEADS_KEEP_DAYS = env.int("LEADS_KEEP_DAYS", default=0)

METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
# exchange rates: where they come from by themselves (nowhere, unless an address is given), and how far off the last one
# a rate may lie before somebody has to confirm it
RATES_URL = env.str("RATES_URL", default="")
RATES_SOURCE = env.str("RATES_SOURCE", default=f"motions.services.sources.{'Web' if RATES_URL else 'Offline'}")
RATES_FAR_SHARE = Decimal(env.str("RATES_FAR_SHARE", default="0.20"))
# who is asked whether a domain is free; `Offline` says that nobody knows
DOMAIN_CLIENT = env.str("DOMAIN_CLIENT", default="customers.services.availability.Offline")
DOMAIN_ANSWERS: dict[str, int] = {}
IMPORT_MAX_BYTES = env.int("IMPORT_MAX_BYTES", default=64 * 1024 * 1024)

LOGGING = logs.plain(level=env.str("LOG_LEVEL", default="WARNING"))
