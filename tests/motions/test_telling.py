"""Partners are told of a version: who, once, with what moves there, in their language."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from django.utils.timezone import localdate, now

from motions import notices, services
from motions.models import Deal, PolicyNews, PolicyVersion
from partners.models import Notice, User
from partners.wording import words_of
from tests import factories

pytestmark = pytest.mark.django_db


def published(by: User, **changes: Any) -> PolicyVersion:
    """A version that another owner approved."""
    base = PolicyVersion.objects.get(code="GUIDANCE_2023_10")
    draft = services.draft(based_on=base, by=by, at=now(), **changes)
    services.preview(draft, by=by, at=now())
    services.approve(draft, by=factories.UserFactory(policy_owner=True), at=now())
    return services.publish(draft, by=by, at=now())


def test_every_partner_is_told_once_with_what_moves_there(
    deal: Deal, seller: User, chief: User, rival: User, policy_owner: User, drain: Callable[[], Any], client: Client,
    as_person: Callable[[User], Any],
) -> None:  # fmt: skip
    drain()
    factories.UserFactory(partner=factories.PartnerFactory(is_active=False))
    with as_person(policy_owner):
        version = published(policy_owner, seat_limit=2000, valid_from=localdate() + timedelta(days=40))
    assert notices.tell(clock=now) == 3
    assert notices.tell(clock=now) == 0
    assert set(Notice.objects.values_list("user", flat=True)) == {seller.pk, chief.pk, rival.pk}
    told = words_of("motions.published", Notice.objects.get(user=seller).params)
    assert told.text == "1 of your customers moves. You have 40 days."
    with translation.override("de"):
        assert version.title_de in words_of("motions.published", Notice.objects.get(user=rival).params).title
    client.force_login(seller)
    page = client.get(f"/policy/{version.code}/").content.decode()
    assert "Breadth → Enterprise: 1 customer" in page
    client.force_login(rival)
    assert "None of your customers moved" in client.get(f"/policy/{version.code}/").content.decode()


def test_a_market_of_its_own_concerns_who_is_there_serves_it_or_has_customers_there(
    policy_owner: User, drain: Callable[[], Any]
) -> None:
    at_home = factories.PartnerFactory(country="FR")
    serving = factories.PartnerFactory(countries=["FR"])
    moved = factories.DealFactory(customer=factories.CustomerFactory(country="FR"), seats=2399).partner
    factories.PartnerFactory()
    drain()
    version = published(policy_owner, market="FR", seat_limit=2000, valid_from=localdate() + timedelta(days=40))
    assert set(PolicyNews.objects.filter(policy=version).values_list("partner", flat=True)) == {
        at_home.pk, serving.pk, moved.pk,
    }  # fmt: skip


def test_a_word_about_a_published_version_is_told_to_the_same_partners(rival: User, policy_owner: User) -> None:
    version = published(policy_owner)
    words = {"text_en": "Put off", "text_de": "Verschoben"}
    services.announce(version, by=policy_owner, at=now(), state="postponed", day=localdate(), **words)
    assert notices.tell(clock=now) == 2
    told = Notice.objects.get(user=rival, kind="motions.announced")
    with translation.override("de"):
        assert words_of(told.kind, told.params).text == "Verschoben"


@pytest.mark.parametrize(("days", "is_short"), [(29, True), (30, False)])
def test_publishing_says_who_is_told_and_whether_the_promised_notice_is_kept(
    days: int, is_short: bool, policy_owner: User, rival: User, client: Client
) -> None:
    base = PolicyVersion.objects.get(code="GUIDANCE_2023_10")
    draft = services.draft(based_on=base, by=policy_owner, at=now(), valid_from=localdate() + timedelta(days=days))
    client.force_login(policy_owner)
    page = client.get(f"/policy/{draft.code}/publish/").content.decode()
    assert "1 partner is told at once" in page
    assert ("the programme promises 30" in page) is is_short


def test_a_draft_made_on_the_map_leads_to_it(policy_owner: User, client: Client) -> None:
    client.force_login(policy_owner)
    answer = client.post("/map/draft/", {"seats": "1200"})
    assert answer.headers["Location"] == f"/policy/{PolicyVersion.objects.get(seat_limit=1200).code}/"
