"""Referrals on the wire: made and read as outside clients know it, and refused in the documented shape."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils.timezone import now

from customers.models import Customer
from partners.models import User
from referrals.models import Consent, Programme, Referral, ReferralEvent
from referrals.states import State
from tests import factories
from tests.programs import Program
from tests.referrals.places import lead_in
from tests.wire.clients import Wire
from tests.wire.referrals import PLACE, SHARE, at, fault_of, made, must_fit, patch, referral, replace, shared

pytestmark = pytest.mark.django_db


def test_a_deal_of_the_partners_own_starts_as_accepted_whatever_the_request_says(wire: Wire, program: Program) -> None:
    found = made(wire)
    assert (found["status"], found["substatus"], found["expirationDateTime"]) == ("Active", "Accepted", None)
    assert found["@odata.context"].endswith("/v1.0/$metadata#Referrals/$entity")
    assert found["organizationName"] == "Nordlicht GmbH"
    assert found["direction"] == "Outgoing"
    assert found["details"]["dealValue"] == 50000.5
    assert found["createdDateTime"] == found["updatedDateTime"]
    assert found["links"]["self"]["uri"] == f"http://testserver{at(found)}"
    lead = Referral.objects.get()
    assert (lead.state, lead.deal_type, lead.created_by) == (State.ACCEPTED, "private", program.row.user)
    assert (lead.customer.name, lead.customer.city) == ("Fabrikam Maschinenbau GmbH", "Köln")
    assert list(ReferralEvent.objects.order_by("pk").values_list("kind", flat=True)) == ["begun", "keep"]


def test_what_was_sent_comes_back_whole(wire: Wire) -> None:
    sent = referral(
        custom={"depth": [1, {"x": "y"}]},
        statusReason="As agreed.",
        salesStage="Develop",
        favorite=True,
        tags=["a"],
        mpnId="123456",
        trackingInfo={"microsoftMsxId": "7-1"},
        target=[{"type": "SolutionProfile", "id": "SOL-1-ABC"}],
        inviteContext={"notes": "Hi", "invitedBy": {"organizationId": "msft"}},
    )
    for found in (made(wire, sent), wire.get(f"{PLACE}?$top=1").json()["value"][0]):
        for name in sorted(set(sent) - {"status", "substatus", "consent", "details"}):
            assert found[name] == sent[name], name
        assert {**found["consent"], **sent["consent"]} == found["consent"]
        assert {**found["details"], **sent["details"]} == found["details"]


def test_answers_fit_the_contract(wire: Wire) -> None:
    answer = wire.post(PLACE, shared(code="QuotesOrLicensing", referralProgram="QRP"))
    must_fit(answer, "/referrals", "post")
    found = answer.json()
    must_fit(wire.get(PLACE), "/referrals", "get")
    must_fit(wire.get(at(found)), "/referrals/{id}", "get")
    must_fit(wire.get(f"{PLACE}/{uuid4()}"), "/referrals/{id}", "get")
    must_fit(wire.put(at(found), {}, If_Match=found["eTag"]), "/referrals/{id}", "put")
    must_fit(patch(wire, found, replace("/campaignId", "x")), "/referrals/{id}", "patch")
    must_fit(patch(wire, found, replace("/campaignId", "y"), Prefer=""), "/referrals/{id}", "patch")


def test_four_members_are_enough_for_a_deal_of_ones_own(wire: Wire) -> None:
    profile = {"name": "Contoso Logistik AG", "address": {"country": "DE"}}
    body = {"customerProfile": profile, "consent": {}, "details": {}, "type": "Independent"}
    found = made(wire, body)
    assert (found["status"], found["name"], found["details"]["dealValue"]) == ("Active", None, None)
    fault_of(wire.post(PLACE, {**body, "consent": {SHARE: True}}), 400, "consent")
    assert Referral.objects.count() == 1


@pytest.mark.parametrize(("code", "deal_type"), [("", "partner_led"), ("ProofOfConceptOrDemo", "co_sell")])
def test_what_the_customer_agreed_to_decides_how_far_a_deal_is_shared(
    code: str, deal_type: str, wire: Wire, reviewer: User
) -> None:
    found = made(wire, shared(code=code))
    lead = Referral.objects.get()
    assert (found["status"], lead.deal_type, lead.help) == ("Active", deal_type, "proof" if code else "")
    assert set(Consent.objects.values_list("kind", "given_by")) == {
        ("contact", "Karla Kunde"),
        ("share_with_sellers", "Karla Kunde"),
    }
    assert Referral.objects.visible_to(reviewer).exists()
    assert found["consent"] == {SHARE: True, "consentToContact": True, "consentToToShareInfoWithOthers": False}


def test_a_named_programme_gets_the_lead_for_review(wire: Wire) -> None:
    found = made(wire, shared(referralProgram="qualified referral program"))
    assert (found["status"], found["substatus"]) == ("New", "Pending")
    assert found["expirationDateTime"]
    lead = Referral.objects.get()
    assert (lead.state, lead.programme.code) == (State.SUBMITTED, "QRP")


def test_what_a_programme_asks_for_is_named_where_it_is_missing(wire: Wire) -> None:
    body = shared(referralProgram="QRP")
    del body["details"]["notes"]
    fault_of(wire.post(PLACE, body), 400, "details/notes")
    fault_of(wire.post(PLACE, referral(referralProgram="QRP")), 400, f"consent/{SHARE}")
    late = shared(referralProgram="QRP")
    late["details"]["closingDateTime"] = "2018-11-14T00:00:00Z"
    fault_of(wire.post(PLACE, late), 400, "details/closingDateTime")
    assert not Referral.objects.exists()
    assert not Customer.objects.exists()


def test_a_deal_that_has_a_date_of_the_past_is_kept_in_step_all_the_same(wire: Wire) -> None:
    body = referral()
    body["details"]["closingDateTime"] = "2018-11-14T00:00:00Z"
    assert made(wire, body)["details"]["closingDateTime"] == "2018-11-14T00:00:00Z"


@pytest.mark.parametrize("name", ["Fabrikam Maschinenbau GmbH", "FABRIKAM Maschinenbau mbH"])
def test_the_partners_own_customer_is_found_again(name: str, wire: Wire, program: Program) -> None:
    known = factories.CustomerFactory(partner=program.partner, name=name, domain="", registration_number="")
    found = made(wire)
    assert Referral.objects.get().customer == known
    assert found["customerProfile"]["name"] == "Fabrikam Maschinenbau GmbH"


def test_a_customer_of_another_name_or_another_partner_is_not_taken(wire: Wire, rival: Wire, program: Program) -> None:
    factories.CustomerFactory(
        partner=program.partner, name="Fabrikam Maschinen GmbH", domain="", registration_number=""
    )
    made(rival)
    made(wire)
    made(wire)
    assert Customer.objects.filter(name="Fabrikam Maschinenbau GmbH").count() == 2
    event = Referral.objects.filter(partner=program.partner).first().customer.events.get()  # type: ignore[union-attr]
    assert "Warehouse" in event.changes.get("because", "Warehouse")


@pytest.mark.parametrize(
    ("profile", "target"),
    [
        ({"address": {"country": "DE"}}, "customerProfile/name"),
        ({"name": "Fabrikam"}, "customerProfile/address/country"),
        ({"name": "Fabrikam", "address": {"country": "Germany"}}, "customerProfile/address/country"),
        ({"name": "GmbH", "address": {"country": "DE"}}, "customerProfile/name"),
        (
            {"name": "Fabrikam", "address": {"country": "DE"}, "ids": [{"profileType": "Duns", "id": "x"}]},
            "customerProfile/ids",
        ),
    ],
)
def test_a_company_that_cannot_be_one_is_refused(profile: dict[str, Any], target: str, wire: Wire) -> None:
    fault_of(wire.post(PLACE, referral(customerProfile=profile)), 400, target)
    assert not Referral.objects.exists()


def test_an_address_that_its_country_does_not_know_stays_with_the_referral_alone(wire: Wire) -> None:
    address = {"addressLine1": "Ring 1", "postalCode": "98052-X", "state": "Nordrhein-Westfalen", "country": "DE"}
    found = made(wire, referral(customerProfile={"name": "Fabrikam", "address": address}))
    assert found["customerProfile"]["address"] == address
    assert Referral.objects.get().customer.address == []


def test_one_number_of_a_request_is_one_referral(wire: Wire) -> None:
    number = str(uuid4())
    answers = {wire.post(PLACE, referral(), MS_RequestId=number).content for _ in range(5)}
    assert len(answers) == 1
    assert Referral.objects.count() == 1
    found = json.loads(answers.pop())
    said = [replace("/details/notes", "Once.")]
    for _ in range(5):
        assert wire("PATCH", at(found), said, MS_RequestId="again").status_code == 204
    assert ReferralEvent.objects.filter(kind="edited").count() == 1


@pytest.mark.parametrize("root", ["/v1", "/v1.0"])
def test_both_versions_are_the_same_and_say_their_own_addresses(root: str, wire: Wire) -> None:
    place = f"{root}/engagements/referrals"
    found = wire.post(place, referral()).json()
    assert wire.get(f"{place}/{found['id']}").json() == found
    assert found["links"]["self"]["uri"] == f"http://testserver{place}/{found['id']}"
    related = found["links"]["relatedReferrals"]["uri"].removeprefix("http://testserver")
    assert [one["id"] for one in wire.get(related).json()["value"]] == [found["id"]]


def test_a_second_referral_joins_the_engagement(wire: Wire) -> None:
    first = made(wire)
    second = made(wire, referral(engagementId=first["engagementId"]))
    found = wire.get(f"{PLACE}?$filter=engagementId eq '{first['engagementId']}'").json()
    assert {one["id"] for one in found["value"]} == {first["id"], second["id"]}
    fault_of(wire.post(PLACE, referral(engagementId="none")), 400, "engagementId")


def test_a_draft_is_not_on_the_wire(wire: Wire, customer: Customer) -> None:
    lead = factories.ReferralFactory(customer=customer)
    assert wire.get(PLACE).json()["value"] == []
    nothing = wire.get(f"{PLACE}/{uuid4()}")
    for answer in (wire.get(f"{PLACE}/{lead.public_id}"), wire.get(f"{PLACE}/none")):
        assert fault_of(answer, 404)["code"] == "itemNotFound"
        assert answer.content == nothing.content


def test_who_is_named_at_the_customer_is_hidden_once_a_lead_has_expired(
    wire: Wire, customer: Customer, seller: User
) -> None:
    extra = {"customerProfile": {"team": [{"title": "Dr."}, {"email": "second@contoso.de"}]}}
    lead = lead_in(State.EXPIRED, customer=customer, team=[seller], extra=extra)
    answer = wire.get(f"{PLACE}/{lead.public_id}")
    assert answer.json()["customerProfile"]["team"] == []
    assert b"second@contoso.de" not in answer.content


def test_nothing_of_a_rival_is_there(wire: Wire, rival: Wire) -> None:
    found = made(wire)
    missing = rival.get(f"{PLACE}/{uuid4()}")
    for answer in (
        rival.get(at(found)),
        rival.put(at(found), {"name": "Mine"}, If_Match=found["eTag"]),
        patch(rival, found, replace("/details/notes", "Mine.")),
    ):
        assert (answer.status_code, answer.content) == (404, missing.content)
    assert rival.get(PLACE).json()["value"] == []
    assert rival.get(PLACE).json()["@odata.count"] == 0
    assert rival.get(f"{PLACE}?$filter=engagementId eq '{found['engagementId']}'").json()["value"] == []


def test_a_program_needs_the_scope(program: Program) -> None:
    reader = Wire(Program(program.partner, scopes=["referrals.read"]))
    assert reader.get(PLACE).status_code == 200
    assert fault_of(reader.post(PLACE, referral()), 403)["code"] == "accessDenied"
    other = Wire(Program(program.partner, scopes=["customers.read"]))
    fault_of(other.get(PLACE), 403)


@pytest.mark.parametrize(
    "body",
    [
        *("", "{", "[5]", "null", '"text"', "5", '{"type": "Shared"', "\xff", '{"type": "\\ud800"}', '{"name": 1e999}'),
        *('{"name": "a\\u0000b"}', '{"a":' * 60 + "1" + "}" * 60, "[" * 5000, '{"x": "' + "y" * 3_000_000 + '"}'),
    ],
)
def test_a_body_that_cannot_be_read_is_a_fault_and_nothing_is_written(body: str, wire: Wire) -> None:
    lead = made(wire)
    for answer in (
        wire.post(PLACE, body),
        wire.put(at(lead), body, If_Match=lead["eTag"]),
        wire("PATCH", at(lead), body),
    ):
        assert answer.status_code in (400, 413), answer.content[:300]
        fault_of(answer, answer.status_code)
    assert Referral.objects.count() == 1
    assert wire.get(at(lead)).json() == lead


def test_without_a_programme_there_is_nowhere_to_file_a_deal(wire: Wire) -> None:
    Programme.objects.filter(direction="outbound").update(direction="inbound")
    fault_of(wire.post(PLACE, referral()), 409)
    assert not Customer.objects.exists()


def test_a_programme_that_has_ended_takes_no_lead_and_lets_own_deals_be(wire: Wire) -> None:
    Programme.objects.filter(code="QRP").update(valid_to=now().date() - timedelta(days=2))
    fault_of(wire.post(PLACE, shared(referralProgram="QRP")), 400, "referralProgram")
    assert made(wire)["status"] == "Active"


def test_a_program_sees_all_leads_of_its_partner_and_a_colleague_does_not(
    wire: Wire, program: Program, customer: Customer, seller: User
) -> None:
    lead = lead_in(State.SUBMITTED, customer=customer, team=[])
    assert wire.get(f"{PLACE}/{lead.public_id}").status_code == 200
    assert not Referral.objects.visible_to(seller).exists()
