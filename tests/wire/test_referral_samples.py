"""The documented samples of referrals, sent as they stand."""

from typing import Any

import pytest

from partners.models import User
from referrals.states import State
from tests import factories
from tests.programs import Program
from tests.referrals.places import lead_in
from tests.wire.clients import Wire
from tests.wire.referrals import golden, must_fit

pytestmark = pytest.mark.django_db
HOST = "https://api.partner.microsoft.com"
# what we do not answer as documented, with the reason: docs/wire-referrals.md
DIFFERENT = {
    "engagementId",
    "organizationId",
    "organizationName",
    "id",
    "eTag",
    "links",
    "createdDateTime",
    "updatedDateTime",
}


def requests(name: str) -> list[dict[str, Any]]:
    return [one for one in golden(name) if one["kind"] == "request"]


def ask(wire: Wire, sample: dict[str, Any], number: str = "") -> Any:
    url = sample["url"].removeprefix(HOST).replace("{ID}", number)
    headers = {name: value for name, value in sample["headers"].items() if name == "Prefer"}
    return wire(sample["method"], url, sample.get("body"), **headers)


def test_the_sample_of_a_new_referral_is_answered_as_documented(wire: Wire) -> None:
    [sample] = requests("referrals__create-a-referral__pc2023")
    answer = ask(wire, sample)
    assert answer.status_code == 200, answer.content
    must_fit(answer, "/referrals", "post")
    found, documented = answer.json(), golden("referrals__create-a-referral__pc2023")[1]["body"]
    assert set(documented) <= set(found)
    for name in sorted(set(documented) - DIFFERENT - {"consent", "details"}):
        assert found[name] == documented[name], name
    assert {**found["details"], **documented["details"]} == found["details"]
    assert {**found["consent"], **documented["consent"]} == found["consent"]


@pytest.mark.parametrize("number", range(4))
def test_the_samples_of_the_list_are_answered_in_the_documented_shape(
    number: int, wire: Wire, program: Program, seller: User
) -> None:
    samples = requests("referrals__get-a-list-of-referrals__pc2023")
    customer = factories.CustomerFactory(partner=program.partner)
    facts = {"deal_type": "private"} if number == 3 else {"direction": "inbound" if number else "outbound"}
    state = State.ACCEPTED if number == 3 else State.SUBMITTED
    team = [{"email": "r2d2@contoso.com"}]
    lead_in(state, customer=customer, team=[seller], extra={"type": "Shared", "team": team}, **facts)
    answer = ask(wire, samples[number])
    must_fit(answer, "/referrals", "get")
    [found] = answer.json()["value"]
    documented = golden("referrals__get-a-list-of-referrals__pc2023")[1]["body"]
    assert set(documented) - {"@odata.nextLink"} <= set(answer.json())
    assert set(documented["value"][0]) <= set(found)
    assert set(documented["value"][0]["details"]) <= set(found["details"])


def test_the_sample_of_one_referral_is_answered_in_the_documented_shape(wire: Wire, program: Program) -> None:
    lead = lead_in(State.SUBMITTED, customer=factories.CustomerFactory(partner=program.partner), team=[])
    [sample] = requests("referrals__get-a-referral-by-id__pc2023")
    answer = ask(wire, sample, str(lead.public_id))
    must_fit(answer, "/referrals/{id}", "get")
    assert set(golden("referrals__get-a-referral-by-id__pc2023")[1]["body"]) <= set(answer.json())


@pytest.mark.parametrize("number", range(4))
def test_the_samples_of_patches_are_answered_as_documented(number: int, wire: Wire) -> None:
    [sample] = requests("referrals__create-a-referral__pc2023")
    made = ask(wire, sample).json()
    sample = requests("referrals__patch-a-referral__pc2023")[number]
    answer = ask(wire, sample, made["id"])
    must_fit(answer, "/referrals/{id}", "patch")
    # the documentation asks for the referral and prints the answer without it; the wish counts
    assert answer.status_code == (200 if "Prefer" in sample["headers"] else 204), answer.content


def test_a_fault_has_the_documented_shape(wire: Wire) -> None:
    [documented] = [one["body"] for one in golden("errors__error-codes__rest2022")]
    found = wire.get("/v1.0/engagements/referrals/none").json()
    assert set(documented["error"]) <= set(found["error"])
    assert set(documented["error"]["innerError"]) <= set(found["error"]["innerError"])
