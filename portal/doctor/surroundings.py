"""The doctor on what surrounds the portal: settings, disk, languages, mail, broker and workers."""

import os
import shutil
import smtplib
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.mail import get_connection

from portal import jobs
from portal.doctor.findings import Finding, error, warning

SHORTEST_KEY = 32
LITTLE_ROOM = 1_000_000_000
MAIL_SECONDS = 5
LOCAL = ("localhost", "127.0.0.1")
QUIET_MAIL = ("console", "dummy", "locmem")


def settings_are_safe() -> Iterator[Finding]:
    """Nothing that is for trying only."""
    if settings.DEBUG:
        yield error("settings", "DEBUG is on: errors show code and values to visitors.", "Unset DJANGO_DEBUG.")
    if len(settings.SECRET_KEY) < SHORTEST_KEY:
        cure = f"Set DJANGO_SECRET_KEY to at least {SHORTEST_KEY} random characters."
        yield error("settings", "The secret key is short enough to be guessed.", cure)
    if "*" in settings.ALLOWED_HOSTS:
        yield error("settings", "Any host name is accepted.", "Set ALLOWED_HOSTS to the portal's names.")
    if not settings.HTTPS:
        yield warning("settings", "Cookies and pages go over plain HTTP.", "Unset HTTPS=0 behind a TLS proxy.")
    if any(name in settings.PORTAL_URL for name in LOCAL):
        yield warning(
            "settings", f"Links in mails lead to {settings.PORTAL_URL}.", "Set PORTAL_URL to the public address."
        )


def storage_has_room() -> Iterator[Finding]:
    """Files can be written, and there is room."""
    for name, folder in (("DATA_DIR", Path(settings.DATA_DIR)), ("AUDIT_SEALS", settings.AUDIT_SEALS.parent)):
        if not folder.is_dir() or not os.access(folder, os.W_OK):
            cure = f"Make the folder and give it to the user of the portal, or set {name}."
            yield error("storage", f"{name} ({folder}) cannot be written to.", cure)
        elif (free := shutil.disk_usage(folder).free) < LITTLE_ROOM:
            what = f"Only {free // 10**6} MB are free for {name} ({folder})."
            yield warning("storage", what, "Make room, or move the folder to a larger disk.")


def translations_are_there() -> Iterator[Finding]:
    """Every language but the source's has its compiled catalogue, not older than its source."""
    cure = "Run make setup."
    for folder in settings.LOCALE_PATHS:
        for source in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
            made = source.with_suffix(".mo")
            if not made.exists():
                yield error("translations", f"{made.parts[-3]}: the catalogue has not been compiled.", cure)
            elif made.stat().st_mtime < source.stat().st_mtime:
                yield warning(
                    "translations", f"{made.parts[-3]}: the compiled catalogue is older than its source.", cure
                )


def mail_goes_out() -> Iterator[Finding]:
    """The mail server takes a connection."""
    kind = settings.EMAIL_BACKEND.split(".")[-2]
    if kind in QUIET_MAIL:
        yield warning("mail", "Mails are not sent, only shown.", "Set EMAIL_URL to a mail server.")
    elif kind == "smtp":
        try:
            get_connection(timeout=MAIL_SECONDS).open()
        except (OSError, smtplib.SMTPException) as trouble:
            cure = f"Look at the mail server {settings.EMAIL_HOST}:{settings.EMAIL_PORT}, or correct EMAIL_URL."
            yield error("mail", f"The mail server does not answer: {trouble}", cure)


def broker_answers() -> Iterator[Finding]:
    """Wake-ups can be sent."""
    if jobs.queues() is None:
        cure = (
            "Start it, or correct REDIS_URL; meanwhile the drainer computes guidance and sends mails, and imports wait."
        )
        yield error("broker", "The broker does not answer.", cure)


def workers_answer() -> Iterator[Finding]:
    """Each kind of worker is there."""
    answering = jobs.workers()
    for node in jobs.NODES:
        if node not in (answering or ()):
            yield error(
                "workers", f"No worker “{node}” answers.", "Start it as in the Procfile; look at its last lines."
            )
