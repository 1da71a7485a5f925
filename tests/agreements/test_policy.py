"""May the customer order, and why (M6, M13, table 3.3): one pure function over rows."""

from datetime import date

import pytest

from agreements.policy import Rule, Why, can_order, signatory_key
from agreements.states import State

MANDATORY = Rule("mandatory", date(2020, 2, 1))
AGAIN = Rule("text_of_2023", date(2025, 10, 7), date(2023, 4, 1), True, "somebody")
RULES = [MANDATORY, AGAIN]
TODAY = date(2026, 3, 3)


@pytest.mark.parametrize(
    ("state", "accepted_on", "on", "may_order", "why"),
    [
        (State.NOT_STARTED, None, TODAY, False, Why.NOT_SIGNED),
        (State.DIRECT_INVITED, None, TODAY, False, Why.NOT_SIGNED),
        (State.LINK_SENT, None, TODAY, False, Why.NOT_SIGNED),
        (State.LINK_EXPIRED, None, TODAY, False, Why.NOT_SIGNED),
        (State.TO_FINALISE, TODAY, TODAY, False, Why.TO_FINALISE),
        (State.REVOKED, date(2024, 1, 1), TODAY, False, Why.REVOKED),
        (State.REACCEPT, date(2022, 1, 1), TODAY, False, Why.ACCEPTED_TOO_EARLY),
        (State.DIRECT_ACCEPTED, None, TODAY, True, Why.DATE_UNKNOWN),
        # the days around the cut-off, on the days around its coming into force
        (State.ATTESTED, date(2023, 3, 31), TODAY, False, Why.ACCEPTED_TOO_EARLY),
        (State.ATTESTED, date(2023, 4, 1), TODAY, True, Why.IN_ORDER),
        (State.ATTESTED, date(2023, 3, 31), date(2025, 10, 6), True, Why.IN_ORDER),
        (State.ATTESTED, date(2023, 3, 31), date(2025, 10, 7), False, Why.ACCEPTED_TOO_EARLY),
        (State.DIRECT_ACCEPTED, date(2023, 3, 31), TODAY, False, Why.ACCEPTED_TOO_EARLY),
        (State.NOT_STARTED, None, date(2020, 1, 31), True, Why.NOT_MANDATORY),
        (State.NOT_STARTED, None, date(2020, 2, 1), False, Why.NOT_SIGNED),
    ],
)
def test_a_customer_may_order_as_the_cut_offs_in_force_say(
    state: State, accepted_on: date | None, on: date, may_order: bool, why: Why
) -> None:
    verdict = can_order(state, accepted_on, RULES, on=on)
    assert (verdict.may_order, verdict.why) == (may_order, why)


def test_what_only_third_parties_say_is_marked_as_such() -> None:
    verdict = can_order(State.ATTESTED, date(2023, 3, 31), RULES, on=TODAY)
    assert verdict.rule is AGAIN
    assert verdict.rule.is_information
    assert can_order(State.NOT_STARTED, None, RULES, on=TODAY).rule is MANDATORY


def test_information_alone_makes_nothing_mandatory() -> None:
    rumour = Rule("rumour", date(2020, 1, 1), None, True, "somebody")
    assert can_order(State.NOT_STARTED, None, [rumour], on=TODAY).may_order


@pytest.mark.parametrize(
    ("change", "is_same"),
    [
        ({}, True),
        ({"first_name": "  SINA "}, True),
        ({"email": "Sina@Contoso.example"}, True),
        ({"phone": "+49 (40) 12-34"}, True),
        ({"phone": "+49 40 1235"}, False),
        ({"phone": ""}, False),
        ({"last_name": "Signer-Neu"}, False),
        ({"email": "s.signer@contoso.example"}, False),
    ],
    ids=str,
)
def test_a_signatory_is_another_when_name_mail_or_phone_differ(change: dict[str, str], is_same: bool) -> None:
    known = {"first_name": "Sina", "last_name": "Signer", "email": "sina@contoso.example", "phone": "+49 40 1234"}
    assert (signatory_key(**known) == signatory_key(**{**known, **change})) is is_same
