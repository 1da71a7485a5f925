"""What is read from a document, what is kept beside it, and what is refused by its place."""

from copy import deepcopy
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from common.refusals import Unfit
from referrals.states import PAIRS, STEPS, WIRE, Actor, State, Step, is_pair, towards
from referrals.wire import reading, shapes
from referrals.wire.exchange import overlaid
from referrals.wire.patches import MOST, PATHS, patched
from tests.wire.referrals import SHARE, referral


def with_value(path: str, value: Any) -> dict[str, Any]:
    """The sample with something else at a place."""
    document: Any = referral()
    *steps, last = path.split("/")
    inner = document
    for step in steps:
        inner = inner[int(step)] if step.isdigit() else inner.setdefault(step, {})
    inner[int(last) if last.isdigit() else last] = value
    return dict(document)


def read(document: dict[str, Any]) -> dict[str, Any]:
    return reading.facts_of(shapes.referral(document))


def test_a_document_becomes_columns() -> None:
    assert read(referral()) == {
        "name": "Server der Werke",
        "external_id": "CRM-4711",
        "value": Decimal("50000.50"),
        "currency": "EUR",
        "close_date": date(2027, 6, 30),
        "notes": "Forty servers.",
        "solutions": ["SOL-1-ABC", "Azure"],
        "intent": "",
        "asks_contact": False,
        "sales_stage": "",
        "contact_first_name": "Karla",
        "contact_last_name": "Kunde",
        "contact_email": "karla@fabrikam.example",
        "contact_phone": "+49 221 1",
    }


def test_what_a_column_holds_is_not_kept_beside_it() -> None:
    kept = reading.leftover(shapes.referral(referral(custom={"depth": [1, {"x": None}]})))
    assert kept["custom"] == {"depth": [1, {"x": None}]}
    assert kept["customerProfile"]["team"] == [
        {"contactPreference": {"locale": "de-de", "disableNotifications": True}},
        {"firstName": "Ben", "lastName": "Beirat", "email": "ben@fabrikam.example"},
    ]
    assert not {"name", "externalReferenceId", "status", "substatus"} & set(kept)
    assert set(kept["details"]) == {"closingDateTime", "requirements"}


@pytest.mark.parametrize("letters", [str.upper, str.lower, str.swapcase])
def test_known_members_count_in_any_letter_case(letters: Any) -> None:
    def spelled(value: Any) -> Any:
        if isinstance(value, dict):
            return {letters(name): spelled(inner) for name, inner in value.items()}
        return [spelled(one) for one in value] if isinstance(value, list) else value

    assert shapes.referral(spelled(referral())) == shapes.referral(referral())


@pytest.mark.parametrize(
    ("said", "value"), [("10000", 10000), (10000, 10000), (1e4, 10000), ("0.005", "0.01"), ("1e3", 1000), (0, 0)]
)
def test_a_value_is_a_number_or_a_text_of_one(said: Any, value: Any) -> None:
    assert read(with_value("details/dealValue", said))["value"] == Decimal(value)


@pytest.mark.parametrize(
    ("said", "stage"), [("Develop", "40"), ("close", "80"), ("60", "60"), ("100", "80"), (None, ""), ("", "")]
)
def test_a_stage_is_a_word_of_the_contract_or_a_percentage(said: Any, stage: str) -> None:
    assert read(referral(salesStage=said))["sales_stage"] == stage


WRONG = [
    ("name", 5),
    ("name", "x" * 201),
    ("name", "a\0b"),
    ("name", "a\ud800b"),
    ("type", "Both"),
    ("type", ["Shared"]),
    ("qualification", "Certain"),
    ("status", "Open"),
    ("substatus", "Maybe"),
    ("salesStage", "Hope"),
    ("engagementId", 7),
    ("customerProfile", "Fabrikam"),
    ("customerProfile", []),
    ("customerProfile/team", {"email": "x"}),
    ("customerProfile/team/0", "Karla"),
    ("customerProfile/team/0/email", "karla"),
    ("customerProfile/team/0/phoneNumber", 49221),
    ("customerProfile/team/0/firstName", "x" * 101),
    ("customerProfile/address/country", 49),
    ("consent/consentToContact", "yes"),
    ("details/notes", "x" * 4001),
    ("details/dealValue", True),
    ("details/dealValue", "much"),
    ("details/dealValue", "NaN"),
    ("details/dealValue", -1),
    ("details/dealValue", 1e300),
    ("details/dealValue", [1]),
    ("details/currency", "XXX1"),
    ("details/closingDateTime", "30.06.2027"),
    ("details/closingDateTime", 1),
    ("details/requirements/solutions", "Azure"),
    ("details/requirements/solutions/0", "Azure"),
    ("details/requirements/solutions/0/id", "x" * 61),
    ("team", [None]),
    ("target", {}),
    ("favorite", 1),
    ("inviteContext/assistanceRequestCode", "Please"),
    ("unknown", {"deep": ["a\0b"]}),
    ("unknown", float("inf")),
    ("unknown", "x" * 10_001),
]


@pytest.mark.parametrize(("path", "value"), WRONG)
def test_a_value_that_cannot_be_taken_is_refused_at_its_place(path: str, value: Any) -> None:
    with pytest.raises(Unfit) as refusal:
        read(with_value(path, value))
    assert refusal.value.field.startswith(path), refusal.value.field
    assert refusal.value.field in str(refusal.value)


@pytest.mark.parametrize("body", [[], "text", 5, None, True])
def test_a_body_that_is_no_object_is_refused(body: Any) -> None:
    with pytest.raises(Unfit):
        shapes.referral(body)


def test_a_document_that_is_too_large_to_be_kept_is_refused() -> None:
    with pytest.raises(Unfit, match="64"):
        shapes.referral(referral(**{f"x{number}": "y" * 9_000 for number in range(10)}))


