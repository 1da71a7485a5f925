"""Rows in a line of text, and who sees which of them."""

from datetime import date
from typing import Any

import pytest
from django.utils.translation import override

from motions.models import (
    Assessment,
    Choice,
    Deal,
    DealEvent,
    Dossier,
    ImportBatch,
    Mark,
    PolicyVersion,
    Standing,
)
from motions.sql.freshness import in_force
from partners.models import User
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db

BUILT = [
    (factories.DealFactory, {"name": "M365"}, "M365"),
    (factories.FanoutFactory, {"cause": "all"}, "all of 2026-03-03 12:00"),
    (factories.ImportBatchFactory, {}, "portfolio.csv"),
    (factories.ImportRowFactory, {"line": 2, "outcome": "new"}, "line 2: new"),
    (factories.ImportMappingFactory, {}, "00000000"),
    (factories.PolicyAnnouncementFactory, {}, "2026-03-03 announced"),
    (factories.RateFactory, {}, "SEK 11.50"),
    (factories.RateSetFactory, {}, "ECB 2026-03-02"),
]


@pytest.mark.parametrize(("build", "values", "text"), BUILT)
def test_a_row_says_what_it_is(build: Any, values: dict[str, Any], text: str) -> None:
    assert str(build.build(**values)) == text


def test_rows_about_a_customer_say_whose_they_are() -> None:
    rows = {
        Dossier(customer_id=7, input_version=3): "7 at 3",
        Mark(pk=1, customer_id=7): "mark of 7",
        Assessment(pk=1, customer_id=7, motion="breadth", at=NOON): "7: breadth at 2026-03-03 12:00",
        Standing(customer_id=7, motion="breadth"): "7: breadth",
        Choice(pk=1, customer_id=7, motion="enterprise"): "7: enterprise",
        DealEvent(pk=1, deal_name="M365", kind="added"): "M365 added",
    }
    assert {row: str(row) for row in rows} == rows


def test_versions_and_announcements_speak_the_readers_language() -> None:
    version = PolicyVersion.objects.get(code="GUIDANCE_2021")
    announcement = version.announcements.first()
    assert announcement is not None
    with override("en"):
        english = (str(version), version.title, version.note, announcement.text)
    with override("de"):
        german = (str(version), version.title, version.note, announcement.text)
    assert english[0] == english[1] == version.title_en
    assert german[0] == german[1] == version.title_de
    assert (english[2], german[2]) == (version.note_en, version.note_de)
    assert (english[3], german[3]) == (announcement.text_en, announcement.text_de)


def test_a_version_is_in_force_from_its_first_day_to_the_day_before_its_last() -> None:
    before = {day: [one.code for one in in_force(day).policies.values()] for day in (date(2021, 4, 30),)}
    assert before == {date(2021, 4, 30): []}
    codes = [
        [one.code for one in in_force(day).policies.values()]
        for day in (date(2021, 5, 1), date(2023, 9, 30), date(2023, 10, 1), date(2030, 1, 1))
    ]
    assert codes == [["GUIDANCE_2021"], ["GUIDANCE_2021"], ["GUIDANCE_2023_10"], ["GUIDANCE_2023_10"]]
    factories.PolicyVersionFactory(valid_from=date(2029, 1, 1))
    assert [one.code for one in in_force(date(2030, 1, 1)).policies.values()] == ["GUIDANCE_2023_10"], "a draft"


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("seller", True),
        ("chief", True),
        ("rival", False),
        ("reviewer", True),
        ("policy_owner", False),
        ("administrator", True),
    ],
)
def test_rows_about_a_customer_are_visible_to_those_who_see_the_customer(
    who: str, sees: bool, deal: Deal, request: pytest.FixtureRequest
) -> None:
    user: User = request.getfixturevalue(who)
    factories.ChoiceFactory(customer=deal.customer)
    factories.DealEventFactory(customer=deal.customer)
    for model in (Deal, DealEvent, Choice, Dossier, Standing):
        assert model.objects.visible_to(user).exists() == sees, model


@pytest.mark.parametrize("who", ["reviewer", "policy_owner", "administrator", "rival"])
def test_imports_are_the_partners_own_business(who: str, seller: User, request: pytest.FixtureRequest) -> None:
    batch = factories.ImportBatchFactory(partner=seller.partner)
    assert list(ImportBatch.objects.visible_to(seller)) == [batch]
    assert not ImportBatch.objects.visible_to(request.getfixturevalue(who)).exists()
