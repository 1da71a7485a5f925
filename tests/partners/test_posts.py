"""What the office writes: who reads it, in which language, from when; the newsletter by choice, once, ended by one click."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.utils.timezone import localdate, now

from common.isolation import Side, acting
from motions.models import Deal
from partners import notices, services
from partners.models import NewsMail, NewsSubscription, Post, User
from partners.roles import Role
from tests import factories

pytestmark = pytest.mark.django_db


def post(**facts: Any) -> Post:
    title = facts.pop("title", "Limits move")
    facts = {"kind": "news", "shown_from": localdate(), "title_en": title, "title_de": f"{title} (deutsch)", **facts}
    return Post.objects.create(**{"body_en": "One.\n\nTwo.", "body_de": "Eins.", **facts})


@pytest.mark.parametrize(
    ("audience", "readers"),
    [
        ({}, {"seller", "reviewer"}),
        ({"roles": [Role.PARTNER_STAFF]}, {"seller"}),
        ({"countries": ["DE"]}, {"seller", "reviewer"}),
        ({"countries": ["AT"]}, {"serving"}),
        ({"countries": ["FR"]}, set()),
        ({"motions": ["breadth"]}, {"seller", "reviewer"}),
        ({"motions": ["enterprise"]}, {"reviewer"}),
        ({"shown_from": localdate() + timedelta(days=1)}, set()),
        ({"shown_to": localdate() - timedelta(days=1), "shown_from": localdate() - timedelta(days=9)}, set()),
    ],
)
def test_news_are_for_those_whom_they_concern(
    audience: dict[str, Any], readers: set[str], deal: Deal, seller: User, reviewer: User, drain: Callable[[], Any],
    as_person: Callable[[User], Any],
) -> None:  # fmt: skip
    drain()
    serving = factories.UserFactory(partner__countries=["AT"], partner__country="CH")
    told = post(**audience)
    people = {"seller": seller, "reviewer": reviewer, "serving": serving}
    found = set()
    for name, person in people.items():
        with as_person(person):
            if told in services.news_for(person, on=localdate()):
                found.add(name)
    assert found - {"serving"} == readers - {"serving"}
    assert ("serving" in found) is (not audience or "roles" in audience or "serving" in readers)


@pytest.mark.parametrize(
    ("facts", "is_ahead"),
    [
        ({}, False),
        ({"certainty": "earliest", "effective": localdate() + timedelta(days=1)}, True),
        ({"certainty": "confirmed", "effective": localdate()}, False),
        ({"certainty": "postponed"}, True),
        ({"certainty": "withdrawn", "effective": localdate() + timedelta(days=1)}, False),
    ],
)
def test_what_is_not_in_force_yet_says_so(facts: dict[str, Any], is_ahead: bool, seller: User, client: Client) -> None:
    told = post(**facts)
    client.force_login(seller)
    for page in ("/news/", f"/news/{told.public_id}/"):
        text = client.get(page).content.decode()
        assert ("not in force yet" in text) is is_ahead
        assert ("withdrawn" in text) is (facts.get("certainty") == "withdrawn")


def test_news_are_read_in_both_languages_stay_in_the_archive_and_keep_their_address(
    seller: User, client: Client
) -> None:
    day = localdate() - timedelta(days=40)
    old = post(title="Long ago", shown_from=day, shown_to=day)
    post(title="For reviewers", roles=[Role.CHANNEL_MANAGER])
    client.force_login(seller)
    assert "Long ago" not in client.get("/news/").content.decode()
    assert "Long ago" in client.get("/news/?archive=1").content.decode()
    page = client.get(f"/news/{old.public_id}/", headers={"Accept-Language": "de"})
    client.cookies["django_language"] = "de"
    page = client.get(f"/news/{old.public_id}/").content.decode()
    assert "Long ago (deutsch)" in page
    assert "<p>Eins.</p>" in page
    assert client.get(f"/news/{Post.objects.get(title_en='For reviewers').public_id}/").status_code == 404


def test_a_banner_stands_over_every_page_of_those_whom_it_concerns(
    seller: User, reviewer: User, client: Client
) -> None:
    post(kind="banner", title="Closed on Friday", roles=[Role.PARTNER_STAFF])
    post(kind="banner", title="Not yet", shown_from=localdate() + timedelta(days=1))
    client.force_login(seller)
    for page in ("/", "/notices/", "/policy/"):
        text = client.get(page).content.decode()
        assert "Closed on Friday" in text
        assert "Not yet" not in text
    client.force_login(reviewer)
    assert "Closed on Friday" not in client.get("/notices/").content.decode()


def test_help_and_glossary_are_read_by_name(seller: User, client: Client) -> None:
    for kind, title in (("term", "Seat"), ("term", "Motion"), ("help", "How to register")):
        post(kind=kind, title=title)
    client.force_login(seller)
    text = client.get("/help/").content.decode()
    places = [text.index(title) for title in ("How to register", "Motion</dt>", "Seat</dt>")]
    assert places == sorted(places)


def subscribed(*people: User) -> None:
    for person in people:
        with acting(person.context.side, partner_id=person.partner_id, user_id=person.pk):
            services.subscribe_to_news(by=person, at=now(), is_on=True)


def test_the_newsletter_goes_once_to_everybody_who_wants_it_and_to_nobody_else(
    seller: User, chief: User, rival: User
) -> None:
    subscribed(seller, rival, factories.UserFactory(is_active=False), factories.UserFactory(partner__is_active=False))
    User.objects.filter(pk=rival.pk).update(language="de")
    post(in_newsletter=True, certainty="earliest", effective=localdate() + timedelta(days=30))
    post(title="Portal alone")
    post(title="Long ago", in_newsletter=True, shown_from=localdate() - timedelta(days=30))
    post(title="Withdrawn", in_newsletter=True, certainty="withdrawn")
    assert (notices.mail_news(clock=now), notices.mail_news(clock=now)) == (2, 0)
    assert {one.to[0]: one.subject for one in mail.outbox} == {
        seller.email: "Limits move",
        rival.email: "Limits move (deutsch)",
    }
    assert "Not in force yet: not before" in mail.outbox[0].body
    assert NewsMail.objects.filter(sent_at__isnull=False).count() == 2


def test_a_mail_that_fails_is_tried_again_and_holds_up_nobody(
    seller: User, rival: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribed(seller, rival)
    post(in_newsletter=True)
    whole = EmailMultiAlternatives.send

    def broken(self: EmailMultiAlternatives, *args: Any) -> int:
        if self.to == [seller.email]:
            raise OSError("the mail server is away")
        return whole(self, *args)

    monkeypatch.setattr(EmailMultiAlternatives, "send", broken)
    assert notices.mail_news(clock=now) == 1
    monkeypatch.setattr(EmailMultiAlternatives, "send", whole)
    assert notices.mail_news(clock=now) == 1
    assert [one.to[0] for one in mail.outbox] == [rival.email, seller.email]


def test_one_click_ends_the_newsletter_without_signing_in_and_a_look_alone_does_not(seller: User, rival: User) -> None:
    subscribed(seller, rival)
    post(in_newsletter=True)
    notices.mail_news(clock=now)
    letter = next(one for one in mail.outbox if one.to == [seller.email])
    headers = letter.extra_headers
    link = re.search(r"/news/off/[^>]+", headers["List-Unsubscribe"]).group()  # type: ignore[union-attr]
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link in letter.body
    client = Client(enforce_csrf_checks=True)
    assert client.get(link).status_code == 200
    assert NewsSubscription.objects.get(user=seller).is_on
    for _twice in range(2):
        assert client.post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not NewsSubscription.objects.get(user=seller).is_on
    assert NewsSubscription.objects.get(user=rival).is_on
    assert client.post(link[:-2] + "x/").status_code == 404
    post(title="Next", in_newsletter=True)
    notices.mail_news(clock=now)
    assert [one.to[0] for one in mail.outbox if one.subject == "Next"] == [rival.email]


def test_a_link_reaches_no_subscription_but_the_one_that_it_names(seller: User, rival: User) -> None:
    subscribed(seller, rival)
    mine = NewsSubscription.objects.get(user=seller)
    with acting(Side.SIGNER, link_id=mine.public_id):
        assert [one.pk for one in NewsSubscription.objects.only("pk")] == [mine.pk]
        assert NewsSubscription.objects.update(is_on=False) == 1
    assert NewsSubscription.objects.get(user=rival).is_on


def test_the_newsletter_is_chosen_on_the_page_of_the_news(seller: User, client: Client) -> None:
    client.force_login(seller)
    assert not NewsSubscription.objects.exists()
    client.post("/news/newsletter/", {"on": "1"})
    assert NewsSubscription.objects.get(user=seller).is_on
    client.post("/news/newsletter/")
    assert not NewsSubscription.objects.get(user=seller).is_on
