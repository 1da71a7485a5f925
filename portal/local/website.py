"""`make run`: the whole portal on this machine, from nothing to a page that answers, until Ctrl-C."""

import ctypes
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping

import psutil

from portal.local import servers
from portal.local.commands import migrate, step
from portal.local.places import CHECKOUT, NEEDED_LATER, Places, kept_private, require_room
from portal.local.servers import Surroundings, surroundings
from portal.local.trouble import Trouble

HOST = "127.0.0.1"
LOOK_EVERY = 5.0
PATIENCE = 8.0
_DIE_WITH_PARENT = 1
# where root is all there is (containers), saying so at every start helps nobody
_QUIET = "ignore:You're running the worker with superuser privileges"


def run(environ: Mapping[str, str]) -> int:
    """Set up, start and watch everything; answers when it has been stopped."""
    port = free_port(environ.get("PORT") or "8000")
    say("Starting the database and the broker ...")
    with surroundings(environ) as around:
        say("Preparing the tables ...")
        migrate(around)
        load_demo(around)
        around.serving.update(PORT=str(port), PYTHONWARNINGS=_QUIET)
        # for links in mails: workers are given a PORT of their own, which nobody listens on
        around.serving.setdefault("PORTAL_URL", f"http://{HOST}:{port}")
        if "EMAIL_URL" not in environ:
            around.serving["EMAIL_URL"] = f"filemail:///{around.places.mail}"
            say(f"Mails are put into {around.places.mail}.")
        return _serve(around, environ, port)


def say(words: str) -> None:
    """A line for the person who waits."""
    print(f"wegweiser: {words}", flush=True)


def free_port(asked: str) -> int:
    """The port as a number, if nothing else listens there."""
    if not asked.isdecimal() or not 0 < int(asked) < 65536:
        raise Trouble(f"PORT={asked} is no port. Choose one from 1024 to 65535: make run PORT=8001")
    port = int(asked)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError as error:
            raise Trouble(f"Port {port} is for root alone. Choose one from 1024: make run PORT=8001") from error
        except OSError as error:
            raise Trouble(
                f"Port {port} is taken by {_holder(port)}. Stop it, or take another: make run PORT={port + 1}"
            ) from error
    return port


def _holder(port: int) -> str:
    """Who listens there, as far as this user may know."""
    try:
        for held in psutil.net_connections("tcp"):
            if held.status == psutil.CONN_LISTEN and held.laddr.port == port and held.pid:
                return f"{psutil.Process(held.pid).name()} (process {held.pid})"
    except psutil.Error:
        pass
    return "another process"


def load_demo(around: Surroundings) -> None:
    """On the first start, data to look at; a database that has data already is left as it is."""
    if around.places.demo_loaded.exists():
        return
    say("Loading the demo, this once ...")
    try:
        kept_private(around.places.logins, step("Loading the demo", ["demo"], around))
    except Trouble as trouble:
        say(f"{trouble}")
        return
    around.places.demo_loaded.touch()


def _serve(around: Surroundings, environ: Mapping[str, str], port: int) -> int:
    say("Starting web, workers and beat ...")
    crew = subprocess.Popen(
        [sys.executable, "-m", "honcho", "--procfile", "Procfile", "--env", os.devnull, "start"],
        cwd=CHECKOUT,
        env=around.serving,
        stdin=subprocess.DEVNULL,
        # out of Ctrl-C's reach: the crew is stopped below, once and in order
        start_new_session=True,
        preexec_fn=_die_with_parent,  # noqa: PLW1509 - this process has one thread
    )
    try:
        return _watch(crew, around, environ, port)
    finally:
        _stop(crew)


def _watch(crew: subprocess.Popen[bytes], around: Surroundings, environ: Mapping[str, str], port: int) -> int:
    """Tell when the page answers, keep the servers up; end when the crew ends or our starter is gone."""
    parent, told, looked_at = os.getppid(), False, time.monotonic()
    while crew.poll() is None:
        if not told and is_alive(port):
            told = True
            _welcome(around.places, port)
        if time.monotonic() - looked_at > LOOK_EVERY:
            _look_after(around.places, environ)
            looked_at = time.monotonic()
        if "MAKELEVEL" in environ and os.getppid() != parent:
            return 0
        time.sleep(0.2)
    raise Trouble("A process of the portal ended and took the others with it; its last lines stand above.")


def _look_after(at: Places, environ: Mapping[str, str]) -> None:
    """An embedded server that was killed comes back; trouble is told and waited out."""
    try:
        require_room(at.data, NEEDED_LATER)
        servers.started(at, environ)
    except Trouble as trouble:
        say(str(trouble))


def is_alive(port: int) -> bool:
    """Whether the web answers that it lives."""
    connection = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _welcome(at: Places, port: int) -> None:
    say(f"The portal is at http://{HOST}:{port}/  Stop it with Ctrl-C.")
    if at.logins.exists():
        print(at.logins.read_text(), flush=True)


def _stop(crew: subprocess.Popen[bytes]) -> None:
    """TERM to the crew, time to finish, then the rest by force: nothing is left behind."""
    try:
        family = psutil.Process(crew.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        family = []
    if crew.poll() is None:
        crew.send_signal(signal.SIGTERM)
    try:
        crew.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        crew.kill()
    for member in family:
        if member.is_running():
            member.kill()


def _die_with_parent() -> None:
    """Linux alone: a crew whose captain is killed gets TERM by the kernel."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGTERM)
