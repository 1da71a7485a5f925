"""A receipt of an answer, on paper and for machines, and the page that says whether it is genuine."""

import hashlib
import io
import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from pypdf import PdfReader

from customers.models import Customer
from motions.ledger import canonical
from motions.models import Assessment, Deal
from partners.models import Partner, User
from tests import factories
from tests.motions.pages_of_the_past import (
    LATER,
    THEN,
    altered,
    euro_deal,
    in_force_from,
    judged,
    resized,
    second_edition,
)

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
RECEIPT_QUERIES = 9
VERIFY_QUERIES = 9
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')


@pytest.fixture
def page(signed_in: SignIn, seller: User) -> Client:
    client = signed_in(seller)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def entry(customer: Customer, deal: Deal, rates: Any) -> Assessment:
    """A seat deal just below the limit and an Azure deal in euro, judged on 3 March."""
    euro_deal(customer, "250000.00")
    return judged(customer, THEN)


def address(entry: Assessment, ending: str, number: int = 1) -> str:
    return f"/customers/{entry.customer.public_id}/answers/{number}/receipt.{ending}"


def machine(page: Client, entry: Assessment, **query: str) -> dict[str, Any]:
    answer = page.get(address(entry, "json"), query)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    document: dict[str, Any] = json.loads(answer.content)
    return document


def paper(page: Client, entry: Assessment, **query: str) -> PdfReader:
    answer = page.get(address(entry, "pdf"), query)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    return PdfReader(io.BytesIO(answer.content))


def words_of(reader: PdfReader) -> str:
    return " ".join(" ".join(sheet.extract_text() for sheet in reader.pages).split())


def verified(page: Client, text: str, status: int = 200) -> Any:
    answer = page.get("/verify/", {"hash": text})
    assert answer.status_code == status
    return answer


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


# for machines


def test_anybody_can_compute_the_hash_from_the_document_alone(page: Client, entry: Assessment) -> None:
    document = machine(page, entry)
    assert document["hash"] == bytes(entry.hash).hex()
    assert hashlib.sha256(document["canonical"].encode()).hexdigest() == document["hash"]
    assert document["canonical"] == canonical(document["facts"])
    assert json.loads(document["canonical"]) == document["facts"] == entry.facts


def test_the_document_says_what_was_answered_on_what_grounds(page: Client, entry: Assessment) -> None:
    document = machine(page, entry)
    assert document["customer"] == {"id": str(entry.customer.public_id), "name": "Contoso GmbH"}
    assert document["given_at"] == "2026-03-03T12:00:00Z"
    assert document["answer"]["motion"] == "breadth"
    assert [rule["rule"] for rule in document["reasons"] if rule["decides"]] == ["below_limits"]
    assert all(rule["text"] for rule in document["reasons"])
    first = document["inputs"][0]
    assert (first["deal"], first["as_of"], first["source"]) == ("M365", "2026-03-03", "entered by hand")
    assert document["policy"]["code"] == entry.policy.code
    assert document["policy"]["source"].startswith("https://")
    assert document["exchange_rates"] == {
        "date": "2026-03-02",
        "source": "ECB",
        "rates": [{"currency": "EUR", "into": "USD", "rate": "1.2500000000"}],
    }
    assert document["verdict"]["code"] == "holds"
    assert document["verify_at"] == f"http://testserver/verify/?hash={document['hash']}"


@pytest.mark.parametrize(
    ("asked", "language", "headline"),
    [("de", "de", "passt"), ("en", "en", "fits"), ("", "en", "fits"), ("fr", "en", "fits")],
)
def test_a_receipt_speaks_the_language_that_was_asked_for_else_the_readers(
    asked: str, language: str, headline: str, page: Client, entry: Assessment
) -> None:
    answer = page.get(address(entry, "json"), {"lang": asked})
    assert answer.headers["Content-Language"] == language
    document = json.loads(answer.content)
    assert (document["language"], headline in document["answer"]["headline"]) == (language, True)
    assert paper(page, entry, lang=asked).root_object["/Lang"] == language


