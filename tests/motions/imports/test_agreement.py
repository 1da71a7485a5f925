"""Form and import recognise by the same keys: what the one asks about, the other recognises, doubts, or names."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils.timezone import now

from customers.models import Customer
from motions.imports import jobs, steps
from motions.models import ImportRow
from partners.models import User
from tests.customers.pairs import PAIRS, Pair
from tests.customers.test_pairs import looked_up

pytestmark = pytest.mark.django_db
UNKNOWN_TO_A_FILE = {"tenant_id", "duns"}
READABLE = [pair for pair in PAIRS if not UNKNOWN_TO_A_FILE & {*pair.one, *pair.other}]
HEADER = "name;country;domain;registration_number"
SHARED = Path(__file__).resolve().parents[4] / "shared" / "data" / "germany_largest_by_state_pdl2019.csv"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Any) -> None:
    place = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path, "base_url": None},
    }
    settings.STORAGES = {**settings.STORAGES, "default": place}


def checked(user: User, text: str) -> list[ImportRow]:
    """The rows of a file after a dry run."""
    assert user.partner is not None
    batch = steps.upload(ContentFile(text.encode(), name="kunden.csv"), by=user, partner=user.partner, at=now())
    steps.ask_check(batch, chosen=batch.mapping, options=steps.Options(country="DE", currency="EUR"))
    jobs.work(batch_id=batch.pk, partner_id=batch.partner_id, clock=now)
    return list(ImportRow.objects.filter(batch_id=batch.pk).order_by("line"))


def is_seen(user: User, pair: Pair) -> bool:
    """Whether the import says anything about the first of a pair when the second comes in a file."""
    facts = {"country": "DE", "domain": "", "registration_number": "", **pair.other}
    (row,) = checked(user, HEADER + "\n" + ";".join(facts[name] for name in HEADER.split(";")) + "\n")
    return row.outcome != "new" or row.code == "resembles_customer"


def test_form_and_import_agree_on_every_pair_that_a_file_can_hold(seller: User) -> None:
    assert len(READABLE) > 50
    differing = []
    for pair in READABLE:
        reasons = {reason for likeness in looked_up(pair, seller) for reason in likeness.reasons}
        Customer.objects.filter(archived_at__isnull=False).update(archived_at=None)
        seen = is_seen(seller, pair)
        Customer.objects.all().update(archived_at=now(), name="Gone", domain="", registration_number="")
        # a mistake in typing is asked about where somebody sits who can answer; a file is not searched for them
        if seen != bool(reasons) and reasons != {"similar_name"}:
            differing.append((pair.name, reasons, seen))
    assert differing == []


def test_a_new_company_that_is_like_a_customer_says_so_and_is_not_merged(seller: User) -> None:
    customer = Customer.objects.create(
        partner_id=seller.partner_id, name="Lindner Autohaus", country="DE", domain="lindner.de",
        created_at=now(), updated_at=now(),
    )  # fmt: skip
    text = f"{HEADER}\nAutohaus Lindner GmbH;DE;;\nLindner Werkstatt;DE;shop.lindner.de;\nAnders;DE;;\n"
    rows = checked(seller, text)
    assert [(row.outcome, row.code, row.params.get("name")) for row in rows] == [
        ("new", "resembles_customer", customer.name),
        ("new", "resembles_customer", customer.name),
        ("new", "", None),
    ]


def test_an_address_that_everybody_shares_makes_one_company_of_nobody(seller: User) -> None:
    rows = checked(seller, f"{HEADER}\nKäsehof Ahl;DE;gmx.de;\nWeingut Benz;DE;gmx.de;\n")
    assert [(row.outcome, row.code) for row in rows] == [("new", ""), ("new", "")]


def test_of_the_largest_employers_every_repeated_name_is_reported_and_none_is_merged_or_dropped(seller: User) -> None:
    if not SHARED.exists():
        pytest.skip("the file of employers is not on this machine")
    rows = checked(seller, SHARED.read_text(encoding="utf-8"))
    lines = SHARED.read_text(encoding="utf-8").splitlines()[1:]
    assert len(rows) == len([line for line in lines if line.strip()])
    assert {row.outcome for row in rows} <= {"new", "duplicate"}
    first: dict[str, int] = {}
    for row in rows:
        line = first.setdefault(row.name.casefold(), row.line)
        if line != row.line:
            assert (row.outcome, row.params.get("line")) == ("duplicate", str(line)), row.name
    assert len(rows) - len(first) >= 14
