"""The page of the API document in a real browser: it is there, and the strict policy has nothing to stop."""

import pytest

from tests.journeys.conftest import OpenPage

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("site")]


@pytest.mark.parametrize("width", [1440, 390])
def test_the_document_can_be_read_and_nothing_is_stopped_by_the_policy(open_page: OpenPage, width: int) -> None:
    page = open_page(width=width)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto("/api/v1/docs/")
    page.locator(".opblock").nth(8).wait_for()  # the page makes the others when one scrolls to them
    assert complaints == []
