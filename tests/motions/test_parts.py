"""Who has which part in a motion: everything is worded, and the page says no more than the source."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from motions import wording
from motions.models import Deal
from motions.policy.kit import Motion
from motions.policy.parts import CHANNELS, CONTACTS, MICROSOFT, ROLES, Channel, Phase, Role
from partners.models import User

KNOWN = [motion for motion in Motion if motion is not Motion.UNKNOWN]
TASKS = sorted({task for tasks in ROLES.values() for _role, _phase, task in tasks})


def in_both(text: Callable[[], str]) -> None:
    """Worded, and not the same in German."""
    with override("en"):
        english = text()
    with override("de"):
        german = text()
    assert english
    assert german
    assert english != german


@pytest.mark.parametrize("task", TASKS)
def test_every_task_of_a_partner_is_worded_in_both_languages(task: str) -> None:
    in_both(lambda: wording.task_text(task))


def test_every_role_phase_channel_contribution_and_contact_is_worded_in_both_languages() -> None:
    for role in Role:
        in_both(lambda role=role: wording.role_text(role))  # type: ignore[misc]
    for phase in Phase:
        in_both(lambda phase=phase: wording.phase_text(phase))  # type: ignore[misc]
    for channel in Channel:
        in_both(lambda channel=channel: wording.channel_text(channel))  # type: ignore[misc]
    for code in {code for codes in MICROSOFT.values() for code in codes}:
        in_both(lambda code=code: wording.contribution_text(code))  # type: ignore[misc]
    for code in {code for codes in CONTACTS.values() for code in codes}:
        in_both(lambda code=code: wording.contact_text(code))  # type: ignore[misc]


@pytest.mark.parametrize("table", [ROLES, MICROSOFT, CHANNELS], ids=["roles", "microsoft", "channels"])
def test_every_motion_but_the_unknown_one_has_its_parts(table: dict[Motion, tuple[Any, ...]]) -> None:
    assert set(table) == set(Motion)
    assert all(table[motion] for motion in KNOWN)
    assert table[Motion.UNKNOWN] == ()


def test_who_manages_alone_is_told_to_whom_to_turn_and_is_not_managed_by_a_partner() -> None:
    assert list(CONTACTS) == [Motion.SELF_SERVICE]
    assert Role.MANAGE not in {role for role, _phase, _task in ROLES[Motion.SELF_SERVICE]}
    assert CHANNELS[Motion.SELF_SERVICE][0] is Channel.WEB_DIRECT


@pytest.mark.parametrize("motion", [Motion.BREADTH, Motion.ENTERPRISE])
def test_a_partner_has_something_to_do_before_the_sale_and_after_it(motion: Motion) -> None:
    assert {phase for _role, phase, _task in ROLES[motion]} == {Phase.BEFORE, Phase.AFTER}
    assert {role for role, _phase, _task in ROLES[motion]} == set(Role)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "language", "told", "untold"),
    [
        ({}, "en", "Provision the services.", "proofs of concept"),
        ({"seats": 2400}, "en", "proofs of concept", "Provision the services."),
        ({"prefers_self_service": True, "needs": []}, "en", "Its own administrator", "Provision"),
        ({}, "de", "Was Microsoft beiträgt", "What Microsoft contributes"),
    ],
)
def test_the_guidance_shows_the_parts_of_the_motion_that_stands(
    changes: dict[str, Any],
    language: str,
    told: str,
    untold: str,
    deal: Deal,
    drain: Callable[[], object],
    client: Client,
    seller: User,
) -> None:
    Deal.objects.filter(pk=deal.pk).update(**changes)
    drain()
    client.force_login(seller)
    client.cookies["django_language"] = language
    text = client.get(f"/customers/{deal.customer.public_id}/guidance/").content.decode()
    assert told in text
    assert untold not in text
