"""Dated rows of every kind: added from a day on, corrected, removed, seen by who may, and each change taken back once."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, models
from django.forms import model_to_dict
from django.test import Client
from django.utils import translation
from django.utils.timezone import localdate, now

from agreements.models import CutOff
from common.isolation import Side
from common.refusals import NotAllowed, Refused, Stale, Unfit
from customers.models import CountryRule
from customers.services import misfits
from partners import services
from partners.models import Post, Revision, User
from portal.data import TABLES
from portal.forms.data import HolidaysField
from referrals.models import Programme
from tests.factories import NOON

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
POSTS = [code for code, table in TABLES.items() if table.model is Post]
SEEDED = [code for code in TABLES if code not in POSTS]


def typed(code: str, row: models.Model) -> dict[str, Any]:
    """The form of a row as its page sends it."""
    form = TABLES[code].form(instance=row)
    values = {name: field.prepare_value(form[name].value()) for name, field in form.fields.items()}
    return {"seen": newest(row)} | {
        name: value for name, value in values.items() if value is not None and value is not False
    }


def newest(row: models.Model) -> int:
    return Revision.objects.newest_of(row)


def state(row: models.Model) -> dict[str, Any]:
    """What a row holds today."""
    return model_to_dict(type(row)._default_manager.get(pk=row.pk))


def cut_off() -> CutOff:
    return CutOff.objects.order_by("pk")[0]


def news(by: User, title: str = "One") -> Post:
    facts = {"title_en": title, "title_de": "Eins", "shown_from": localdate()}
    return services.keep(Post(kind="news"), by=by, at=NOON, facts=facts)


@pytest.mark.parametrize("code", SEEDED)
def test_a_row_of_every_table_is_shown_corrected_and_the_correction_taken_back(
    code: str, signed_in: SignIn, policy_owner: User
) -> None:
    client, row = signed_in(policy_owner), TABLES[code].rows()[0]
    before, day = state(row), TABLES[code].days[0]
    address = f"/data/{code}/{row.pk}/"
    assert client.get(address).status_code == 200
    saved = client.post(address, {**typed(code, row), day: "2018-05-04"})
    assert saved.status_code == 302, saved.context["form"].errors
    assert state(row) == {**before, day: date(2018, 5, 4)}
    change = Revision.objects.get()
    assert (list(change.after), change.after[day]) == ([day], "2018-05-04")
    for page in (address, f"/data/{code}/"):
        assert str(policy_owner) in client.get(page).content.decode()
    undo = f"/data/{code}/undo/{change.pk}/"
    assert client.post(undo).status_code == 302
    assert state(row) == before
    assert client.post(undo).status_code == 409
    assert client.post(f"/data/{code}/undo/{newest(row)}/").status_code == 302
    assert state(row)[day] == date(2018, 5, 4)


def test_everything_of_a_programme_is_changed_and_taken_back_at_once(signed_in: SignIn, administrator: User) -> None:
    client, programme = signed_in(administrator), Programme.objects.get(code="QRP")
    changes = {
        "valid_to": "2030-12-31",
        "min_value": "1000",
        "holidays": "DE 2026-12-24\n* 2026-12-31",
        "reminder_days": "5,9",
        "day_starts": "08:30",
        "required_fields": ["value"],
    }
    page, before = f"/data/programmes/{programme.pk}/", state(programme)
    answer = client.post(page, {**typed("programmes", programme), **changes})
    assert answer.status_code == 302, answer.context["form"].errors
    assert state(programme)["holidays"] == {"*": ["2026-12-31"], "DE": ["2026-12-24"]}
    revision = Revision.objects.get()
    assert set(revision.after) == set(changes)
    with translation.override("de"):
        told = {label: after for label, _before, after in TABLES["programmes"].differences(revision)}
    assert {"31.12.2030", "1.000,00", "* 2026-12-31, DE 2026-12-24", "5, 9", "Geschätzter Wert"} <= set(told.values())
    assert client.post(f"/data/programmes/undo/{revision.pk}/").status_code == 302
    assert state(programme) == before


def test_holidays_of_a_programme_are_free_where_they_are_entered() -> None:
    programme = Programme(holidays={"DE": ["2026-12-24"], "*": ["2026-12-31"]})
    days = [date(2026, 12, 24), date(2026, 12, 31), date(2026, 12, 25), date(2026, 12, 30)]
    free = {country: [programme.hours(country).of(day) is None for day in days] for country in ("DE", "AT", "")}
    assert free == {"DE": [True, True, True, False], "AT": [False, True, True, False], "": [False, True, False, False]}


@pytest.mark.parametrize("line", ["DE", "DE 24.12.2026", "XX 2026-12-24", "DE 2026-02-30", "2026-12-24"])
def test_a_line_of_holidays_that_cannot_be_read_is_named(line: str, signed_in: SignIn, administrator: User) -> None:
    programme = Programme.objects.get(code="QRP")
    wrong = {"holidays": f"AT 2026-12-24\n{line}", "name_en": "Kept as typed"}
    answer = signed_in(administrator).post(
        f"/data/programmes/{programme.pk}/", {**typed("programmes", programme), **wrong}
    )
    assert (answer.status_code, f"“{line}” cannot be read" in answer.content.decode()) == (422, True)
    assert "Kept as typed" in answer.content.decode()
    assert not Revision.objects.exists()
    assert HolidaysField(required=False).clean("de 2026-12-24") == {"DE": ["2026-12-24"]}


@pytest.mark.parametrize("kind", POSTS)
def test_a_text_is_written_corrected_and_its_correction_taken_back(
    kind: str, signed_in: SignIn, policy_owner: User
) -> None:
    client = signed_in(policy_owner)
    new = {"title_en": "Hello", "title_de": "Hallo", "shown_from": localdate().isoformat(), "roles": ["partner_staff"]}
    assert client.post(f"/data/{kind}/new/", {**new, "title_de": ""}).status_code == 422
    page = client.post(f"/data/{kind}/new/", new).headers["Location"]
    first = Revision.objects.get()
    changed = {**new, "title_en": "Hello again", "countries": ["DE", "AT"], "seen": first.pk}
    assert client.post(page, changed).status_code == 302
    row = Post.objects.get()
    assert (row.title_en, row.countries, row.roles) == ("Hello again", ["DE", "AT"], ["partner_staff"])
    assert client.post(f"/data/{kind}/undo/{newest(row)}/").status_code == 302
    row.refresh_from_db()
    assert (row.title_en, row.countries) == ("Hello", [])
    wrong = {**new, "shown_to": (localdate() - timedelta(days=1)).isoformat(), "seen": newest(row)}
    assert client.post(page, wrong).status_code == 422
    assert "Hello" in client.get(f"/data/{kind}/").content.decode()
    # others point to texts, so that they end and are not removed; and each kind tells of its own alone
    for refused in (f"/data/{kind}/undo/{first.pk}/", f"{page}remove/"):
        assert client.post(refused, {"seen": newest(row)}).status_code == 409
    assert client.post(f"/data/{next(one for one in POSTS if one != kind)}/undo/{first.pk}/").status_code == 404


def test_a_rule_changes_by_a_row_from_a_new_day_on_and_holds_in_the_form_from_then(
    signed_in: SignIn, policy_owner: User
) -> None:
    client, old = signed_in(policy_owner), CountryRule.objects.get(country="PL")
    new = client.get("/data/countries/new/", {"like": old.pk}).context["form"]
    assert new["number_pattern"].value() == old.number_pattern
    answer = client.post(
        "/data/countries/new/",
        {**typed("countries", old), "valid_from": "2027-01-01", "number_pattern": r"\d{14}", "seen": 0},
    )
    assert answer.status_code == 302
    facts = {"country": "PL", "registration_number": "1" * 14}
    assert misfits(facts, on=date(2026, 12, 31))
    assert misfits(facts, on=date(2027, 1, 1)) == {}


def test_what_was_removed_comes_back_as_it_was(policy_owner: User) -> None:
    row = cut_off()
    before = state(row)
    gone = services.drop(row, by=policy_owner, at=NOON, seen=0)
    assert not CutOff.objects.filter(pk=gone.row_id).exists()
    services.undo(gone, by=policy_owner, at=NOON)
    assert model_to_dict(CutOff.objects.get(pk=gone.row_id)) == before
    added = services.keep(CutOff(), by=policy_owner, at=NOON, facts={**before, "code": "new", "id": None})
    services.undo(Revision.objects.get(pk=newest(added)), by=policy_owner, at=NOON)
    assert not CutOff.objects.filter(code="new").exists()


def test_who_comes_too_late_is_refused(policy_owner: User, administrator: User) -> None:
    row = cut_off()
    services.keep(row, by=policy_owner, at=NOON, facts={"source": "one"})
    seen = newest(row)
    for late in (
        lambda: services.keep(row, by=administrator, at=NOON, facts={"source": "two"}, seen=0),
        lambda: services.drop(row, by=administrator, at=NOON, seen=0),
    ):
        with pytest.raises(Stale):
            late()
    services.keep(row, by=administrator, at=NOON, facts={"source": "two"}, seen=seen)
    with pytest.raises(Unfit) as refusal:
        services.keep(CutOff(), by=policy_owner, at=NOON, facts={"code": row.code})
    assert refusal.value.field
    assert state(row)["source"] == "two"
    services.drop(row, by=policy_owner, at=NOON, seen=newest(row))
    with pytest.raises(Refused, match="is gone"):
        services.keep(row, by=policy_owner, at=NOON, facts={"source": "three"}, seen=0)


def test_what_was_changed_again_is_not_taken_back_over_the_later_change(administrator: User) -> None:
    row = news(administrator)
    for title in ("Two", "Three"):
        services.keep(row, by=administrator, at=NOON, facts={"title_en": title}, seen=newest(row))
    _first, second, third = Revision.objects.order_by("pk")
    services.keep(row, by=administrator, at=NOON, facts={"title_de": "Vier"}, seen=third.pk)
    with pytest.raises(Refused, match="later change back first"):
        services.undo(second, by=administrator, at=NOON)
    services.undo(third, by=administrator, at=NOON)
    services.undo(second, by=administrator, at=NOON)
    row.refresh_from_db()
    assert (row.title_en, row.title_de) == ("One", "Vier")
    count = Revision.objects.count()
    assert services.keep(row, by=administrator, at=NOON, facts={"title_en": "One"}, seen=newest(row)) == row
    assert Revision.objects.count() == count


@pytest.mark.parametrize("who", ["seller", "chief", "reviewer", "auditor"])
def test_nobody_else_edits_and_none_but_the_auditor_sees_who_did(
    who: str, request: pytest.FixtureRequest, policy_owner: User
) -> None:
    by, row = request.getfixturevalue(who), cut_off()
    services.keep(row, by=policy_owner, at=NOON, facts={"source": "one"})
    change = Revision.objects.get()
    for write in (
        lambda: services.keep(row, by=by, at=NOON, facts={}, seen=change.pk),
        lambda: services.drop(row, by=by, at=NOON, seen=change.pk),
        lambda: services.undo(change, by=by, at=NOON),
        lambda: services.keep(Post(kind="news"), by=by, at=now(), facts={}),
    ):
        with pytest.raises(NotAllowed):
            write()
    assert Revision.objects.visible_to(by).exists() == (who == "auditor")


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
    answer = signed_in(policy_owner).post(f"/data/{code}/{row.pk}/", {**typed(code, row), **wrong})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert all(answer.context["form"][name].value() == value for name, value in wrong.items())
    assert (state(row), Revision.objects.exists()) == (before, False)


def test_a_save_that_came_too_late_shows_what_stands_there_and_goes_through_when_it_is_sent_again(
    signed_in: SignIn, policy_owner: User, administrator: User
) -> None:
    row, client = cut_off(), signed_in(policy_owner)
    services.keep(row, by=administrator, at=NOON, facts={"source": "theirs"})
    mine = {**typed("cut-offs", row), "source": "mine"}
    late = client.post(f"/data/cut-offs/{row.pk}/", {**mine, "seen": 0})
    assert late.status_code == 412
    page = late.content.decode()
    assert "theirs" in page
    assert 'value="mine"' in page
    assert client.post(f"/data/cut-offs/{row.pk}/", {**mine, "seen": late.context["seen"]}).status_code == 302


def test_a_row_that_should_not_be_there_is_removed_on_its_page(signed_in: SignIn, policy_owner: User) -> None:
    row, client = cut_off(), signed_in(policy_owner)
    assert client.post(f"/data/cut-offs/{row.pk}/remove/", {"seen": 0}).status_code == 302
    assert not CutOff.objects.filter(pk=row.pk).exists()
    assert "Removed" in client.get("/data/cut-offs/").content.decode()


@pytest.mark.parametrize("count", [1, 6])
def test_the_page_costs_as_many_queries_however_much_was_changed(
    count: int, signed_in: SignIn, policy_owner: User, django_assert_num_queries: Any
) -> None:
    row = cut_off()
    for number in range(count):
        services.keep(row, by=policy_owner, at=NOON, facts={"source": str(number)}, seen=newest(row))
    client = signed_in(policy_owner)
    with django_assert_num_queries(10):
        assert client.get("/data/cut-offs/").status_code == 200


def test_the_former_address_of_rules_leads_to_their_page(signed_in: SignIn, policy_owner: User) -> None:
    client = signed_in(policy_owner)
    assert client.get("/policy/rules/").headers["Location"] == "/data/"
    assert client.get("/policy/rules/cut-offs/").headers["Location"] == "/data/cut-offs/"
    assert client.get("/data/no-such/").status_code == 404


def test_history_is_only_added_to_and_by_the_office_alone() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT grantee, privilege_type FROM information_schema.role_table_grants"
            " WHERE table_name = 'partners_revision' AND grantee = ANY (%s) ORDER BY 2",
            [[side.value for side in Side]],
        )
        assert cursor.fetchall() == [(Side.OFFICE.value, "INSERT"), (Side.OFFICE.value, "SELECT")]
