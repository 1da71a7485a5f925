"""What holds at every door of the wire: faults in two shapes, numbers, languages, repeats, bodies that are none."""

import io
import json
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from common.chunks import whole_bodies
from common.wire.bodies import beyond, fitted, joined
from common.wire.faults import Fault, nested
from customers.models import Customer
from partners.models import Repeat
from tests.programs import Program
from tests.wire.clients import Wire, is_fault

pytestmark = pytest.mark.django_db
NEW = {
    "companyProfile": {"domain": "contoso.onmicrosoft.com"},
    "billingProfile": {"companyName": "Contoso GmbH", "defaultAddress": {"country": "DE"}},
}


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer nonsense", "Basic eDp5", "Bearer \xff"])
@pytest.mark.parametrize("path", ["/v1/customers", "/v1.0/customers", "/v1/customers/x", "/v1/nothing"])
def test_without_a_good_token_it_is_401_or_nothing_and_never_more(header: str, path: str, program: Program) -> None:
    answer = Client().get(path, headers={"Authorization": header})
    assert is_fault(answer, 401 if path.endswith("/customers") else 404)
    assert len(answer.headers["MS-RequestId"]) == 36


def test_a_fault_says_in_the_clients_language_what_is_wrong(wire: Wire) -> None:
    bad = {**NEW, "companyProfile": {"domain": "not a domain"}}
    english, german = wire.post("customers", bad), wire.post("customers", bad, X_Locale="de-DE")
    assert is_fault(english, 400)
    assert is_fault(german, 400)
    assert english.json()["data"] == german.json()["data"] == ["companyProfile.domain"]
    assert "This is no domain" in english.json()["description"]
    assert "Das ist keine Domain" in german.json()["description"]


def test_referrals_word_their_faults_otherwise(wire: Wire) -> None:
    told = wire.get("/v1.0/engagements/nothing").json()["error"]
    assert (told["code"], told["target"], told["innerError"]["code"]) == ("itemNotFound", "", "NotFound")
    assert told["message"]
    long = nested(Fault(412, "Stale", "x" * 5000, data=["eTag"]))["error"]
    assert (long["code"], len(long["message"]), long["target"]) == ("preconditionFailed", 1024, "eTag")


def test_the_numbers_of_a_call_come_back_and_what_can_be_none_does_not(wire: Wire) -> None:
    sent = {"MS_RequestId": "94e4e214-6b06-4fb7-96d1-94d559f9b47f", "MS_CorrelationId": "one-of-mine"}
    answer = wire.get("customers", **sent)
    assert answer.headers["MS-RequestId"] == sent["MS_RequestId"]
    assert answer.headers["MS-CorrelationId"] == "one-of-mine"
    assert len(wire.get("customers", MS_RequestId="a b ä").headers["MS-RequestId"]) == 36


def test_five_identical_posts_are_one_customer_and_one_answer(wire: Wire) -> None:
    answers = [wire.post("customers", NEW, MS_RequestId="one") for _ in range(5)]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert Customer.objects.count() == Repeat.objects.count() == 1


def test_a_number_that_comes_with_something_else_is_no_repetition(wire: Wire) -> None:
    other = {**NEW, "companyProfile": {"domain": "fabrikam.onmicrosoft.com"}}
    assert [wire.post("customers", body, MS_RequestId="one").status_code for body in (NEW, other)] == [201, 201]
    assert Customer.objects.count() == 2


def test_a_number_is_of_one_client_alone(wire: Wire, rival: Wire) -> None:
    ids = {one.post("customers", NEW, MS_RequestId="one").json()["id"] for one in (wire, rival)}
    assert len(ids) == Customer.objects.count() == 2


def test_what_was_refused_is_tried_again(wire: Wire) -> None:
    bad = {**NEW, "billingProfile": {"companyName": "GmbH"}}
    assert [wire.post("customers", bad, MS_RequestId="one").status_code for _ in range(5)] == [400] * 5
    assert not Repeat.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"[]",
        b'"x"',
        b'{"a": NaN}',
        b'{"name": "\xff"}',
        b'{"billingProfile": "\\u0000"}',
        b'{"a\\u0000": 1}',
        b"[" * 100_000,
        b'{"a":' * 500 + b"1" + b"}" * 500,
        b'{"companyProfile": [], "billingProfile": {}}',
        b'{"companyProfile": {"domain": 7}, "billingProfile": {}}',
        b'{"companyProfile": {"domain": "x.onmicrosoft.com"}, "billingProfile": {"companyName": {"a": 1}}}',
    ],
    ids=lambda text: repr(text[:30]),
)
def test_a_body_that_cannot_be_taken_is_400_and_writes_nothing(text: bytes, wire: Wire) -> None:
    assert is_fault(wire.post("customers", text), 400)
    assert not Customer.objects.exists()


