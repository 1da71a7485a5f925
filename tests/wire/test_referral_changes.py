"""Referrals on the wire: changed by PUT and JSON Patch, moved by their pair, and nothing by half."""

import json
from typing import Any

import pytest

from customers.models import Customer
from partners.models import User
from referrals.models import Referral, ReferralEvent, TeamMember
from referrals.states import CLOSED, WIRE, State
from tests import factories
from tests.referrals.places import lead_in
from tests.wire.clients import Wire
from tests.wire.referrals import PLACE, SHARE, at, fault_of, made, patch, referral, replace

pytestmark = pytest.mark.django_db


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
    for path in ("/details/notes", "/campaignId"):
        fault_of(patch(wire, found, replace(path, "More.")), 409)


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


@pytest.mark.parametrize("state", [State.SUBMITTED, State.IN_REVIEW, State.RETURNED, State.ACCEPTED, State.DECLINED])
def test_a_step_that_is_not_the_partners_is_refused_and_nothing_moves(
    state: State, wire: Wire, customer: Customer, seller: User, reviewer: User
) -> None:
    taken = {}
    for pair in sorted(set(WIRE.values())):
        lead = lead_in(state, customer=customer, team=[seller], reviewer=reviewer)
        said = [replace("/details/notes", "Other."), replace("/status", pair[0]), replace("/substatus", pair[1])]
        # without the notes, which a lead under review does not take
        answer = patch(wire, {"id": lead.public_id}, *said[state not in (State.RETURNED, State.ACCEPTED) :])
        lead.refresh_from_db()
        if answer.status_code == 200:
            assert WIRE[State(lead.state)] == pair
            taken[pair] = State(lead.state)
            continue
        fault_of(answer, answer.status_code)
        assert answer.status_code in (400, 403, 409), answer.content
        assert (lead.state, lead.notes, lead.version) == (state, "Wants to move its servers.", 1)
    same = {WIRE[state]: state}
    closing = {("Closed", "Error"): State.ERROR}
    withdrawing = closing | {("Closed", "Declined"): State.WITHDRAWN}
    assert taken == same | {
        State.SUBMITTED: withdrawing,
        State.IN_REVIEW: withdrawing,
        State.RETURNED: withdrawing | {("New", "Pending"): State.RESUBMITTED},
        State.ACCEPTED: closing | {("Closed", "Won"): State.WON, ("Closed", "Lost"): State.LOST},
        State.DECLINED: {},
    }.get(state, {})


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
