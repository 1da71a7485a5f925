"""What the page of an import tells: consequences before they are written, and whose doing it was."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from motions.imports import steps
from motions.models import ImportBatch
from partners.models import User
from tests import factories
from tests.motions.imports.test_story import checked, worked

SignedIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Any) -> None:
    backend = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": backend}


def page(client: Client, batch: ImportBatch) -> str:
    answer = client.get(reverse("motions:import_batch", args=[batch.public_id]))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_the_check_shows_customers_by_motion_now_and_after_and_each_rows_move(
    seller: User, signed_in: SignedIn, drain: Callable[[], Any]
) -> None:
    known = factories.CustomerFactory(partner=seller.partner, name="Alpha", domain="", registration_number="")
    factories.DealFactory(customer=known, name="Seats", seats=10)
    drain()
    told = page(signed_in(seller), checked(seller, "Alpha;DE;;;2400;;;;;;", "Beta;DE;;;5;;;;;;"))
    assert "Customers now" in told
    assert "Breadth → Enterprise" in told
    assert (
        '<td class="num" data-label="Customers now">1</td><td class="num" data-label="Customers after it">1</td>'
        in told
    )
    assert told.index("<span>Breadth</span> </span> →") < told.index("Beta")


def test_whoever_wrote_and_whoever_undid_it_is_named(seller: User, chief: User, signed_in: SignedIn) -> None:
    batch = checked(seller, "Alpha;DE;;;10;;;;;;")
    steps.ask_commit(batch, by=factories.UserFactory(partner=seller.partner, name="Carl Colleague"))
    client = signed_in(seller)
    assert "by Carl Colleague" in page(client, worked(batch))
    steps.ask_undo(batch, by=chief)
    assert "by Cora Chief" in page(client, worked(batch))


def test_a_step_that_was_given_up_is_said_above_what_stands(seller: User, signed_in: SignedIn) -> None:
    batch = checked(seller, "Alpha;DE;;;10;;;;;;")
    steps.ask_commit(batch, by=seller)
    ImportBatch.objects.filter(pk=batch.pk).update(attempts=steps.MOST_ATTEMPTS)
    told = page(signed_in(seller), worked(batch))
    assert "was given up; nothing of it was written" in told
    assert "Write it" in told
