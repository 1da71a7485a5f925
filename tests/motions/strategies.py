"""Random facts, limits and tables of rules for Hypothesis; sizes cluster around the limits, where mistakes live."""

from decimal import Decimal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from motions.policy.kit import (
    AllOf,
    AnyOf,
    Comparator,
    Edition,
    Exists,
    Facts,
    HasNeed,
    Limits,
    Motion,
    Need,
    Not,
    PrefersSelfService,
    Reaches,
    Rule,
)
from motions.policy.kit import Test as Condition

# the same examples in every run: a failure here is a failure everywhere
STEADY = "steady"
settings.register_profile(
    STEADY,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
LONG = "long"
settings.register_profile(LONG, settings.get_profile(STEADY), max_examples=2000)
steady = settings.get_profile(STEADY)

CENT = Decimal("0.01")


def usual(comparator: Comparator = Comparator.AT_LEAST) -> Limits:
    """The limits of the source: 2,400 seats, 1 million a year (S2)."""
    return Limits(2400, Decimal("1000000.00"), comparator)


def money(least: str = "0.00", most: str = "9999999.99") -> st.SearchStrategy[Decimal]:
    """Amounts to the cent."""
    return st.integers(int(Decimal(least) * 100), int(Decimal(most) * 100)).map(lambda cents: cents * CENT)


limits = st.builds(
    Limits, seats=st.integers(1, 5000), azure=money("0.01", "2000000.00"), comparator=st.sampled_from(Comparator)
)
needs = st.none() | st.frozensets(st.sampled_from([need.value for need in Need]), max_size=2)
outcomes = st.none() | st.booleans()


@st.composite
def facts(draw: st.DrawFn, around: Limits | None = None) -> Facts:
    """Any facts at all; `around` makes sizes on, one under and one above its limits likely."""
    near = around or usual()
    seats = st.sampled_from([near.seats - 1, near.seats, near.seats + 1]) | st.integers(0, 6000)
    azure = st.sampled_from([near.azure - CENT, near.azure, near.azure + CENT]) | money()
    return Facts(
        seats=draw(st.none() | seats),
        seats_complete=draw(st.booleans()),
        azure=draw(st.none() | azure),
        azure_complete=draw(st.booleans()),
        needs=draw(needs),
        prefers_self_service=draw(outcomes),
    )


_measures = st.sampled_from(["seats", "azure"])
_leaves = st.one_of(
    st.just(HasNeed()), st.just(PrefersSelfService()), st.builds(Reaches, _measures), st.builds(Exists, _measures)
)


def _branches(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    several = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return st.one_of(st.builds(Not, inner), st.builds(AllOf, several), st.builds(AnyOf, several))


conditions: st.SearchStrategy[Condition] = st.recursive(_leaves, _branches, max_leaves=6)
rules = st.builds(Rule, st.just("rule"), st.sampled_from(Motion), conditions, st.just("a test"))
editions = st.builds(Edition, st.just(99), st.lists(rules, min_size=1, max_size=5).map(tuple))
