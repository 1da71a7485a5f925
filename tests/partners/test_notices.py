"""Notices: who is told, once, in which language and how; and that nobody is told what is not theirs."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connections
from django.test import Client
from django.utils.timezone import localtime, now

from common.isolation import Side, acting
from common.refusals import Unfit
from partners import notices, services
from partners.models import Notice, NoticePreference, Partner, User
from partners.notices import MOST_FAILURES, mail_due
from partners.roles import Role
from partners.services import MOST_MAILS, hand_over, next_digest
from partners.states import Way
from partners.wording import KINDS, NoticeKind, register
from tests import factories
from tests.factories import NOON
from tests.motions.test_races import Beside
from tests.neighbours import furnish as _registers_a_kind  # noqa: F401
from tests.programs import Program

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
INBOX_QUERIES = 9


def told(*people: User, key: str = "event:1", partner: Partner | None = None, at: datetime = NOON) -> list[Notice]:
    """Hand over as the workers do."""
    owner = partner or next((person.partner for person in people if person.partner), None)
    with acting(Side.WORKER):
        return hand_over(
            kind="tests.told",
            to=people,
            partner_id=owner.pk if owner else None,
            key=key,
            params={"word": "amber"},
            link="/customers/",
            at=at,
        )


def at(moment: datetime) -> Callable[[], datetime]:
    """A clock that stands still."""
    return lambda: moment


def mailed_to() -> list[str]:
    return [address for message in mail.outbox for address in message.to]


def test_everybody_is_told_once_however_often_the_event_is_handed_over(seller: User, chief: User) -> None:
    assert len(told(seller, chief, seller)) == 2
    assert told(seller, chief) == []
    assert len(told(chief, key="event:2")) == 1
    assert Notice.objects.count() == 3


def test_nobody_of_another_partner_is_ever_told(seller: User, rival: User) -> None:
    with pytest.raises(ValueError, match="is not for the people"):
        told(seller, rival, partner=seller.partner)
    assert not Notice.objects.exists()


def test_programs_hear_what_people_hear_and_what_only_they_would_hear_goes_to_the_administrators_as_well(
    seller: User, chief: User, partner: Partner
) -> None:
    program = Program(partner).row.user
    assert {one.user for one in told(seller, program)} == {seller, program}
    assert {one.user for one in told(program, key="event:2")} == {chief, program}
    with acting(Side.WORKER):
        people = set(services.addressees().filter(partner_id=partner.pk).values_list("pk", flat=True))
    assert people == {seller.pk, chief.pk}


def test_an_unknown_kind_is_a_mistake_of_the_room_and_no_notice(seller: User) -> None:
    with acting(Side.WORKER), pytest.raises(ValueError, match="registered"):
        hand_over(kind="no.such", to=[seller], partner_id=seller.partner_id, key="1", params={}, link="", at=NOON)
    with pytest.raises(ValueError, match="two kinds"):
        register(KINDS["tests.told"])


def test_where_nobody_would_be_told_the_partners_administrators_are_and_without_them_the_portals(
    seller: User, chief: User, administrator: User, partner: Partner
) -> None:
    assert [one.user for one in told(partner=partner)] == [chief]
    User.objects.filter(pk=chief.pk).update(is_active=False)
    User.objects.filter(pk=seller.pk).update(is_active=False)
    seller.refresh_from_db()
    assert [one.user for one in told(seller, partner=partner, key="event:2")] == [administrator]


def test_a_mail_is_bilingual_by_person_and_has_text_and_html(seller: User, chief: User) -> None:
    User.objects.filter(pk=chief.pk).update(language="de")
    told(seller, chief)
    assert mail_due(clock=at(NOON)) == 2
    english, german = sorted(mail.outbox, key=lambda message: message.to != [seller.email])
    assert english.subject == german.subject == "Told of amber"
    assert "Hello Selma Seller," in english.body
    assert "Guten Tag Cora Chief," in german.body
    html, kind = german.alternatives[0]  # type: ignore[attr-defined]
    assert kind == "text/html"
    assert "Guten Tag Cora Chief," in html
    assert 'href="http://localhost:' in html


def test_a_name_cannot_break_out_of_the_subject_or_into_the_html(seller: User) -> None:
    notice = factories.NoticeFactory(
        user=seller, mail_due_at=NOON, params={"word": "x\r\nBcc: all@example.com <script>alert(1)</script>"}
    )
    mail_due(clock=at(NOON))
    (message,) = mail.outbox
    assert "\n" not in message.subject
    assert message.to == [seller.email]
    assert message.bcc == []
    assert "<script>" not in message.alternatives[0][0]  # type: ignore[attr-defined]
    assert str(notice.public_id) in message.extra_headers["Message-ID"]


def test_each_mail_is_sent_once(seller: User) -> None:
    told(seller)
    assert mail_due(clock=at(NOON)) == 1
    assert mail_due(clock=at(NOON + timedelta(days=1))) == 0
    assert mailed_to() == [seller.email]


class Killed(BaseException):
    """What a worker sees that is killed: no handler catches it."""


def test_a_worker_that_is_killed_before_the_mail_is_taken_loses_nothing_and_doubles_nothing(
    seller: User, chief: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(seller, chief)
    taken = EmailBackend.send_messages

    def dies_at_the_second(self: EmailBackend, messages: Any) -> int:
        if mail.outbox:
            raise Killed
        return taken(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", dies_at_the_second)
    with pytest.raises(Killed):
        mail_due(clock=at(NOON))
    monkeypatch.undo()
    mail_due(clock=at(NOON))
    assert sorted(mailed_to()) == sorted([seller.email, chief.email])


@pytest.mark.django_db(transaction=True)
def test_workers_beside_each_other_send_each_mail_once() -> None:
    people = factories.UserFactory.create_batch(12)
    for person in people:
        factories.NoticeFactory(user=person, mail_due_at=NOON)
    sent: list[str] = []

    def work() -> int:
        try:
            return mail_due(clock=now)
        finally:
            connections.close_all()

    workers = [Beside(work) for _ in range(3)]
    assert sum(worker.result() for worker in workers) == 12
    sent += mailed_to()
    assert sorted(sent) == sorted(person.email for person in people)


def test_a_notice_that_always_fails_holds_nobody_up_and_is_set_apart(seller: User, chief: User) -> None:
    broken = factories.NoticeFactory(user=seller, mail_due_at=NOON, kind="no.such")
    factories.NoticeFactory(user=chief, mail_due_at=NOON + timedelta(seconds=1))
    clock = NOON + timedelta(minutes=1)
    assert mail_due(clock=at(clock)) == 1
    assert mailed_to() == [chief.email]
    for _again in range(MOST_FAILURES + 2):
        clock += timedelta(days=1)
        mail_due(clock=at(clock))
    broken.refresh_from_db()
    assert (broken.failures, broken.mailed_at) == (MOST_FAILURES, None)
    assert "no.such" in broken.error


def test_a_broken_notice_does_not_take_the_rest_of_a_digest_with_it(seller: User) -> None:
    for kind in ("tests.told", "no.such", "tests.told"):
        factories.NoticeFactory(user=seller, mail_due_at=NOON, is_digest=True, kind=kind)
    for minutes in (1, 10, 100):
        mail_due(clock=at(NOON + timedelta(minutes=minutes)))
    assert Notice.objects.filter(mailed_at__isnull=False).count() == 2


@pytest.mark.parametrize(("way", "mails"), [(Way.AT_ONCE, 3), (Way.DIGEST, 1), (Way.OFF, 0)])
def test_a_person_is_told_the_way_they_chose(way: Way, mails: int, seller: User) -> None:
    services.prefer(by=seller, ways={"tests.told": way})
    for number in range(3):
        told(seller, key=f"event:{number}")
    mail_due(clock=at(next_digest(NOON)))
    assert len(mail.outbox) == mails
    assert Notice.objects.visible_to(seller).count() == 3
    assert not Notice.objects.filter(mailed_at__isnull=True, mail_due_at__isnull=False).exists()


def test_a_digest_waits_for_the_morning_and_holds_everything(seller: User) -> None:
    services.prefer(by=seller, ways={"tests.told": Way.DIGEST})
    told(seller)
    told(seller, key="event:2")
    assert mail_due(clock=at(NOON + timedelta(hours=1))) == 0
    assert mail_due(clock=at(next_digest(NOON))) == 1
    assert mail.outbox[0].subject == "2 notices"
    assert str(mail.outbox[0].body).count("Told of amber") == 2


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(2026, 3, 3, 5, 59, tzinfo=UTC), "2026-03-03T07:00:00+01:00"),
        (datetime(2026, 3, 3, 6, 0, tzinfo=UTC), "2026-03-04T07:00:00+01:00"),
        # the clocks go forward that night
        (datetime(2026, 3, 28, 12, 0, tzinfo=UTC), "2026-03-29T07:00:00+02:00"),
    ],
)
def test_the_morning_is_the_portals_own(at: datetime, expected: str) -> None:
    assert localtime(next_digest(at)).isoformat() == expected


def test_more_than_ten_mails_a_day_become_one(seller: User) -> None:
    for number in range(MOST_MAILS + 3):
        told(seller, key=f"event:{number}")
    assert Notice.objects.filter(is_digest=True).count() == 3
    mail_due(clock=at(NOON))
    assert len(mail.outbox) == MOST_MAILS
    told(seller, key="tomorrow", at=NOON + timedelta(days=1))
    assert Notice.objects.filter(is_digest=True).count() == 3


@pytest.mark.parametrize("ways", [{"tests.told": "pigeon"}, {"no.such": Way.OFF}])
def test_a_choice_that_does_not_exist_is_refused(ways: dict[str, str], seller: User) -> None:
    with pytest.raises(Unfit):
        services.prefer(by=seller, ways=ways)
    assert not NoticePreference.objects.exists()


def test_a_kind_that_is_not_for_a_role_cannot_be_chosen(
    seller: User, reviewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = NoticeKind("tests.office", KINDS["tests.told"].label, frozenset({Role.CHANNEL_MANAGER}), lambda _params: ...)  # type: ignore[arg-type, return-value]
    monkeypatch.setitem(KINDS, kind.code, kind)
    services.prefer(by=reviewer, ways={kind.code: Way.OFF})
    with pytest.raises(Unfit):
        services.prefer(by=seller, ways={kind.code: Way.OFF})


def test_the_inbox_shows_ones_own_newest_first_and_counts_the_unread(
    signed_in: SignIn, seller: User, chief: User, django_assert_num_queries: Any
) -> None:
    for day in (1, 2):
        factories.NoticeFactory(user=seller, params={"word": f"day {day}"}, made_at=NOON + timedelta(days=day))
    factories.NoticeFactory(user=chief, params={"word": "chief's"})
    client = signed_in(seller)
    with django_assert_num_queries(INBOX_QUERIES):
        page = client.get("/notices/").content.decode()
    assert page.index("Told of day 2") < page.index("Told of day 1")
    assert "chief" not in page.replace("Cora Chief", "")
    assert "Notices: 2 unread" in page


def test_reading_a_notice_leads_to_what_it_is_about(signed_in: SignIn, seller: User) -> None:
    notice = factories.NoticeFactory(user=seller)
    client = signed_in(seller)
    answer = client.get(f"/notices/{notice.public_id}/")
    assert answer.headers["Location"] == "/customers/"
    assert "unread" not in client.get("/customers/").content.decode()
    client.post(f"/notices/{notice.public_id}/read/", {"unread": "1"})
    assert Notice.objects.visible_to(seller).unread().count() == 1
    client.post(f"/notices/{notice.public_id}/read/")
    assert client.get("/notices/?show=unread").content.decode().count("Told of something") == 0


def test_marking_all_leaves_what_came_meanwhile(signed_in: SignIn, seller: User) -> None:
    factories.NoticeFactory(user=seller)
    later = factories.NoticeFactory(user=seller, made_at=NOON + timedelta(minutes=1))
    signed_in(seller).post("/notices/read/", {"until": NOON.isoformat()})
    assert list(Notice.objects.visible_to(seller).unread()) == [later]


def test_the_preferences_are_kept_and_a_wrong_one_is_said_at_its_field(signed_in: SignIn, seller: User) -> None:
    client = signed_in(seller)
    assert client.post("/notices/preferences/", {"tests.told": "digest"}).status_code == 302
    assert NoticePreference.objects.get().way == Way.DIGEST
    wrong = client.post("/notices/preferences/", {"tests.told": "pigeon"})
    assert wrong.status_code == 422
    assert "errorlist" in wrong.content.decode()


def test_whoever_changes_partners_leaves_their_notices_behind(seller: User, rival: User) -> None:
    factories.NoticeFactory(user=seller)
    seller.partner = rival.partner
    seller.save(update_fields=["partner"])
    assert not Notice.objects.visible_to(seller).exists()


def test_the_database_itself_lets_a_channel_manager_read_only_their_own(reviewer: User, seller: User) -> None:
    for person in (reviewer, seller):
        factories.NoticeFactory(user=person)
    with acting(Side.CHANNEL, user_id=reviewer.pk):
        assert [one.user_id for one in Notice.objects.all()] == [reviewer.pk]


def test_a_worker_reads_people_without_what_they_sign_in_with(seller: User) -> None:
    with acting(Side.WORKER):
        assert [person.email for person in services.addressees()] == [seller.email]
    assert notices.addressees is services.addressees