def test_a_receipt_is_a_file_that_no_cache_keeps(page: Client, entry: Assessment) -> None:
    for ending in ("pdf", "json"):
        answer = page.get(address(entry, ending))
        name = f"wegweiser-2026-03-03-{bytes(entry.hash).hex()[:12]}.{ending}"
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
        assert answer.headers["Cache-Control"] == "no-store"


# on paper


def test_the_paper_says_it_all_on_one_page_in_english(page: Client, entry: Assessment) -> None:
    reader = paper(page, entry)
    words = words_of(reader)
    assert len(reader.pages) == 1
    for part in (
        "Contoso GmbH",
        "Breadth fits",
        "Mar 3, 2026, 13:00 (Europe/Berlin)",
        "M365",
        "2,399 seats, as of Mar 3, 2026, entered by hand",
        "€250,000 a year ($312,500 at a rate of 1.25), Forecast, as of Mar 3, 2026",
        "1 EUR = 1.25 USD (ECB, Mar 2, 2026)",
        "2,399 seats: below the limit of 2,400 seats.",
        "edition 1 of the rules",
        entry.policy.title_en,
        entry.policy.code,
        entry.policy.source_url,
        "This entry holds",
        bytes(entry.hash).hex(),
        "Page 1 of 1",
    ):
        assert part.replace(" ", "") in words.replace(" ", ""), part
    assert reader.metadata is not None
    assert reader.metadata.title == "Receipt: Contoso GmbH, Mar 3, 2026, 13:00"
    assert reader.metadata.creation_date == entry.at


def test_the_paper_says_it_in_german(page: Client, entry: Assessment) -> None:
    words = words_of(paper(page, entry, lang="de"))
    for part in (
        "Beleg zur Purchasing Guidance",
        "03.03.2026, 13:00",
        "2.399 Seats, Stand 03.03.2026",
        "Seite 1 von 1",
    ):
        assert part in words, part
    assert entry.policy.title_de in words


def test_the_links_lead_to_the_source_and_to_the_verify_page(page: Client, entry: Assessment) -> None:
    links = {
        note.get_object()["/A"]["/URI"] for note in paper(page, entry).pages[0]["/Annots"] if "/A" in note.get_object()
    }
    assert links == {entry.policy.source_url, f"http://testserver/verify/?hash={bytes(entry.hash).hex()}"}


@pytest.mark.parametrize("ending", ["pdf", "json"])
def test_the_same_entry_gives_the_same_bytes_at_any_time(ending: str, page: Client, entry: Assessment) -> None:
    first = page.get(address(entry, ending)).content
    with time_machine.travel(LATER + timedelta(days=400)):
        page.force_login(User.objects.get(name="Selma Seller"))
        assert page.get(address(entry, ending)).content == first


@pytest.mark.parametrize("name", ["Łódź Świeży Őrség ș", "Ελληνική Εταιρεία ΑΕ", "ООО Ромашка Їжак", "Straße & Söhne"])
def test_the_fonts_have_the_letters_of_europe(name: str, page: Client, entry: Assessment) -> None:
    Customer.objects.filter(pk=entry.customer_id).update(name=name)
    reader = paper(page, entry)
    assert name in words_of(reader)
    assert reader.metadata is not None
    assert name in str(reader.metadata.title)


def test_a_name_in_letters_that_the_fonts_lack_or_in_markup_breaks_no_receipt(page: Client, entry: Assessment) -> None:
    for name in ("東京 株式会社", "**bold** <b>{nb}</b> \\", "x" * 200):
        Customer.objects.filter(pk=entry.customer_id).update(name=name)
        assert paper(page, entry).pages


