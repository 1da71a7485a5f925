"""Idempotency-Key and MS-RequestId: the first answer again for every retry. The key commits with the effect."""

import hashlib
import re
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.timezone import now
from django.utils.translation import gettext as _
from rest_framework.request import Request

from common.rest.problems import Problem
from partners.access.programs import Program
from partners.models import Repeat

_KEY = re.compile(r"[!-~]{1,255}")
_KEPT_HEADERS = ("Content-Type", "ETag", "Location")


def key_of(request: Request) -> str:
    """The key of a request; a problem without one."""
    key: str = request.headers.get("Idempotency-Key", "").strip()
    if not _KEY.fullmatch(key):
        raise Problem("key_missing", _("Send an Idempotency-Key of 1 to 255 printable characters without spaces."))
    return key


def answered_once(request: Request, *, key: str, work: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Do the work, or answer as the first time. What failed is not kept: it had no effect, and may be tried again."""
    program: Program = request.auth
    if not _is_first_in(program, key):
        detail = _("The same request is being worked on. Please ask again in a moment.")
        raise Problem("in_flight", detail, headers={"Retry-After": "1"})
    fingerprint = _fingerprint(request)
    known = Repeat.objects.visible_to(request.user).filter(client_id=program.pk, key=key).first()
    if known is None:
        return _kept(program, key, fingerprint, work())
    if known.fingerprint != fingerprint:
        raise Problem("key_reused", _("This Idempotency-Key came with another request before."))
    return _again(known)


def first_answer(
    request: HttpRequest, program: Program, *, number: str, work: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    """The same for a request of the wire, by its MS-RequestId.

    Clients use one number for requests that differ, so what is the same is number, method, address and body. Who comes
    meanwhile waits: these clients would repeat a refusal at once.
    """
    digest = hashlib.sha256(f"{number}\n{request.method} {request.get_full_path()}\n".encode())
    digest.update(request.body)
    # a space, which no Idempotency-Key has
    fingerprint, key = digest.hexdigest(), f"MS-RequestId {digest.hexdigest()}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", [f"{program.pk} {key}"])
    known = Repeat.objects.filter(partner_id=program.partner_id, client_id=program.pk, key=key).first()
    return _again(known) if known else _kept(program, key, fingerprint, work())


def _again(known: Repeat) -> HttpResponse:
    return HttpResponse(
        known.body.encode(), status=known.status, headers={**known.headers, "Idempotent-Replayed": "true"}
    )


def _is_first_in(program: Program, key: str) -> bool:
    """Held until the transaction ends; who comes meanwhile is told instead of kept waiting."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 7))", [f"{program.pk} {key}"])
        is_first: bool = cursor.fetchone()[0]
    return is_first


def _kept(program: Program, key: str, fingerprint: str, answer: Any) -> HttpResponseBase:
    if answer.status_code < 400:
        Repeat.objects.create(
            partner_id=program.partner_id,
            client_id=program.pk,
            key=key,
            fingerprint=fingerprint,
            status=answer.status_code,
            headers={name: answer.headers[name] for name in _KEPT_HEADERS if name in answer.headers},
            body=answer.content.decode(),
            at=now(),
        )
    return answer  # type: ignore[no-any-return]


def _fingerprint(request: Request) -> str:
    """What makes two requests the same: method, address, and the content of the body."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    data = request.data
    if hasattr(request, "body_text"):
        digest.update(request.body_text)
        return digest.hexdigest()
    for name in sorted(data):
        for value in data.getlist(name):
            digest.update(f"\n{name}=".encode())
            for chunk in value.chunks() if isinstance(value, UploadedFile) else [str(value).encode()]:
                digest.update(chunk)
            if isinstance(value, UploadedFile):
                value.seek(0)
    return digest.hexdigest()
