"""A partner's first day: a file of customers goes in, guidance comes out, a deal grows, the answer changes."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenPage
from tests.journeys.site import wait_until

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("site")]

FILE = (
    "Firma;Land;Mitarbeiter;Azure Jahresnutzung;Währung\r\n"
    "Müller Öfen GmbH;Deutschland;2.399;;\r\n"
    "Straßenbau Süd AG;Deutschland;120;999.999,99;USD\r\n"
    "Grüne Wärme eG;Österreich;45;1.000.000,00;USD\r\n"
    "Straßenbau Süd;Deutschland;130;;\r\n"
    "Zahlendreher KG;Deutschland;-5;;\r\n"
)
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "germany_largest_by_state_pdl2019.csv"


def imported(page: Page, file: Path) -> None:
    """Upload a file, take the columns as guessed, look at the dry run, write it."""
    page.goto("/imports/")
    page.set_input_files("input[type=file]", file)
    page.get_by_role("button", name="Hochladen").click()
    page.get_by_role("button", name="Prüfen").click()
    expect(page.get_by_text("Probelauf")).to_be_visible()
    page.get_by_role("button", name="Schreiben").click()
    expect(page.get_by_text("Geschrieben", exact=False).first).to_be_visible()


def to_customer(page: Page, name: str) -> None:
    """Find a customer by the search and open it."""
    page.goto("/customers/")
    page.get_by_label("Suche").fill(name)
    page.keyboard.press("Enter")
    page.get_by_role("link", name=name).click()


@pytest.mark.parametrize("width", [1440, 390])
def test_a_file_becomes_guidance_and_a_grown_deal_changes_it(open_page: OpenPage, tmp_path: Path, width: int) -> None:
    firm = f"Müller Öfen {width} GmbH"
    file = tmp_path / "kunden.csv"
    text = (
        FILE.replace("Müller Öfen GmbH", firm)
        .replace("Straßenbau", f"Straßenbau {width}")
        .replace("Wärme", f"Wärme {width}")
    )
    file.write_bytes(text.encode("windows-1252"))
    page = open_page("anna@nordlicht.example", width=width)
    imported(page, file)
    expect(page.get_by_text("Wiederholt Zeile 3")).to_be_visible()
    expect(page.get_by_text("„-5“ ist negativ")).to_be_visible()

    to_customer(page, firm)
    guidance = page.locator("#guidance")
    expect(guidance.get_by_text("Aktuell", exact=True)).to_be_visible()
    expect(guidance.get_by_text("Breadth passt", exact=False)).to_be_visible()
    expect(guidance.get_by_text("1 Seat mehr (2.400) → Enterprise")).to_be_visible()

    page.locator("#deals").get_by_role("link", name="Ändern").click()
    page.locator("#deals").get_by_label("Seats", exact=True).fill("2.400")
    page.locator("#deals").get_by_role("button", name="Speichern").click()
    expect(guidance.get_by_text("Enterprise passt", exact=False)).to_be_visible()
    expect(guidance.get_by_text("2.400 Seats: genau auf dem Schwellenwert", exact=False).first).to_be_visible()
    expect(guidance.get_by_text("Aktuell", exact=True)).to_be_visible()
    page.reload()
    expect(page.locator("#history").get_by_text("2.399 Seats → 2.400 Seats", exact=False)).to_be_visible()


def test_what_if_answers_while_one_types_and_changes_nothing(open_page: OpenPage) -> None:
    page = open_page("anna@nordlicht.example")
    page.goto("/customers/")
    page.locator("a.row-link").first.click()
    before = page.locator("#guidance").inner_text()
    what_if = page.locator("#what-if")
    what_if.get_by_label("Seats", exact=True).fill("2400")
    expect(what_if.get_by_text("Enterprise passt", exact=False)).to_be_visible()
    what_if.get_by_label("Seats", exact=True).fill("viele")
    expect(what_if.locator("#what-if-answer .alert li")).to_contain_text("Seats")
    page.reload()
    assert page.locator("#guidance").inner_text() == before


def test_the_customers_choice_stands_beside_the_guidance(open_page: OpenPage) -> None:
    page = open_page("anna@nordlicht.example")
    page.goto("/customers/?motion=breadth")
    page.locator("a.row-link").first.click()
    choice = page.locator("#choice")
    choice.get_by_text("Entscheidung festhalten").click()
    choice.get_by_label("Der Kunde wählt").select_option("enterprise")
    choice.get_by_role("button", name="Festhalten").click()
    expect(choice.get_by_text("Bitte nennen Sie den Grund", exact=False)).to_be_visible()
    choice.get_by_label("Grund").select_option("existing_contract")
    choice.get_by_role("button", name="Festhalten").click()
    expect(choice.get_by_text("Die Empfehlung lautet Breadth", exact=False)).to_be_visible()


def test_a_rival_sees_nothing_of_it(open_page: OpenPage) -> None:
    page = open_page("anna@nordlicht.example")
    page.goto("/customers/")
    page.locator("a.row-link").first.click()
    address, name = page.url, page.locator("h1").inner_text()
    rival = open_page("grace@harbour.example", language="en-GB")
    assert rival.goto(address).status == 404  # type: ignore[union-attr]
    rival.goto("/customers/")
    rival.get_by_label("Search").fill(name)
    rival.keyboard.press("Enter")
    expect(rival.get_by_text("Nothing found")).to_be_visible()


def test_the_largest_employers_of_germany_are_imported_in_german(open_page: OpenPage) -> None:
    if not SHARED.exists():
        pytest.skip("the file of employers is not on this machine; the story above runs with data of its own")
    page = open_page("reto@alpstein.example")
    page.goto("/imports/")
    page.set_input_files("input[type=file]", SHARED)
    page.get_by_role("button", name="Hochladen").click()
    page.get_by_label("Land für Zeilen ohne Angabe").select_option("DE")
    page.get_by_role("button", name="Prüfen").click()
    expect(page.get_by_text("Probelauf")).to_be_visible()
    page.get_by_role("button", name="Schreiben").click()
    expect(page.get_by_text("1.579").first).to_be_visible()

    def has_guidance() -> bool:
        page.goto("/customers/?q=mahle&motion=enterprise")
        return page.get_by_role("link", name="mahle").count() > 0

    wait_until(has_guidance, seconds=30, what="the guidance of the imported customers")
