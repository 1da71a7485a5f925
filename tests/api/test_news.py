"""News, help texts and terms in the API: what is meant for the partner, in the language of the request."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils.timezone import localdate

from partners.roles import Role
from tests.partners.test_posts import post
from tests.programs import Program

pytestmark = pytest.mark.django_db


@pytest.fixture
def posts(db: None) -> None:
    """Of each kind one that is shown, and news for others, of yesterday and to come."""
    day = localdate()
    post(title="Limits move", certainty="announced", effective=day + timedelta(days=9))
    post(title="For France", countries=["FR"])
    post(title="For managers", roles=[Role.CHANNEL_MANAGER])
    post(title="Over", shown_from=day - timedelta(days=9), shown_to=day - timedelta(days=1))
    post(title="To come", shown_from=day + timedelta(days=1))
    post(title="Zebra", kind="help")
    post(title="apple", kind="term")


def titles(answer: Any) -> list[str]:
    return [one["title"] for one in answer.json()["items"]]


def test_news_are_those_that_the_partner_may_read_today(program: Program, posts: None) -> None:
    answer = program.get("news/")
    assert (answer.status_code, titles(answer)) == (200, ["Limits move"])
    [told] = answer.json()["items"]
    assert (told["kind"], told["certainty"], told["is_ahead"]) == ("news", "announced", True)
    assert titles(program.get("news/?archive=true")) == ["Over"]


def test_help_and_terms_stand_by_their_name(program: Program, posts: None) -> None:
    assert titles(program.get("news/?about=help")) == ["apple", "Zebra"]


def test_the_language_is_that_of_the_request(program: Program, posts: None) -> None:
    program.language = "de"
    assert titles(program.get("news/")) == ["Limits move (deutsch)"]