def test_many_deals_take_more_pages_and_lose_none(page: Client, customer: Customer) -> None:
    for _deal in range(30):
        deal = factories.DealFactory(customer=customer)
    reader = paper(page, judged(customer, THEN))
    assert len(reader.pages) > 1
    words = words_of(reader)
    assert words.count("100 seats, as of") == 30
    assert deal.name in words
    assert f"Page {len(reader.pages)} of {len(reader.pages)}" in words


def test_an_answer_without_any_deal_has_a_receipt_too(page: Client, customer: Customer) -> None:
    words = words_of(paper(page, judged(customer, THEN)))
    assert "There was no open deal." in words
    assert "No amount was converted." in words


def test_an_older_answer_keeps_its_number_and_its_receipt(page: Client, entry: Assessment, deal: Deal) -> None:
    before = page.get(address(entry, "pdf")).content
    resized(deal, seats=5000)
    newer = judged(entry.customer, LATER)
    assert page.get(address(entry, "pdf")).content == before
    assert json.loads(page.get(address(newer, "json", 2)).content)["hash"] == bytes(newer.hash).hex()
    history = page.get(f"/customers/{entry.customer.public_id}/history/")
    assert [step["entry"].number for step in history.context["panel"]["steps"]] == [2, 1]
    assert address(entry, "pdf", 1) in text_of(history)
    assert address(newer, "json", 2) in text_of(history)


# what does not hold


@pytest.mark.parametrize("document", [{"lines": None}, {"answer": 5}, {"edition": "x"}])
@pytest.mark.parametrize("rehashed", [True, False])
def test_the_receipt_of_an_altered_entry_says_so_and_gives_no_reasons(
    rehashed: bool, document: dict[str, Any], page: Client, entry: Assessment
) -> None:
    altered(entry, rehashed=rehashed, **document)
    told = machine(page, entry)
    assert told["reasons"] == told["inputs"] == []
    words = words_of(paper(page, entry))
    assert told["verdict"]["code"] == "altered"
    assert "This entry was altered after it was written" in words


def test_the_receipt_under_a_gone_edition_says_so(page: Client, deal: Deal) -> None:
    with second_edition():
        in_force_from(date(2026, 3, 1), edition=2)
        entry = judged(deal.customer, THEN)
    assert "edition 2 of the rules, which this release no longer has" in words_of(paper(page, entry))
    assert machine(page, entry)["policy"]["edition"] == 2


# whose


@pytest.mark.parametrize("ending", ["pdf", "json"])
@pytest.mark.parametrize("number", [0, 2, 2**31, 2**63])
def test_a_number_that_is_none_and_a_stranger_find_nothing(
    number: int, ending: str, page: Client, signed_in: SignIn, rival: User, entry: Assessment
) -> None:
    assert page.get(address(entry, ending, number)).status_code == 404
    assert signed_in(rival).get(address(entry, ending)).status_code == 404


@pytest.mark.parametrize("ending", ["pdf", "json"])
def test_a_receipt_asks_equally_often_for_few_deals_and_for_many(
    ending: str, page: Client, entry: Assessment, django_assert_num_queries: Any
) -> None:
    for number in (1, 2):
        page.get(address(entry, ending, number))
        with django_assert_num_queries(RECEIPT_QUERIES):
            page.get(address(entry, ending, number))
        for _deal in range(10):
            factories.DealFactory(customer=entry.customer)
        judged(entry.customer, LATER)


# verify


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "This entry exists. It was given Mar 3, 2026, 13:00, and its answer was Breadth."),
        ("de", "Dieser Eintrag existiert. Er wurde am 03.03.2026, 13:00 erteilt; die Antwort war: Breadth."),
    ],
)
def test_the_hash_of_a_receipt_is_found_with_day_answer_and_whether_it_holds(
    language: str, sentence: str, page: Client, entry: Assessment
) -> None:
    page.cookies["django_language"] = language
    digest = bytes(entry.hash).hex()
    for typed in (digest, digest.upper(), f" {digest[:32]} {digest[32:]}\n"):
        answer = verified(page, typed)
        assert sentence in text_of(answer)
        assert [one["verdict"] for one in answer.context["found"]] == ["holds"]
    assert address(entry, "pdf") in text_of(answer)


