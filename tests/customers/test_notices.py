"""Notices of conflicts: both sides in the same words, not before the moment, and nobody who may not know."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import translation

from customers import notices, services
from customers.models import ConflictEvent, ConflictSide, Customer
from customers.policy import Ground, Outcome, grid_end
from partners.models import Notice, User
from partners.notices import mail_due
from partners.wording import words_of
from tests.factories import NOON

pytestmark = pytest.mark.django_db
MOMENT = grid_end(NOON)
LATER = NOON + timedelta(days=2)
FACTS = {"name": "Brückner Bau GmbH", "country": "DE", "domain": "brueckner.de", "segment": "commercial"}


@pytest.fixture
def sides(seller: User, rival: User) -> tuple[ConflictSide, ConflictSide]:
    """The two sides of a case, the seller's registration the earlier one."""
    one, other = (services.register(by=by, at=NOON, facts=FACTS) for by in (seller, rival))
    services.compare(clock=lambda: NOON, grid=grid_end)
    return one.conflicts.get(), other.conflicts.get()


def told(at: datetime = LATER) -> dict[str, Notice]:
    """What is told until a moment, by the name of whoever is told; nobody hears of two things at once."""
    known = set(Notice.objects.values_list("pk", flat=True))
    notices.tell(clock=lambda: at)
    fresh = list(Notice.objects.exclude(pk__in=known).select_related("user"))
    found = {notice.user.name: notice for notice in fresh}
    assert len(found) == len(fresh)
    return found


def decided(side: ConflictSide, by: User, outcome: Outcome, ground: Ground) -> None:
    case = type(side.case).objects.get(pk=side.case_id)
    services.decide(case, by=by, at=LATER, version=case.version, outcome=outcome, ground=ground, text="so")


def test_both_sides_are_told_in_the_same_words_and_not_before_the_moment(
    sides: tuple[ConflictSide, ...], seller: User, rival: User, reviewer: User
) -> None:
    assert told(MOMENT - timedelta(seconds=1)) == {}
    found = told(MOMENT)
    assert set(found) == {"Selma Seller", "Rick Rival", "Rita Reviewer"}
    own, other = found["Selma Seller"], found["Rick Rival"]
    assert (own.kind, own.params, own.made_at) == (other.kind, other.params, other.made_at)
    assert own.link == f"/conflicts/own/{sides[0].public_id}/"
    assert told() == {}, "each of it once"


@pytest.mark.parametrize(("language", "words"), [("en", "is open"), ("de", "Konfliktfall")])
def test_the_mails_to_both_sides_differ_in_nothing_but_the_name_and_the_address(
    language: str, words: str, sides: tuple[ConflictSide, ...]
) -> None:
    User.objects.update(language=language)
    notices.tell(clock=lambda: MOMENT)
    mail_due(clock=lambda: MOMENT)
    bodies = []
    for side, name in zip(sides, ("Selma Seller", "Rick Rival"), strict=True):
        (letter,) = (one for one in mail.outbox if name in str(one.body))
        assert words in letter.subject
        bodies.append(str(letter.body).replace(name, "").replace(str(side.public_id), ""))
    assert bodies[0] == bodies[1]


def test_an_answer_is_told_to_both_sides_and_an_appeal_to_whoever_decides_it(
    sides: tuple[ConflictSide, ...], seller: User, rival: User, reviewer: User, administrator: User
) -> None:
    told(MOMENT)
    decided(sides[0], reviewer, Outcome.FIRST, Ground.FIRST_ACTIVE)
    answer = told()
    assert {name: notice.params["stands"] for name, notice in answer.items()} == {
        "Selma Seller": True,
        "Rick Rival": False,
    }
    assert "appeal once" in words_of(answer["Rick Rival"].kind, answer["Rick Rival"].params).text
    services.appeal(sides[1], by=rival, at=LATER, text="we built it")
    (asked,) = told().values()
    assert (asked.user, asked.kind) == (reviewer, "customers.decide_appealed")
    assert "we built it" not in str(asked.params)
    decided(sides[0], administrator, Outcome.FIRST, Ground.FIRST_ACTIVE)
    final = told()
    assert {name: (notice.kind, notice.params["until"]) for name, notice in final.items()} == {
        "Rick Rival": ("customers.appeal_answered", "")
    }


def test_only_who_may_see_both_customers_is_asked_and_else_the_administrator(
    sides: tuple[ConflictSide, ...], reviewer: User, administrator: User
) -> None:
    Customer.objects.filter(pk=sides[1].customer_id).update(segment="education")
    found = told(MOMENT)
    assert set(found) == {"Selma Seller", "Rick Rival", administrator.name}


def test_where_whoever_registered_has_left_the_partners_administrator_is_told(
    sides: tuple[ConflictSide, ...], seller: User, chief: User, reviewer: User
) -> None:
    User.objects.filter(pk=seller.pk).update(is_active=False)
    assert set(told(MOMENT)) == {"Cora Chief", "Rick Rival", "Rita Reviewer"}


def test_an_event_that_cannot_be_told_holds_up_no_other(
    sides: tuple[ConflictSide, ...], reviewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = notices._hand_over

    def broken(event: ConflictEvent, at: Any) -> int:
        if event.side_id == sides[0].pk:
            raise RuntimeError("no words")
        return whole(event, at)

    monkeypatch.setattr(notices, "_hand_over", broken)
    assert set(told(MOMENT)) == {"Rick Rival", "Rita Reviewer"}
    assert ConflictEvent.objects.get(side=sides[0]).failures > 1


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_kind_has_its_words_in_both_languages(language: str) -> None:
    params = {"customer": "Contoso", "due": "2026-03-10", "until": "2026-03-17", "stands": False}
    with translation.override(language):
        said = [words_of(f"customers.{kind}", params) for kind in ("opened", "answered", "appeal_answered")]
        said += [words_of(f"customers.decide_{kind}", params) for kind in ("opened", "appealed")]
    assert all("Contoso" in words.title and words.text for words in said)
    assert len({words.title for words in said}) == 4, "an answer on appeal reads like an answer"
