"""Requests drawn from the document: no fault of ours, and no answer that it does not name. `make fuzz` draws more."""

import json
import os
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as drawing_settings
from hypothesis import strategies as st

from tests.api.drawing import Drawing, Sent
from tests.neighbours import furnish, judged

REQUESTS = int(os.environ.get("API_REQUESTS", "300"))

# what of a household is in a collection
THINGS = {
    "customers": "customer", "guidance": "customer", "agreements": "customer", "contacts": "contact", "deals": "deal",
    "relationships": "relation", "conflicts": "side", "merges": "merge", "referrals": "lead", "imports": "batch",
    "exports": "export", "alerts": "alert", "provider-tasks": "task", "agreement-files": "evidence", "others": "second",
    "notices": "news", "views": "kept", "referral-imports": "leads_file",
}  # fmt: skip


@pytest.mark.django_db
def test_requests_drawn_from_the_document_are_answered_as_it_says(settings: Any, tmp_path: Path) -> None:
    settings.API_REQUESTS_A_MINUTE = 10**9
    place = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path, "base_url": None},
    }
    settings.STORAGES = {**settings.STORAGES, "default": place}
    ours = furnish("amarant")
    judged(ours)
    known = {name: str(getattr(ours, thing).public_id) for name, thing in THINGS.items()}
    drawing = Drawing(Client().get("/api/v1/schema/").json(), known)
    operations = {f"{method} {path}": (method, path, one) for method, path, one in drawing.operations()}
    seen, faults = Counter[int](), Counter[str]()

    def ask(sent: Sent, name: str, one: Any) -> None:
        with transaction.atomic():
            answer = ours.program(sent.method, sent.path, _written(sent.body), **sent.headers)
            transaction.set_rollback(True)
        # a file is closed by reading it to its end
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        seen[answer.status_code] += 1
        fault = drawing.fault(one, answer.status_code, answer.headers.get("Content-Type", ""), body)
        if fault:
            faults[f"{name}: {fault} ({sent})"[:700]] += 1

    for name, (method, path, one) in operations.items():
        _tried(drawing.request(method, path, one), partial(ask, name=name, one=one), REQUESTS // len(operations) + 1)
    assert not faults, "\n".join(f"{count} x {fault}" for fault, count in faults.most_common(30))
    assert seen.total() >= REQUESTS
    # an address with many parameters is seldom drawn without a wrong one
    assert sum(count for status, count in seen.items() if status < 300) > seen.total() / 25


def _written(body: Any) -> Any:
    return None if body is None else json.dumps(body)


def _tried(requests: st.SearchStrategy[Sent], ask: Callable[[Sent], None], times: int) -> None:
    """Draw so many and ask each; faults are collected, so that one run finds all of them."""

    @given(requests)
    @drawing_settings(
        max_examples=times,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def drawn(sent: Sent) -> None:
        ask(sent)

    drawn()
