"""Every page at two widths, in two languages, light and dark: nothing for axe to say, no error, nothing too wide."""

import pytest
from django.utils.timezone import localdate
from playwright.sync_api import ConsoleMessage, Page

from tests.journeys.conftest import OpenPage

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("site")]

VIEWS = [(1440, "de-DE", "light"), (390, "de-DE", "dark"), (1440, "en-GB", "dark"), (390, "en-GB", "light")]
PARTNER = [
    "/",
    "/customers/",
    "/customers/?q=nothing-like-this",
    "/customers/?columns=tags&columns=number&columns=vetting&columns=city&columns=registered",
    "/customers/new/",
    "/imports/",
    "/policy/",
    "/alerts/",
]
PARTNER += ["/news/", "/help/", "/policy/GUIDANCE_2023_10/"]
PARTNER += ["/verify/?hash=" + "0" * 64, "/map/?seats=1200", "/choices/report/"]
OF_CUSTOMER = ["", "deals/new/seats/", "deals/new/azure/", "what-if/?seats=2400", "history/", "correct/", "compare/"]
OF_CUSTOMER += ["contacts/", "contacts/new/", "archive/", "timeline/", "timeline/?kind=contacts"]
OF_CUSTOMER += ["compare/?from=2026-03-03", f"compare/?from={localdate()}", "forecast/"]


def look(page: Page, axe: str, problems: list[str]) -> None:
    """Judge the page as it stands."""
    where = page.url
    # axe is brought in by the debugger, past the page's own policy, which forbids foreign scripts
    page.evaluate(axe)
    found = page.evaluate("axe.run().then(r => r.violations.map(v => v.id + ' ' + v.nodes[0].html.slice(0, 120)))")
    problems += [f"{where}: {one}" for one in found]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        problems.append(f"{where}: wider than the window")


@pytest.mark.parametrize(("width", "language", "scheme"), VIEWS)
def test_every_page_is_one_we_would_sign(open_page: OpenPage, axe: str, width: int, language: str, scheme: str) -> None:
    problems: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            problems.append(f"{page.url}: {message.text}")

    page = open_page(width=width, language=language, scheme=scheme)
    page.on("console", hear)
    page.goto("/account/login/")
    look(page, axe, problems)
    page.context.close()
    person = "anna@nordlicht.example" if language.startswith("de") else "grace@harbour.example"
    page = open_page(person, width=width, language=language, scheme=scheme)
    page.on("console", hear)
    for path in PARTNER:
        page.goto(path)
        look(page, axe, problems)
    page.goto("/customers/")
    customer = page.locator("a.row-link").first.get_attribute("href") or ""
    page.goto("/imports/")
    batch = page.locator("a.row-link").first.get_attribute("href") or ""
    for path in [*(customer + rest for rest in OF_CUSTOMER), batch]:
        page.goto(path)
        look(page, axe, problems)
    assert problems == []


def test_administration_is_usable_under_the_same_policy(open_page: OpenPage, axe: str) -> None:
    errors: list[str] = []
    page = open_page("admin@office.example", language="en-GB")
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    for path in ("/team/", "/team/invite/", "/team/organisations/new/", "/data/programmes/", "/data/news/new/"):
        page.goto(path)
        look(page, axe, errors)
    page.goto("/team/")
    page.locator("#organisations a.row-link").first.click()
    look(page, axe, errors)
    for path in ("/admin/", "/admin/partners/partner/", "/admin/partners/user/", "/admin/agreements/providerlink/add/"):
        page.goto(path)
    assert errors == []
