"""Who is told of what: the routing of every event, each notice once, nothing to the wrong person."""

from typing import Any

import pytest
from django.core import mail

from customers.models import Customer
from partners.models import Notice, User
from partners.notices import MOST_FAILURES, mail_due
from partners.wording import KINDS, words_of
from referrals import notices, services
from referrals.models import EventKind, ReferralEvent
from referrals.states import STEPS, State, Step
from tests import factories
from tests.referrals.places import SOON, Cast, acting_as, asked_of, cast_for, lead_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(customer: Customer) -> Cast:
    return cast_for(customer)


def told() -> set[str]:
    """The names of those who were told, after telling."""
    notices.tell(clock=lambda: SOON)
    return {notice.user.name for notice in Notice.objects.select_related("user")}


REVIEWERS = ("reviewer", "other_reviewer")
# who hears of a step that `by` took: of each side, never whoever did it, never another's
ROUTES: dict[Step, tuple[State, str, tuple[str, ...]]] = {
    Step.TAKE_ON: (State.OFFERED, "member", ("colleague", "reviewer")),
    Step.REFUSE: (State.OFFERED, "chief", ("member", "colleague", "reviewer")),
    Step.RECALL: (State.OFFERED, "reviewer", ("member", "colleague")),
    Step.SUBMIT: (State.DRAFT, "member", REVIEWERS),
    Step.KEEP: (State.DRAFT, "member", ()),
    Step.CLAIM: (State.SUBMITTED, "reviewer", ()),
    Step.RELEASE: (State.IN_REVIEW, "office", ("reviewer",)),
    Step.RETURN: (State.IN_REVIEW, "reviewer", ("member", "colleague")),
    Step.RESUBMIT: (State.RETURNED, "member", REVIEWERS),
    Step.ACCEPT: (State.IN_REVIEW, "reviewer", ("member", "colleague")),
    Step.DECLINE: (State.SUBMITTED, "other_reviewer", ("member", "colleague")),
    Step.WITHDRAW: (State.IN_REVIEW, "member", ("colleague", "reviewer")),
    Step.WIN: (State.ACCEPTED, "member", ("colleague", "reviewer")),
    Step.LOSE: (State.ACCEPTED, "chief", ("member", "colleague", "reviewer")),
    Step.CLOSE_AS_ERROR: (State.ACCEPTED, "member", ("colleague", "reviewer")),
    Step.EXPIRE: (State.IN_REVIEW, "clock", ("member", "colleague", "reviewer")),
}


@pytest.mark.parametrize("step", list(Step))
def test_a_step_is_told_to_whom_it_concerns_and_to_nobody_else(step: Step, customer: Customer, cast: Cast) -> None:
    state, who, heard = ROUTES[step]
    facts = {"deal_type": "private"} if step == Step.KEEP else {}
    lead = lead_in(state, customer=customer, team=[cast.member, cast.colleague], reviewer=cast.reviewer, **facts)
    services.take_step(lead, step, by=cast.of(who), **asked_of(step, who))
    assert told() == {str(cast.of(one)) for one in heard}
    assert told() == {str(cast.of(one)) for one in heard}, "a second look tells nobody twice"
    assert not ReferralEvent.objects.filter(notified_at__isnull=True).exists()


def test_where_no_channel_manager_is_responsible_the_administrator_is_told(cast: Cast, customer: Customer) -> None:
    elsewhere = factories.CustomerFactory(partner=customer.partner, country="JP")
    lead = lead_in(State.DRAFT, customer=elsewhere, team=[cast.member])
    services.take_step(lead, Step.SUBMIT, by=cast.member, at=SOON)
    assert told() == {str(cast.office)}


def test_where_the_whole_team_has_left_the_partners_administrator_is_told(cast: Cast, customer: Customer) -> None:
    lead = lead_in(State.IN_REVIEW, customer=customer, team=[cast.member], reviewer=cast.reviewer)
    User.objects.filter(pk=cast.member.pk).update(is_active=False)
    services.take_step(lead, Step.ACCEPT, by=cast.reviewer, at=SOON)
    assert told() == {str(cast.chief)}


@pytest.mark.parametrize(
    ("who", "is_internal", "heard"),
    [
        ("member", False, ("colleague", "chief", "reviewer")),
        ("member", True, ("colleague", "chief")),
        ("reviewer", False, ("member", "colleague")),
    ],
)
def test_a_comment_reaches_the_team_the_called_and_the_other_side_unless_it_is_the_teams_own(
    who: str, is_internal: bool, heard: tuple[str, ...], customer: Customer, cast: Cast
) -> None:
    team = [cast.member, cast.colleague]
    lead = lead_in(State.IN_REVIEW, customer=customer, team=team, reviewer=cast.reviewer)
    called = [cast.chief.pk] if who == "member" else []
    by: Any = cast.of(who)
    services.comment(lead, by=by, at=SOON, text="Have a look.", is_internal=is_internal, mentions=called)
    assert told() == {str(cast.of(one)) for one in heard}


