"""What a registration answers does not depend on who else has the company: not its bytes, not its queries, not the list."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from customers import services
from customers.models import ConflictCase, Customer
from customers.policy import grid_end
from partners.models import User
from tests import factories
from tests.customers.pairs import PAIRS
from tests.factories import NOON

pytestmark = pytest.mark.django_db
# what differs between any two answers: a form's token, a request's number, a new customer's address and moment
PASSING = re.compile(
    rb'name="csrfmiddlewaretoken" value="[^"]*"|[0-9a-f]{8}-[0-9a-f-]{27}|X-CSRFToken[^}]*|<time datetime="[^<]*</time>'
)
TYPED = st.fixed_dictionaries(
    {
        "name": st.sampled_from([pair.one["name"] for pair in PAIRS] + ["", "GmbH", "x" * 201]),
        "country": st.sampled_from(["DE", "AT", "XX"]),
        "domain": st.sampled_from(["", "brueckner.de", "shop.brueckner.de", "no domain"]),
        "registration_number": st.sampled_from(["", "HRB 7", "hrb-7"]),
        "segment": st.just("commercial"),
    }
)


def answers(client: Client, typed: dict[str, str]) -> tuple[Any, ...]:
    """Everything that comes back for a registration and for the candidates while one types; nothing of it stays."""
    with transaction.atomic():
        before = Customer.objects.count()
        hint = client.get("/customers/alike/", typed)
        with CaptureQueriesContext(connection) as queries:
            answer = client.post("/customers/new/", typed)
        added = Customer.objects.count() - before
        page = client.get(answer.headers["Location"]) if answer.status_code == 302 else answer
        conflicts = client.get("/conflicts/own/")
        transaction.set_rollback(True)
    bodies = [PASSING.sub(b"", one.content) for one in (hint, answer, page, conflicts)]
    headers = {
        name: PASSING.sub(b"", value.encode()) for name, value in answer.headers.items() if name != "X-Request-ID"
    }
    return answer.status_code, added, bodies, headers, len(queries)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(typed=TYPED)
@example(typed={"name": "Brückner Bau", "country": "DE", "domain": "brueckner.de", "registration_number": "HRB 7",
                "segment": "commercial"})  # fmt: skip
def test_an_answer_is_the_same_whoever_else_has_the_company(
    typed: dict[str, str], seller: User, rival: User, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(seller)
    alone = answers(client, typed)
    with transaction.atomic():
        for country in ("DE", "AT"):
            facts = {**typed, "name": typed["name"][:200], "country": country}
            factories.CustomerFactory(partner=rival.partner, **facts)
        beside = answers(client, typed)
        transaction.set_rollback(True)
    assert beside == alone


def test_the_comparison_leaves_no_trace_before_its_moment(
    seller: User, rival: User, signed_in: Callable[[User], Client]
) -> None:
    facts = {"name": "Brückner Bau", "country": "DE", "domain": "brueckner.de", "segment": "commercial"}
    factories.CustomerFactory(partner=rival.partner, **facts)
    mine = services.register(by=seller, at=NOON, facts=facts)
    client, address = signed_in(seller), f"/customers/{mine.public_id}/"
    before = [PASSING.sub(b"", client.get(path).content) for path in (address, "/conflicts/own/")]
    assert services.compare(clock=now, grid=grid_end) == 1
    assert ConflictCase.objects.count() == 1
    after = [PASSING.sub(b"", client.get(path).content) for path in (address, "/conflicts/own/")]
    assert after == before


def test_both_partners_read_the_same_words(seller: User, rival: User, client: Client) -> None:
    facts = {"name": "Brückner Bau", "country": "DE", "domain": "brueckner.de", "segment": "commercial"}
    mine, theirs = (services.register(by=by, at=NOON, facts=facts) for by in (seller, rival))
    services.compare(clock=lambda: NOON, grid=grid_end)
    pages = []
    for by, customer in ((seller, mine), (rival, theirs)):
        client.force_login(by)
        side = customer.conflicts.get()
        body = client.get(f"/conflicts/own/{side.public_id}/").content.decode()
        pages.append(re.sub(r"<header.*?</header>|<div id=\"person\".*?</form>", "", PASSING.sub(b"", body.encode()).decode(),
                            flags=re.DOTALL))  # fmt: skip
    assert pages[0] == pages[1]
    assert "10 March 2026" in pages[0] or "Mar" in pages[0]