@pytest.mark.parametrize("name", reading.REQUIRED)
@pytest.mark.parametrize("value", ["missing", None])
def test_four_members_are_required(name: str, value: Any) -> None:
    document = referral()
    if value is None:
        document[name] = None
    else:
        del document[name]
    with pytest.raises(Unfit) as refusal:
        reading.must_have_required(shapes.referral(document))
    assert refusal.value.field == name


def test_help_is_asked_for_what_is_shared_alone() -> None:
    document = referral(inviteContext={"assistanceRequestCode": "QuotesOrLicensing"})
    with pytest.raises(Unfit) as refusal:
        reading.sharing(shapes.referral(document))
    assert refusal.value.field == f"consent/{SHARE}"
    document["consent"] |= {SHARE: True}
    assert reading.sharing(shapes.referral(document)) == ("co_sell", "quotes")


@pytest.mark.parametrize("path", [path for path in PATHS if not path.endswith("/-")])
def test_every_path_of_the_contract_can_be_patched_and_no_other_changes(path: str) -> None:
    document = {**referral(), "campaignId": None, "referralProgram": None, "salesStage": None, "statusReason": None}
    document["consent"] |= {SHARE: False}
    value = [{"email": "new@contoso.com"}] if path.endswith(("team", "solutions")) else "new"
    for said in (path, path.upper()):
        after = patched(document, [{"op": "replace", "path": said, "value": value}])
        changed = {name for name in after if after[name] != document[name]}
        assert changed == {path.split("/")[1]}
        assert reading.at(after, *path.split("/")[1:]) == value


def test_a_patch_adds_at_the_end_and_leaves_the_document_it_was_made_of() -> None:
    document = referral()
    before = deepcopy(document)
    after = patched(document, [{"Op": "Add", "Path": "/team/-", "Value": {"email": "x@contoso.com"}}])
    assert [one["email"] for one in after["team"]] == ["jane@nordlicht.example", "x@contoso.com"]
    assert document == before


@pytest.mark.parametrize(
    ("body", "target"),
    [
        ({"details": {"dealValue": 1}}, "body"),
        ("replace", "body"),
        (None, "body"),
        ([5], "0"),
        ([{"op": "remove", "path": "/details/notes"}], "0/op"),
        ([{"op": "test", "path": "/details/notes", "value": 1}], "0/op"),
        ([{"op": "move", "from": "/name", "path": "/details/notes"}], "0/op"),
        ([{"op": "copy", "from": "/name", "path": "/details/notes"}], "0/op"),
        ([{"op": "replace", "path": "/name", "value": "x"}], "0/path"),
        ([{"op": "replace", "path": "/consent/consentToContact", "value": True}], "0/path"),
        ([{"op": "replace", "path": "/registrations/0/contract/value", "value": 1}], "0/path"),
        ([{"op": "replace", "path": "/team/-", "value": {}}], "0/path"),
        ([{"op": "add", "path": "/team/0", "value": {}}], "0/path"),
        ([{"op": "replace", "path": "", "value": {}}], "0/path"),
        ([{"op": "replace", "value": 1}], "0/path"),
        ([{"op": "replace", "path": "/details/notes"}], "0/value"),
        ([{"op": "add", "path": "/details/notes", "value": "x"}, {"op": "add", "path": "/x", "value": 1}], "1/path"),
        ([{"op": "replace", "path": "/status", "value": "New"}] * (MOST + 1), "body"),
    ],
)
def test_a_patch_that_cannot_be_taken_is_refused_by_its_part(body: Any, target: str) -> None:
    with pytest.raises(Unfit) as refusal:
        patched(referral(), body)
    assert refusal.value.field == target


def test_a_patch_of_what_is_no_list_any_more_is_refused() -> None:
    operations = [
        {"op": "replace", "path": "/team", "value": "nobody"},
        {"op": "add", "path": "/team/-", "value": {"email": "x@contoso.com"}},
    ]
    with pytest.raises(Unfit) as refusal:
        patched(referral(), operations)
    assert refusal.value.field == "body"


def test_a_part_is_laid_over_the_whole() -> None:
    over = {"details": {"notes": None, "requirements": {"services": []}}, "team": [], "new": {"a": 1}}
    found = overlaid(referral(), over)
    assert found["details"]["notes"] is None
    assert found["details"]["requirements"]["services"] == []
    assert found["details"]["requirements"]["products"] == [{"id": "Azure"}]
    assert (found["team"], found["new"], found["name"]) == ([], {"a": 1}, "Server der Werke")


def test_every_state_is_a_pair_that_goes_together() -> None:
    assert all(is_pair(*pair) for pair in WIRE.values())
    assert not is_pair("Active", "Won")
    assert not is_pair("Nowhere", "None")
    assert {status for status, _substatus in WIRE.values()} == set(PAIRS)


@pytest.mark.parametrize("state", list(State))
def test_a_pair_leads_by_a_step_of_the_table_and_the_partners_own_comes_first(state: State) -> None:
    for pair in set(WIRE.values()):
        step = towards(state, pair, Actor.PARTNER)
        ways = [one for one in STEPS.values() if one.target and state in one.sources and WIRE[one.target] == pair]
        assert (step in [way.step for way in ways]) == bool(ways)
        if own := [way.step for way in ways if Actor.PARTNER in way.actors]:
            assert step in own


def test_a_new_lead_that_is_declined_on_the_wire_is_withdrawn() -> None:
    assert towards(State.SUBMITTED, ("Closed", "Declined"), Actor.PARTNER) is Step.WITHDRAW
    assert towards(State.WON, ("Active", "Accepted"), Actor.PARTNER) is None
