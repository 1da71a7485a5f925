"""One policy, two readers: `decide` in Python and the table compiled to SQL agree on everything, row by row."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import product

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from motions.policy.answer import decide, weight_of
from motions.policy.editions import EDITIONS
from motions.policy.kit import Comparator, Edition, Facts, Limits, Reaches
from motions.sql.rules import _sql, judged
from tests.motions.strategies import CENT, editions, facts, limits, steady, usual

pytestmark = pytest.mark.django_db

_KNOWN = """
WITH known AS (
    SELECT * FROM unnest(%(seats)s::numeric[], %(seats_complete)s::boolean[], %(azure)s::numeric[],
                         %(azure_complete)s::boolean[], %(has_need)s::boolean[], %(prefers)s::boolean[])
        WITH ORDINALITY AS known(seats, seats_complete, azure, azure_complete, has_need, prefers, place)
)"""

Verdict = tuple[str, str, bool, bool, Decimal | None]


def read_by_sql(edition: Edition, several: Sequence[Facts], bounds: Limits) -> list[Verdict]:
    """(motion, trace, is_provisional, reached, weight) of each, as the database reads the policy."""
    columns = {
        "seats": [known.seats for known in several],
        "seats_complete": [known.seats_complete for known in several],
        "azure": [known.azure for known in several],
        "azure_complete": [known.azure_complete for known in several],
        "has_need": [None if known.needs is None else bool(known.needs) for known in several],
        "prefers": [known.prefers_self_service for known in several],
    }
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_KNOWN} SELECT motion, trace, is_provisional, reached, weight FROM ({judged(edition, 'known')}) AS one"
            " ORDER BY place",
            {
                **columns,
                "seats_limit": bounds.seats,
                "azure_limit": bounds.azure,
                "limit_is_reached": bounds.comparator is Comparator.AT_LEAST,
            },
        )
        return cursor.fetchall()


def read_by_python(edition: Edition, several: Sequence[Facts], bounds: Limits) -> list[Verdict]:
    """The same, as the policy package reads it."""
    found = []
    for known in several:
        decision = decide(edition, known, bounds)
        reached = any(Reaches(measure).outcome(known, bounds) for measure in ("seats", "azure"))
        verdict = (decision.motion.value, decision.trace, decision.is_provisional, reached, weight_of(known, bounds))
        found.append(verdict)
    return found


def every_case(bounds: Limits) -> list[Facts]:
    """Every bound -1, 0 and +1, nothing and zero, times every flag."""
    seats = [None, 0, bounds.seats - 1, bounds.seats, bounds.seats + 1]
    azure = [None, Decimal(0), bounds.azure - CENT, bounds.azure, bounds.azure + CENT]
    needs = [None, frozenset[str](), frozenset({"multi_tenant"})]
    outcomes = [None, True, False]
    return [Facts(*case) for case in product(seats, [True, False], azure, [True, False], needs, outcomes)]


@pytest.mark.parametrize("comparator", Comparator)
@pytest.mark.parametrize("edition", EDITIONS.values(), ids=lambda edition: f"edition_{edition.number}")
def test_both_readers_agree_on_every_bound_times_every_flag(edition: Edition, comparator: Comparator) -> None:
    bounds = usual(comparator)
    cases = every_case(bounds)
    assert len(cases) == 900
    by_sql, by_python = read_by_sql(edition, cases, bounds), read_by_python(edition, cases, bounds)
    differing = [case for case, one, other in zip(cases, by_sql, by_python, strict=True) if one != other]
    assert differing == []


@steady
@given(edition=editions, several=st.lists(facts(), min_size=1, max_size=20), bounds=limits)
def test_both_readers_agree_on_any_table_of_rules(edition: Edition, several: list[Facts], bounds: Limits) -> None:
    around = [replace(one, seats=bounds.seats if one.seats is not None else None) for one in several]
    cases = [*several, *around]
    assert read_by_sql(edition, cases, bounds) == read_by_python(edition, cases, bounds)


def test_a_test_that_sql_does_not_know_is_refused() -> None:
    with pytest.raises(TypeError, match="no SQL for"):
        _sql(object())  # type: ignore[arg-type]
