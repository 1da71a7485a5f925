"""Agreements on the wire: texts, confirmations in every form of date, and what is refused with its code."""

from datetime import date
from typing import Any

import pytest

from agreements.models import Acceptance, Agreement, AgreementEvent
from agreements.states import Path, State
from customers.models import Customer
from partners.roles import CspType
from tests import factories
from tests.factories import in_state
from tests.programs import Program
from tests.wire.clients import Wire, is_fault

pytestmark = pytest.mark.django_db
MCA = "117a77b0-9360-443b-8795-c6dedc750cf9"
CONTACT = {"firstName": "Tania", "lastName": "Carr", "email": "someone@example.com", "phoneNumber": "1234567890"}
SAID = {
    "primaryContact": CONTACT,
    "templateId": MCA,
    "dateAgreed": "2024-06-14T00:00:00.000Z",
    "type": "MicrosoftCustomerAgreement",
}


@pytest.fixture
def customer(program: Program) -> Customer:
    return factories.CustomerFactory(partner=program.partner, name="Contoso GmbH")


@pytest.fixture
def place(customer: Customer) -> str:
    return f"customers/{customer.public_id}/agreements"


@pytest.mark.parametrize(
    ("query", "types"),
    [
        ("", ["MicrosoftCloudAgreement"]),
        ("?agreementType=MicrosoftCustomerAgreement", ["MicrosoftCustomerAgreement"]),
        ("?agreementType=microsoftcustomeragreement", ["MicrosoftCustomerAgreement"]),
        ("?agreementType=*", ["MicrosoftCloudAgreement", "MicrosoftCustomerAgreement"]),
    ],
)
def test_the_texts_are_listed_by_type(query: str, types: list[str], wire: Wire) -> None:
    told = wire.get(f"agreements{query}").json()
    assert [item["agreementType"] for item in told["items"]] == types
    assert told["totalCount"] == len(types)
    assert all(set(item) == {"templateId", "agreementType", "agreementLink", "versionRank"} for item in told["items"])


def test_another_type_is_400(wire: Wire, place: str) -> None:
    for path in ("agreements?agreementType=Other", f"{place}?agreementType=Other"):
        answer = wire.get(path)
        assert is_fault(answer, 400)
        assert answer.json()["data"] == ["agreementType"]


def test_a_confirmation_is_kept_and_echoed(wire: Wire, place: str, customer: Customer) -> None:
    pascal = {
        "PrimaryContact": {"FirstName": "Tania", "LastName": "Carr", "Email": "someone@example.com", "Nick": "T"},
        "TemplateId": MCA,
        "DateAgreed": "2024-06-14",
        "Type": "MicrosoftCustomerAgreement",
        "Own": {"id": 1},
    }
    answer = wire.post(place, pascal)
    told = answer.json()
    assert answer.status_code == 201, told
    assert len(told.pop("userId")) == 36
    assert told == {
        "primaryContact": {
            "firstName": "Tania",
            "lastName": "Carr",
            "email": "someone@example.com",
            "phoneNumber": "",
            "Nick": "T",
        },
        "templateId": MCA,
        "dateAgreed": "2024-06-14T00:00:00.000Z",
        "type": "MicrosoftCustomerAgreement",
        "agreementLink": "https://aka.ms/customeragreement",
        "Own": {"id": 1},
    }
    listed = wire.get(f"{place}?agreementType=MicrosoftCustomerAgreement").json()
    assert (listed["totalCount"], listed["items"]) == (1, [told])
    assert wire.get(f"{place}?agreementType=MicrosoftCloudAgreement").json()["totalCount"] == 0
    assert wire.get(place).json()["items"] == [told]
    agreement = Agreement.objects.get(customer=customer)
    assert (agreement.state, agreement.accepted_on) == (State.ATTESTED, date(2024, 6, 14))
    event = AgreementEvent.objects.get()
    assert (event.step, event.by, event.by_name) == ("attest", wire.program.row.user, "Warehouse")


@pytest.mark.parametrize(
    ("text", "day", "echoed"),
    [
        ("2024-06-14T10:11:12.123456789Z", date(2024, 6, 14), "2024-06-14T10:11:12.123Z"),
        ("2024-06-14", date(2024, 6, 14), "2024-06-14T00:00:00.000Z"),
        ("2024-06-14T10:11:12", date(2024, 6, 14), "2024-06-14T10:11:12.000Z"),
        ("2024-06-14T10:11", date(2024, 6, 14), "2024-06-14T10:11:00.000Z"),
        ("2024-06-14T01:00:00+02:00", date(2024, 6, 13), "2024-06-13T23:00:00.000Z"),
        ("2024-06-14T23:00:00.0000000-05:00", date(2024, 6, 15), "2024-06-15T04:00:00.000Z"),
        # a day on which no way of attesting was open yet, or none is any more, is taken as it is said
        ("2018-06-14T00:00:00.000Z", date(2018, 6, 14), "2018-06-14T00:00:00.000Z"),
        ("2026-03-01T00:00:00Z", date(2026, 3, 1), "2026-03-01T00:00:00.000Z"),
    ],
)
def test_a_date_comes_in_every_form(text: str, day: date, echoed: str, wire: Wire, place: str) -> None:
    answer = wire.post(place, {**SAID, "dateAgreed": text})
    assert (answer.status_code, answer.json()["dateAgreed"]) == (201, echoed)
    acceptance = Acceptance.objects.get()
    path = Path.ENHANCED if day >= date(2026, 1, 5) else Path.ATTESTATION
    assert (acceptance.accepted_on, acceptance.path) == (day, path)


