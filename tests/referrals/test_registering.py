"""Deals that were won are registered: the table of R40 walked, the conditions of R38 and R39, and who is told (R51)."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from common.refusals import NotAllowed, Refused, Stale, Unfit
from customers.models import Customer
from partners.models import Notice, User
from referrals import notices
from referrals.models import Referral, ReferralEvent, Registration
from referrals.services import Contract, move_registration, register
from referrals.states import ACTS, Act, Actor, RegistrationState, State
from tests import factories
from tests.factories import NOON, TODAY
from tests.referrals.places import SOON, Cast, acting_as, cast_for, lead_in

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
USUAL = Contract(Decimal("30000.00"), "USD", TODAY, TODAY, TODAY + timedelta(days=365))
# R40, written down a second time: from where an act leads where, and whose it is
TABLE = {
    ("pending", "approve"): ("approved", "reviewer"),
    ("pending", "select"): ("in_review", "reviewer"),
    ("approved", "select"): ("in_review", "reviewer"),
    ("approved", "close"): ("closed", "reviewer"),
    ("in_review", "pass"): ("passed", "reviewer"),
    ("in_review", "fail"): ("failed", "reviewer"),
    ("in_review", "ask"): ("action_required", "reviewer"),
    ("action_required", "answer"): ("in_review", "member"),
    ("passed", "close"): ("closed", "reviewer"),
    ("failed", "close"): ("closed", "reviewer"),
}
SIDES = {"reviewer": ("reviewer",), "member": ("member", "chief")}
PEOPLE = ("member", "chief", "rival", "reviewer", "far_reviewer", "office")


@pytest.fixture
def cast(customer: Customer) -> Cast:
    return cast_for(customer)


def won(customer: Customer, cast: Cast, **facts: Any) -> Referral:
    """A deal that was won four days after the lead was made."""
    team = [cast.member, cast.colleague]
    facts = {"created_at": NOON - timedelta(days=4), **facts}
    return lead_in(State.WON, customer=customer, team=team, reviewer=cast.reviewer, **facts)


def registered(customer: Customer, cast: Cast, state: str) -> Referral:
    lead = won(customer, cast)
    factories.RegistrationFactory(referral=lead, state=state)
    return lead


@pytest.mark.parametrize("state", RegistrationState.values)
def test_every_act_from_every_state_by_everybody_ends_as_the_table_says(
    state: str, customer: Customer, cast: Cast
) -> None:
    lead = registered(customer, cast, state)
    closed = Referral.objects.filter(pk=lead.pk).values().get()
    for act in Act:
        target, whose = TABLE.get((state, act.value), ("", ""))
        for who in PEOPLE:
            by = cast.of(who)
            assert by is not None
            Registration.objects.update(state=state, version=1)
            ReferralEvent.objects.all().delete()
            try:
                with acting_as(by):
                    move_registration(lead, act, by=by, at=SOON, version=1, text="Because.")
            except Refused:
                after = state
            else:
                after = target
                event = ReferralEvent.objects.get()
                assert (event.kind, event.changes) == ("registration", {"registration": [state, target]})
            kept = Registration.objects.get()
            assert (kept.state, kept.version) == (after, 1 + (after != state)), (act, who)
            assert (after != state) == (who in SIDES.get(whose, ())), (act, who)
    # the lead itself stays closed, and as it was (R24)
    assert Referral.objects.filter(pk=lead.pk).values().get() == closed


def test_another_persons_act_an_old_version_and_an_empty_word_are_refused(customer: Customer, cast: Cast) -> None:
    lead = registered(customer, cast, "in_review")
    asked: dict[str, Any] = {"at": SOON, "version": 1, "text": "Because."}
    with pytest.raises(NotAllowed):
        move_registration(lead, Act.PASS, by=cast.member, **asked)
    with pytest.raises(NotAllowed):
        move_registration(lead, Act.PASS, by=cast.far_reviewer, **asked)
    with pytest.raises(Stale):
        move_registration(lead, Act.PASS, by=cast.reviewer, **{**asked, "version": 2})
    for act, rule in ACTS.items():
        if rule.asks and rule.actor is Actor.REVIEWER:
            with pytest.raises(Unfit):
                move_registration(lead, act, by=cast.reviewer, **{**asked, "text": " "})
    assert not ReferralEvent.objects.exists()


@pytest.mark.parametrize(
    ("facts", "exception", "state"),
    [
        ({}, "", "approved"),
        ({"end_date": None}, "not asked for", "approved"),
        ({"annual_value": Decimal("1000000.00")}, "", "approved"),
        ({"annual_value": Decimal("1000000.01")}, "", "pending"),
        ({"currency": "EUR"}, "", "pending"),
        ({"is_pay_as_you_go": True}, "", "pending"),
        ({"has_other_partners": True}, "", "pending"),
        ({"annual_value": Decimal("24999.99")}, "It grows.", "pending"),
    ],
)
def test_a_deal_is_approved_at_once_unless_a_person_has_to_look(
    facts: dict[str, Any], exception: str, state: str, customer: Customer, cast: Cast
) -> None:
    lead = won(customer, cast)
    contract = Contract(**{**vars(USUAL), **facts})
    with acting_as(cast.member):
        made = register(lead, by=cast.member, at=SOON, contract=contract, exception=exception)
    is_exception = exception == "It grows."
    assert (made.state, made.exception, made.decide_by_date is not None) == (
        state, exception if is_exception else "", is_exception,
    )  # fmt: skip
    (event,) = ReferralEvent.objects.all()
    assert event.changes == {"registration": ["", state]}


@pytest.mark.parametrize(
    ("changed", "facts", "field"),
    [
        ({}, {"sign_date": TODAY + timedelta(days=1)}, "sign_date"),
        ({}, {"sign_date": TODAY - timedelta(days=5)}, "sign_date"),
        (
            {"created_at": NOON - timedelta(days=99)},
            {"sign_date": TODAY - timedelta(days=61), "start_date": TODAY - timedelta(days=61)},
            "sign_date",
        ),
        ({}, {"start_date": TODAY - timedelta(days=91)}, "start_date"),
        ({}, {"end_date": TODAY - timedelta(days=1)}, "end_date"),
        ({}, {"annual_value": Decimal("24999.99")}, "exception"),
        ({"created_at": NOON - timedelta(hours=71)}, {}, "exception"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(
    changed: dict[str, Any], facts: dict[str, Any], field: str, customer: Customer, cast: Cast
) -> None:
    lead = won(customer, cast, **changed)
    with pytest.raises(Unfit) as refused:
        register(lead, by=cast.member, at=SOON, contract=Contract(**{**vars(USUAL), **facts}))
    assert refused.value.field == field
    assert not Registration.objects.exists()


def test_only_what_is_won_and_shared_is_registered_by_the_partner_and_once(customer: Customer, cast: Cast) -> None:
    usual: dict[str, Any] = {"at": SOON, "contract": USUAL}
    accepted = lead_in(State.ACCEPTED, customer=customer, team=[cast.member], reviewer=cast.reviewer)
    for lead in (accepted, won(customer, cast, deal_type="private")):
        with pytest.raises(Refused, match="won and shared"):
            register(lead, by=cast.member, **usual)
    lead = won(customer, cast)
    for stranger in (cast.reviewer, cast.rival):
        with pytest.raises(NotAllowed):
            register(lead, by=stranger, **usual)
    register(lead, by=cast.colleague, **usual)
    with pytest.raises(Refused, match="registered already"):
        register(lead, by=cast.member, **usual)


@pytest.mark.parametrize(
    ("before", "act", "who", "heard"),
    [
        ("pending", Act.APPROVE, "reviewer", ()),
        ("approved", Act.SELECT, "reviewer", ("member", "colleague")),
        ("in_review", Act.ASK, "reviewer", ("member", "colleague")),
        ("in_review", Act.FAIL, "other_reviewer", ("member", "colleague")),
        ("in_review", Act.PASS, "reviewer", ()),
        ("action_required", Act.ANSWER, "member", ("reviewer",)),
    ],
)
def test_the_team_is_told_what_microsoft_wants_and_the_reviewer_what_waits(
    before: str, act: Act, who: str, heard: tuple[str, ...], customer: Customer, cast: Cast
) -> None:
    lead = registered(customer, cast, before)
    by = cast.of(who)
    assert by is not None
    move_registration(lead, act, by=by, at=SOON, version=1, text="Because.")
    notices.tell(clock=lambda: SOON)
    told = {notice.user.name for notice in Notice.objects.select_related("user")}
    assert told == {str(cast.of(one)) for one in heard}


def test_on_the_page_a_deal_is_registered_asked_about_and_answered(
    customer: Customer, cast: Cast, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("referrals.views.leads.now", lambda: SOON)
    lead = won(customer, cast)
    place = f"/referrals/{lead.public_id}/"
    typed = {"annual_value": "2000000", "currency": "USD", "sign_date": str(TODAY), "start_date": str(TODAY)}
    member = signed_in(cast.member)
    refused = member.post(f"{place}register/", {**typed, "sign_date": str(TODAY + timedelta(days=3))})
    assert refused.status_code == 422
    assert "has not been signed yet" in refused.content.decode()
    assert 'value="2000000"' in refused.content.decode()
    assert member.post(f"{place}register/", typed).status_code == 302
    reviewer = signed_in(cast.reviewer)
    assert [form.act for form in reviewer.get(place).context["act_forms"]] == [Act.APPROVE, Act.SELECT]
    assert reviewer.post(f"{place}registration/", {"act": "select", "version": "1"}).status_code == 302
    late = reviewer.post(f"{place}registration/", {"act": "ask", "version": "1", "text": "Which contract?"})
    assert late.status_code == 412
    assert "Which contract?" in late.content.decode()
    assert reviewer.post(f"{place}registration/", {"act": "ask", "version": "2", "text": "Which?"}).status_code == 302
    member = signed_in(cast.member)
    assert [form.act for form in member.get(place).context["act_forms"]] == [Act.ANSWER]
    assert member.post(f"{place}registration/", {"act": "answer", "version": "3", "text": "This."}).status_code == 302
    shown = [happening.changes[0][1:] for happening in member.get(place).context["happenings"]][::-1]
    assert shown == [
        ("", "Registered, not decided yet"),
        ("Registered, not decided yet", "In review"),
        ("In review", "Action required"),
        ("Action required", "In review"),
    ]
    assert member.post(f"{place}registration/", {"act": "nonsense"}).status_code == 404
