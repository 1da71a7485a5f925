"""The demo: the same portfolio for the same seed, and never over somebody's data."""

import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client

from common.isolation import Side, acting
from customers.models import ConflictCase, ConflictSide, Customer
from motions import notices, tasks
from motions.models import Alert, ImportBatch, Standing
from motions.states import AlertKind
from partners.models import User
from portal import demo
from tests import factories


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Any) -> None:
    place = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path, "base_url": None},
    }
    settings.STORAGES = {**settings.STORAGES, "default": place}


def told(*words: str) -> str:
    out = StringIO()
    call_command("demo", *words, stdout=out)
    return out.getvalue()


def test_the_same_seed_gives_the_same_portfolio() -> None:
    first, second = list(demo.rows(count=50, seed=1)), list(demo.rows(count=50, seed=1))
    assert first == second != list(demo.rows(count=50, seed=2))


@pytest.mark.django_db
def test_the_demo_is_loaded_fresh_and_its_logins_work(client: Client) -> None:
    printed = told("--customers", "30")
    assert Customer.objects.count() == 21 + 6 + 3 + 3
    sides = ConflictSide.objects.filter(partner__partner_number="9000002")
    assert {(side.is_waiting, side.appealed_at is None) for side in sides} == {
        (True, True),
        (False, True),
        (True, False),
    }
    assert sides.count() == ConflictCase.objects.count() == 3, "made-up partners have no other company in common"
    assert not Standing.objects.filter(judged_at=None).exists()
    assert Alert.objects.filter(kind=AlertKind.LEAD).exists(), "some customers are on their way to a limit"
    email, password = re.findall(r"(\S+@\S+)\s+(\S+)", printed)[0]
    answer = client.post("/account/login/", {"login": email, "password": password})
    assert answer.status_code == 302
    assert told() == printed
    assert Customer.objects.count() == 33


@pytest.mark.django_db
def test_the_demo_leaves_a_real_database_alone() -> None:
    factories.PartnerFactory()
    with pytest.raises(CommandError):
        told()
    with pytest.raises(CommandError):
        told("--customers", "0")


@pytest.mark.django_db
def test_administrators_are_told_in_their_language_of_what_failed_for_good(administrator: User) -> None:
    factories.UserFactory(administrator=True, language="de")
    with acting(Side.OFFICE):
        assert notices.tell_set_apart(count=2) == 2
    tasks.tell_set_apart(count=1)
    assert len(mail.outbox) == 4
    assert {message.subject for message in mail.outbox} >= {
        "Guidance could not be recomputed",
        "Empfehlungen konnten nicht neu berechnet werden",
    }


@pytest.mark.django_db
def test_the_tasks_for_imports_find_and_take_what_waits(
    seller: User, woken: list[tuple[str, dict[str, Any]]], django_capture_on_commit_callbacks: Any
) -> None:
    batch = ImportBatch.objects.create(
        partner=seller.partner,
        by=seller,
        by_name="Selma",
        at=factories.NOON,
        file_name="x.csv",
        stored_as="gone",
        sha256="0",
        state="undoing",
    )
    with django_capture_on_commit_callbacks(execute=True):
        tasks.resume_imports()
    assert ("motions.take_import_step", {"batch_id": batch.pk, "partner_id": batch.partner_id}) in woken
    tasks.take_import_step(batch_id=batch.pk, partner_id=batch.partner_id)
    batch.refresh_from_db()
    assert batch.state == "undone"
