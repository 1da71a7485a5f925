"""Somebody of a partner who edits deals through the web, again and again, and remembers what was acknowledged."""

import http.cookiejar
import random
import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

import psycopg

from tests.journeys.site import Site

EMAILS = ("anna@nordlicht.example", "jonas@nordlicht.example")
_OWN = """
SELECT d.public_id::text, d.id, d.customer_id, d.name, d.size_date::text FROM motions_deal AS d
JOIN partners_user AS u ON u.partner_id = d.partner_id
WHERE u.email = %s AND d.kind = 'seats' AND d.stage = 'open' ORDER BY d.id
"""
_RIGHT = """
SELECT d.seats, d.version, (
    SELECT line ->> 'seats' FROM motions_standing AS s JOIN motions_assessment AS a ON a.id = s.assessment_id,
           jsonb_array_elements(a.facts -> 'lines') AS line
    WHERE s.customer_id = d.customer_id AND (line ->> 'deal')::bigint = d.id)
FROM motions_deal AS d WHERE d.id = %s
"""


class Writer(threading.Thread):
    """Edits a few deals of its own; nobody else touches them."""

    def __init__(self, site: Site, number: int, seed: int, *, naive: bool) -> None:
        super().__init__(daemon=True)
        self.site, self.naive = site, naive
        self.email = EMAILS[number % len(EMAILS)]
        self.random = random.Random(f"{seed} {number}")
        self.ended = threading.Event()
        self.changes = self.unanswered = 0
        self.last_at = time.monotonic()
        self.acknowledged: dict[int, int] = {}
        self.browser = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()), _Stay()
        )
        with psycopg.connect(site.owner_url) as connection:
            found = connection.execute(_OWN, [self.email]).fetchall()
        self.deals = found[number::12][:6]
        assert self.deals, f"{self.email} has no deals to edit"

    def run(self) -> None:
        """Sign in, and edit until told to end."""
        while not self.ended.is_set():
            try:
                self._sign_in()
                break
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        while not self.ended.is_set():
            self._edit(self.random.choice(self.deals))

    def _open(self, path: str, fields: dict[str, str] | None = None) -> tuple[int, str]:
        data = urllib.parse.urlencode(fields).encode() if fields is not None else None
        request = urllib.request.Request(self.site.url + path, data)
        request.add_header("Referer", self.site.url + path)
        try:
            with self.browser.open(request, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def _token(self, page: str) -> str:
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        return found.group(1) if found else ""

    def _sign_in(self) -> None:
        _status, page = self._open("/account/login/")
        fields = {
            "csrfmiddlewaretoken": self._token(page),
            "login": self.email,
            "password": self.site.passwords[self.email],
        }
        status, _page = self._open("/account/login/", fields)
        if status != 302:
            raise OSError(f"signing in answered {status}")

    def _edit(self, deal: tuple[str, int, int, str, str]) -> None:
        public_id, deal_id, customer_id, name, day = deal
        path, seats = f"/deals/{public_id}/", self.random.choice((10, 1799, 1800, 2399, 2400, 9000))
        try:
            status, page = self._open(path)
            version = re.search(r'name="version"[^>]*value="(\d+)"', page)
            if status != 200 or version is None:
                return
            fields = {
                "csrfmiddlewaretoken": self._token(page), "name": name, "seats": str(seats), "size_date": day,
                "stage": "open", "version": version.group(1), "needs": "none", "prefers_self_service": "no",
            }  # fmt: skip
            status, _page = self._open(path, fields)
        except (urllib.error.URLError, OSError):
            status = 0
        self.last_at = time.monotonic()
        if status == 302:
            self.changes += 1
            self.acknowledged[deal_id] = seats
            if self.naive:
                self._send(customer_id)
        else:
            # nobody knows whether it was written: what was promised before may or may not be there any more
            self.unanswered += 1
            self.acknowledged.pop(deal_id, None)

    def _send(self, customer_id: int) -> None:
        from celery import current_app
        from kombu.exceptions import OperationalError
        from redis.exceptions import RedisError

        try:
            current_app.send_task("drill.naive", kwargs={"customer_id": customer_id}, queue="interactive")
        except (OperationalError, RedisError, OSError):
            self.unanswered += 1

    def lost(self, connection: psycopg.Connection) -> int:
        """Deals that do not stand as acknowledged, and deals whose size is not in the customer's answer."""
        count = 0
        for _public_id, deal_id, *_rest in self.deals:
            row = connection.execute(_RIGHT, [deal_id]).fetchone()
            assert row is not None
            seats, _version, judged = row
            is_kept = self.acknowledged.get(deal_id, seats) == seats
            count += not is_kept or judged != str(seats)
        return count


class _Stay(urllib.request.HTTPRedirectHandler):
    """A redirect is the answer."""

    def redirect_request(self, *_: object) -> None:
        return None
