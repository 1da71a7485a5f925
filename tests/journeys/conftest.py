"""A running site and a real browser. Journeys carry the marks `journey` and `xdist_group("site")`: one site for all."""

import os
import shutil
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.journeys.site import Site

FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
)
# a story tells what happens, not how fast: on a busy machine all takes longer, and a minute is still no hang
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The portal with its demo, ready."""
    running = Site(
        tmp_path_factory.mktemp("site"), name=f"wegweiser_journeys_{os.getpid()}", broker=1 + os.getpid() % 15
    )
    running.build()
    running.start()
    try:
        running.wait_ready()
        yield running
    finally:
        running.stop()


def _chromium() -> str | None:
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; without one the browser tests fail where CI requires them, and say loudly that they are skipped elsewhere."""
    path = _chromium()
    if path is None:
        reason = "NO CHROMIUM FOUND: the browser tests did not run. Install chromium or set CHROMIUM to its path."
        if os.environ.get("CHROMIUM_REQUIRED"):
            pytest.fail(reason)
        warnings.warn(pytest.PytestWarning(reason), stacklevel=1)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=FLAGS.split())
        yield opened
        opened.close()


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, site: Site) -> Iterator[OpenPage]:
    """`open_page("anna@nordlicht.example", width=390, language="de-DE", scheme="dark")`: a page, signed in or not."""
    contexts: list[BrowserContext] = []

    def opened(email: str = "", *, width: int = 1440, language: str = "de-DE", scheme: str = "light") -> Page:
        context = browser.new_context(
            base_url=site.url,
            viewport={"width": width, "height": 900},
            locale=language,
            color_scheme="dark" if scheme == "dark" else "light",
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        if email:
            page.goto("/account/login/")
            page.fill("input[name=login]", email)
            page.fill("input[name=password]", site.passwords[email])
            page.click("main button.btn-primary")
            page.wait_for_url(lambda url: "/account/login/" not in url)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, from the packages of the frontend."""
    return (Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js").read_text()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The story that moves the limits for everybody comes last: the others count on those of the demo."""
    items.sort(key=lambda item: item.path.name == "test_policy_desk.py")
