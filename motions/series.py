"""The dated sizes of customers, put together from what happened to their deals and from the deals as they stand."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.timezone import localdate

from motions.forecasting import Dated
from motions.models import Deal, DealEvent, PolicyVersion
from motions.policy.kit import Measure
from motions.states import Aggregation, Kind, Stage

SIZES = ("seats", "amount", "currency")
TELLING = (*SIZES, "stage")
MOST_EVENTS = 1000  # of one customer; older ones would not change what is foretold
EVENT_FIELDS = ("id", "customer_id", "deal_id", "at", "changes")
DEAL_FIELDS = ("id", "customer_id", "kind", "seats", "amount", "currency", "stage", "size_date")

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Series:
    """Dated sizes of one measure, a day each, in order; `no_rate` are currencies that left sizes unknown."""

    points: tuple[Dated, ...] = ()
    no_rate: frozenset[str] = frozenset()


@dataclass(slots=True)
class _State:
    """A deal as it stood on a day."""

    kind: str
    seats: int | None = None
    amount: Decimal | None = None
    currency: str = ""
    is_open: bool = True
    is_known: bool = False  # something was said about its size


@dataclass(frozen=True, slots=True)
class _Step:
    """What became of a deal on a day; `order` tells two of the same day apart."""

    on: date
    order: int
    deal_id: int
    says: dict[str, Any] = field(compare=False)


def sizes_told(events: "QuerySet[DealEvent]") -> "QuerySet[DealEvent]":
    """Those that say something about a size, the newest first."""
    return events.filter(changes__has_any_keys=list(TELLING)).order_by("-id")


def by_key(rows: Iterable[Row], key: str) -> dict[int, list[Row]]:
    """Rows of many customers, or of many deals, sorted into theirs."""
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[key]].append(row)
    return found


def series_of(
    measure: Measure,
    *,
    events: Iterable[Row],
    deals: Iterable[Row],
    policy: PolicyVersion,
    rates: Mapping[str, Decimal],
) -> Series:
    """The sizes of one customer, rolled up as the policy says; seats as a number, azure in the policy's currency.

    A day counts when all open deals of the measure had a known size then; a currency without a rate is named. Amounts
    are converted at one day's rates, so that a rate that moves looks like no growth. A deal that was removed should not
    have been entered, so its sizes never were.
    """
    told = by_key(events, "deal_id")
    own = [deal for deal in deals if deal["kind"] == measure]
    states = {deal["id"]: _State(deal["kind"]) for deal in own}
    steps = [step for deal in own for step in _steps(deal, told.get(deal["id"], []))]
    sizes: dict[date, Decimal | None] = {}
    no_rate: set[str] = set()
    for step in sorted(steps, key=lambda one: (one.on, one.order)):
        _take(states[step.deal_id], step.says)
        sizes[step.on] = _rolled_up(states.values(), policy, rates, no_rate)
    return Series(tuple(Dated(on, size) for on, size in sizes.items() if size is not None), frozenset(no_rate))


def _steps(deal: Row, events: list[Row]) -> Iterator[_Step]:
    """What was said of a deal, and last what it says today.

    Sizes of a later day than today's were taken back: an import was undone, or a date was put right.
    """
    own = [_step(event) for event in events]
    sized = [step for step in own if _tells_size(step)]
    newest = sized[-1] if sized else None
    for step in own:
        is_dated = step is not newest or "size_date" in step.says
        if not _tells_size(step) or (is_dated and step.on <= deal["size_date"]):
            yield step
    stage = {} if any("stage" in step.says for step in own) else {"stage": deal["stage"]}
    order = newest.order if newest else 0
    yield _Step(deal["size_date"], order, deal["id"], {name: deal[name] for name in SIZES} | stage)


def _step(event: Row) -> _Step:
    says = {
        name: pair[1]
        for name, pair in event["changes"].items()
        if name in (*TELLING, "size_date") and isinstance(pair, list) and len(pair) == 2
    }
    told = localdate(event["at"])
    on = date.fromisoformat(says["size_date"]) if says.get("size_date") else told
    return _Step(on, event["id"], event["deal_id"], says)


def _tells_size(step: _Step) -> bool:
    return any(name in step.says for name in SIZES)


def _take(state: _State, says: Row) -> None:
    if any(name in says for name in SIZES):
        state.is_known = True
    if "seats" in says:
        state.seats = says["seats"]
    if "amount" in says:
        state.amount = None if says["amount"] is None else Decimal(says["amount"])
    if "currency" in says:
        state.currency = says["currency"] or ""
    if "stage" in says:
        state.is_open = says["stage"] == Stage.OPEN


def _rolled_up(
    states: Iterable[_State], policy: PolicyVersion, rates: Mapping[str, Decimal], no_rate: set[str]
) -> Decimal | None:
    counted = [state for state in states if state.is_known and state.is_open]
    sizes = [_size(state, rates, no_rate) for state in counted]
    known = [size for size in sizes if size is not None]
    if not known or len(known) < len(sizes):
        return None
    return sum(known, Decimal(0)) if policy.aggregation == Aggregation.COMBINED else max(known)


def _size(state: _State, rates: Mapping[str, Decimal], no_rate: set[str]) -> Decimal | None:
    if state.kind == Kind.SEATS:
        return None if state.seats is None else Decimal(state.seats)
    if state.amount is None:
        return None
    if state.currency not in rates:
        no_rate.add(state.currency)
        return None
    return round(state.amount * rates[state.currency], 2)


def rows_of(events: "QuerySet[DealEvent]", deals: "QuerySet[Deal]") -> tuple[list[Row], list[Row]]:
    """One customer's events, the oldest first, and deals, as `series_of` takes them: two queries."""
    told = list(sizes_told(events).values(*EVENT_FIELDS)[:MOST_EVENTS])
    return told[::-1], list(deals.values(*DEAL_FIELDS))


def rows_of_many(events: "QuerySet[DealEvent]", deals: "QuerySet[Deal]") -> tuple[list[Row], list[Row]]:
    """The same of a chunk of customers, to be sorted by `by_key`."""
    return list(sizes_told(events).order_by("id").values(*EVENT_FIELDS)), list(deals.values(*DEAL_FIELDS))
