"""The page of the dated rules: added from a day on, corrected, removed, and each change taken back once."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import models
from django.forms import model_to_dict
from django.test import Client

from agreements.models import CutOff
from common.refusals import NotAllowed, Refused, Stale, Unfit
from customers import services
from customers.models import CountryRule, RuleChange
from partners.models import User
from portal.views.rules import TABLES
from tests.factories import NOON

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


def typed(row: models.Model, code: str) -> dict[str, Any]:
    """The form of a row as its page sends it."""
    form = TABLES[code].form(instance=row)
    values = {field.name: field.value() for field in form}
    return {name: value for name, value in values.items() if value is not None and value is not False}


def state(row: models.Model) -> dict[str, Any]:
    """What a row holds today."""
    return model_to_dict(type(row)._default_manager.get(pk=row.pk))


@pytest.mark.parametrize("code", TABLES)
def test_a_row_of_every_table_is_shown_corrected_and_the_correction_taken_back(
    code: str, signed_in: SignIn, policy_owner: User
) -> None:
    client, row = signed_in(policy_owner), TABLES[code].model._default_manager.order_by("pk")[0]
    before, day = state(row), "effective_on" if code == "cut-offs" else "valid_from"
    address = f"/policy/rules/{code}/{row.pk}/"
    assert client.get(address).status_code == 200
    saved = client.post(address, {**typed(row, code), day: "2018-05-04", "seen": 0})
    assert saved.status_code == 302, saved.context["form"].errors
    assert state(row) == {**before, day: date(2018, 5, 4)}
    page = client.get(f"/policy/rules/{code}/").content.decode()
    assert str(policy_owner) in page
    change = RuleChange.objects.get()
    assert client.post(f"/policy/rules/changes/{change.pk}/undo/").status_code == 302
    assert state(row) == before
    assert client.post(f"/policy/rules/changes/{change.pk}/undo/").status_code == 409


def test_a_rule_changes_by_a_row_from_a_new_day_on_and_holds_in_the_form_from_then(
    signed_in: SignIn, policy_owner: User
) -> None:
    client, old = signed_in(policy_owner), CountryRule.objects.get(country="PL")
    new = client.get("/policy/rules/countries/new/", {"like": old.pk}).context["form"]
    assert new["number_pattern"].value() == old.number_pattern
    answer = client.post(
        "/policy/rules/countries/new/",
        {**typed(old, "countries"), "valid_from": "2027-01-01", "number_pattern": r"\d{14}", "seen": 0},
    )
    assert answer.status_code == 302
    facts = {"country": "PL", "registration_number": "1" * 14}
    assert services.misfits(facts, on=date(2026, 12, 31))
    assert services.misfits(facts, on=date(2027, 1, 1)) == {}


def test_what_was_removed_comes_back_as_it_was(policy_owner: User) -> None:
    row = CutOff.objects.order_by("pk")[0]
    before = state(row)
    gone = services.drop_rule(row, by=policy_owner, at=NOON, seen=0)
    assert not CutOff.objects.filter(pk=gone.row).exists()
    services.undo_rule(gone, by=policy_owner, at=NOON)
    assert model_to_dict(CutOff.objects.get(pk=gone.row)) == before
    added = services.keep_rule(CutOff(), by=policy_owner, at=NOON, values={**before, "code": "new", "id": None})
    services.undo_rule(added, by=policy_owner, at=NOON)
    assert not CutOff.objects.filter(code="new").exists()


def test_who_comes_too_late_and_what_was_changed_since_are_refused(policy_owner: User, administrator: User) -> None:
    row = CutOff.objects.order_by("pk")[0]
    first = services.keep_rule(row, by=policy_owner, at=NOON, values={"source": "one"}, seen=0)
    with pytest.raises(Stale):
        services.keep_rule(row, by=administrator, at=NOON, values={"source": "two"}, seen=0)
    with pytest.raises(Stale):
        services.drop_rule(row, by=administrator, at=NOON, seen=0)
    services.keep_rule(row, by=administrator, at=NOON, values={"source": "two"}, seen=first.pk)
    with pytest.raises(Refused, match="changed since"):
        services.undo_rule(first, by=policy_owner, at=NOON)
    with pytest.raises(Unfit) as refusal:
        services.keep_rule(CutOff(), by=policy_owner, at=NOON, values={"code": row.code})
    assert refusal.value.field
    assert state(row)["source"] == "two"


@pytest.mark.parametrize("who", ["seller", "chief", "reviewer"])
def test_nobody_else_changes_a_rule_or_sees_who_did(
    who: str, request: pytest.FixtureRequest, policy_owner: User
) -> None:
    by, row = request.getfixturevalue(who), CutOff.objects.order_by("pk")[0]
    change = services.keep_rule(row, by=policy_owner, at=NOON, values={"source": "one"}, seen=0)
    for write in (
        lambda: services.keep_rule(row, by=by, at=NOON, values={}, seen=change.pk),
        lambda: services.drop_rule(row, by=by, at=NOON, seen=change.pk),
        lambda: services.undo_rule(change, by=by, at=NOON),
    ):
        with pytest.raises(NotAllowed):
            write()
    assert not RuleChange.objects.visible_to(by).exists()


@pytest.mark.parametrize(
    ("code", "wrong", "field"),
    [
        ("countries", {"number_pattern": "(", "number_form_en": "x", "number_form_de": "x"}, "number_pattern"),
        ("countries", {"number_pattern": "a*+", "number_form_en": "x", "number_form_de": "x"}, "number_pattern"),
        ("countries", {"number_pattern": "[0-9]"}, "number_pattern"),
        ("countries", {"country": "XX"}, "country"),
        ("countries", {"valid_from": "2026-02-30"}, "valid_from"),
        ("countries", {"valid_from": ""}, "valid_from"),
        ("countries", {"states": "Bayern"}, "states"),
        ("cut-offs", {"code": "a b"}, "code"),
        ("ways", {"valid_to": "2001-01-01"}, "valid_to"),
        ("texts", {"agreement_link": "http://plain.example"}, "agreement_link"),
        ("languages", {"language": "deutsch"}, "language"),
        ("links", {"reminder_days": "3 x"}, "reminder_days"),
        ("links", {"link_minutes": "1"}, "link_minutes"),
    ],
)
def test_bad_input_is_named_at_its_field_and_stays_in_the_form(
    code: str, wrong: dict[str, str], field: str, signed_in: SignIn, policy_owner: User
) -> None:
    row = TABLES[code].model._default_manager.order_by("pk")[0]
    before = state(row)
    answer = signed_in(policy_owner).post(f"/policy/rules/{code}/{row.pk}/", {**typed(row, code), **wrong, "seen": 0})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert all(answer.context["form"][name].value() == value for name, value in wrong.items())
    assert (state(row), RuleChange.objects.exists()) == (before, False)


def test_a_save_that_came_too_late_shows_what_stands_there_and_goes_through_when_it_is_sent_again(
    signed_in: SignIn, policy_owner: User, administrator: User
) -> None:
    row, client = CutOff.objects.order_by("pk")[0], signed_in(policy_owner)
    change = services.keep_rule(row, by=administrator, at=NOON, values={"source": "theirs"}, seen=0)
    mine = {**typed(row, "cut-offs"), "source": "mine", "seen": 0}
    late = client.post(f"/policy/rules/cut-offs/{row.pk}/", mine)
    assert late.status_code == 412
    page = late.content.decode()
    assert "theirs" in page
    assert 'value="mine"' in page
    assert client.post(f"/policy/rules/cut-offs/{row.pk}/", {**mine, "seen": change.pk}).status_code == 302


@pytest.mark.parametrize("count", [1, 6])
def test_the_page_costs_as_many_queries_however_much_was_changed(
    count: int, signed_in: SignIn, policy_owner: User, django_assert_num_queries: Any
) -> None:
    row, seen = CutOff.objects.order_by("pk")[0], 0
    for number in range(count):
        seen = services.keep_rule(row, by=policy_owner, at=NOON, values={"source": str(number)}, seen=seen).pk
    client = signed_in(policy_owner)
    with django_assert_num_queries(10):
        assert client.get("/policy/rules/cut-offs/").status_code == 200
