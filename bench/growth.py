"""recompute_growth: the time of a full recompute for each customer, and a worker's memory, as a portfolio grows."""

from statistics import median

from django.utils.timezone import now

from bench import portfolio
from bench.harness import Result
from bench.recompute import RUNS, Bench, forget_newest_rates
from bench.workers import workers
from common.isolation import Side, acting
from motions import services


def run(scale: int) -> list[Result]:
    """A hundredth, a tenth and all of `scale` customers, one after the other in one database, each judged in full."""
    with acting(Side.OFFICE):
        services.load_rates(portfolio.RATES, at=now(), newest=2)
    forget_newest_rates()
    result = Result("recompute_growth", scale, "a customer's share of a full recompute of a hundredth of the customers")
    times: dict[int, list[float]] = {}
    peaks: dict[int, int] = {}
    so_far = 0
    for number, size in enumerate((scale // 100, scale // 10, scale)):
        portfolio.make(size - so_far, number=f"999999{number}")
        portfolio.execute("UPDATE motions_fanout SET ended_at = now(), \"end\" = 'done' WHERE ended_at IS NULL")
        so_far = size
        with workers() as ends:
            bench = Bench(size, ends)
            bench.full()  # the first one finds cold caches
            times[size] = [bench.full() / size for _ in range(RUNS)]
            peaks[size] = bench.peak_mib
    result.ours, result.theirs = times[scale], times[scale // 100]
    result.more = {
        "us_per_customer": {size: round(median(found) * 1e6, 2) for size, found in times.items()},
        "peak_mib": peaks,
    }
    return [result]
