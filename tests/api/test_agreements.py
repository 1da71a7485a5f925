"""Agreements through the API: each act by the service of the page, and the one answer to whether a customer may order."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from agreements.models import Agreement, AgreementFile, Mail
from agreements.states import State
from customers.models import Customer
from partners.roles import CspType
from tests import factories
from tests.programs import Program

pytestmark = pytest.mark.django_db
SIGNER = {"first_name": "Karla", "last_name": "Kunde", "email": "karla@contoso.example"}
WISH = {**SIGNER, "language": "de", "template_language": "de-DE"}


@pytest.fixture
def customer(program: Program) -> Customer:
    return factories.CustomerFactory(partner=program.partner, country="DE")


def place_of(customer: Customer) -> str:
    return f"agreements/{customer.public_id}/"


def act(program: Program, customer: Customer, name: str, body: Any = None) -> Any:
    """Do something on the version that stands."""
    seen = program.get(place_of(customer))
    return program.post(f"{place_of(customer)}{name}/", body, If_Match=seen.headers["ETag"])


def test_a_link_is_sent_sent_anew_and_shown_without_its_address(program: Program, customer: Customer) -> None:
    sent = act(program, customer, "link", WISH)
    assert sent.status_code == 200, sent.content
    told = sent.json()
    assert (told["state"], told["link"]["email"], told["can_order"]) == ("link_sent", SIGNER["email"], False)
    assert "token" not in str(told)
    assert (
        act(program, customer, "link", {**WISH, "email": "other@contoso.example"})
        .json()["link"]["email"]
        .startswith("other")
    )
    assert Mail.objects.count() == 2
    assert program.post("agreements/remind/", {"customers": [str(customer.public_id)]}).json() == {
        "results": [{"customer": str(customer.public_id), "outcome": "today_already"}]
    }


def test_what_came_by_link_is_finalised_and_then_the_customer_may_order(program: Program, customer: Customer) -> None:
    act(program, customer, "link", WISH)
    link = Agreement.objects.get().links.get()
    link.ended_at, link.ended_why = factories.NOON, "accepted"
    link.save()
    factories.in_state(customer, State.TO_FINALISE)
    assert program.get(place_of(customer)).json()["acts"] == ["finalise"]
    done = act(program, customer, "finalise")
    assert (done.status_code, done.json()["state"], done.json()["can_order"]) == (200, "attested", True), done.content
    assert [one["email"] for one in done.json()["acceptances"]] == [SIGNER["email"]]


def test_an_act_that_rests_on_an_older_version_is_told_what_stands(program: Program, customer: Customer) -> None:
    late = program.post(f"{place_of(customer)}link/", WISH, If_Match='"7"')
    assert (late.status_code, late.json()["code"]) == (412, "stale")
    assert late.json()["current"] == program.get(place_of(customer)).json()
    assert not Mail.objects.exists()


@pytest.mark.parametrize(
    ("name", "body", "status", "field"),
    [
        ("link", {**WISH, "email": "nobody"}, 422, "email"),
        ("link", {**WISH, "template_language": "xx"}, 422, "template_language"),
        ("link", {**WISH, "state": "attested"}, 422, "state"),
        ("attest", {**SIGNER, "accepted_on": "2999-01-01"}, 422, "accepted_on"),
        ("attest", {**SIGNER, "accepted_on": "yesterday"}, 422, "accepted_on"),
        ("attest", SIGNER, 422, "accepted_on"),
        ("invite", {**SIGNER, "language": "fr"}, 422, "language"),
        ("finalise", None, 409, ""),
        ("ask", {**SIGNER, "language": "de"}, 409, ""),
        ("ask/withdraw", None, 404, ""),
    ],
)
def test_what_does_not_fit_is_refused_in_the_words_of_the_page(
    name: str, body: Any, status: int, field: str, program: Program, customer: Customer
) -> None:
    answer = act(program, customer, name, body)
    assert answer.status_code == status, answer.content
    if field:
        assert field in [error["field"] for error in answer.json()["errors"]]
    assert Agreement.objects.get().version == 1


def test_a_reseller_asks_its_provider_which_answers_on_its_own_copy(customer: Customer, partner: Any) -> None:
    partner.csp_type = CspType.INDIRECT_RESELLER
    partner.save()
    program = Program(partner)
    provider = factories.PartnerFactory(csp_type=CspType.INDIRECT_PROVIDER)
    factories.ProviderLinkFactory(partner=partner, provider=provider)
    assert program.get(place_of(customer)).json()["acts"] == ["invite", "ask"]
    assert act(program, customer, "link", WISH).status_code == 403
    asked = act(program, customer, "ask", {**SIGNER, "language": "de", "note": "soon"})
    assert (asked.status_code, asked.json()["request"]["state"]) == (200, "open"), asked.content
    assert act(program, customer, "ask/withdraw").json()["request"]["state"] == "withdrawn"
    other = Program(provider)
    task = factories.ProviderTaskFactory(partner=provider)
    told = other.get(f"provider-tasks/{task.public_id}/")
    assert told.json()["answers"] == ["send_link", "attest", "decline"]
    answered = other.post(
        f"provider-tasks/{task.public_id}/answer/", {"answer": "decline", "note": "no"}, If_Match=told.headers["ETag"]
    )
    assert (answered.status_code, answered.json()["answer"]) == (200, "decline"), answered.content
    assert program.get("provider-tasks/").json()["items"] == []


def test_secrecy_is_noted_and_evidence_kept_and_given_back(
    program: Program, customer: Customer, settings: Any, tmp_path: Any
) -> None:
    place = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path, "base_url": None},
    }
    settings.STORAGES = {**settings.STORAGES, "default": place}
    done = program("PUT", f"{place_of(customer)}secrecy/", {"needs_amendment": True}, If_Match='"1"')
    assert (done.status_code, done.json()["needs_amendment"]) == (200, True), done.content
    paper = b"%PDF-1.4\n...\n%%EOF\n"
    headers = {"Authorization": f"Bearer {program.token}"}
    for key, name, status in (("a", "signed.exe", 422), ("b", "signed.pdf", 201), ("b", "signed.pdf", 201)):
        answer = program.client.post(
            f"/api/v1/{place_of(customer)}files/",
            {"kind": "evidence", "file": SimpleUploadedFile(name, paper, "application/pdf")},
            headers={**headers, "Idempotency-Key": key},
        )
        assert answer.status_code == status, answer.content
    assert AgreementFile.objects.count() == 1
    rival = Program(factories.PartnerFactory())
    sent = {"kind": "evidence", "file": SimpleUploadedFile("signed.pdf", paper, "application/pdf")}
    headers = {"Authorization": f"Bearer {rival.token}", "Idempotency-Key": "a"}
    foreign = rival.client.post(f"/api/v1/{place_of(customer)}files/", sent, headers=headers)
    assert (foreign.status_code, AgreementFile.objects.count()) == (404, 1)
    got = program.get(answer.headers["Location"])
    assert rival.get(answer.headers["Location"]).status_code == 404
    assert (got.status_code, b"".join(got.streaming_content)) == (200, paper)
    assert got.headers["Content-Disposition"].startswith("attachment")


def test_the_list_says_of_each_whether_the_customer_may_order(program: Program, customer: Customer) -> None:
    signed = factories.CustomerFactory(partner=program.partner, country="AT")
    factories.in_state(signed, State.ATTESTED)
    told = {one["customer"]: one["can_order"] for one in program.get("agreements/").json()["items"]}
    assert told == {str(customer.public_id): False, str(signed.public_id): True}
    for query, wanted in (
        ("group=signed", signed),
        ("group=open", customer),
        ("country=AT", signed),
        ("state=attested", signed),
    ):
        items = program.get(f"agreements/?{query}").json()["items"]
        assert [one["customer"] for one in items] == [str(wanted.public_id)], query


def test_the_rules_are_told_with_their_dates(program: Program) -> None:
    told = program.get("agreement-rules/").json()
    assert {one["path"] for one in told["ways"]} == {"direct", "attestation", "enhanced"}
    assert {"country": "DE", "language": "de-DE"} in told["languages"]
    assert told["cut_offs"][0]["effective_on"] <= told["cut_offs"][-1]["effective_on"]
    assert told["templates"]
