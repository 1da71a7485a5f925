"""Requests that leave the house: to a public address over TLS, without redirects, with an end in size and time."""

import http.client
import ipaddress
import socket
import ssl
from urllib.parse import urlsplit

SECONDS = 20.0


class NotFetched(Exception):
    """Why nothing came back, in a sentence for the log."""


def checked(url: str) -> tuple[str, str, list[str]]:
    """(host, path, addresses) of an address that may be asked: https, the usual port, public addresses alone."""
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.username or parts.port not in (None, 443):
        raise NotFetched(f"{url} is no plain https address")
    try:
        found = socket.getaddrinfo(parts.hostname, 443, type=socket.SOCK_STREAM)
    except OSError as error:
        raise NotFetched(f"{parts.hostname} cannot be found") from error
    addresses = [str(entry[4][0]) for entry in found]
    # every one of them: whoever names a private address beside a public one has something in mind
    if not addresses or not all(_is_public(address) for address in addresses):
        raise NotFetched(f"{parts.hostname} is no public address")
    return parts.hostname, parts.path + (f"?{parts.query}" if parts.query else "") or "/", addresses


def _is_public(address: str) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_global and not found.is_multicast


class _Pinned(http.client.HTTPSConnection):
    """Speaks to the address that was checked, whatever the name says a moment later."""

    def __init__(self, host: str, address: str) -> None:
        self._context = ssl.create_default_context()
        super().__init__(host, timeout=SECONDS, context=self._context)
        self._address = address

    def connect(self) -> None:
        """As the base class does, but to `address`."""
        plain = socket.create_connection((self._address, 443), self.timeout)
        self.sock = self._context.wrap_socket(plain, server_hostname=self.host)


def fetch(url: str, *, most: int) -> bytes:
    """The body of a page of at most `most` bytes; raises `NotFetched` for whatever else happens."""
    host, path, addresses = checked(url)
    connection = _Pinned(host, addresses[0])
    try:
        connection.request("GET", path, headers={"Accept-Encoding": "identity"})
        answer = connection.getresponse()
        if answer.status != 200:
            raise NotFetched(f"{host} answered {answer.status}")
        body = answer.read(most + 1)
    except (OSError, http.client.HTTPException) as error:
        raise NotFetched(f"{host} did not answer: {error}") from error
    finally:
        connection.close()
    if len(body) > most:
        raise NotFetched(f"{host} sent more than {most} bytes")
    return body
