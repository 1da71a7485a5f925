"""A lead's way through a browser: begun at a customer, submitted, returned, completed, accepted."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenPage
from tests.journeys.site import wait_until

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("site")]


def filled(page: Page, name: str) -> None:
    """Begin a lead at the first customer and fill in what is not known yet."""
    page.goto("/customers/?country=DE")
    page.locator("a.row-link").first.click()
    page.get_by_role("button", name="Lead beginnen").click()
    page.get_by_label("Name des Leads").fill(name)
    page.get_by_label("Geschätzter Wert").fill("90.000,00")
    page.get_by_label("Voraussichtlicher Abschluss").fill("2099-09-30")
    page.get_by_label("Worum es geht").fill("Vierzig Server.")
    page.get_by_label("Azure", exact=True).check()
    page.get_by_label("Vorname").fill("Karla")
    page.get_by_label("Nachname").fill("Kunde")
    page.get_by_label("E-Mail-Adresse").fill("karla@kunde.example")


def in_dialogue(page: Page, step: str, text: str = "") -> None:
    """Open a step on the page of a lead, say something, take it."""
    steps = page.locator("#lead-steps")
    steps.get_by_text(step, exact=True).first.click()
    form = steps.locator("details[open]")
    if text:
        form.get_by_label("Erläuterung").fill(text)
    form.get_by_role("button", name=step).click()


def is_told(page: Page, sentence: str) -> bool:
    """Whether the inbox holds a notice by now; workers make it within seconds."""
    page.goto("/notices/")
    return page.get_by_text(sentence).count() > 0


@pytest.mark.parametrize("width", [1440, 390])
def test_submitted_returned_completed_accepted(open_page: OpenPage, width: int) -> None:
    name = f"Umzug {width}"
    partner = open_page("anna@nordlicht.example", width=width)
    filled(partner, name)
    # what is typed is saved without a button
    expect(partner.locator("#saved")).to_contain_text("Gespeichert")
    partner.get_by_role("button", name="Weiter").click()
    partner.get_by_role("button", name="Einreichen", exact=True).click()
    expect(partner.get_by_text("Ohne die Einwilligung des Kunden")).to_be_visible()
    for box in partner.locator("#lead-consent input[type=checkbox]").all():
        box.check()
    partner.get_by_label("Wer eingewilligt hat").fill("Karla Kunde")
    partner.get_by_role("button", name="Einreichen", exact=True).click()
    expect(partner.locator(".page-head").get_by_text("Eingereicht")).to_be_visible()
    where = re.sub(r"^https?://[^/]+", "", partner.url)

    reviewer = open_page("carla@channel.example", width=width)
    reviewer.goto(where)
    in_dialogue(reviewer, "Zur Ergänzung zurückgeben", "Wie viele Plätze?")
    expect(reviewer.locator(".page-head").get_by_text("Zur Ergänzung zurückgegeben")).to_be_visible()

    partner.reload()
    expect(partner.get_by_text("Wie viele Plätze?")).to_be_visible()
    partner.get_by_role("link", name="Ändern").first.click()
    partner.get_by_label("Worum es geht").fill("Vierzig Server, 200 Plätze.")
    partner.get_by_role("button", name="Speichern", exact=True).click()
    in_dialogue(partner, "Erneut einreichen")
    expect(partner.locator(".page-head").get_by_text("Erneut eingereicht")).to_be_visible()

    reviewer.reload()
    expect(reviewer.get_by_text("Vierzig Server, 200 Plätze.").first).to_be_visible()
    in_dialogue(reviewer, "Annehmen")
    expect(reviewer.locator(".page-head").get_by_text("Angenommen")).to_be_visible()
    wait_until(lambda: is_told(partner, f"Angenommen: {name}"), seconds=60, what="the notice")
