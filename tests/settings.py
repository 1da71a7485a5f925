"""Settings of the tests: fixtures are made by the owner of the tables, requests take their role as in production."""

from portal.settings import *  # noqa: F403
from portal.settings import DATABASES, LOGGING, STORAGES

# the serving login, for tests that need it as it is; `tests.conftest.serving` connects with it
SERVING = dict(DATABASES["default"])
DATABASES = {"default": {**DATABASES["owner"], "CONN_MAX_AGE": 0}}

SECRET_KEY = "only for tests"
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", "partners.credentials.ApiSecretHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
DJANGO_VITE = {"default": {"dev_mode": True}}
LOGGING = {**LOGGING, "root": {"handlers": [], "level": "ERROR"}}
HTTPS = SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
