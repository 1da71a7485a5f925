"""A web server as in the Procfile, and somebody who is signed in to it."""

import http.cookiejar
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from partners.models import User


class _Stay(urllib.request.HTTPRedirectHandler):
    """A redirect is the answer."""

    def redirect_request(self, *_: object) -> None:
        return None


class Browser:
    """Somebody who is signed in, with cookies; `post` adds the token of `form` against forged requests."""

    def __init__(self, url: str, user: User, *, form: str = "/customers/new/") -> None:
        self.url = url
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar), _Stay())
        user.set_password("bench")
        user.save(using="owner", update_fields=["password"])
        status, page = self.get("/account/login/")
        self.token = self._token_of(page)
        status, _page = self.post("/account/login/", {"login": user.email, "password": "bench"})
        if status != 302:
            raise AssertionError(f"signing in answered {status}")
        _status, page = self.get(form)
        self.token = self._token_of(page)

    @staticmethod
    def _token_of(page: str) -> str:
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        if found is None:
            raise AssertionError("the page has no form")
        return found.group(1)

    def get(self, path: str) -> tuple[int, str]:
        """Status and body."""
        return self._open(path, None)

    def post(self, path: str, fields: Mapping[str, str]) -> tuple[int, str]:
        """Status and body."""
        return self._open(path, urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": self.token}).encode())

    def _open(self, path: str, data: bytes | None) -> tuple[int, str]:
        try:
            with self.opener.open(urllib.request.Request(self.url + path, data), timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


@contextmanager
def site() -> Iterator[str]:
    """The address of a web server with the bare doors, on the database of the bench."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = str(Path(sys.executable).parent / "gunicorn")
    words = f"portal.wsgi --bind 127.0.0.1:{port}"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "bench.site", "HTTPS": "off"}
    web = subprocess.Popen([program, *words.split()], env=environment, start_new_session=True)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(url)
        yield url
    finally:
        os.killpg(web.pid, signal.SIGTERM)
        web.wait(20)


def _wait_for(url: str) -> None:
    for _ in range(200):
        try:
            urllib.request.urlopen(url + "/healthz", timeout=5).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the web server did not come up")