def test_a_body_of_ten_megabytes_and_one_of_another_kind_are_refused(wire: Wire) -> None:
    assert is_fault(wire.post("customers", json.dumps({"x": "y" * 10_000_000})), 413)
    assert is_fault(wire.post("customers", "<x/>", Content_Type="text/xml"), 415)


@pytest.mark.parametrize("kind", ["application/json", "application/json;odata=verbose", "text/json; charset=utf-8", ""])
def test_odd_but_legal_kinds_of_bodies_are_read(kind: str, wire: Wire) -> None:
    text = b"\xef\xbb\xbf" + json.dumps(NEW).encode()
    answer = wire.post("customers", text, Content_Type=kind, Accept="application/json;odata=verbose, text/plain")
    assert answer.status_code == 201, answer.content


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("domains/a%00b", 404),
        ("agreementtemplates/a%00b/document", 404),
        ("agreementtemplates/117a77b0-9360-443b-8795-c6dedc750cf9/document?country=%00", 400),
        ("agreements?agreementType=%00", 400),
        ("customers?filter=%00", 400),
    ],
)
def test_a_nul_in_an_address_is_no_fault_of_ours(path: str, status: int, wire: Wire) -> None:
    assert is_fault(wire.get(path), status)


@pytest.mark.django_db(transaction=True)
def test_identical_posts_at_once_are_one_customer_and_one_answer(program: Program) -> None:
    def post(_number: int) -> bytes:
        try:
            answer = Wire(replace_client(program)).post("customers", NEW, MS_RequestId="one")
            assert answer.status_code == 201, answer.content
            return bytes(answer.content)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        answers = set(pool.map(post, range(6)))
    assert len(answers) == Customer.objects.count() == 1


def replace_client(program: Program) -> Program:
    """The same program with a connection of its own."""
    other = copy(program)
    other.client = Client(raise_request_exception=False)
    return other


def test_without_the_scope_it_is_403_and_another_method_is_405(partner: Any) -> None:
    reader = Wire(Program(partner, scopes=("customers.read",)))
    assert is_fault(reader.post("customers", NEW), 403)
    refused = reader("PATCH", "customers", NEW)
    assert is_fault(refused, 405)
    assert refused.headers["Allow"] == "GET, HEAD, POST"


def test_who_asks_too_often_is_told_when_to_come_again(wire: Wire, rival: Wire, settings: Any) -> None:
    settings.API_REQUESTS_A_MINUTE = 2
    answers = [wire.get("customers") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
    assert rival.get("customers").status_code == 200


def test_keys_come_in_any_case_and_null_is_absent() -> None:
    names = {"companyName": None, "defaultAddress": {"city": None}}
    said = {"COMPANYNAME": "x", "DefaultAddress": {"City": "y", "Zone": None, "Own": None}, "Other": {"A": None}}
    assert fitted(said, names) == {"companyName": "x", "defaultAddress": {"city": "y"}, "Other": {"A": None}}
    assert fitted({"CompanyName": "late", "companyName": "exact", "COMPANYNAME": "later"}, names) == {
        "companyName": "exact"
    }


def test_what_is_not_ours_is_kept_apart_and_put_back() -> None:
    names = {"name": None, "place": {"city": None}}
    said = {"name": "x", "place": {"city": "y", "floor": 3}, "more": [1, {"a": 2}]}
    kept = beyond(said, names)
    assert kept == {"place": {"floor": 3}, "more": [1, {"a": 2}]}
    assert joined({"name": "x", "place": {"city": "y"}}, kept) == said


def test_a_body_in_pieces_is_put_together_and_has_its_length() -> None:
    seen: dict[str, Any] = {}

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        seen.update(length=environ["CONTENT_LENGTH"], body=environ["wsgi.input"].read())
        return [b"read"]

    environ = {"HTTP_TRANSFER_ENCODING": "Chunked", "wsgi.input": io.BytesIO(b"x" * 100_000)}
    assert whole_bodies(application, most=100_000)(environ, None) == [b"read"]
    assert seen == {"length": "100000", "body": b"x" * 100_000}
    answered: list[str] = []
    environ["wsgi.input"] = io.BytesIO(b"x" * 100_001)
    assert whole_bodies(application, most=100_000)(environ, lambda status, _headers: answered.append(status)) == [b""]
    assert answered == ["413 Content Too Large"]
