"""Leads through the API: drafted, completed, submitted, moved along the table, talked about."""

from typing import Any

import pytest
from django.utils.timezone import localdate, now, timedelta

from customers.models import Customer
from referrals.api.steps import OWN_STEPS
from referrals.models import Referral, Registration
from referrals.states import STEPS, Actor, State, Step
from tests import factories
from tests.programs import Program
from tests.referrals.places import lead_in

pytestmark = pytest.mark.django_db
CONSENTS = {"consents": ["contact", "share_with_sellers"], "given_by": "Karla Kunde"}
SOON = str(localdate() + timedelta(days=60))
WHOLE = {
    "name": "Copilot for 300",
    "value": "48000.00",
    "currency": "EUR",
    "close_date": SOON,
    "notes": "They move everything.",
    "solutions": ["Microsoft365"],
    "intent": "yes",
    "contact_first_name": "Karla",
    "contact_last_name": "Kunde",
    "contact_email": "karla@contoso.example",
}


@pytest.fixture
def customer(program: Program) -> Customer:
    return factories.CustomerFactory(partner=program.partner)


def begun(program: Program, customer: Customer, **facts: Any) -> Any:
    answer = program.post("referrals/", {"customer": str(customer.public_id), "programme": "QRP", **facts})
    assert answer.status_code == 201, answer.content
    return answer


def lead_of(program: Program, customer: Customer, state: State, **facts: Any) -> Referral:
    """A lead in a state, with the program on its team."""
    reviewer = factories.UserFactory(channel_manager=True)
    return lead_in(state, customer=customer, team=[program.row.user], reviewer=reviewer, **facts)


def test_a_draft_says_what_it_lacks_until_it_can_be_submitted(program: Program, customer: Customer) -> None:
    draft = begun(program, customer)
    place, told = draft.headers["Location"], draft.json()
    assert (told["state"], told["steps"], told["version"]) == ("draft", ["submit"], 1)
    assert {one["field"] for one in told["lacks"]} >= {"name", "value", "close_date"}
    refused = program.post(f"{place}submit/", CONSENTS, If_Match=draft.headers["ETag"])
    assert refused.status_code == 422
    assert {error["field"] for error in refused.json()["errors"]} >= {"name", "value", "close_date"}
    changed = program.patch(place, WHOLE, If_Match=draft.headers["ETag"])
    assert (changed.status_code, changed.json()["lacks"]) == (200, []), changed.content
    assert changed.json()["contact"]["email"] == WHOLE["contact_email"]
    without = program.post(f"{place}submit/", {}, If_Match=changed.headers["ETag"])
    assert [error["field"] for error in without.json()["errors"]] == ["consents"]
    done = program.post(f"{place}submit/", CONSENTS, If_Match=changed.headers["ETag"])
    told = done.json()
    assert (done.status_code, told["state"], told["status"], told["holder"]) == (200, "submitted", "New", "microsoft")
    assert sorted(told["consents"]) == ["contact", "share_with_sellers"]
    assert program.get("referrals/?state=submitted").json()["items"][0]["id"] == told["id"]
    history = [one["kind"] for one in program.get(f"{place}timeline/").json()["items"]]
    assert history == ["begun", "submit"]


def test_a_late_change_is_told_what_stands_and_a_draft_is_thrown_away(program: Program, customer: Customer) -> None:
    draft = begun(program, customer, name="First")
    place = draft.headers["Location"]
    program.patch(place, {"name": "Second"}, If_Match='"1"')
    late = program.patch(place, {"name": "Third"}, If_Match=draft.headers["ETag"])
    assert (late.status_code, late.json()["current"]["name"]) == (412, "Second")
    assert program.delete(place, If_Match='"2"').status_code == 204
    assert not Referral.objects.exists()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"value": "-1"}, "value"),
        ({"value": 10**20}, "value"),
        ({"solutions": ["Abacus"]}, "solutions"),
        ({"contact_email": "nobody"}, "contact_email"),
        ({"close_date": "soon"}, "close_date"),
        ({"deal_type": "secret"}, "deal_type"),
        ({"state": "won"}, "state"),
    ],
)
def test_a_fact_that_cannot_be_taken_is_named(
    said: dict[str, Any], field: str, program: Program, customer: Customer
) -> None:
    place = begun(program, customer).headers["Location"]
    answer = program.patch(place, said, If_Match='"1"')
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field), answer.content


