"""A link's way: sent by the partner, accepted by the customer on a phone without a login, finalised by the partner."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import OpenPage
from tests.journeys.site import Site, wait_until

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("site")]


def addresses(site: Site) -> list[str]:
    """The addresses of signing pages in the mails that went to the worker's log."""
    text = (site.folder / "bulk.log").read_text(errors="replace").replace("=\n", "")
    return re.findall(r"^https?://[^/]+(/sign/\S+)$", text, re.MULTILINE)


def test_a_customer_accepts_on_a_phone_and_the_partner_finalises(open_page: OpenPage, site: Site) -> None:
    partner = open_page("anna@nordlicht.example", width=390)
    partner.goto("/agreements/?group=unsigned")
    row = partner.locator("tr", has_text="Nicht begonnen").first
    row.locator("a.row-link").click()
    customer = partner.url.split("#")[0]
    panel = partner.locator("#agreement")
    panel.get_by_role("link", name="Link senden").click()
    panel.get_by_label("Vorname").fill("Ute")
    panel.get_by_label("Nachname").fill("Krämer-O'Neil")
    panel.get_by_label("E-Mail-Adresse").fill("ute@kunde.example")
    panel.get_by_role("button", name="Senden").click()
    expect(panel.get_by_text("Link gesendet").first).to_be_visible()

    wait_until(lambda: bool(addresses(site)), seconds=60, what="the mail with the link")
    address = addresses(site)[-1]
    phone = open_page(width=390, language="de-DE")
    assert phone.goto(address).status == 200  # type: ignore[union-attr]
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    phone.get_by_label("Ihr Name").fill("Ute Kraemer")
    phone.get_by_label("Ich habe die Vereinbarung gelesen", exact=False).check()
    phone.get_by_role("button", name="Vereinbarung annehmen").click()
    expect(phone.get_by_text("genau so, wie er oben steht", exact=False)).to_be_visible()
    phone.get_by_label("Ihr Name").fill("Ute Krämer-O'Neil")
    phone.get_by_role("button", name="Vereinbarung annehmen").click()
    expect(phone.get_by_text("Vielen Dank")).to_be_visible()
    assert phone.goto(address).status == 410  # type: ignore[union-attr]
    expect(phone.get_by_text("Bereits angenommen").first).to_be_visible()

    partner.goto(f"{customer}agreement/")
    panel.get_by_role("button", name="Abschließen").click()
    expect(partner.locator("#agreement").get_by_text("Darf bestellen")).to_be_visible()
