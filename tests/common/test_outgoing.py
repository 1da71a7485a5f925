"""Requests that leave the house: where they may never go, and that they end."""

import socket
import time
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from common import outgoing
from common.outgoing import NotFetched, Reach
from tests.partners.receivers import receiving

HOOKS = Reach(any_port=True)
HOME = Reach(any_port=True, plain=True, loopback=True)
PUBLIC = "93.184.215.14"


def resolving(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """A resolver that gives one answer after the other; the names that it was asked for."""
    asked: list[str] = []

    def look_up(host: str, port: int, **_: Any) -> Any:
        asked.append(host)
        found = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://crm.example/", "not_https"),
        ("ftp://crm.example/", "not_https"),
        ("file:///etc/passwd", "malformed"),
        ("gopher://crm.example/", "not_https"),
        ("javascript:alert(1)", "malformed"),
        ("https:///nowhere", "malformed"),
        ("https://user:word@crm.example/", "malformed"),
        ("https://crm.example@127.0.0.1/", "malformed"),
        ("https://crm.example\\@127.0.0.1/", "malformed"),
        ("https://crm.example/a b", "malformed"),
        ("https://crm.exa\tmple/", "malformed"),
        ("https://crm.example/\r\nHost: other", "malformed"),
        ("https://crm.example:99999/", "malformed"),
        ("https://[::1/", "malformed"),
        ("https://crm.example:22/", "port"),
        ("https://crm.example:25/", "port"),
        ("https://localhost/", "not_public"),
        ("https://127.0.0.1/", "not_public"),
        ("https://127.1/", "not_public"),
        ("https://2130706433/", "not_public"),
        ("https://0x7f000001/", "not_public"),
        ("https://0x7f.0.0.1/", "not_public"),
        ("https://0177.0.0.1/", "not_public"),
        ("https://crm.127/", "not_public"),
        ("https://[::1]/", "not_public"),
        ("https://[::ffff:127.0.0.1]/", "not_public"),
        ("https://[::ffff:7f00:1]/", "not_public"),
        ("https://[64:ff9b::7f00:1]/", "not_public"),
        ("https://[2002:7f00:1::]/", "not_public"),
        ("https://[fe80::1%25eth0]/", "not_public"),
        ("https://169.254.169.254/latest/meta-data/", "not_public"),
        ("https://10.0.0.1/", "not_public"),
        ("https://intranet/", "not_public"),
        ("https://①②⑦.⓪.⓪.①/", "malformed"),
        ("https://" + "a" * 300 + ".example/", "not_public"),
    ],
)
def test_an_address_that_may_not_be_asked_is_refused_by_its_text(
    url: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: pytest.fail("somebody was looked up"))
    with pytest.raises(NotFetched) as refusal:
        outgoing.checked(url, HOOKS)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    "addresses",
    [
        *(
            [one]
            for one in (
                *("0.0.0.0", "0.1.2.3", "10.1.2.3", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254"),
                *("168.63.129.16", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1"),
                *("192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1"),
                *("239.255.255.250", "240.0.0.1", "255.255.255.255"),
                *("::", "::1", "::7f00:1", "::ffff:10.0.0.1", "::ffff:93.184.215.14", "64:ff9b::a00:1"),
                *("64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:a00:1::1", "fc00::1", "fd00:ec2::254"),
                *("fe80::1", "fe80::1%2", "fec0::1", "ff02::1", "4000::1"),
            )
        ),
        [PUBLIC, "10.0.0.1"],
        ["2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::1"],
        [],
    ],
    ids=str,
)
def test_a_name_that_leads_to_an_address_which_is_not_public_is_not_asked(
    addresses: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    resolving(monkeypatch, addresses)
    with pytest.raises(NotFetched) as refusal:
        outgoing.checked("https://crm.example/", HOOKS)
    assert refusal.value.code == "not_public"


@pytest.mark.parametrize(
    "url", ["https://crm.example/h?k=1#f", "https://crm.example:8443/h?k=1", f"https://{PUBLIC}/h?k=1"]
)
def test_a_public_target_is_taken(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, [PUBLIC, "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
    place = outgoing.checked(url, HOOKS)
    assert (place.path, place.addresses[0], place.is_plain) == ("/h?k=1", PUBLIC, False)


def test_a_name_that_leads_elsewhere_a_moment_later_gets_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, called = resolving(monkeypatch, [PUBLIC], ["127.0.0.1"]), []

    def call(address: tuple[str, int], *_: Any) -> None:
        called.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", call)
    place = outgoing.checked("https://rebinding.example/", HOOKS)
    with pytest.raises(NotFetched) as refusal:
        outgoing.ask(place, headers={}, seconds=1, most=1)
    assert (refusal.value.code, called, len(asked)) == ("no_connection", [(PUBLIC, 443)], 1)
    with pytest.raises(NotFetched) as refusal:
        outgoing.checked("https://rebinding.example/", HOOKS)
    assert (refusal.value.code, len(called)) == ("not_public", 1)


def test_a_name_that_nobody_knows_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(NotFetched) as refusal:
        outgoing.checked("https://crm.example/", HOOKS)
    assert refusal.value.code == "unknown_host"


def test_loopback_is_open_by_setting_alone_and_nothing_else_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert outgoing.checked("http://127.0.0.1:8999/", HOME).is_plain
    assert outgoing.checked("http://localhost:8999/", HOME).host == "localhost"
    resolving(monkeypatch, ["10.0.0.1"])
    with pytest.raises(NotFetched):
        outgoing.checked("http://crm.example/", HOME)


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    def elsewhere(handler: BaseHTTPRequestHandler) -> int:
        handler.send_response(302)
        handler.send_header("Location", "/other")
        handler.end_headers()
        return 0

    with receiving() as receiver:
        receiver.answer = elsewhere
        answer = outgoing.ask(outgoing.checked(receiver.url, HOME), method="POST", body=b"{}", headers={}, most=10)
        assert (answer.status, [one.path for one in receiver.requests]) == (302, ["/hook"])


def test_of_a_long_answer_only_the_beginning_is_read() -> None:
    def long(handler: BaseHTTPRequestHandler) -> int:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(b"x" * 100_000)
        return 0

    with receiving() as receiver:
        receiver.answer = long
        assert len(outgoing.ask(outgoing.checked(receiver.url, HOME), headers={}, most=10).body) == 10


@pytest.mark.parametrize("first", [b"", b"HTTP/1.1 200 OK\r\n\r\n"], ids=["before the answer", "within the body"])
def test_a_target_that_speaks_without_end_is_cut_off_when_its_time_is_over(first: bytes) -> None:
    def drip(handler: BaseHTTPRequestHandler) -> int:
        handler.wfile.write(first)
        end = time.monotonic() + 5
        while time.monotonic() < end:
            try:
                handler.wfile.write(b"H")
            except OSError:
                break
            time.sleep(0.02)
        return 0

    with receiving() as receiver:
        receiver.answer = drip
        began = time.monotonic()
        with pytest.raises(NotFetched) as refusal:
            outgoing.ask(outgoing.checked(receiver.url, HOME), headers={}, seconds=0.3, most=10**6)
        assert refusal.value.code == "timeout"
        assert time.monotonic() - began < 4