def test_what_a_state_no_longer_lets_one_change_is_refused(program: Program, customer: Customer) -> None:
    lead = lead_of(program, customer, State.ACCEPTED)
    place, version = f"referrals/{lead.public_id}/", f'"{lead.version}"'
    refused = program.patch(place, {"name": "Other"}, If_Match=version)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "name"), refused.content
    assert program.patch(place, {"sales_stage": "40"}, If_Match=version).json()["sales_stage"] == "40"


NEEDED = {
    Step.WIN: {"value": "50000.00"},
    Step.REFUSE: {"reason": "other", "text": "No capacity"},
    Step.LOSE: {"reason": "budget"},
    Step.CLOSE_AS_ERROR: {"reason": "test"},
}


@pytest.mark.parametrize("step", OWN_STEPS)
def test_every_step_of_the_table_that_is_the_partners_can_be_taken(
    step: Step, program: Program, customer: Customer
) -> None:
    rule = STEPS[step]
    lead = lead_of(program, customer, next(state for state in State if state in rule.sources))
    place = f"referrals/{lead.public_id}/"
    seen = program.get(place)
    assert step.value in seen.json()["steps"]
    done = program.post(f"{place}steps/", {"step": step.value, **NEEDED.get(step, {})}, If_Match=seen.headers["ETag"])
    assert (done.status_code, done.json()["state"]) == (200, rule.target), done.content


@pytest.mark.parametrize("step", [step for step, rule in STEPS.items() if Actor.PARTNER not in rule.actors])
def test_a_step_of_the_other_side_is_none_of_this_door(step: Step, program: Program, customer: Customer) -> None:
    lead = lead_of(program, customer, State.SUBMITTED)
    answer = program.post(f"referrals/{lead.public_id}/steps/", {"step": step.value}, If_Match=f'"{lead.version}"')
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "step")
    lead.refresh_from_db()
    assert lead.state == State.SUBMITTED


def test_a_decline_is_appealed_once_by_a_successor(program: Program, customer: Customer) -> None:
    lead = lead_of(program, customer, State.DECLINED)
    place, version = f"referrals/{lead.public_id}/", f'"{lead.version}"'
    again = program.post(f"{place}appeal/", {"text": "Look again."}, If_Match=version)
    assert (again.status_code, again.json()["state"], again.json()["appeal_of"]) == (
        201, "submitted", str(lead.public_id),
    ), again.content  # fmt: skip
    assert program.get(place).json()["appeal"] == again.json()["id"]
    assert program.post(f"{place}appeal/", {"text": "And again."}, If_Match=version).status_code == 409


def test_one_comments_calls_colleagues_and_sets_the_team(program: Program, customer: Customer) -> None:
    lead = lead_of(program, customer, State.SUBMITTED)
    place = f"referrals/{lead.public_id}/"
    colleague = factories.UserFactory(partner=program.partner, name="Kai", email="kai@nord.example")
    stranger = factories.UserFactory(email="spy@sued.example")
    team = program.get(f"{place}team/")
    me = team.json()["people"][0]["email"]
    for wrong in (stranger.email, "nobody@nord.example"):
        refused = program("PUT", f"{place}team/", {"people": [me, wrong]}, If_Match=team.headers["ETag"])
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "people")
    both = program("PUT", f"{place}team/", {"people": [me, "Kai@nord.example"]}, If_Match=team.headers["ETag"])
    assert [one["name"] for one in both.json()["people"]] == ["Warehouse", "Kai"]
    said = program.post(f"{place}comments/", {"text": "Look", "mentions": [colleague.email], "is_internal": True})
    assert said.status_code == 201, said.content
    assert program.get(f"{place}comments/").json()["items"] == [said.json()]
    assert program.post(f"{place}comments/", {"text": " "}).status_code == 422
    away = program("PUT", f"{place}team/", {"people": [colleague.email]}, If_Match=both.headers["ETag"])
    assert (away.status_code, [one["name"] for one in away.json()["people"]]) == (200, ["Kai"])
    assert program.get(place).status_code == 200  # a program sees every lead of its partner


