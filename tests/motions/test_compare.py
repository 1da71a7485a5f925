"""Two days compared: what stood on each, and which cause moved the motion."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils.translation import override

from customers.models import Customer
from motions.causes import Cause, Step, attribute, by_cause
from motions.ledger import Verdict, read, verdict
from motions.models import Assessment, Deal
from motions.policy.kit import Motion
from partners.models import User
from tests import factories
from tests.motions.pages_of_the_past import (
    LATER,
    THEN,
    altered,
    euro_deal,
    in_force_from,
    judged,
    resized,
    second_edition,
)

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
COMPARE_QUERIES = 16


@pytest.fixture(autouse=True)
def _april() -> Any:
    with time_machine.travel(LATER + timedelta(days=1), tick=False):
        yield


@pytest.fixture
def page(signed_in: SignIn, seller: User, customer: Customer) -> Client:
    client = signed_in(seller)
    client.cookies["django_language"] = "en"
    return client


def compared(page: Client, customer: Customer, status: int = 200, **query: Any) -> Any:
    answer = page.get(f"/customers/{customer.public_id}/compare/", query)
    assert answer.status_code == status
    return answer


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def steps_of(older: Assessment, newer: Assessment) -> dict[Cause, Step]:
    found = attribute(read(older.facts), read(newer.facts), by_cause(older.facts, newer.facts))
    return {step.cause: step for step in found}


# which cause


def test_an_input_that_reached_the_limit_moved_the_motion(deal: Deal) -> None:
    older = judged(deal.customer, THEN)
    resized(deal, seats=2400)
    steps = steps_of(older, judged(deal.customer, LATER))
    assert list(steps) == [Cause.INPUT]
    assert (steps[Cause.INPUT].before, steps[Cause.INPUT].after) == (Motion.BREADTH, Motion.ENTERPRISE)
    assert steps[Cause.INPUT].moves_alone


def test_a_policy_moved_the_motion_and_the_input_changed_figures_only(deal: Deal) -> None:
    older = judged(deal.customer, THEN)
    in_force_from(date(2026, 4, 1), seat_limit=300)
    resized(deal, seats=2000)
    steps = steps_of(older, judged(deal.customer, LATER))
    assert list(steps) == [Cause.INPUT, Cause.POLICY]
    assert not steps[Cause.INPUT].moves
    assert not steps[Cause.INPUT].moves_alone
    assert steps[Cause.POLICY].moves_alone
    assert [one.what for one in steps[Cause.POLICY].differences] == ["policy", "seat_limit"]


def test_a_rate_moved_the_motion(customer: Customer, rates: Any) -> None:
    euro_deal(customer, "790000.00")
    older = judged(customer, THEN)
    factories.RateSetFactory(date=date(2026, 4, 2), rates={"EUR": "1", "USD": "1.30"})
    newer = judged(customer, LATER)
    assert (older.motion, newer.motion) == ("breadth", "enterprise")
    steps = steps_of(older, newer)
    assert list(steps) == [Cause.RATE]
    assert steps[Cause.RATE].moves_alone
    assert [(one.what, one.currency) for one in steps[Cause.RATE].differences] == [("rates", ""), ("rate", "EUR")]


def test_an_edition_moved_the_motion(deal: Deal) -> None:
    resized(deal, seats=3000)
    older = judged(deal.customer, THEN)
    with second_edition():
        in_force_from(date(2026, 4, 1), edition=2)
        newer = judged(deal.customer, LATER)
        assert (older.motion, newer.motion) == ("enterprise", "unknown")
        steps = steps_of(older, newer)
    assert list(steps) == [Cause.POLICY, Cause.EDITION]
    assert not steps[Cause.POLICY].moves
    assert steps[Cause.EDITION].moves_alone


def test_two_causes_that_move_only_together_are_told_as_such(deal: Deal) -> None:
    older = judged(deal.customer, THEN)
    in_force_from(date(2026, 4, 1), seat_limit=2600)
    resized(deal, seats=2500)
    newer = judged(deal.customer, LATER)
    assert (older.motion, newer.motion) == ("breadth", "breadth")
    steps = steps_of(older, newer)
    assert (steps[Cause.INPUT].after, steps[Cause.POLICY].after) == (Motion.ENTERPRISE, Motion.BREADTH)
    assert steps[Cause.POLICY].moves
    assert not steps[Cause.POLICY].moves_alone


def test_a_rate_that_came_with_a_new_deal_is_the_deals_doing(customer: Customer, deal: Deal, rates: Any) -> None:
    older = judged(customer, THEN)
    assert older.facts["rates"] is None
    euro_deal(customer, "900000.00")
    factories.RateSetFactory(date=date(2026, 4, 2), rates={"EUR": "1", "USD": "1.50"})
    steps = steps_of(older, judged(customer, LATER))
    assert list(steps) == [Cause.INPUT]
    assert {one.what for one in steps[Cause.INPUT].differences} == {"deal_added", "rates"}
    assert steps[Cause.INPUT].after == Motion.ENTERPRISE


def test_a_policy_in_another_currency_brings_its_own_rates(customer: Customer, rates: Any) -> None:
    euro_deal(customer, "790000.00")
    older = judged(customer, THEN)
    in_force_from(date(2026, 4, 1), currency="EUR", azure_limit="700000.00")
    steps = steps_of(older, judged(customer, LATER))
    assert list(steps) == [Cause.POLICY]
    assert {one.what for one in steps[Cause.POLICY].differences} == {
        "policy",
        "azure_limit",
        "policy_currency",
        "rates",
    }
    assert steps[Cause.POLICY].after == Motion.ENTERPRISE


def test_the_last_step_is_always_the_newer_answer_and_nothing_differs_without_a_cause(
    customer: Customer, deal: Deal, rates: Any
) -> None:
    other = euro_deal(customer, "500000.00")
    entries = [judged(customer, THEN)]
    factories.RateSetFactory(date=date(2026, 4, 2), rates={"EUR": "1", "USD": "2.10"})
    entries.append(judged(customer, LATER))
    for facts in ({"seats": 5}, {"seats": None}, {"needs": ["multi_tenant"]}, {"needs": [], "source": "import"}):
        resized(deal, **facts)
        entries.append(judged(customer, LATER))
    resized(other, stage="won")
    entries.append(judged(customer, LATER))
    in_force_from(date(2026, 4, 5), comparator="above", aggregation="combined", seat_limit=4)
    entries.append(judged(customer, LATER))
    assert len({entry.pk for entry in entries}) == 8
    for older in entries:
        for newer in entries:
            found = list(steps_of(older, newer).values())
            assert bool(found) == (older.facts != newer.facts)
            assert not found or (found[0].before, found[-1].after) == (older.motion, newer.motion)


# which day


def test_the_entry_that_stood_at_the_end_of_the_day_counts_in_the_portals_time(page: Client, deal: Deal) -> None:
    late = THEN.replace(hour=22, minute=59)  # 23:59 in Berlin, still the third
    older = judged(deal.customer, late)
    resized(deal, seats=10)
    judged(deal.customer, late + timedelta(minutes=2))  # the fourth in Berlin, the third in Greenwich
    panel = compared(page, deal.customer, **{"from": "2026-03-03"}).context["panel"]
    assert panel["older"].entry == older
    assert compared(page, deal.customer, **{"from": "2026-03-04"}).context["panel"]["is_same"]


def test_one_of_several_answers_of_a_day_can_be_named(page: Client, deal: Deal) -> None:
    first = judged(deal.customer, THEN)
    resized(deal, seats=10)
    second = judged(deal.customer, THEN + timedelta(hours=1))
    resized(deal, seats=11)
    judged(deal.customer, LATER)
    days = {"from": "2026-03-03"}
    assert compared(page, deal.customer, **days).context["panel"]["older"].entry == second
    assert compared(page, deal.customer, answer=1, **days).context["panel"]["older"].entry == first
    link = f"/customers/{deal.customer.public_id}/compare/?from=2026-03-03&amp;answer=1"
    assert link in text_of(page.get(f"/customers/{deal.customer.public_id}/history/"))


def test_both_ends_can_lie_in_the_past(page: Client, deal: Deal) -> None:
    judged(deal.customer, THEN)
    resized(deal, seats=10)
    middle = judged(deal.customer, THEN + timedelta(days=5))
    resized(deal, seats=11)
    judged(deal.customer, LATER)
    panel = compared(page, deal.customer, **{"from": "2026-03-03", "to": "2026-03-20"}).context["panel"]
    assert panel["newer"].entry == middle


def test_a_day_before_the_first_answer_names_the_day_of_the_first(page: Client, deal: Deal) -> None:
    judged(deal.customer, THEN)
    shown = text_of(compared(page, deal.customer, **{"from": "2026-03-02"}))
    assert "There was no answer yet on Mar 2, 2026. The first one is of Mar 3, 2026." in shown
    page.cookies["django_language"] = "de"
    shown = text_of(compared(page, deal.customer, **{"from": "2026-03-02"}))
    assert "Am 02.03.2026 gab es noch keine Antwort. Die erste ist vom 03.03.2026." in shown


def test_a_customer_without_any_answer_has_nothing_to_compare(page: Client, customer: Customer) -> None:
    assert "There is no answer yet." in text_of(compared(page, customer, **{"from": "2026-03-02"}))


@pytest.mark.parametrize(
    ("query", "field", "sentence"),
    [
        ({"from": "yesterday"}, "from", "Enter a valid date."),
        ({"from": ""}, "from", "This field is required."),
        ({"to": "2026-03-03"}, "from", "This field is required."),
        ({"from": "2026-04-09"}, "from", "This day is still to come."),
        ({"from": "2026-03-03", "to": "2027-01-01"}, "to", "This day is still to come."),
        ({"from": "2026-03-03", "to": "2026-03-02"}, "from", "This day comes after the other."),
        ({"from": "2026-03-03", "answer": "0"}, "answer", "greater than or equal to 1"),
    ],
)
def test_a_day_that_is_none_is_refused_at_its_field(
    query: dict[str, str], field: str, sentence: str, page: Client, deal: Deal
) -> None:
    judged(deal.customer, THEN)
    answer = compared(page, deal.customer, 422, **query)
    assert field in answer.context["form"].errors
    assert sentence in text_of(answer)


# what is shown


def test_the_page_tells_the_causes_in_both_languages(page: Client, deal: Deal) -> None:
    judged(deal.customer, THEN)
    in_force_from(date(2026, 4, 1), seat_limit=300)
    resized(deal, seats=2000)
    judged(deal.customer, LATER)
    shown = text_of(compared(page, deal.customer, **{"from": "2026-03-03"}))
    assert "The motion moved from Breadth to Enterprise." in shown
    assert "Changed figures only: the motion stays Breadth." in shown
    assert "Moved the motion from Breadth to Enterprise." in shown
    assert "M365, Seats: 2,399 seats → 2,000 seats" in shown
    assert "Seat limit: 2,400 seats → 300 seats" in shown
    page.cookies["django_language"] = "de"
    shown = text_of(compared(page, deal.customer, **{"from": "2026-03-03"}))
    assert "Hat nur Zahlen geändert: Die Motion bleibt Breadth." in shown
    assert "2.399 Seats → 2.000 Seats" in shown


def test_an_answer_that_is_no_longer_current_is_not_shown_as_current(page: Client, deal: Deal) -> None:
    judged(deal.customer, THEN)
    assert "it is not current" not in text_of(compared(page, deal.customer, **{"from": "2026-03-03"}))
    resized(deal, seats=10)
    assert "it is not current" in text_of(compared(page, deal.customer, **{"from": "2026-03-03"}))


def test_a_row_altered_by_sql_is_reported_everywhere_and_explains_nothing(page: Client, deal: Deal) -> None:
    entry = judged(deal.customer, THEN)
    lines = [{**entry.facts["lines"][0], "seats": 12, "source": "nowhere", "needs": ["magic"]}]
    altered(entry, lines=lines)
    resized(deal, seats=20)
    judged(deal.customer, LATER)
    answer = compared(page, deal.customer, **{"from": "2026-03-03"})
    assert answer.context["panel"]["older"].verdict == Verdict.ALTERED
    assert answer.context["panel"]["causes"] == []
    assert "This entry was altered after it was written" in text_of(answer)
    assert "An entry that was altered explains nothing" in text_of(answer)
    history = text_of(page.get(f"/customers/{deal.customer.public_id}/history/"))
    assert "This entry was altered after it was written" in history


@pytest.mark.parametrize("document", [{"lines": None}, {"limits": {}}, {"lines": [{}]}, {"answer": 5}])
@pytest.mark.parametrize("rehashed", [True, False])
@pytest.mark.parametrize("part", ["guidance/", "history/", "what-if/", "compare/?from=2026-03-03", ""])
def test_a_document_that_is_none_any_more_breaks_no_page(
    part: str, rehashed: bool, document: dict[str, Any], page: Client, deal: Deal
) -> None:
    entry = altered(judged(deal.customer, THEN), rehashed=rehashed, **document)
    assert verdict(entry) is Verdict.ALTERED
    answer = page.get(f"/customers/{deal.customer.public_id}/{part}")
    assert answer.status_code == 200
    assert "what-if" in part or "This entry was altered after it was written" in text_of(answer)


def test_a_document_written_anew_with_a_hash_that_fits_is_held_against_the_published_version(deal: Deal) -> None:
    entry = judged(deal.customer, THEN)
    limits = {**entry.facts["limits"], "seats": 2000}
    answer = {**entry.facts["answer"], "motion": "enterprise", "trace": "??101"}
    line = {**entry.facts["lines"][0], "motion": "enterprise", "trace": "??101"}
    line["trace"] = answer["trace"] = entry.facts["answer"]["trace"][:2] + "100"
    forged = altered(entry, rehashed=True, motion="enterprise", limits=limits, answer=answer, lines=[line])
    assert verdict(forged) is Verdict.ALTERED


def test_an_amount_converted_otherwise_is_noticed_though_the_hash_fits(customer: Customer, rates: Any) -> None:
    euro_deal(customer, "100.00")
    entry = judged(customer, THEN)
    assert verdict(entry) is Verdict.HOLDS
    line = {**entry.facts["lines"][0], "azure": "126.00"}
    assert verdict(altered(entry, rehashed=True, lines=[line])) is Verdict.ALTERED


@pytest.mark.parametrize("part", ["guidance/", "history/", "what-if/?seats=5", "compare/?from=2026-03-03", ""])
@pytest.mark.parametrize(("language", "sentence"), [("en", "edition 2 of the rules"), ("de", "Ausgabe 2 der Regeln")])
def test_an_edition_that_is_gone_is_said_and_breaks_no_page(
    language: str, sentence: str, part: str, page: Client, deal: Deal
) -> None:
    with second_edition():
        in_force_from(date(2026, 3, 1), edition=2)
        entry = judged(deal.customer, THEN)
    page.cookies["django_language"] = language
    assert verdict(entry) is Verdict.EDITION_GONE
    answer = page.get(f"/customers/{deal.customer.public_id}/{part}")
    assert answer.status_code == 200
    assert sentence in text_of(answer)


def test_what_differs_from_an_answer_of_a_gone_edition_is_listed_without_an_effect(page: Client, deal: Deal) -> None:
    with second_edition():
        version = in_force_from(date(2026, 3, 1), edition=2)
        judged(deal.customer, THEN)
        resized(deal, seats=5)
        in_force_from(date(2026, 4, 1))
        judged(deal.customer, LATER)
    assert version.pk
    answer = compared(page, deal.customer, **{"from": "2026-03-03"})
    causes = answer.context["panel"]["causes"]
    assert [told.effect for told in causes] == ["", "", ""]
    assert "Edition of the rules: 2 → 1" in text_of(answer)
    assert "cannot be computed" in text_of(answer)


def test_every_difference_has_a_name_in_both_languages(customer: Customer, deal: Deal, rates: Any) -> None:
    from motions.wording.past import _names  # noqa: PLC0415 - the table itself is what is tested

    with override("en"):
        english = _names()
    with override("de"):
        german = _names()
    assert [what for what in english if not german[what]] == []


# whose


def test_a_stranger_finds_nothing_to_compare(signed_in: SignIn, rival: User, deal: Deal) -> None:
    judged(deal.customer, THEN)
    path = f"/customers/{deal.customer.public_id}/compare/?from=2026-03-03"
    assert signed_in(rival).get(path).status_code == 404


@pytest.mark.parametrize("count", [1, 12])
def test_comparing_asks_equally_often_for_few_and_for_many(
    count: int, page: Client, customer: Customer, django_assert_num_queries: Any
) -> None:
    for _deal in range(count):
        factories.DealFactory(customer=customer)
        judged(customer, THEN)
    factories.DealFactory(customer=customer)
    judged(customer, LATER)
    path = f"/customers/{customer.public_id}/compare/?from=2026-03-03"
    page.get(path)
    with django_assert_num_queries(COMPARE_QUERIES):
        page.get(path)
