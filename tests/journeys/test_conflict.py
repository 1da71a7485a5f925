"""Two partners register one company: each learns of a case and of nobody else, a channel manager decides, one appeals."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenPage
from tests.journeys.site import wait_until

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("site")]
FIRM = "Quarzheim Leuchten"


def register(page: Page, name: str) -> None:
    """Type the few facts, and send them."""
    page.goto("/customers/new/")
    page.fill("main input[name=name]", name)
    page.select_option("main select[name=country]", "DE")
    page.fill("main input[name=domain]", "quarzheim-leuchten.de")
    page.locator("#customer-form button.btn-primary").click()
    expect(page.locator("h1")).to_contain_text(name)


def test_a_conflict_is_blind_for_partners_and_decided_by_a_channel_manager(open_page: OpenPage) -> None:
    anna = open_page("anna@nordlicht.example")
    register(anna, f"{FIRM} GmbH")
    anna.goto("/customers/new/")
    anna.fill("main input[name=name]", "quarzheim leuchtn")
    expect(anna.locator("#alike")).to_contain_text(f"{FIRM} GmbH")
    reto = open_page("reto@alpstein.example", width=390)
    register(reto, f"{FIRM} AG")

    carla = open_page("carla@channel.example")

    def is_opened() -> bool:
        carla.goto("/conflicts/")
        return carla.get_by_role("link", name=FIRM).count() > 0

    wait_until(is_opened, seconds=60, what="the case of two partners")
    reto.goto("/conflicts/own/")
    reto.get_by_role("link", name=FIRM).click()
    expect(reto.get_by_text("Konfliktfall eröffnet").first).to_be_visible()
    assert "Nordlicht" not in reto.locator("body").inner_text()

    carla.get_by_role("link", name=FIRM).first.click()
    expect(carla.locator("#sides")).to_contain_text("Nordlicht IT GmbH (früher)")
    expect(carla.locator("#sides")).to_contain_text("Alpstein Informatik AG (später)")
    carla.locator("#answer").get_by_label("Die frühere Registrierung gilt").check()
    carla.locator("#answer select[name=ground]").select_option("different")
    carla.get_by_role("button", name="Fall entscheiden").click()
    expect(carla.get_by_text("Dieser Grund führt nicht zu dieser Entscheidung.")).to_be_visible()
    carla.locator("#answer select[name=ground]").select_option("first_registered")
    carla.get_by_role("button", name="Fall entscheiden").click()
    expect(carla.get_by_text("beide Partner erfahren es")).to_be_visible()

    anna.goto("/conflicts/own/")
    expect(anna.get_by_text("Ihre Registrierung gilt", exact=True).first).to_be_visible()
    reto.reload()
    expect(reto.get_by_text("Ihre Registrierung gilt nicht").first).to_be_visible()
    reto.locator("textarea[name=text]").fill("Wir haben dort <b>alles</b> gebaut.")
    reto.get_by_role("button", name="Einspruch").click()
    expect(reto.get_by_text("Wir haben dort <b>alles</b> gebaut.")).to_be_visible()
    carla.goto("/conflicts/")
    expect(carla.get_by_text("Einspruch, zu entscheiden bis").first).to_be_visible()