def test_a_foreign_hash_and_none_at_all_are_answered_with_the_same_bytes(
    page: Client, rival: User, entry: Assessment
) -> None:
    foreign = factories.DealFactory(customer__partner=rival.partner, seats=7)
    theirs = bytes(judged(foreign.customer, THEN).hash).hex()
    bodies = {
        CSRF.sub("", verified(page, digest).content.decode()).replace(digest, "HASH") for digest in (theirs, "0" * 64)
    }
    assert len(bodies) == 1
    assert "Unknown: no entry with this SHA-256" in bodies.pop()
    page.force_login(rival)
    assert "This entry exists." in text_of(verified(page, theirs))


def test_of_customers_without_deals_who_share_a_hash_everybody_finds_their_own(
    page: Client, partner: Partner, rival: User, customer: Customer
) -> None:
    foreign = factories.CustomerFactory(partner=rival.partner, name="Zinnober")
    digest = bytes(judged(customer, THEN).hash).hex()
    judged(foreign, THEN)
    assert bytes(Assessment.objects.get(customer=foreign).hash).hex() == digest
    answer = verified(page, digest)
    assert [one["entry"].customer for one in answer.context["found"]] == [customer]
    assert "Zinnober" not in text_of(answer)


def test_each_role_verifies_what_it_may_see(
    signed_in: SignIn, reviewer: User, administrator: User, policy_owner: User, chief: User, entry: Assessment
) -> None:
    digest = bytes(entry.hash).hex()
    found = {
        str(person): bool(verified(signed_in(person), digest).context["found"])
        for person in (reviewer, administrator, policy_owner, chief)
    }
    assert found == {str(reviewer): True, str(administrator): True, str(policy_owner): False, str(chief): True}


def test_an_altered_entry_is_found_by_the_hash_that_its_receipt_carries_and_does_not_hold(
    page: Client, entry: Assessment
) -> None:
    altered(entry, currency="EUR")
    answer = verified(page, bytes(entry.hash).hex())
    assert [one["verdict"] for one in answer.context["found"]] == ["altered"]
    assert "This entry was altered after it was written" in text_of(answer)


def test_an_entry_rewritten_with_a_new_hash_is_no_longer_what_its_receipt_says(page: Client, entry: Assessment) -> None:
    receipt = bytes(entry.hash).hex()
    altered(entry, rehashed=True, currency="EUR")
    assert "Unknown: no entry with this SHA-256" in text_of(verified(page, receipt))


@pytest.mark.parametrize("typed", ["", "abc", "g" * 64, "0" * 63, "0" * 65, "٠" * 64])
def test_what_is_no_hash_is_said_at_the_field(typed: str, page: Client) -> None:
    answer = verified(page, typed, 422)
    assert list(answer.context["form"].errors) == ["hash"]
    assert answer.context["found"] == []


def test_whoever_is_not_signed_in_is_asked_to(client: Client, entry: Assessment) -> None:
    answer = client.get("/verify/", {"hash": bytes(entry.hash).hex()})
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/account/login/")


@pytest.mark.parametrize("count", [1, 12])
def test_verifying_asks_equally_often_however_many_share_a_hash(
    count: int, page: Client, partner: Partner, django_assert_num_queries: Any
) -> None:
    for _customer in range(count):
        entry = judged(factories.CustomerFactory(partner=partner), THEN)
    digest = bytes(entry.hash).hex()
    verified(page, digest)
    with django_assert_num_queries(VERIFY_QUERIES):
        answer = verified(page, digest)
    assert len(answer.context["found"]) == min(count, 10)
