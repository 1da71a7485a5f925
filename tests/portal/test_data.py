"""Dated rows that the office edits: every change is kept, seen, and can be taken back."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localdate, now

from common.refusals import NotAllowed, Refused
from partners import services
from partners.models import Post, Revision, User
from portal.data import KINDS
from portal.forms.data import HolidaysField
from referrals.models import Programme
from tests.factories import NOON

pytestmark = pytest.mark.django_db


def typed(client: Client, page: str, **changes: Any) -> dict[str, Any]:
    """What the form of a page would send, with some changes."""
    form = client.get(page).context["form"]
    values = {field.name: field.value() for field in form}
    sent = {
        name: field.prepare_value(value) if hasattr(field := form.fields[name], "prepare_value") else value
        for name, value in values.items()
    }
    return {name: value for name, value in {**sent, **changes}.items() if value not in (None, False)}


def test_a_programme_is_changed_seen_and_taken_back(administrator: User, client: Client) -> None:
    programme = Programme.objects.get(code="QRP")
    client.force_login(administrator)
    page = f"/data/programmes/{programme.pk}/"
    changes = {
        "valid_to": "2030-12-31",
        "min_value": "1000",
        "holidays": "DE 2026-12-24\n* 2026-12-31",
        "reminder_days": "5,9",
    }
    answer = client.post(page, typed(client, page, **changes))
    assert answer.status_code == 302, answer.context["form"].errors
    programme.refresh_from_db()
    assert (programme.valid_to, programme.reminder_days) == (date(2030, 12, 31), [5, 9])
    assert programme.holidays == {"*": ["2026-12-31"], "DE": ["2026-12-24"]}
    revision = Revision.objects.get()
    assert set(revision.changes) == {"valid_to", "min_value", "holidays", "reminder_days"}
    shown = client.get(page).content.decode()
    assert "2030-12-31" in shown
    undo = f"{page}undo/{revision.pk}/"
    assert client.post(undo).status_code == 302
    programme.refresh_from_db()
    assert (programme.valid_to, programme.min_value, programme.holidays) == (None, None, {})
    assert client.post(undo).status_code == 409
    assert client.post(f"{page}undo/{Revision.objects.get(undoes=revision).pk}/").status_code == 302
    programme.refresh_from_db()
    assert programme.valid_to == date(2030, 12, 31)


def test_holidays_of_a_programme_are_free_where_they_are_entered() -> None:
    programme = Programme(holidays={"DE": ["2026-12-24"], "*": ["2026-12-31"]})
    days = [date(2026, 12, 24), date(2026, 12, 31), date(2026, 12, 25), date(2026, 12, 30)]
    free = {country: [programme.hours(country).of(day) is None for day in days] for country in ("DE", "AT", "")}
    assert free == {"DE": [True, True, True, False], "AT": [False, True, True, False], "": [False, True, False, False]}


@pytest.mark.parametrize("line", ["DE", "DE 24.12.2026", "XX 2026-12-24", "DE 2026-02-30", "2026-12-24"])
def test_a_line_of_holidays_that_cannot_be_read_is_named(line: str, administrator: User, client: Client) -> None:
    client.force_login(administrator)
    page = f"/data/programmes/{Programme.objects.get(code='QRP').pk}/"
    answer = client.post(page, typed(client, page, holidays=f"AT 2026-12-24\n{line}", name_en="Kept as typed"))
    assert (answer.status_code, f"“{line}” cannot be read" in answer.content.decode()) == (422, True)
    assert "Kept as typed" in answer.content.decode()
    assert not Revision.objects.exists()
    assert HolidaysField(required=False).clean("de 2026-12-24") == {"DE": ["2026-12-24"]}


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"programmes"}))
def test_a_text_is_written_corrected_and_its_correction_undone(kind: str, policy_owner: User, client: Client) -> None:
    client.force_login(policy_owner)
    new = {"title_en": "Hello", "title_de": "Hallo", "shown_from": localdate().isoformat(), "roles": ["partner_staff"]}
    assert client.post(f"/data/{kind}/new/", {**new, "title_de": ""}).status_code == 422
    page = client.post(f"/data/{kind}/new/", new).headers["Location"]
    assert client.post(page, {**new, "title_en": "Hello again", "countries": ["DE", "AT"]}).status_code == 302
    row = Post.objects.get()
    assert (row.title_en, row.countries, row.roles) == ("Hello again", ["DE", "AT"], ["partner_staff"])
    first, second = Revision.objects.order_by("pk")
    assert client.post(f"{page}undo/{second.pk}/").status_code == 302
    row.refresh_from_db()
    assert (row.title_en, row.countries) == ("Hello", [])
    assert client.post(f"{page}undo/{first.pk}/").status_code == 409
    wrong = {**new, "shown_to": (localdate() - timedelta(days=1)).isoformat()}
    assert client.post(page, wrong).status_code == 422
    assert "Hello" in client.get(f"/data/{kind}/").content.decode()


def test_what_was_changed_again_is_not_undone_over_the_later_change(administrator: User) -> None:
    row = Post(kind="news")
    facts = {"title_en": "One", "title_de": "Eins", "shown_from": localdate()}
    row = services.keep(row, by=administrator, at=NOON, facts=facts)
    for title in ("Two", "Three"):
        services.keep(row, by=administrator, at=NOON, facts={"title_en": title})
    _first, second, third = Revision.objects.order_by("pk")
    with pytest.raises(Refused, match="later change first"):
        services.undo(second, row, by=administrator, at=NOON)
    services.undo(third, row, by=administrator, at=NOON)
    services.undo(second, row, by=administrator, at=NOON)
    row.refresh_from_db()
    assert row.title_en == "One"
    assert services.keep(row, by=administrator, at=NOON, facts={"title_en": "One"}) == row
    assert Revision.objects.count() == 5


def test_only_the_office_edits(seller: User) -> None:
    with pytest.raises(NotAllowed):
        services.keep(Post(kind="news"), by=seller, at=now(), facts={})
