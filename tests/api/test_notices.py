"""The inbox of a program: what people of its partner are told, for those programs that were given it."""

from datetime import timedelta
from typing import Any

import pytest

from common.isolation import Side, acting
from partners.credentials import SCOPES
from partners.models import Notice, Partner, User
from partners.services import hand_over
from tests import factories
from tests.factories import NOON
from tests.neighbours import TOLD
from tests.programs import Program

pytestmark = pytest.mark.django_db


def tell(*people: User, partner_id: int | None, key: str = "tests:1") -> list[Notice]:
    """As a worker does."""
    with acting(Side.WORKER):
        said = {"kind": TOLD, "params": {"word": "something"}, "link": "/customers/"}
        return hand_over(to=people, partner_id=partner_id, key=key, at=NOON, **said)


def test_what_somebody_of_the_partner_is_told_a_program_finds_in_its_inbox_and_gets_no_mail(
    program: Program, seller: User, rival: Program
) -> None:
    tell(seller, partner_id=program.partner.pk)
    tell(seller, partner_id=program.partner.pk)
    [told] = program.get("notices/").json()["items"]
    assert (told["title"], told["text"], told["read_at"]) == ("Told of something", "More.", None)
    assert (told["link"], told["at"]) == ("/customers/", "2026-03-03T12:00:00Z")
    assert Notice.objects.get(user=program.row.user).mail_due_at is None
    assert rival.get("notices/").json()["items"] == []
    assert rival.get(f"notices/{told['id']}/").status_code == 404


def test_a_program_without_the_scope_and_matters_of_nobody_at_the_partner_fill_no_inbox(
    partner: Partner, seller: User, reviewer: User
) -> None:
    other = Program(partner, scopes=[scope for scope in SCOPES if scope != "notices.read"])
    revoked = Program(partner)
    type(revoked.row).objects.filter(pk=revoked.row.pk).update(revoked_at=NOON)
    tell(seller, partner_id=partner.pk)
    assert {notice.user for notice in Notice.objects.all()} == {seller}
    reading = Program(partner)
    tell(reviewer, partner_id=partner.pk, key="tests:2")
    assert not Notice.objects.filter(user__in=[other.row.user, reading.row.user]).exists()


def test_notices_are_marked_and_unmarked_by_who_has_seen_them_as_they_are(program: Program) -> None:
    notice = factories.NoticeFactory(user=program.row.user)
    seen = program.get(f"notices/{notice.public_id}/")
    read = program.patch(f"notices/{notice.public_id}/", {"is_read": True}, If_Match=seen.headers["ETag"])
    assert (read.status_code, read.json()["read_at"] is None) == (200, False)
    assert program.get("notices/?unread=true").json()["items"] == []
    late = program.patch(f"notices/{notice.public_id}/", {"is_read": False}, If_Match=seen.headers["ETag"])
    assert (late.status_code, late.json()["current"]["id"]) == (412, str(notice.public_id))
    program.patch(f"notices/{notice.public_id}/", {"is_read": False}, If_Match=read.headers["ETag"])
    assert len(program.get("notices/?unread=true").json()["items"]) == 1


def test_what_came_after_a_moment_stays_unread(program: Program) -> None:
    old, new = (factories.NoticeFactory(user=program.row.user, made_at=NOON + timedelta(hours=hour)) for hour in (0, 2))
    answer = program.post("notices/read/", {"until": "2026-03-03T13:00:00Z"})
    assert (answer.status_code, answer.json()) == (200, {"marked": 1})
    unread: Any = program.get("notices/?unread=true").json()["items"]
    assert [one["id"] for one in unread] == [str(new.public_id)]
    old.refresh_from_db()
    assert old.read_at
