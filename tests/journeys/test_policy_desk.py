"""A limit moves: drafted by one policy owner, approved by another, published, rolled out, and explained to the partner."""

import re

import pytest
from django.utils.timezone import localdate
from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenPage
from tests.journeys.site import Site

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("site")]

FIRST, SECOND, PARTNER = "petra@policy.example", "oskar@policy.example", "anna@nordlicht.example"


def press(page: Page, name: str) -> None:
    """A button of the page itself."""
    page.locator("main").get_by_role("button", name=name, exact=True).click()


def told_of(page: Page, words: str) -> None:
    """Look at the notices until one says so: workers send them beside the roll-out."""
    for _look in range(60):
        page.goto("/notices/")
        if page.locator("main").get_by_text(words, exact=False).count():
            return
        page.wait_for_timeout(500)
    raise AssertionError(page.locator("main").inner_text())


def test_a_limit_moves_and_the_partner_sees_why(open_page: OpenPage, site: Site) -> None:
    anna = open_page(PARTNER)
    anna.goto("/customers/?motion=breadth")
    anna.locator("a.row-link").first.click()
    anna.wait_for_selector("#guidance")
    customer, name = anna.url, anna.locator("h1").inner_text()
    anna.goto(customer + "deals/new/seats/")
    anna.get_by_label("Name des Deals").fill("Arbeitsplätze")
    anna.get_by_label("Seats", exact=True).fill("2.450")
    press(anna, "Speichern")
    expect(anna.locator("#deals")).to_contain_text("2.450 Seats")
    anna.goto(customer)
    guidance = anna.locator("#guidance")
    expect(guidance.get_by_text("Enterprise passt", exact=False)).to_be_visible()

    petra = open_page(FIRST)
    petra.goto("/policy/GUIDANCE_2023_10/")
    press(petra, "Entwurf aus dieser Fassung")
    petra.get_by_label("Titel (Deutsch)").fill("Guidance mit höherem Schwellenwert")
    petra.get_by_label("Schwellenwert Seats").fill("0")
    petra.get_by_label("Gültig ab").fill(localdate().isoformat())
    press(petra, "Speichern")
    expect(petra.get_by_text("Dieser Wert muss größer oder gleich 1 sein.")).to_be_visible()
    expect(petra.get_by_label("Titel (Deutsch)")).to_have_value("Guidance mit höherem Schwellenwert")
    petra.get_by_label("Schwellenwert Seats").fill("2.500")
    press(petra, "Speichern")
    version = petra.url
    press(petra, "Vorschau erstellen")
    expect(petra.locator("#paths")).to_contain_text("Enterprise")
    petra.goto(version)
    press(petra, "Freigeben")
    expect(petra.get_by_text("Bitte fragen Sie", exact=False)).to_be_visible()

    oskar = open_page(SECOND)
    oskar.goto(version)
    press(oskar, "Freigeben")
    expect(oskar.get_by_text("Freigegeben. Die Fassung kann", exact=False)).to_be_visible()
    petra.goto(version + "publish/")
    expect(petra.locator("#publish")).to_contain_text("Der Vorlauf beträgt 0 Tage; das Programm sagt 30 zu.")
    press(petra, "Veröffentlichen")
    petra.wait_for_url("**/policy/roll-outs/")
    expect(petra.locator("#roll-outs")).to_contain_text("Alle Antworten sind aktuell.")

    anna.goto(customer)
    expect(guidance.get_by_text("Breadth passt", exact=False)).to_be_visible()
    expect(guidance).to_contain_text("unter dem Schwellenwert von 2.500 Seats")
    expect(anna.locator("#history")).to_contain_text("Guidance mit höherem Schwellenwert")
    expect(anna.locator("#history")).to_contain_text("Purchasing Guidance, als Orientierung seit Oktober 2023")
    receipt = anna.request.get(customer + "answers/1/receipt.json").text()
    replayed = re.search(r'"(?:hash|sha256)": ?"([0-9a-f]{64})"', receipt)
    assert replayed, receipt[:400]
    anna.goto(f"/verify/?hash={replayed.group(1)}")
    expect(anna.locator("main")).to_contain_text(name)

    told_of(anna, "„Guidance mit höherem Schwellenwert“ gilt ab")
    anna.get_by_role("link", name=re.compile("Guidance mit höherem Schwellenwert")).first.click()
    expect(anna.locator("#news")).to_contain_text("Enterprise → Breadth")

    petra.goto("/policy/roll-outs/")
    press(petra, "Alle noch einmal bewerten")
    expect(petra.locator("#roll-outs tbody tr").first).to_contain_text("erledigt")