def test_the_same_contact_again_is_600061_and_another_one_is_kept_beside(wire: Wire, place: str) -> None:
    assert wire.post(place, SAID).status_code == 201
    again = wire.post(place, SAID)
    assert is_fault(again, 409)
    told = again.json()
    assert (told["code"], told["errorName"], told["isRetryable"]) == (
        600061,
        "PartnerConfirmedAgreementAlreadyExists",
        False,
    )
    other = {**SAID, "primaryContact": {**CONTACT, "email": "other@example.com"}, "dateAgreed": "2025-01-02"}
    assert wire.post(place, other).status_code == 201
    assert wire.get(place).json()["totalCount"] == 2
    assert Agreement.objects.get().accepted_on == date(2025, 1, 2)
    assert [event.step for event in AgreementEvent.objects.order_by("pk")] == ["attest", "confirmed_again"]


def test_five_identical_confirmations_are_one_and_no_fault(wire: Wire, place: str) -> None:
    assert [wire.post(place, SAID, MS_RequestId="one").status_code for _ in range(5)] == [201] * 5
    assert Acceptance.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"dateAgreed": "2099-01-01"}, "dateAgreed"),
        ({"dateAgreed": "soon"}, "dateAgreed"),
        ({"dateAgreed": "0001-01-01T00:00:00+14:00"}, "dateAgreed"),
        ({"dateAgreed": "0001-01-01T00:00:00"}, "dateAgreed"),
        ({"dateAgreed": 1718323200}, "dateAgreed"),
        ({"templateId": "x"}, "templateId"),
        ({"type": "MicrosoftCloudAgreement"}, "type"),
        ({"type": "Other"}, "type"),
        ({"primaryContact": "Tania"}, "primaryContact"),
        ({"primaryContact": {**CONTACT, "email": None, "emailAddress": "x@y.example"}}, "primaryContact.email"),
        ({"primaryContact": {**CONTACT, "firstName": "x" * 51}}, "primaryContact.firstName"),
        ({"primaryContact": {**CONTACT, "lastName": " "}}, "primaryContact.lastName"),
        ({"attestationId": "x" * 41}, "attestationId"),
    ],
    ids=lambda value: str(value)[:50],
)
def test_what_cannot_be_confirmed_is_named_and_nothing_is_written(
    change: dict[str, Any], field: str, wire: Wire, place: str
) -> None:
    answer = wire.post(place, {**SAID, **change})
    assert is_fault(answer, 400)
    assert answer.json()["data"] == [field]
    assert not Acceptance.objects.exists()
    assert not AgreementEvent.objects.exists()


@pytest.mark.parametrize("name", ["primaryContact", "templateId", "dateAgreed"])
def test_what_is_missing_is_named(name: str, wire: Wire, place: str) -> None:
    answer = wire.post(place, {**SAID, name: None})
    assert is_fault(answer, 400)
    assert answer.json()["data"] == [name]


def test_an_indirect_reseller_may_not_confirm(wire: Wire, place: str) -> None:
    wire.program.partner.csp_type = CspType.INDIRECT_RESELLER
    wire.program.partner.save()
    assert is_fault(wire.post(place, SAID), 403)
    assert not Acceptance.objects.exists()


def test_a_state_from_which_nobody_attests_is_409(wire: Wire, place: str, customer: Customer) -> None:
    in_state(customer, State.TO_FINALISE)
    assert is_fault(wire.post(place, SAID), 409)


@pytest.mark.parametrize(("state", "is_signed"), [(State.NOT_STARTED, False), (State.DIRECT_ACCEPTED, True)])
def test_a_direct_acceptance_is_told_as_yes_or_no(
    state: State, is_signed: bool, wire: Wire, customer: Customer, place: str
) -> None:
    in_state(customer, state)
    path = place.replace("agreements", "directSignedMicrosoftCustomerAgreementStatus")
    assert wire.get(path).json() == {"isSigned": is_signed}


@pytest.mark.parametrize("name", ["agreementtemplates", "agreementTemplates"])
def test_the_text_is_where_it_is_said_for_language_and_country(name: str, wire: Wire) -> None:
    path = f"{name}/{MCA}/document"
    told = wire.get(path).json()
    assert (told["language"], told["country"]) == ("en-US", "US")
    assert told["displayUri"].startswith("https://")
    assert wire.get(f"{path}?language=de-DE&country=DE").json()["language"] == "de-DE"
    for query in ("language=de-DE&country=US", "language=de-de&country=DE", "country=XX", "language=%00"):
        assert is_fault(wire.get(f"{path}?{query}"), 400)
    assert is_fault(wire.get(f"{name}/nothing/document"), 404)
