"""Referrals on the wire: made, read, changed, moved and refused as outside clients know it."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from customers.models import Customer
from partners.models import User
from referrals.models import Consent, Programme, Referral, ReferralEvent, TeamMember
from referrals.states import CLOSED, WIRE, State
from tests import factories
from tests.programs import Program
from tests.referrals.places import lead_in
from tests.wire.clients import Wire
from tests.wire.referrals import PLACE, SHARE, fault_of, must_fit, referral, shared

pytestmark = pytest.mark.django_db
OPERATION = dict[str, Any]


def made(wire: Wire, body: Any = None, **headers: str) -> dict[str, Any]:
    """A new referral, which the client has seen."""
    answer = wire.post(PLACE, body or referral(), **headers)
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    assert answer.headers["ETag"] == found["eTag"]
    return found


def at(found: dict[str, Any]) -> str:
    return f"{PLACE}/{found['id']}"


def replace(path: str, value: Any) -> OPERATION:
    return {"op": "replace", "path": path, "value": value}


def patch(wire: Wire, found: dict[str, Any], *operations: OPERATION, **headers: str) -> Any:
    headers.setdefault("Prefer", "return=representation")
    return wire("PATCH", at(found), list(operations), **headers)


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


def test_a_patch_changes_what_it_names_and_nothing_else(wire: Wire) -> None:
    found = made(wire)
    answer = patch(
        wire,
        found,
        replace("/details/dealValue", "10000"),
        {"op": "add", "path": "/team/-", "value": {"email": "max@nordlicht.example", "firstName": "Max"}},
        replace("/salesStage", "Propose"),
        {"op": "add", "path": "/details/requirements/solutions/-", "value": {"id": "SOL-2", "name": "Backup"}},
    )
    assert (answer.status_code, answer.headers["Preference-Applied"]) == (200, "return=representation")
    after = answer.json()
    assert (after["details"]["dealValue"], after["salesStage"]) == (10000, "Propose")
    assert [one["email"] for one in after["team"]] == ["jane@nordlicht.example", "max@nordlicht.example"]
    assert [one["id"] for one in after["details"]["requirements"]["solutions"]] == ["SOL-1-ABC", "SOL-2"]
    assert after["eTag"] == answer.headers["ETag"] != found["eTag"]
    changed = {"details", "team", "salesStage", "eTag", "updatedDateTime"}
    assert {name for name in after if after[name] != found[name]} == changed
    assert wire.get(at(found)).json() == after


def test_a_patch_without_a_wish_is_answered_without_a_body(wire: Wire) -> None:
    found = made(wire)
    answer = patch(wire, found, replace("/statusReason", "Soon."), Prefer="")
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["ETag"] == wire.get(at(found)).json()["eTag"]


def test_a_patch_that_changes_nothing_writes_nothing(wire: Wire) -> None:
    found = made(wire)
    answer = patch(wire, found, replace("/details/dealValue", "50000.5"), replace("/status", "Active"))
    assert answer.json() == found
    assert not ReferralEvent.objects.filter(kind="edited").exists()


@pytest.mark.parametrize(
    ("match", "status"),
    [('"1"', 412), ('W/"1"', 412), ("1", 412), ("nonsense", 412), ("*", 204), ("{etag}", 204), ('\\"{bare}\\"', 204)],
)
def test_a_patch_of_a_version_that_has_passed_is_refused(match: str, status: int, wire: Wire) -> None:
    found = made(wire)
    header = match.format(etag=found["eTag"], bare=found["eTag"].strip('"'))
    answer = patch(wire, found, replace("/details/notes", "Late."), If_Match=header, Prefer="")
    assert answer.status_code == status, answer.content
    if status == 412:
        assert fault_of(answer, 412)["code"] == "preconditionFailed"
        assert Referral.objects.get().notes == "Forty servers."


def test_a_whole_referral_is_put_on_the_version_that_was_seen_alone(wire: Wire) -> None:
    found = made(wire)
    new = json.loads(json.dumps(found))
    new["details"] |= {"notes": "Fifty servers.", "dealValue": None}
    new["custom"] = "kept"
    fault_of(wire.put(at(found), new), 428)
    answer = wire.put(at(found), new, If_Match=found["eTag"])
    assert answer.status_code == 200, answer.content
    after = answer.json()
    assert (after["details"]["notes"], after["details"]["dealValue"], after["custom"]) == (
        "Fifty servers.",
        None,
        "kept",
    )
    assert after["details"]["currency"] == "EUR"
    assert fault_of(wire.put(at(found), new, If_Match=found["eTag"]), 412)["code"] == "preconditionFailed"


@pytest.mark.parametrize(
    ("over", "target"),
    [
        ({"type": "Shared"}, "type"),
        ({"qualification": "Direct"}, "qualification"),
        ({"customerProfile": {"name": "Other AG"}}, "customerProfile/name"),
        ({"customerProfile": {"address": {"city": "Bonn"}}}, "customerProfile/address"),
        ({"consent": {"consentToContact": False}}, "consent/consentToContact"),
        ({"name": "Another name"}, "name"),
        ({"customerProfile": {"team": [{"lastName": "Else"}]}}, "customerProfile/team"),
        ({"status": "Closed"}, "substatus"),
        ({"substatus": "Won"}, "substatus"),
    ],
)
def test_what_was_said_once_stays(over: dict[str, Any], target: str, wire: Wire) -> None:
    found = made(wire)
    fault_of(wire.put(at(found), over, If_Match=found["eTag"]), 400, target)
    assert wire.get(at(found)).json() == found


@pytest.mark.parametrize(
    ("pair", "reason", "state", "code"),
    [
        (("Closed", "Won"), None, State.WON, ""),
        (("Closed", "Lost"), "No budget", State.LOST, "budget"),
        (("Closed", "Lost"), "The moon was full.", State.LOST, "other"),
        (("Closed", "Lost"), None, State.LOST, "other"),
        (("Closed", "Error"), "test", State.ERROR, "test"),
    ],
)
def test_a_deal_is_closed_by_its_pair(
    pair: tuple[str, str], reason: str | None, state: State, code: str, wire: Wire
) -> None:
    found = made(wire)
    said = [replace("/status", pair[0]), replace("/substatus", pair[1])]
    answer = patch(wire, found, *said, *([replace("/statusReason", reason)] if reason else []))
    assert answer.status_code == 200, answer.content
    after = answer.json()
    assert (after["status"], after["substatus"]) == pair
    assert after["closedDateTime"]
    lead = Referral.objects.get()
    assert (lead.state, lead.reason, lead.reason_text) == (state, code, reason or "")
    assert lead.won_value == (lead.value if state == State.WON else None)
    fault_of(patch(wire, found, replace("/details/notes", "More.")), 409)


def test_a_win_without_a_value_is_refused_whole(wire: Wire) -> None:
    body = referral()
    del body["details"]["dealValue"]
    found = made(wire, body)
    said = [replace("/details/notes", "New."), replace("/status", "Closed"), replace("/substatus", "Won")]
    fault_of(patch(wire, found, *said), 400, "details/dealValue")
    assert wire.get(at(found)).json() == found
    assert patch(wire, found, *said, replace("/details/dealValue", 5)).status_code == 200


@pytest.mark.parametrize("state", [state for state in State if state != State.DRAFT])
def test_each_state_is_shown_as_its_pair_and_comes_back_unchanged(
    state: State, wire: Wire, customer: Customer, seller: User, reviewer: User
) -> None:
    lead = lead_in(
        state, customer=customer, team=[seller], reviewer=reviewer, solutions=["Azure", "SOL-1"], intent="no"
    )
    found = wire.get(f"{PLACE}/{lead.public_id}").json()
    assert (found["status"], found["substatus"]) == WIRE[state]
    assert (found["closedDateTime"] is None) == (state not in CLOSED)
    assert [one["email"] for one in found["team"]] == [seller.email]
    same = wire.put(f"{PLACE}/{lead.public_id}", found, If_Match=found["eTag"])
    assert (same.status_code, same.json()) == (200, found)


@pytest.mark.parametrize("pair", sorted(set(WIRE.values())))
@pytest.mark.parametrize("state", [State.SUBMITTED, State.IN_REVIEW, State.RETURNED, State.ACCEPTED, State.DECLINED])
def test_a_step_that_is_not_the_partners_is_refused_and_nothing_moves(
    state: State, pair: tuple[str, str], wire: Wire, customer: Customer, seller: User, reviewer: User
) -> None:
    lead = lead_in(state, customer=customer, team=[seller], reviewer=reviewer)
    answer = patch(wire, {"id": lead.public_id}, replace("/status", pair[0]), replace("/substatus", pair[1]))
    lead.refresh_from_db()
    if answer.status_code == 200:
        assert WIRE[State(lead.state)] == pair
        assert lead.state == state or lead.state in {
            State.WITHDRAWN,
            State.WON,
            State.LOST,
            State.ERROR,
            State.RESUBMITTED,
        }
        return
    assert answer.status_code in (403, 409), answer.content
    assert lead.state == state


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


def test_colleagues_named_on_the_wire_are_put_on_the_team_and_taken_off_it(
    wire: Wire, seller: User, rival: Wire
) -> None:
    stranger = factories.UserFactory()
    team = [{"email": seller.email.upper()}, {"email": stranger.email}]
    found = made(wire, referral(team=team))
    assert TeamMember.objects.filter(user=seller).exists()
    assert not TeamMember.objects.filter(user=stranger).exists()
    assert found["team"] == team
    assert patch(wire, found, replace("/team", [])).json()["team"] == []
    assert not TeamMember.objects.filter(user=seller).exists()


def test_sharing_goes_on_and_never_back(wire: Wire) -> None:
    found = made(wire)
    path = f"/consent/{SHARE}"
    assert patch(wire, found, replace(path, True)).json()["consent"][SHARE] is True
    assert Referral.objects.get().deal_type == "partner_led"
    fault_of(patch(wire, found, replace(path, False)), 400, f"consent/{SHARE}")


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


@pytest.mark.parametrize(
    ("query", "target"),
    [
        ("$filter=colour eq 'red'", "$filter"),
        ("$filter=contains(name,'x')", "$filter"),
        ("$filter=" + "(" * 500, "$filter"),
        ("$filter=name eq '" + "x" * 10_000 + "'", "$filter"),
        ("$filter=name eq 'a%00b'", "$filter"),
        ("$orderby=name", "$orderby"),
        ("$top=-1", "$top"),
        ("$top=many", "$top"),
        ("$skip=99999999999999999999", "$skip"),
        ("$select=id,colour", "$select"),
        ("$select=customerProfile/name", "$select"),
        ("$count=perhaps", "$count"),
        ("$expand=team", "$expand"),
        ("$search=x", "$search"),
        ("$apply=aggregate(x)", "$apply"),
        ("$skiptoken=abc", "$skiptoken"),
        ("$skiptoken=%00", "$skiptoken"),
    ],
)
def test_an_option_that_is_not_served_or_not_understood_is_named(query: str, target: str, wire: Wire) -> None:
    error = fault_of(wire.get(f"{PLACE}?{query}"), 400, target)
    assert error["code"] == "invalidRequest"


def test_the_list_is_cut_sorted_and_chosen(wire: Wire, customer: Customer) -> None:
    for number in range(6):
        at_moment = now() + timedelta(minutes=number)
        lead_in(
            State.SUBMITTED, customer=customer, team=[], name=f"{number}", created_at=at_moment, updated_at=at_moment
        )

    def names(query: str) -> list[str]:
        return [one["name"] for one in wire.get(f"{PLACE}?{query}").json()["value"]]

    assert names("") == list("543210")
    assert names("$orderby=createdDateTime asc&$top=2") == ["0", "1"]
    assert names("$orderby=createdDateTime&$top=2&$skip=3") == ["3", "4"]
    assert names("$orderBy=updatedDateTime desc&$top=0") == []
    found = wire.get(f"{PLACE}?$select=id,name&$top=1&$count=true").json()
    assert set(found["value"][0]) == {"id", "name"}
    assert (found["@odata.count"], "@odata.nextLink" in found) == (6, False)
    assert "@odata.count" not in wire.get(f"{PLACE}?$count=false").json()


@pytest.mark.parametrize("order", ["", "createdDateTime asc", "updatedDateTime asc", "updatedDateTime desc"])
def test_pages_neither_skip_nor_repeat_while_leads_arrive(
    order: str, wire: Wire, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("referrals.wire.listing.PAGE", 3)
    start = now()
    there = [
        # two at a time, so that a page ends between equals
        lead_in(State.SUBMITTED, customer=customer, team=[], created_at=moment, updated_at=moment)
        for moment in (start + timedelta(minutes=number // 2) for number in range(10))
    ]
    seen: list[str] = []
    place: str | None = f"{PLACE}?$filter=status eq 'New'" + (f"&$orderby={order}" if order else "")
    while place:
        page = wire.get(place.removeprefix("http://testserver")).json()
        assert len(page["value"]) <= 3
        assert page["@odata.count"] == 10
        seen += [one["id"] for one in page["value"]]
        late = now() + timedelta(hours=len(seen))
        if len(seen) < 9:
            lead_in(State.SUBMITTED, customer=customer, team=[], created_at=late, updated_at=late)
        place = page.get("@odata.nextLink")
    assert len(seen) == len(set(seen))
    assert {str(lead.public_id) for lead in there} <= set(seen)


def test_a_top_beyond_one_page_is_kept_over_pages(
    wire: Wire, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("referrals.wire.listing.PAGE", 3)
    for _ in range(9):
        lead_in(State.SUBMITTED, customer=customer, team=[])
    first = wire.get(f"{PLACE}?$top=5&$skip=1").json()
    second = wire.get(first["@odata.nextLink"].removeprefix("http://testserver")).json()
    assert (len(first["value"]), len(second["value"]), "@odata.nextLink" in second) == (3, 2, False)
    other = first["@odata.nextLink"].removeprefix("http://testserver") + "&$orderby=updatedDateTime"
    fault_of(wire.get(other), 400, "$skiptoken")


@pytest.mark.parametrize("size", [1, 20])
def test_a_list_costs_the_same_number_of_queries_whatever_its_length(
    size: int, wire: Wire, customer: Customer, seller: User
) -> None:
    for _ in range(size):
        lead_in(State.SUBMITTED, customer=customer, team=[seller])
    with CaptureQueriesContext(connection) as queries:
        assert len(wire.get(PLACE).json()["value"]) == size
    asked = [query["sql"] for query in queries if "set_config" not in query["sql"] and "SAVEPOINT" not in query["sql"]]
    assert len(asked) == 5, asked  # the token, the count, the rows, their teams, their consents


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
