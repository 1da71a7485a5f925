"""A reviewer's day without the mouse: a lead goes back and forth and is accepted; twenty are decided in a row."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.conftest import OpenPage
from tests.journeys.site import Site

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("site")]

# as the partner's person would, through the same services
SUBMITTED = """
from datetime import timedelta
from django.utils.timezone import localdate, now
from common.isolation import acting
from customers.models import Customer
from partners.models import User
from referrals import services
from referrals.models import Programme
anna = User.objects.using("owner").get(email="anna@nordlicht.example")
with acting(anna.context.side, partner_id=anna.partner_id, user_id=anna.pk):
    by = User.objects.get(pk=anna.pk)
    customer = Customer.objects.filter(country="DE", segment="commercial").order_by("pk").first()
    facts = dict(value=50000, currency="EUR", close_date=localdate() + timedelta(days=90), notes="Forty servers.",
                 solutions=["Azure"], contact_last_name="Kunde", contact_email="karla@kunde.example")
    for number in range({count}):
        lead = services.begin(customer, by=by, at=now(), programme=Programme.objects.get(code="QRP"),
                              facts=dict(facts, name="{name} %d" % number))
        services.submit(lead, by=by, at=now(), version=None, given_by="Karla Kunde",
                        consents=["contact", "share_with_sellers"])
"""


@pytest.fixture
def submitted(site: Site) -> Callable[[str, int], None]:
    """`submitted("Cloud", 20)`: leads of Anna's, waiting in the queue."""
    return lambda name, count: site.manage("shell", "-c", SUBMITTED.format(name=name, count=count)) and None


def without_mouse(page: Page) -> None:
    """Nothing on this page answers to a pointer any more: whatever is done is done by keys."""
    page.add_init_script(
        "for (const kind of ['pointerdown', 'mousedown', 'touchstart'])"
        " addEventListener(kind, () => { throw new Error('a pointer was used') }, true)"
    )


def to_lead(page: Page, name: str) -> None:
    """Step through the queue by J until a lead is open."""
    page.goto("/review/?whose=unclaimed")
    title = page.locator("#beside #lead-title")
    for row in page.locator("#queue .row-link").all_inner_texts():
        page.keyboard.press("j")
        expect(title).to_have_text(row)
        expect(title).to_be_focused()
        if row == name:
            return
    raise AssertionError(f"{name} is not in the queue")


def test_a_lead_is_returned_completed_and_accepted_by_keyboard_alone(
    open_page: OpenPage, submitted: Callable[[str, int], None]
) -> None:
    submitted("Rückfrage", 1)
    reviewer = open_page("carla@channel.example")
    without_mouse(reviewer)
    to_lead(reviewer, "Rückfrage 0")
    address = reviewer.url.split("/review/")[1].split("/")[0]
    reviewer.keyboard.press("r")
    expect(reviewer.locator("#dialog-return textarea")).to_be_focused()
    reviewer.keyboard.type("Wer ist Ansprechpartner für die Server?")
    reviewer.keyboard.press("Control+Enter")
    expect(reviewer.locator("#messages")).to_contain_text("Rückfrage 0")

    partner = open_page("anna@nordlicht.example")
    without_mouse(partner)
    partner.goto(f"/referrals/{address}/")
    expect(partner.get_by_text("Wer ist Ansprechpartner für die Server?").first).to_be_visible()
    again = partner.get_by_role("button", name="Erneut einreichen").last
    if not again.is_visible():
        partner.get_by_text("Erneut einreichen").first.focus()
        partner.keyboard.press("Enter")
    again.focus()
    partner.keyboard.press("Enter")
    expect(partner.get_by_text("Erneut eingereicht").first).to_be_visible()

    to_lead(reviewer, "Rückfrage 0")
    reviewer.keyboard.press("a")
    expect(reviewer.locator("#dialog-accept button.btn-primary")).to_be_focused()
    reviewer.keyboard.press("Enter")
    expect(reviewer.locator("#said")).to_contain_text("Rückfrage 0")
    partner.reload()
    expect(partner.get_by_text("Angenommen").first).to_be_visible()


def test_twenty_leads_are_decided_without_the_mouse(open_page: OpenPage, submitted: Callable[[str, int], None]) -> None:
    submitted("Reihe", 20)
    page = open_page("carla@channel.example")
    without_mouse(page)
    to_lead(page, "Reihe 0")
    decided = []
    for number in range(20):
        title = page.locator("#lead-title")
        expect(title).to_be_focused()
        decided.append(title.inner_text())
        if number % 2:
            page.keyboard.press("d")
            reason = page.locator("#dialog-decline select")
            expect(reason).to_be_focused()
            page.keyboard.type("Kein Budget")
            page.keyboard.press("Tab")
            page.keyboard.type("Es gibt kein Budget dafür.")
            page.keyboard.press("Control+Enter")
        else:
            page.keyboard.press("a")
            expect(page.locator("#dialog-accept button.btn-primary")).to_be_focused()
            page.keyboard.press("Enter")
        expect(page.locator("#messages")).to_contain_text(decided[-1])
    assert decided == [f"Reihe {number}" for number in range(20)]


def test_single_keys_stop_when_they_are_switched_off_and_inside_fields(
    open_page: OpenPage, submitted: Callable[[str, int], None]
) -> None:
    submitted("Tasten", 1)
    page = open_page("carla@channel.example")
    to_lead(page, "Tasten 0")
    page.locator("#queue summary").focus()
    page.keyboard.press("Enter")
    page.locator("#id_bulk_text").focus()
    page.keyboard.type("dra")
    assert page.locator("[popover]:popover-open").count() == 0
    page.locator("#lead-title").focus()
    page.keyboard.press("?")
    page.get_by_role("button", name="Einzeltasten ausschalten").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-keys]")).to_have_count(0)
    page.locator("#queue .row-link").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#lead-title")).to_be_focused()
    page.keyboard.press("d")
    assert page.locator("[popover]:popover-open").count() == 0
    page.get_by_role("button", name="Tasten").first.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Einzeltasten einschalten").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-keys]")).to_have_count(1)


def test_no_key_decides_about_a_lead_while_the_next_one_is_on_its_way_and_a_dialog_stays(
    open_page: OpenPage, submitted: Callable[[str, int], None]
) -> None:
    submitted("Eilig", 3)
    page = open_page("carla@channel.example")
    to_lead(page, "Eilig 0")
    held: list[Route] = []
    page.route("**/review/*/?**", lambda route: held.append(route))  # noqa: PLW0108 - what is built in cannot be marked
    with page.expect_request("**/review/*/?**"):
        page.keyboard.press("j")
    for key in "ja":
        page.keyboard.press(key)
    assert page.locator("[popover]:popover-open").count() == 0
    expect(page.locator("#lead-title")).to_have_text("Eilig 0")
    # a dialog that the mouse opened meanwhile stays, with the lead that it belongs to
    page.locator("#beside [data-key=d]").click()
    page.evaluate("document.addEventListener('htmx:afterRequest', () => { document.body.dataset.answered = 'yes' })")
    held[0].continue_()
    page.locator("body[data-answered]").wait_for()
    expect(page.locator("#dialog-decline")).to_be_visible()
    expect(page.locator("#lead-title")).to_have_text("Eilig 0")
    assert len(held) == 1
