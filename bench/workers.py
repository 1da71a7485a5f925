"""Worker processes for benches; imported before Django is set up in them."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.connection import Connection
from resource import RUSAGE_SELF, getrusage


def answer(order: str) -> tuple[int, int, int]:
    """Take part in a roll-out, or drain; how many were computed and moved, and the memory of the process."""
    from django.utils.timezone import now  # noqa: PLC0415 -- a process of its own

    from motions import bulk  # noqa: PLC0415

    done = bulk.roll_out(clock=now) if order == "roll out" else bulk.drain(clock=now, is_bulk=False)
    return done.computed, done.moved, getrusage(RUSAGE_SELF).ru_maxrss // 1024


def _worker(orders: Connection, module: str) -> None:
    """A process that does what it is told, by the `answer` of a module, and says what came of it."""
    import django  # noqa: PLC0415 -- a process of its own

    django.setup()
    work = import_module(module).answer
    orders.send(None)
    while (order := orders.recv()) != "end":
        orders.send(work(order))


@contextmanager
def workers(count: int = 2, *, module: str = "bench.workers") -> Iterator[list[Connection]]:
    """Worker processes, ready and waiting."""
    context = get_context("spawn")
    pairs = [context.Pipe() for _ in range(count)]
    started = [context.Process(target=_worker, args=(there, module), daemon=True) for _here, there in pairs]
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