def test_one_keeps_an_eye_on_a_lead_and_finds_it_by_that(program: Program, customer: Customer) -> None:
    lead, _other = lead_of(program, customer, State.SUBMITTED), lead_of(program, customer, State.SUBMITTED)
    place = f"referrals/{lead.public_id}/favourite/"
    done = program("PUT", place, {"is_favourite": True}, If_Match=program.get(place).headers["ETag"])
    assert (done.status_code, done.json()) == (200, {"is_favourite": True})
    assert [one["id"] for one in program.get("referrals/?favourites=true").json()["items"]] == [str(lead.public_id)]


def test_a_deal_is_only_ever_shared_further(program: Program, customer: Customer) -> None:
    lead = lead_of(program, customer, State.SUBMITTED, deal_type="partner_led")
    place, version = f"referrals/{lead.public_id}/share/", f'"{lead.version}"'
    assert program.post(place, {"deal_type": "private"}, If_Match=version).status_code == 422
    done = program.post(place, {"deal_type": "co_sell", "help": "quotes"}, If_Match=version)
    assert (done.status_code, done.json()["deal_type"], done.json()["help"]) == (200, "co_sell", "quotes"), done.content


def test_programmes_and_the_checklist_are_told(program: Program, customer: Customer) -> None:
    told = {one["code"]: one for one in program.get("programmes/").json()["items"]}
    assert told["QRP"]["is_open"]
    lead = lead_of(program, customer, State.ACCEPTED)
    checks = program.get(f"referrals/{lead.public_id}/checklist/").json()["checks"]
    assert {one["is_met"] for one in checks} == {True, False, None}


def test_a_deal_that_is_won_is_registered_and_what_microsoft_asks_is_answered(
    program: Program, rival: Program, customer: Customer
) -> None:
    at = now()
    lead = lead_of(program, customer, State.WON, created_at=at - timedelta(days=4), closed_at=at)
    place, today = f"referrals/{lead.public_id}/registration/", str(localdate(at))
    assert program.get(place).status_code == 404
    contract = {"annual_value": "2000000.00", "currency": "USD", "sign_date": today, "start_date": today}
    refused = program.post(place, {**contract, "sign_date": SOON})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "sign_date"), refused.content
    made = program.post(place, contract)
    assert (made.status_code, made.json()["state"], made.json()["acts"]) == (201, "pending", []), made.content
    assert program.post(place, contract).status_code == 409
    Registration.objects.update(state="action_required", version=2)
    asked = program.get(place)
    assert asked.json()["acts"] == ["answer"]
    assert rival.get(place).status_code == rival.post(place, contract).status_code == 404
    assert rival.post(f"{place}answer/", {"text": "Mine."}, If_Match=asked.headers["ETag"]).status_code == 404
    answer = program.post(f"{place}answer/", {"text": "This one."}, If_Match=asked.headers["ETag"])
    assert (answer.status_code, answer.json()["state"]) == (200, "in_review"), answer.content
    assert program.post(f"{place}answer/", {"text": "Again."}, If_Match=asked.headers["ETag"]).status_code == 412


def test_a_program_sees_every_lead_of_its_partner_and_none_of_another(program: Program, customer: Customer) -> None:
    lead = factories.ReferralFactory(customer=customer, submitted=True)
    strange = factories.ReferralFactory(submitted=True)
    assert program.get(f"referrals/{lead.public_id}/").status_code == 200
    assert program.get(f"referrals/{strange.public_id}/").status_code == 404
    assert [item["id"] for item in program.get("referrals/").json()["items"]] == [str(lead.public_id)]
