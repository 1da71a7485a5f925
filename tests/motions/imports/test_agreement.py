"""Form and import recognise by the same keys: what the one asks about, the other recognises, doubts, or names."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils import translation
from django.utils.timezone import localdate, now

from customers.models import CountryRule, Customer
from customers.services import misfits
from motions.imports import jobs, steps
from motions.imports.wording import sentence
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
        if seen != bool(reasons):
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


def test_a_name_like_another_one_of_the_file_says_so_and_both_are_taken(seller: User) -> None:
    rows = checked(
        seller, f"{HEADER}\nHohenstein Verpackungen;DE;;\nHohenstien Verpackungen;DE;;\nWerk 1;DE;;\nWerk 2;DE;;\n"
    )
    assert [(row.outcome, row.code) for row in rows] == [
        ("new", ""), ("new", "resembles_line"), ("new", ""), ("new", ""),
    ]  # fmt: skip
    assert rows[1].params == {"name": "Hohenstein Verpackungen", "line": "2"}


NUMBERS = ("", "HRB 7", "1234", "12345678", "123456789", "1234567890", "2015/123456/07", "12ABC34501DE35", "ABCDE1234F",
           "12.345.678/0001-95", "01-09-123456", "J-12345678-9", "123456789012", "1234567890123")  # fmt: skip


def test_the_rules_of_every_country_refuse_in_a_file_what_they_refuse_in_the_form(seller: User) -> None:
    today = localdate()
    rules = list(CountryRule.objects.in_force(today))
    asked = [(rule.country, number) for rule in rules for number in NUMBERS]
    # names of one letter more each, so that none is like another one
    names = [f"{chr(97 + n // 26 % 26)}{chr(97 + n % 26)}{n // 676}-{rule}" for n, (rule, _number) in enumerate(asked)]
    text = "".join(f"{name};{country};;{number}\n" for name, (country, number) in zip(names, asked, strict=True))
    told = {row.line: row for row in checked(seller, f"{HEADER}\n{text}")}
    assert len(told) == len(asked)
    differing = []
    for line, (country, number) in enumerate(asked, start=2):
        wrong = misfits({"country": country, "registration_number": number}, on=today)
        is_refused = told[line].outcome == "refused"
        if is_refused != bool(wrong):
            differing.append((country, number, told[line].code, wrong))
    assert differing == []
    assert {row.code for row in told.values() if row.outcome == "refused"} == {"number_form", "number_asked"}


def test_a_refusal_names_country_and_form_in_the_readers_language_and_a_phone_is_only_asked_for(seller: User) -> None:
    bad, missing, good = checked(seller, f"{HEADER}\nAlfa;PL;;12\nBeta;PL;;\nGamma;PL;;1234567890\n")
    assert [(row.outcome, row.code) for row in (bad, missing, good)] == [
        ("refused", "number_form"), ("refused", "number_asked"), ("new", "phone_asked"),
    ]  # fmt: skip
    with translation.override("de"):
        assert "Polen" in sentence(bad.code, bad.params)
        assert "zehn Ziffern" in sentence(bad.code, bad.params)
    assert "Poland" in sentence(good.code, good.params)


def test_a_known_company_need_not_say_its_number_again(seller: User) -> None:
    Customer.objects.create(
        partner_id=seller.partner_id, name="Alfa", country="PL", domain="alfa.pl", created_at=now(), updated_at=now()
    )
    (row,) = checked(seller, f"{HEADER}\nAlfa;PL;alfa.pl;\n")
    assert (row.outcome, row.code) == ("unchanged", "")


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
