"""What workers do for alerts: follow the ledger, look at agreements that end, foresee crossings, test the forecast."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from statistics import median

from django.utils.timezone import localdate

from common.isolation import Side, acting
from customers.models import Customer
from motions.current import rates_into
from motions.forecasting import LEAST_SIZES, Forecast, Miss, Outlook, forecast, held_out, months_after
from motions.models import Alert, Backtest, Deal, DealEvent, PolicyVersion
from motions.policy.kit import MEASURES, Measure
from motions.series import Series, by_key, rows_of_many, series_of
from motions.sql import alerting
from motions.sql.freshness import InForce, in_force
from motions.states import AlertKind

WINDOW = 2_000  # entries of the ledger in one statement
CHUNK = 500  # customers whose histories are read at once
MOST_FORESEEN = 5_000  # customers in one run; the next one goes on behind them
MOST_TESTED = 5_000
LEAST_HISTORIES = 5  # a figure over fewer would speak of single customers
EA_MONTHS = 12
LEAD_MONTHS = 6
FORESEEN = "foreseen"

Clock = Callable[[], datetime]


def follow(*, clock: Clock, window: int = WINDOW) -> int:
    """Make the alerts of all entries of the ledger that are settled, and of agreements that end; returns how many."""
    total = 0
    while (made := _window(at=clock(), size=window)) is not None:
        total += made
    with acting(Side.WORKER):
        at = clock()
        today = localdate(at)
        return total + alerting.from_endings(first=today, last=months_after(today, EA_MONTHS), at=at)


def _window(*, at: datetime, size: int) -> int | None:
    """One window of the ledger in a transaction of its own; None when nothing is due, or others are at it."""
    with acting(Side.WORKER):
        taken = alerting.take_cursor(alerting.LEDGER)
        if taken is None:
            return None
        reached, bound, writers = taken
        if bound <= reached:
            bound = alerting.newest_entry()
            writers = list(alerting.writers_now())
        if bound <= reached:
            return None
        still_writing = alerting.writers_now().intersection(writers)
        if still_writing:
            alerting.keep_cursor(alerting.LEDGER, reached=reached, bound=bound, writers=still_writing)
            return None
        last, made = alerting.from_ledger(after=reached, upto=bound, size=size, at=at)
        alerting.keep_cursor(alerting.LEDGER, reached=last, bound=bound)
        return made


def foresee(*, clock: Clock, most: int = MOST_FORESEEN, chunk: int = CHUNK) -> int:
    """Look at the next customers with histories, and tell of those likely to cross within months; returns how many."""
    total = 0
    for _turn in range(0, most, chunk):
        with acting(Side.WORKER):
            taken = alerting.take_cursor(FORESEEN)
            if taken is None:
                break
            customers = alerting.with_histories(after=taken[0], least=LEAST_SIZES, size=chunk)
            alerting.keep_cursor(FORESEEN, reached=customers[-1] if len(customers) == chunk else 0)
            total += _tell_ahead(customers, at=clock())
        if len(customers) < chunk:
            break
    return total


def _tell_ahead(customers: list[int], *, at: datetime) -> int:
    on = localdate(at)
    alerts = []
    for customer, policy, measure, series in _histories(customers, in_force(on)):
        limit = policy.limits.of(measure)
        found = forecast(series.points, limit=limit, comparator=policy.limits.comparator, on=on)
        if _is_ahead(found, on):
            alerts.append(_lead(customer, policy, measure, found, at=at))
    told = Alert.objects.filter(kind=AlertKind.LEAD, partner__in={one.partner_id for one in alerts})
    known = set(told.filter(customer__in=customers).values_list("customer_id", "key"))
    new = [one for one in alerts if (one.customer_id, one.key) not in known]
    Alert.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def _is_ahead(found: Forecast, on: date) -> bool:
    is_soon = found.expected is not None and found.expected <= months_after(on, LEAD_MONTHS)
    return found.outlook is Outlook.LIKELY and is_soon


def _lead(customer: Customer, policy: PolicyVersion, measure: Measure, found: Forecast, *, at: datetime) -> Alert:
    """One alert for each way over a limit: it is told again after the customer has moved, or under another policy."""
    way = "down" if found.is_reached else "up"
    since = customer.standing.motion_since
    params = {
        "measure": measure,
        "way": way,
        "limit": str(policy.limits.of(measure)),
        "currency": policy.currency,
        "earliest": str(found.earliest),
        "latest": str(found.latest),
        "count": found.count,
    }
    return Alert(
        partner_id=customer.partner_id,
        customer=customer,
        kind=AlertKind.LEAD,
        key=f"{measure}:{way}:{policy.pk}:{localdate(since) if since else ''}",
        params=params,
        made_at=at,
    )


def _histories(customers: list[int], current: InForce) -> Iterator[tuple[Customer, PolicyVersion, Measure, Series]]:
    """Each customer's series of each measure under its policy in force."""
    found = Customer.objects.current().filter(pk__in=customers).select_related("standing").order_by("pk")
    events, deals = rows_of_many(
        DealEvent.objects.filter(customer__in=customers), Deal.objects.filter(customer__in=customers)
    )
    events_of, deals_of = by_key(events, "customer_id"), by_key(deals, "customer_id")
    rates = {policy.currency: rates_into(policy.currency, current.rates) for policy in current.policies.values()}
    for customer in found:
        policy = current.policy_of(customer.country)
        if policy is None:
            continue
        for measure in MEASURES:
            yield (
                customer,
                policy,
                measure,
                series_of(
                    measure,
                    events=events_of.get(customer.pk, ()),
                    deals=deals_of.get(customer.pk, ()),
                    policy=policy,
                    rates=rates[policy.currency],
                ),
            )


def backtest(*, clock: Clock, most: int = MOST_TESTED, chunk: int = CHUNK) -> list[Backtest]:
    """Foretell held-out sizes of the newest customers with long histories; a stored figure for each measure."""
    misses: dict[str, list[list[Miss]]] = {measure: [] for measure in MEASURES}
    after, read = 0, 0
    while read < most:
        with acting(Side.WORKER):
            customers = alerting.with_histories(after=after, least=LEAST_SIZES + 1, size=chunk)
            current = in_force(localdate(clock()))
            for _customer, policy, measure, series in _histories(customers, current):
                found = held_out(series.points, limit=policy.limits.of(measure))
                misses[measure] += [found] if found else []
        if len(customers) < chunk:
            break
        after, read = customers[-1], read + len(customers)
    at = clock()
    with acting(Side.WORKER):
        return Backtest.objects.bulk_create(_figure(measure, misses[measure], at=at) for measure in MEASURES)


def _figure(measure: Measure, histories: list[list[Miss]], *, at: datetime) -> Backtest:
    misses = [miss for history in histories for miss in history]
    is_enough = len(histories) >= LEAST_HISTORIES
    return Backtest(
        measure=measure,
        at=at,
        histories=len(histories),
        held_out=len(misses),
        trend_error=_share(median(miss.by_trend for miss in misses)) if is_enough else None,
        last_error=_share(median(miss.by_last for miss in misses)) if is_enough else None,
    )


def _share(value: float) -> Decimal:
    return min(round(Decimal(value), 4), Decimal(10_000_000))
