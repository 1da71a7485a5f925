"""`make drill`: 250 keys, each sent six times by many clients at once, while the web server is killed -9 again and again.

Prints one JSON line. `lost`: keys without an effect; `doubled`: effects too many; `differing`: keys whose answers were not
the same to the byte. All three must be 0.
"""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command
from django.db import connections

from bench.harness import scratch_database

KEYS, TIMES, CLIENTS, DEATHS = 250, 6, 8, int(os.environ.get("DEATHS", "12"))
CUSTOMERS = "/api/v1/customers/"


class Server:
    """A web server as in the Procfile, that comes back on the same port after each death."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.kills, self.answered = 0, 0
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """And wait until it answers."""
        program = str(Path(sys.executable).parent / "gunicorn")
        words = f"portal.wsgi --bind 127.0.0.1:{self.port} --log-level critical"
        self.process = subprocess.Popen([program, *words.split()], start_new_session=True, stderr=subprocess.DEVNULL)
        for _ in range(1200):
            try:
                if self.ask("GET", "/healthz", None, {})[0] == 200:
                    return
            except (OSError, HTTPException):
                time.sleep(0.1)
        raise AssertionError("the web server did not come up")

    def kill(self) -> None:
        """With all of its workers, at whatever they are doing."""
        assert self.process
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.kills += 1

    def ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> tuple[int, bytes]:
        """One request."""
        wire = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            wire.request(method, path, body, headers)
            answer = wire.getresponse()
            return answer.status, answer.read()
        finally:
            wire.close()


def persist(server: Server, token: str, number: int) -> tuple[int, bytes]:
    """Send one key's request until it is answered."""
    headers = {
        "Authorization": f"Bearer {token}",
        "Idempotency-Key": f"key-{number}",
        "Content-Type": "application/json",
    }
    body = json.dumps({"name": f"Nummer {number} Werke {number * 7919} GmbH", "country": "DE"})
    for _ in range(3000):
        try:
            status, text = server.ask("POST", CUSTOMERS, body, headers)
        except (OSError, HTTPException):
            time.sleep(0.05)
            continue
        if status == 201:
            server.answered += 1
            return number, text
        if status not in (409, 503):
            raise AssertionError(f"key {number} was answered {status}: {text[:300]!r}")
        time.sleep(0.05)
    raise AssertionError(f"key {number} was never answered")


def new_partner() -> str:
    """The token of a client of a partner that begins with nothing."""
    from django.utils.timezone import now

    from common.isolation import Side, acting
    from partners.models import Partner
    from partners.services import create_client
    from tests.programs import new_token

    made = Partner.objects.using("owner").create(
        name="Drill GmbH", partner_number="9999001", country="DE", csp_type="direct_bill"
    )
    with acting(Side.OFFICE):
        partner = Partner.objects.get(pk=made.pk)
        client = create_client(partner=partner, name="Drill", scopes=["customers.write"], at=now()).client
    with acting(Side.VISITOR):
        return new_token(client, ("customers.write",))


def drill(seed: int) -> dict[str, Any]:
    """Run it once, on the database that the environment names."""
    from customers.models import Customer

    chance, server, is_over = random.Random(seed), Server(), threading.Event()
    token = new_partner()
    server.start()

    def kill_again_and_again() -> None:
        # by the number of answers, so that a slow machine sees as many deaths as a fast one
        for least in sorted(chance.sample(range(KEYS * TIMES * 9 // 10), DEATHS)):
            while server.answered < least and not is_over.wait(0.01):
                pass
            if is_over.is_set():
                return
            server.kill()
            server.start()

    killer = threading.Thread(target=kill_again_and_again)
    killer.start()
    sent = [number for number in range(KEYS) for _ in range(TIMES)]
    chance.shuffle(sent)
    answers: dict[int, set[bytes]] = defaultdict(set)
    try:
        with ThreadPoolExecutor(CLIENTS) as pool:
            for number, text in pool.map(lambda number: persist(server, token, number), sent):
                answers[number].add(text)
    finally:
        is_over.set()
        killer.join()
        kills = server.kills
        server.kill()
    effects = Customer.objects.using("owner").count()
    return {
        "drill": "api_keys", "keys": KEYS, "requests": len(sent), "kills": kills, "effects": effects,
        "lost": max(0, KEYS - effects), "doubled": max(0, effects - KEYS),
        "differing": sum(len(texts) != 1 for texts in answers.values()), "seed": seed,
    }  # fmt: skip


def main() -> int:
    """0 when nothing was lost, doubled or answered twice."""
    seed = int(os.environ.get("SEED") or random.randrange(10**6))
    os.environ |= {"DJANGO_SETTINGS_MODULE": "portal.settings", "HTTPS": "off", "API_REQUESTS_A_MINUTE": "1000000000"}
    with scratch_database("wegweiser_api_drill"):
        django.setup()
        try:
            call_command("migrate", database="owner", verbosity=0)
            told = drill(seed)
        finally:
            connections.close_all()
    print(json.dumps(told), flush=True)
    return int(bool(told["lost"] or told["doubled"] or told["differing"]))


if __name__ == "__main__":
    sys.exit(main())
