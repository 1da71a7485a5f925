"""Registering a customer in the browser, on a desk and on a phone: five questions, a country that asks for more, a draft."""

from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import OpenPage

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("site")]


@pytest.mark.parametrize("width", [1440, 390])
def test_a_customer_is_registered_kept_as_a_draft_on_the_way_and_asked_for_more_in_hungary(
    open_page: OpenPage, width: int
) -> None:
    name = f"Böhm Papír {width} Kft"
    page = open_page("anna@nordlicht.example", width=width)
    page.goto("/customers/")
    page.get_by_role("link", name="Kunden registrieren").click()
    page.get_by_label("Firmenname").fill(name)
    page.get_by_label("Domain", exact=True).fill(f"boehm-papir-{width}.hu")
    expect(page.get_by_label("Registernummer")).to_be_hidden()
    page.get_by_label("Land").select_option("HU")
    expect(page.get_by_label("Registernummer")).to_be_visible()
    expect(page.get_by_text("01-09-123456 (Handelsregister)", exact=False).first).to_be_visible()
    expect(page.locator("#draft")).to_contain_text("Als Entwurf gespeichert")

    page.goto("/customers/new/")
    page.locator("#drafts").get_by_role("link", name=name).click()
    expect(page.get_by_label("Firmenname")).to_have_value(name)
    page.get_by_label("Vorname").fill("Ilona")
    page.get_by_label("Nachname").fill("Kovács")
    page.get_by_label("E-Mail-Adresse").fill(f"ilona@boehm-papir-{width}.hu")
    page.get_by_label("Erwarteter Umfang").fill("9.000")
    page.get_by_label("Registernummer").fill("123")
    page.get_by_role("button", name="Registrieren", exact=True).click()
    expect(page.locator("#id_registration_number_error")).to_contain_text("Erwartet: 01-09-123456")
    expect(page.locator("#id_contact_phone_error")).to_contain_text("Telefonnummer")
    expect(page.get_by_label("Vorname")).to_have_value("Ilona")

    page.get_by_label("Registernummer").fill(f"01-09-12{width:04}")
    page.get_by_label("Telefon").fill("+36 1 234 5678")
    page.get_by_role("button", name="Registrieren", exact=True).click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    expect(page.locator("#contacts").get_by_text("Ilona Kovács")).to_be_visible()
    expect(page.locator("#guidance").get_by_text("Enterprise passt", exact=False)).to_be_visible()
    page.locator("#timeline").get_by_role("link", name="Kontakte").click()
    expect(page.locator("#timeline").get_by_text("Kontakt hinzugefügt")).to_be_visible()
    page.goto("/customers/new/")
    expect(page.get_by_role("link", name=name)).to_have_count(0)


def test_the_list_is_searched_while_one_types_tagged_and_kept_under_a_name(open_page: OpenPage) -> None:
    page = open_page("anna@nordlicht.example")
    page.goto("/customers/?columns=tags&columns=country")
    first = page.locator("a.row-link").first.inner_text()
    word = first.split()[0]
    page.get_by_label("Suche").press_sequentially(word)
    page.wait_for_url(f"**q={quote(word)}&**")
    page.wait_for_load_state("networkidle")
    expect(page.locator("#customers a.row-link").first).to_be_visible()
    page.get_by_label("Alle auf dieser Seite auswählen").check()
    page.get_by_label("Tag für die ausgewählten").fill("reise")
    page.get_by_role("button", name="Tag hinzufügen").click()
    expect(page.locator("#customers").get_by_text("reise").first).to_be_visible()
    page.get_by_text("Diese Ansicht speichern").click()
    page.get_by_label("Name der Ansicht").fill("Reisende")
    page.get_by_role("button", name="Ansicht speichern").click()
    expect(page.get_by_role("navigation", name="Gespeicherte Ansichten").get_by_text("Reisende")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="XLSX").click()
    assert download.value.suggested_filename == "customers.xlsx"
