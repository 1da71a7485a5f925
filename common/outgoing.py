"""Requests that leave the house: to a public address over TLS, without redirects, with an end in size and time."""

import http.client
import ipaddress
import re
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

SECONDS = 20.0
_TEXT = re.compile(r"[!-\[\]-~]{1,2000}")  # visible ASCII without the backslash, which browsers read as a slash
# a name of several parts whose last one is no number: 0x7f.1, 2130706433 and 127.1 are addresses in disguise
_NAME = re.compile(r"(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
_UNICAST = ipaddress.ip_network("2000::/3")
# in public ranges, and yet of the machine's own surroundings: protocol assignments, relays, a cloud's metadata
_NEAR = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32", "2002::/16")))


class NotFetched(Exception):
    """Why nothing came back: a sentence for the log, and a code that somebody can word."""

    def __init__(self, sentence: str, code: str = "failed") -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True)
class Place:
    """Where a request goes: the addresses are those that were checked, whatever the name says a moment later."""

    host: str
    port: int
    path: str
    addresses: tuple[str, ...]
    is_plain: bool = False


@dataclass(frozen=True)
class Reach:
    """What may be asked; by default what is public, by https, at the usual port."""

    any_port: bool = False
    plain: bool = False
    loopback: bool = False  # for tests and for a portal at home


PUBLIC = Reach()


def split(url: str, reach: Reach = PUBLIC) -> SplitResult:
    """The parts of an address that may be asked as far as its text can tell; nobody is looked up."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise NotFetched("this is no address", "malformed") from error
    if not _TEXT.fullmatch(url) or not parts.hostname or "@" in parts.netloc:
        raise NotFetched("this is no plain https address", "malformed")
    if parts.scheme != "https" and not (reach.plain and parts.scheme == "http"):
        raise NotFetched(f"{url} is no plain https address", "not_https")
    if not ((reach.any_port and (port is None or port == 443 or port > 1023)) or port in (None, 443)):
        raise NotFetched(f"{url} is no plain https address", "port")
    if not _is_public_name(parts.hostname, reach):
        raise NotFetched(f"{parts.hostname} is no public address", "not_public")
    return parts


def _is_public_name(host: str, reach: Reach) -> bool:
    with suppress(ValueError):
        return _may_be_asked(str(ipaddress.ip_address(host)), reach)
    return bool(_NAME.fullmatch(host)) or (reach.loopback and host == "localhost")


def checked(url: str, reach: Reach = PUBLIC) -> Place:
    """Where an address leads now. Every one of its addresses is public, or it is not asked."""
    parts = split(url, reach)
    host, is_plain = parts.hostname or "", parts.scheme == "http"
    port = parts.port or (80 if is_plain else 443)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotFetched(f"{host} cannot be found", "unknown_host") from error
    addresses = tuple(str(entry[4][0]) for entry in found)
    # every one of them: whoever names a private address beside a public one has something in mind
    if not addresses or not all(_may_be_asked(address, reach) for address in addresses):
        raise NotFetched(f"{host} is no public address", "not_public")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(host, port, path, addresses, is_plain)


def _may_be_asked(address: str, reach: Reach) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    if found.is_loopback:
        return reach.loopback
    if any(found in network for network in _NEAR if network.version == found.version):
        return False
    if found.version == 6 and found not in _UNICAST:
        return False  # also every way of writing an address of version 4
    return found.is_global and not found.is_multicast and not found.is_reserved


class _Pinned(http.client.HTTPConnection):
    """Speaks to an address that was checked, and stops when its time is over, however slowly the other side speaks."""

    def __init__(self, place: Place, seconds: float) -> None:
        self.default_port = 80 if place.is_plain else 443
        super().__init__(place.host, place.port, timeout=seconds)
        self._place, self._until = place, time.monotonic() + seconds
        self._end = threading.Timer(seconds, self._stop)
        self._end.daemon = True
        self._watched: socket.socket | None = None  # the base class lets go of its own before the body is read
        self.is_over = False

    def _left(self) -> float:
        return max(0.01, self._until - time.monotonic())

    def _stop(self) -> None:
        self.is_over = True
        if self._watched is not None:
            with suppress(OSError):
                # the plain socket's own: that of TLS would take the keys from a reader at work
                socket.socket.shutdown(self._watched, socket.SHUT_RDWR)

    def connect(self) -> None:
        """To the first address that takes the call; the certificate is checked against the name."""
        self._end.start()
        self.sock = self._watched = self._reached()
        if not self._place.is_plain:
            context = ssl.create_default_context()
            secure = context.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock = self._watched = secure
            secure.do_handshake()

    def _reached(self) -> socket.socket:
        *others, last = self._place.addresses[:3]
        for address in others:
            with suppress(OSError):
                return socket.create_connection((address, self._place.port), self._left())
        return socket.create_connection((last, self._place.port), self._left())

    def finish(self) -> None:
        """Close it, and end the watch."""
        self._end.cancel()
        self.close()
        if self._watched is not None:
            self._watched.close()


@dataclass(frozen=True)
class Answer:
    """What came back: the status, and so much of the body as was asked for."""

    status: int
    body: bytes


def ask(
    place: Place,
    *,
    method: str = "GET",
    body: bytes | None = None,
    headers: Mapping[str, str],
    seconds: float = SECONDS,
    most: int,
) -> Answer:
    """One request, with an end in time for all of it, and at most `most` bytes of its answer."""
    connection = _Pinned(place, seconds)
    try:
        connection.request(method, place.path, body, dict(headers))
        with closing(connection.getresponse()) as answer:
            found = Answer(answer.status, answer.read(most))
        if connection.is_over:
            raise TimeoutError("its answer does not end")
    except (OSError, http.client.HTTPException) as error:
        late = connection.is_over or isinstance(error, TimeoutError)
        raise NotFetched(f"{place.host} did not answer: {error}", "timeout" if late else _code_of(error)) from error
    finally:
        connection.finish()
    return found


def _code_of(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return "tls"
    return "no_connection" if isinstance(error, OSError) else "broken"


def fetch(url: str, *, most: int) -> bytes:
    """The body of a page of at most `most` bytes; raises `NotFetched` for whatever else happens."""
    place = checked(url)
    answer = ask(place, headers={"Accept-Encoding": "identity"}, most=most + 1)
    if answer.status != 200:
        raise NotFetched(f"{place.host} answered {answer.status}", "status")
    if len(answer.body) > most:
        raise NotFetched(f"{place.host} sent more than {most} bytes", "too_large")
    return answer.body
