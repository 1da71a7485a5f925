"""The web server, wherever it is started: `make run`, the journeys, the drills and the benches."""

import socket

from gunicorn.arbiter import Arbiter

workers = 2
preload_app = True
timeout = 30
max_requests = 5000
max_requests_jitter = 500
limit_request_line = 0
control_socket_disable = True
loglevel = "warning"

# browsers open connections ahead of need and leave them silent; a worker that accepts one can answer nobody else
SILENT_SECONDS = 60


def when_ready(server: Arbiter) -> None:
    """Let the kernel keep a connection (Linux) until its first bytes are there, at most `SILENT_SECONDS`."""
    if hasattr(socket, "TCP_DEFER_ACCEPT"):
        for listener in server.LISTENERS:
            if listener.sock.family != socket.AF_UNIX:
                listener.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, SILENT_SECONDS)