def test_a_new_member_and_a_deal_that_is_shared_further_are_told(customer: Customer, cast: Cast) -> None:
    lead = lead_in(
        State.ACCEPTED, customer=customer, team=[cast.member], reviewer=cast.reviewer, deal_type="partner_led"
    )
    services.add_member(lead, by=cast.member, at=SOON, person=cast.colleague)
    services.share(lead, by=cast.member, at=SOON, version=None, deal_type="co_sell")
    assert told() == {str(cast.colleague), str(cast.reviewer), str(cast.other_reviewer)}


@pytest.mark.parametrize(
    ("state", "heard"),
    [
        (State.SUBMITTED, REVIEWERS),
        (State.IN_REVIEW, ("reviewer",)),
        (State.RETURNED, ("member",)),
    ],
)
def test_a_reminder_goes_to_whoever_holds_the_ball(
    state: State, heard: tuple[str, ...], customer: Customer, cast: Cast
) -> None:
    lead = lead_in(state, customer=customer, team=[cast.member], reviewer=cast.reviewer)
    factories.ReferralEventFactory(referral=lead, kind=EventKind.REMINDED, from_state="", to_state="", by_name="")
    assert told() == {str(cast.of(one)) for one in heard}


def test_no_notice_says_who_the_person_at_the_customer_is(customer: Customer, cast: Cast) -> None:
    lead = lead_in(State.DRAFT, customer=customer, team=[cast.member], contact_last_name="Geheim")
    services.take_step(lead, Step.SUBMIT, by=cast.member, at=SOON)
    told()
    assert "Geheim" not in str(list(Notice.objects.values()))
    assert "kunde.example" not in str(list(Notice.objects.values()))


def test_every_event_that_is_told_has_its_words_in_both_languages(customer: Customer, cast: Cast) -> None:
    params = {"name": "<b>x</b>", "customer": "C", "partner": "P", "by": "B", "reason": "budget", "text": "T"}
    kinds = {kind for kind in KINDS if kind.startswith("referrals.")}
    of_steps = {f"referrals.{step.value}" for step, rule in STEPS.items() if rule.tells}
    others = ("offered", "shared", "team", "commented", "reminded", "assigned", "registration")
    assert of_steps | {f"referrals.{kind}" for kind in others} == kinds
    assert all("x" in words_of(kind, params).title for kind in kinds)


def test_an_event_that_cannot_be_told_holds_up_no_other(
    customer: Customer, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = lead_in(State.IN_REVIEW, customer=customer, team=[cast.member], reviewer=cast.reviewer, name="broken")
    sound = lead_in(State.IN_REVIEW, customer=customer, team=[cast.member], reviewer=cast.reviewer)
    for lead in (broken, sound):
        services.take_step(lead, Step.ACCEPT, by=cast.reviewer, at=SOON)
    whole = notices.params_of

    def fails(event: Any, lead: Any) -> dict[str, Any]:
        if lead.name == "broken":
            raise RuntimeError("cannot be told")
        return whole(event, lead)

    monkeypatch.setattr(notices, "params_of", fails)
    assert notices.tell(clock=lambda: SOON) == 1
    assert ReferralEvent.objects.get(referral=broken).failures == MOST_FAILURES
    assert ReferralEvent.objects.get(referral=sound).notified_at == SOON


def test_a_worker_that_is_killed_while_telling_tells_everybody_once(
    customer: Customer, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    for _number in range(3):
        lead = lead_in(State.IN_REVIEW, customer=customer, team=[cast.member], reviewer=cast.reviewer)
        services.take_step(lead, Step.ACCEPT, by=cast.reviewer, at=SOON)
    whole, calls = notices.hand_over, []

    def dies(**facts: Any) -> Any:
        made = whole(**facts)
        calls.append(facts)
        if len(calls) == 2:
            raise Killed
        return made

    monkeypatch.setattr(notices, "hand_over", dies)
    with pytest.raises(Killed):
        notices.tell(clock=lambda: SOON)
    assert Notice.objects.count() == 1
    notices.tell(clock=lambda: SOON)
    assert Notice.objects.count() == 3


def test_from_a_step_to_a_mail(customer: Customer, cast: Cast) -> None:
    User.objects.filter(pk=cast.member.pk).update(language="de")
    lead = lead_in(State.IN_REVIEW, customer=customer, team=[cast.member], reviewer=cast.reviewer, name="Umzug")
    with acting_as(cast.reviewer):
        services.take_step(lead, Step.DECLINE, by=cast.reviewer, at=SOON, reason="budget", text="Leider nein.")
    notices.tell(clock=lambda: SOON)
    assert mail_due(clock=lambda: SOON) == 1
    (message,) = mail.outbox
    assert message.subject == "Abgelehnt: Umzug"
    assert "Contoso GmbH · Kein Budget · Leider nein." in message.body
    assert f"/referrals/{lead.public_id}/" in message.body
