"""Alerts as their partner reads them: on the first page, in the list, marked as seen."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from common.refusals import NotAllowed
from customers.models import Customer
from motions import services
from motions.models import Alert
from motions.views import alerts as alert_views
from partners.models import User
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
ALERTS_QUERIES = 10
HOME_QUERIES = 21


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def made(customer: Customer, count: int, **facts: Any) -> list[Alert]:
    """Alerts, each an hour newer than the one before."""
    return [
        factories.AlertFactory(customer=customer, made_at=NOON + timedelta(hours=hour), **facts)
        for hour in range(count)
    ]


def shown(answer: Any) -> list[int]:
    return [row["alert"].pk for row in answer.context["rows"]]


def test_the_list_shows_the_newest_first_and_leads_to_the_oldest_and_back(
    signed_in: SignIn, seller: User, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alert_views, "PAGE_SIZE", 2)
    newest_first = [alert.pk for alert in made(customer, 5)][::-1]
    client = signed_in(seller)
    first = client.get("/alerts/")
    second = client.get("/alerts/", {"after": first.context["page"].after})
    third = client.get("/alerts/", {"after": second.context["page"].after})
    assert shown(first) + shown(second) + shown(third) == newest_first
    assert (first.context["page"].before, third.context["page"].after) == ("", "")
    assert shown(client.get("/alerts/", {"before": third.context["page"].before})) == shown(second)


def test_alerts_of_one_moment_are_all_on_some_page(
    signed_in: SignIn, seller: User, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alert_views, "PAGE_SIZE", 2)
    alerts = [factories.AlertFactory(customer=customer).pk for _each in range(3)]
    client = signed_in(seller)
    first = client.get("/alerts/")
    assert shown(first) + shown(client.get("/alerts/", {"after": first.context["page"].after})) == alerts[::-1]


def test_a_kind_narrows_the_list_and_nonsense_does_not(signed_in: SignIn, seller: User, customer: Customer) -> None:
    (near,) = made(customer, 1)
    (end,) = made(customer, 1, kind="ea_end", params={"end": "2027-06-30"})
    client = signed_in(seller)
    assert shown(client.get("/alerts/", {"kind": "ea_end"})) == [end.pk]
    assert shown(client.get("/alerts/", {"kind": "nonsense"})) == [end.pk, near.pk]
    assert "There is no alert of this kind." in text_of(client.get("/alerts/", {"kind": "lead"}))


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_and_the_first_page_ask_equally_often_for_few_and_for_many(
    count: int, signed_in: SignIn, seller: User, customer: Customer, django_assert_num_queries: Any
) -> None:
    for _each in range(count):
        other = factories.CustomerFactory(partner=customer.partner)
        factories.AlertFactory(
            customer=other, kind="policy", params={"motion": "breadth", "before": "enterprise", "policy": 1}
        )
    client = signed_in(seller)
    client.get("/alerts/")
    with django_assert_num_queries(ALERTS_QUERIES):
        client.get("/alerts/")
    with django_assert_num_queries(HOME_QUERIES):
        client.get("/")


def test_the_first_page_shows_the_newest_five_and_counts_what_nobody_has_seen(
    signed_in: SignIn, seller: User, customer: Customer
) -> None:
    alerts = made(customer, 7)
    answer = signed_in(seller).get("/")
    assert [row["alert"].pk for row in answer.context["alerts"]["rows"]] == [alert.pk for alert in alerts[:1:-1]]
    assert "7 not seen yet" in text_of(answer)
    assert 'href="/alerts/"' in text_of(answer)


def test_the_list_comes_as_the_part_that_htmx_asked_for(signed_in: SignIn, seller: User, customer: Customer) -> None:
    made(customer, 1)
    part = text_of(signed_in(seller).get("/alerts/", headers={"HX-Request": "true"}))
    assert "<html" not in part
    assert customer.name in part


def test_an_alert_is_marked_once_with_who_saw_it_and_the_way_leads_back(
    signed_in: SignIn, seller: User, chief: User, customer: Customer
) -> None:
    (alert,) = made(customer, 1)
    path = f"/alerts/{alert.public_id}/seen/"
    answer = signed_in(seller).post(path, {"back": "/alerts/?kind=near"})
    assert answer.headers["Location"] == "/alerts/?kind=near"
    alert.refresh_from_db()
    seen_at = alert.seen_at
    assert (seen_at is not None, alert.seen_by_name) == (True, "Selma Seller")
    signed_in(chief).post(path)
    alert.refresh_from_db()
    assert (alert.seen_at, alert.seen_by_name) == (seen_at, "Selma Seller")
    assert "Seen by Selma Seller" in text_of(signed_in(chief).get("/alerts/"))


@pytest.mark.parametrize("place", ["https://example.org/", "//example.org/", "javascript:alert(1)", ""])
def test_marking_leads_to_no_other_site(place: str, signed_in: SignIn, seller: User, customer: Customer) -> None:
    (alert,) = made(customer, 1)
    answer = signed_in(seller).post(f"/alerts/{alert.public_id}/seen/", {"back": place})
    assert answer.headers["Location"] == "/alerts/"


def test_marking_all_leaves_what_came_after_the_page_was_shown(
    signed_in: SignIn, seller: User, customer: Customer
) -> None:
    made(customer, 3)
    client = signed_in(seller)
    until = client.get("/alerts/").context["until"]
    later = factories.AlertFactory(customer=customer, made_at=NOON + timedelta(days=1))
    client.post("/alerts/seen/", {"until": until})
    assert list(Alert.objects.filter(seen_at__isnull=True)) == [later]


def test_marking_all_of_a_kind_leaves_the_others(signed_in: SignIn, seller: User, customer: Customer) -> None:
    made(customer, 1)
    (end,) = made(customer, 1, kind="ea_end", params={"end": "2027-06-30"})
    signed_in(seller).post("/alerts/seen/", {"kind": "ea_end"})
    assert list(Alert.objects.filter(seen_at__isnull=False)) == [end]


@pytest.mark.parametrize("until", ["", "never", "2026-13-45T00:00:00Z", "2026-03-03T12:00:00"])
def test_a_moment_that_cannot_be_read_means_now(
    until: str, signed_in: SignIn, seller: User, customer: Customer
) -> None:
    made(customer, 1)
    signed_in(seller).post("/alerts/seen/", {"until": until})
    assert not Alert.objects.filter(seen_at__isnull=True).exists()


def test_a_strangers_alert_is_neither_there_nor_marked(
    signed_in: SignIn, rival: User, reviewer: User, customer: Customer
) -> None:
    (alert,) = made(customer, 1)
    for user in (rival, reviewer):
        assert signed_in(user).post(f"/alerts/{alert.public_id}/seen/").status_code == 404
    signed_in(rival).post("/alerts/seen/")
    assert shown(signed_in(rival).get("/alerts/")) == []
    alert.refresh_from_db()
    assert alert.seen_at is None


def test_nobody_but_the_partner_marks_alerts(customer: Customer, reviewer: User) -> None:
    (alert,) = made(customer, 1)
    with pytest.raises(NotAllowed):
        services.mark_alert_seen(alert, by=reviewer, at=NOON)
    with pytest.raises(NotAllowed):
        services.mark_alerts_seen(by=reviewer, at=NOON, until=NOON)


@pytest.mark.parametrize(("language", "error"), [("en", "1.2%"), ("de", "1,2 %")])
def test_the_policy_page_tells_its_owner_how_well_the_forecast_does_and_nobody_else(
    language: str, error: str, signed_in: SignIn, policy_owner: User, administrator: User, seller: User
) -> None:
    factories.BacktestFactory(trend_error="0.9999")
    factories.BacktestFactory()
    factories.BacktestFactory(measure="azure", histories=2, trend_error=None, last_error=None)
    for user, sees in ((policy_owner, True), (administrator, True), (seller, False)):
        client = signed_in(user)
        client.cookies["django_language"] = language
        text = text_of(client.get("/policy/")).replace("\xa0", " ")
        assert (error in text) is sees
        assert ('id="quality"' in text) is sees
