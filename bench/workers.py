"""Worker processes for benches; imported before Django is set up in them."""

from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from resource import RUSAGE_SELF, getrusage


def _worker(orders: Connection) -> None:
    """A process that takes part in roll-outs and drains whenever it is told to, and answers with what it did."""
    import django  # noqa: PLC0415 -- a process of its own

    django.setup()
    from django.utils.timezone import now  # noqa: PLC0415

    from motions import bulk  # noqa: PLC0415

    orders.send(None)
    while (order := orders.recv()) != "end":
        done = bulk.roll_out(clock=now) if order == "roll out" else bulk.drain(clock=now, is_bulk=False)
        orders.send((done.computed, done.moved, getrusage(RUSAGE_SELF).ru_maxrss // 1024))


@contextmanager
def workers(count: int = 2) -> Iterator[list[Connection]]:
    """Worker processes, ready and waiting."""
    context = get_context("spawn")
    pairs = [context.Pipe() for _ in range(count)]
    started = [context.Process(target=_worker, args=(there,), daemon=True) for _here, there in pairs]
    for process, (_here, there) in zip(started, pairs, strict=True):
        process.start()
        there.close()  # so that a worker that dies is an end of file and not a long wait
    ends = [here for here, _there in pairs]
    for end in ends:
        end.recv()
    try:
        yield ends
    finally:
        for end in ends:
            end.send("end")
        for process in started:
            process.join(10)
