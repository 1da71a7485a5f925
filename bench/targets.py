"""A target for messages in a process of its own, which knows nothing of Django."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import get_context
from multiprocessing.connection import Connection

SLOW_SECONDS = 1.5
SLOW, FAST = "/slow", "/hook"


class _Target(BaseHTTPRequestHandler):
    """Takes everything, one of its addresses slowly."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == SLOW:
            time.sleep(SLOW_SECONDS)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


class _Server(ThreadingHTTPServer):
    request_queue_size = 128  # with the usual five, calls that come together are turned away


def _serve(told: Connection) -> None:
    server = _Server(("127.0.0.1", 0), _Target)
    told.send(server.server_port)
    server.serve_forever()


@contextmanager
def target() -> Iterator[str]:
    """The address of a target in a process of its own."""
    context = get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there,), daemon=True)
    process.start()
    there.close()  # so that one that dies is an end of file and not a long wait
    try:
        yield f"http://127.0.0.1:{here.recv()}"
    finally:
        process.terminate()
        process.join(10)
