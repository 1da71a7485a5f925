"""Drafts, completeness, sharing, appeals, comments, teams: what is written, what is refused, who sees it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from common.refusals import NotAllowed, Refused, Stale, Unfit
from customers.models import Customer
from partners.models import User
from referrals import services
from referrals.models import Comment, Consent, Programme, Referral, ReferralEvent
from referrals.services import Incomplete, expire_due, release_idle, remind_due
from referrals.states import CLOSED, EDITABLE, OPEN, DealType, Field, State, Step
from tests import factories
from tests.referrals.places import MUCH_LATER, NOON, SOON, Cast, acting_as, cast_for, lead_in

pytestmark = pytest.mark.django_db
FACTS: dict[str, Any] = {
    "name": "Servers to the cloud",
    "value": Decimal("90000.00"),
    "currency": "EUR",
    "close_date": date(2026, 9, 30),
    "notes": "Forty servers.",
    "solutions": ["azure"],
    "contact_first_name": "Karla",
    "contact_last_name": "Kunde",
    "contact_email": "karla@contoso.de",
}


@pytest.fixture
def cast(customer: Customer) -> Cast:
    return cast_for(customer)


@pytest.fixture
def qrp(db: None) -> Programme:
    return Programme.objects.get(code="QRP")


def begun(customer: Customer, by: User, qrp: Programme, **facts: Any) -> Referral:
    with acting_as(by):
        return services.begin(customer, by=by, at=NOON, programme=qrp, facts={**FACTS, **facts})


def submitted(lead: Referral, by: User, *, at: datetime = SOON, **consent: Any) -> Referral:
    given = {"consents": ["contact", "share_with_sellers"], "given_by": "Karla Kunde"} | consent
    with acting_as(by):
        return services.submit(lead, by=by, at=at, version=None, **given)


def test_a_draft_becomes_a_lead_with_its_consents_and_its_times(customer: Customer, cast: Cast, qrp: Programme) -> None:
    lead = submitted(begun(customer, cast.member, qrp), cast.member)
    assert (lead.state, lead.submitted_at) == (State.SUBMITTED, SOON)
    assert lead.expires_at == SOON + timedelta(days=14)
    # two working days of eight hours: Tuesday 14:00 in Berlin to Thursday 14:00
    assert lead.answer_due_at == datetime(2026, 3, 5, 13, tzinfo=UTC)
    told = Consent.objects.filter(referral=lead).order_by("kind")
    assert [(one.kind, one.given_by, one.by, one.at) for one in told] == [
        ("contact", "Karla Kunde", cast.member, SOON),
        ("share_with_sellers", "Karla Kunde", cast.member, SOON),
    ]
    assert all(one.sentence for one in told)
    assert list(ReferralEvent.objects.values_list("kind", flat=True).order_by("pk")) == ["begun", "submit"]


@pytest.mark.parametrize(
    ("lacking", "field"),
    [
        ({"name": " "}, "name"),
        ({"value": None}, "value"),
        ({"close_date": None}, "close_date"),
        ({"close_date": date(1900, 1, 1)}, "close_date"),
        ({"notes": ""}, "notes"),
        ({"solutions": []}, "solutions"),
        ({"contact_last_name": ""}, "contact_email"),
        ({"contact_email": ""}, "contact_email"),
        ({"contact_email": "me@example.com"}, "contact_email"),
    ],
)
def test_what_is_missing_or_wrong_is_said_at_its_field_and_nothing_is_written(
    lacking: dict[str, Any], field: str, customer: Customer, cast: Cast, qrp: Programme
) -> None:
    lead = begun(customer, cast.member, qrp, **lacking)
    with pytest.raises(Incomplete) as refusal:
        submitted(lead, cast.member)
    assert [name for name, _sentence in refusal.value.lacks] == [field]
    lead.refresh_from_db()
    assert lead.state == State.DRAFT
    assert not Consent.objects.exists()


def test_every_field_that_a_programme_can_ask_for_has_its_sentence(customer: Customer, cast: Cast) -> None:
    asking = factories.ProgrammeFactory(required_fields=list(Field))
    with acting_as(cast.member):
        lead = services.begin(customer, by=cast.member, at=NOON, programme=asking)
    lead.team.all().delete()
    assert len(services.lacks(lead, at=SOON, by=cast.member)) == len(Field)


@pytest.mark.parametrize("missing", ["consents", "given_by"])
def test_without_the_customers_consent_nothing_is_shared(
    missing: str, customer: Customer, cast: Cast, qrp: Programme
) -> None:
    lead = begun(customer, cast.member, qrp)
    with pytest.raises(Unfit) as refusal:
        submitted(lead, cast.member, **({"consents": ["contact"]} if missing == "consents" else {"given_by": " "}))
    assert refusal.value.field == missing
    assert not Consent.objects.exists()


def test_a_private_deal_needs_nobody_at_the_customer_and_no_consent(
    customer: Customer, cast: Cast, qrp: Programme
) -> None:
    lead = begun(customer, cast.member, qrp, deal_type="private", contact_email="", contact_last_name="")
    kept = submitted(lead, cast.member, consents=[], given_by="")
    assert (kept.state, kept.decided_at) == (State.ACCEPTED, SOON)
    assert not Referral.objects.visible_to(cast.reviewer).exists()
    with acting_as(cast.reviewer):
        assert not Referral.objects.exists()


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        (datetime(2026, 3, 31, 21, 59, tzinfo=UTC), True),  # 23:59 of the last day in Berlin
        (datetime(2026, 3, 31, 22, 0, tzinfo=UTC), False),
        (datetime(2026, 2, 28, 22, 59, tzinfo=UTC), False),
        (datetime(2026, 2, 28, 23, 0, tzinfo=UTC), True),
    ],
)
def test_a_programme_ends_with_its_last_day_where_it_is_at_home(
    at: datetime, is_open: bool, customer: Customer, cast: Cast, qrp: Programme
) -> None:
    Programme.objects.filter(pk=qrp.pk).update(valid_from=date(2026, 3, 1), valid_to=date(2026, 3, 31))
    lead = begun(customer, cast.member, Programme.objects.get(pk=qrp.pk))
    if is_open:
        assert submitted(lead, cast.member, at=at).state == State.SUBMITTED
        return
    with pytest.raises(Incomplete) as refusal:
        submitted(lead, cast.member, at=at)
    assert refusal.value.field == "programme"
    assert "SMB Opportunities" in str(refusal.value)


def test_open_leads_go_on_after_the_programmes_end(customer: Customer, cast: Cast, qrp: Programme) -> None:
    lead = submitted(begun(customer, cast.member, qrp), cast.member)
    Programme.objects.filter(pk=qrp.pk).update(valid_to=date(2026, 3, 3))
    later = NOON + timedelta(days=5)
    for step, by in ((Step.RETURN, cast.reviewer), (Step.RESUBMIT, cast.member), (Step.ACCEPT, cast.reviewer)):
        lead = services.take_step(lead, step, by=by, at=later, text="More, please.")
    assert lead.state == State.ACCEPTED


def test_the_minimum_value_is_said_in_the_programmes_own_currency(customer: Customer, cast: Cast) -> None:
    programme = factories.ProgrammeFactory(min_value=Decimal("25000.00"), currency="EUR")
    lead = begun(customer, cast.member, programme, value=Decimal("24999.99"))
    with pytest.raises(Incomplete, match="25000"):
        submitted(lead, cast.member)
    with acting_as(cast.member):
        services.change(lead, by=cast.member, at=SOON, version=None, facts={"value": Decimal("25000.00")})
    assert submitted(lead, cast.member).state == State.SUBMITTED


def test_more_solutions_than_a_lead_may_have_are_refused(customer: Customer, cast: Cast, qrp: Programme) -> None:
    with pytest.raises(Unfit) as refusal:
        begun(customer, cast.member, qrp, solutions=[f"SOL-{number}" for number in range(51)])
    assert refusal.value.field == "solutions"


@pytest.mark.parametrize("state", list(State))
def test_what_may_be_changed_depends_on_the_state(state: State, customer: Customer, cast: Cast) -> None:
    lead = lead_in(state, customer=customer, team=[cast.member], reviewer=cast.reviewer)
    editable = EDITABLE.get(state, frozenset())
    for name, value in (("name", "Another"), ("value", Decimal("1.00")), ("deal_type", "partner_led")):
        with transaction.atomic():
            if name in editable:
                with acting_as(cast.member):
                    changed = services.change(lead, by=cast.member, at=SOON, version=1, facts={name: value})
                assert (getattr(changed, name), changed.version) == (value, 2)
                assert ReferralEvent.objects.filter(kind="edited").count() == (state != State.DRAFT)
            else:
                with pytest.raises(Refused), acting_as(cast.member):
                    services.change(lead, by=cast.member, at=SOON, version=1, facts={name: value})
                assert not ReferralEvent.objects.exists()
            transaction.set_rollback(True)


def test_a_save_that_comes_too_late_is_refused_and_one_that_changes_nothing_writes_nothing(
    customer: Customer, cast: Cast, qrp: Programme
) -> None:
    lead = begun(customer, cast.member, qrp)
    services.change(lead, by=cast.member, at=SOON, version=1, facts={"notes": "First."})
    with pytest.raises(Stale):
        services.change(lead, by=cast.member, at=SOON, version=1, facts={"notes": "Second."})
    assert services.change(lead, by=cast.member, at=SOON, version=2, facts={"notes": "First."}).version == 2


def test_a_draft_can_be_thrown_away_and_nothing_else(customer: Customer, cast: Cast, qrp: Programme) -> None:
    lead = begun(customer, cast.member, qrp)
    with acting_as(cast.member):
        services.discard(lead, by=cast.member)
    assert not Referral.objects.exists()
    assert not ReferralEvent.objects.exists()
    kept = lead_in(State.SUBMITTED, customer=customer, team=[cast.member])
    with pytest.raises(Refused):
        services.discard(kept, by=cast.member)


def test_the_database_keeps_what_was_submitted_and_lets_closed_be_closed(customer: Customer, cast: Cast) -> None:
    lead = lead_in(State.SUBMITTED, customer=customer, team=[cast.member])
    with pytest.raises(IntegrityError, match="not deleted"), transaction.atomic():
        Referral.objects.filter(pk=lead.pk).delete()
    for state in CLOSED:
        closed = lead_in(state, customer=customer, team=[], reviewer=cast.reviewer)
        with pytest.raises(IntegrityError, match="stays closed"), transaction.atomic():
            Referral.objects.filter(pk=closed.pk).update(state=State.ACCEPTED)


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize(
    "broken",
    [
        {"claimed_at": NOON, "claimed_until": None, "claimed_from": ""},
        {"expires_at": "flipped"},
        {"answer_due_at": "flipped"},
        {"closed_at": "flipped"},
        {"reason": "nonsense"},
        {"won_value": "flipped"},
        {"value": Decimal("1.00"), "currency": ""},
        {"help": "general", "deal_type": "partner_led"},
    ],
    ids=lambda broken: next(iter(broken)),
)
def test_the_database_refuses_fields_that_do_not_fit_the_state(
    state: State, broken: dict[str, Any], customer: Customer, cast: Cast
) -> None:
    lead = lead_in(state, customer=customer, team=[], reviewer=cast.reviewer)
    fresh: Any = Decimal("1.00") if "won_value" in broken else NOON
    facts = {
        name: (None if getattr(lead, name) is not None else fresh) if value == "flipped" else value
        for name, value in broken.items()
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        Referral.objects.filter(pk=lead.pk).update(**facts)


@pytest.mark.parametrize("old", list(DealType))
@pytest.mark.parametrize("new", list(DealType))
def test_a_deal_is_only_ever_shared_further(old: DealType, new: DealType, customer: Customer, cast: Cast) -> None:
    lead = lead_in(State.ACCEPTED, customer=customer, team=[cast.member], reviewer=cast.reviewer, deal_type=old)
    order = list(DealType)

    def share() -> Referral:
        with acting_as(cast.member):
            return services.share(lead, by=cast.member, at=SOON, version=1, deal_type=new, help="general")

    if order.index(new) > order.index(old):
        shared = share()
        assert (shared.deal_type, shared.help) == (new, "general" if new == "co_sell" else "")
        assert ReferralEvent.objects.get().changes == {"deal_type": [old, new]}
    else:
        with pytest.raises(Unfit) as refusal:
            share()
        assert refusal.value.field == "deal_type"


def test_sharing_a_private_deal_needs_the_person_and_the_consent(customer: Customer, cast: Cast) -> None:
    lead = lead_in(State.ACCEPTED, customer=customer, team=[cast.member], reviewer=None, deal_type="private")
    Consent.objects.all().delete()
    with pytest.raises(Incomplete), acting_as(cast.member):
        services.share(lead, by=cast.member, at=SOON, version=1, deal_type="co_sell")
    with acting_as(cast.member):
        services.share(
            lead,
            by=cast.member,
            at=SOON,
            version=1,
            deal_type="co_sell",
            consents=["contact", "share_with_sellers"],
            given_by="Karla Kunde",
        )
    assert Referral.objects.visible_to(cast.reviewer).exists()


@pytest.mark.parametrize("state", [State.DRAFT, *sorted(CLOSED)])
def test_a_draft_or_a_closed_lead_is_not_shared_further(state: State, customer: Customer, cast: Cast) -> None:
    lead = lead_in(state, customer=customer, team=[cast.member], reviewer=cast.reviewer, deal_type="partner_led")
    with pytest.raises(Refused):
        services.share(lead, by=cast.member, at=SOON, version=1, deal_type="co_sell")


def test_an_appeal_is_a_new_lead_with_the_reason_and_the_declined_one_stays_closed(
    customer: Customer, cast: Cast
) -> None:
    lead = lead_in(State.DECLINED, customer=customer, team=[cast.member, cast.colleague], reviewer=cast.reviewer)
    with acting_as(cast.member):
        again = services.appeal(lead, by=cast.member, at=SOON, text="The budget is approved now.")
    lead.refresh_from_db()
    assert (lead.state, lead.version) == (State.DECLINED, 1)
    assert (again.state, again.appeal_of, again.name) == (State.SUBMITTED, lead, lead.name)
    assert {member.user for member in again.team.all()} == {cast.member, cast.colleague}
    assert Consent.objects.filter(referral=again).count() == 2
    assert ReferralEvent.objects.get(referral=again, kind="submit").text == "The budget is approved now."


def test_there_is_one_appeal_and_none_against_its_own_decline(customer: Customer, cast: Cast) -> None:
    lead = lead_in(State.DECLINED, customer=customer, team=[cast.member], reviewer=cast.reviewer)
    again = services.appeal(lead, by=cast.member, at=SOON, text="Again.")
    services.take_step(again, Step.DECLINE, by=cast.reviewer, at=SOON, reason="budget", text="Still no.")
    for one in (lead, again):
        with pytest.raises(Refused, match="one appeal"):
            services.appeal(one, by=cast.member, at=SOON, text="And again.")


@pytest.mark.parametrize("state", sorted(set(State) - {State.DECLINED}))
def test_only_a_decline_can_be_appealed_against(state: State, customer: Customer, cast: Cast) -> None:
    lead = lead_in(state, customer=customer, team=[cast.member], reviewer=cast.reviewer)
    with pytest.raises(Refused):
        services.appeal(lead, by=cast.member, at=SOON, text="Please.")


def test_an_appeal_needs_its_reason(customer: Customer, cast: Cast) -> None:
    lead = lead_in(State.DECLINED, customer=customer, team=[cast.member], reviewer=cast.reviewer)
    with pytest.raises(Unfit):
        services.appeal(lead, by=cast.member, at=SOON, text=" ")


def test_what_a_team_says_among_itself_is_its_own_also_in_the_database(customer: Customer, cast: Cast) -> None:
    lead = lead_in(State.SUBMITTED, customer=customer, team=[cast.member])
    for is_internal in (True, False):
        with acting_as(cast.member):
            services.comment(lead, by=cast.member, at=SOON, text=f"internal {is_internal}", is_internal=is_internal)
    with acting_as(cast.reviewer):
        services.comment(lead, by=cast.reviewer, at=SOON, text="from Microsoft", is_internal=True)
        assert [one.text for one in Comment.objects.order_by("pk")] == ["internal False", "from Microsoft"]
        assert ReferralEvent.objects.count() == 2
    assert Comment.objects.visible_to(cast.office).count() == 2
    assert Comment.objects.visible_to(cast.member).count() == 3
    assert ReferralEvent.objects.visible_to(cast.reviewer).count() == 2


@pytest.mark.parametrize("state", sorted(CLOSED))
def test_nothing_is_said_about_a_closed_lead_any_more(state: State, customer: Customer, cast: Cast) -> None:
    lead = lead_in(state, customer=customer, team=[cast.member], reviewer=cast.reviewer)
    with pytest.raises(Refused):
        services.comment(lead, by=cast.member, at=SOON, text="Too late.")
    with pytest.raises(Refused):
        services.add_member(lead, by=cast.member, at=SOON, person=cast.colleague)


def test_only_people_who_see_the_lead_can_be_called(customer: Customer, cast: Cast) -> None:
    lead = lead_in(State.SUBMITTED, customer=customer, team=[cast.member])
    assert services.mentionable(lead, cast.member) == [cast.chief]
    services.comment(lead, by=cast.member, at=SOON, text="Look.", mentions=[cast.chief.pk])
    for stranger in (cast.colleague, cast.rival, cast.reviewer):
        with pytest.raises(Unfit):
            services.comment(lead, by=cast.member, at=SOON, text="Look.", mentions=[stranger.pk])


def test_a_colleague_sees_a_lead_from_the_moment_they_are_on_the_team(customer: Customer, cast: Cast) -> None:
    lead = lead_in(State.SUBMITTED, customer=customer, team=[cast.member])
    assert not Referral.objects.visible_to(cast.colleague).exists()
    with acting_as(cast.member):
        services.add_member(lead, by=cast.member, at=SOON, person=cast.colleague)
        services.add_member(lead, by=cast.member, at=SOON, person=cast.colleague)
    assert Referral.objects.visible_to(cast.colleague).get() == lead
    assert ReferralEvent.objects.filter(kind="team").count() == 1
    with acting_as(cast.member):
        services.remove_member(lead, by=cast.member, at=SOON, person=cast.colleague)
    assert not Referral.objects.visible_to(cast.colleague).exists()
    with pytest.raises(Refused, match="must stay"):
        services.remove_member(lead, by=cast.chief, at=SOON, person=cast.member)
    with pytest.raises(Unfit):
        services.add_member(lead, by=cast.member, at=SOON, person=cast.rival)


@pytest.mark.parametrize("who", ["rival", "reviewer", "policy_owner"])
def test_nobody_else_writes_what_is_the_partners(who: str, customer: Customer, cast: Cast, qrp: Programme) -> None:
    lead, by = lead_in(State.ACCEPTED, customer=customer, team=[cast.member], reviewer=cast.reviewer), cast.of(who)
    assert by
    for work in (
        lambda: services.change(lead, by=by, at=SOON, version=1, facts={"value": Decimal(1)}),
        lambda: services.share(lead, by=by, at=SOON, version=1, deal_type="co_sell"),
        lambda: services.add_member(lead, by=by, at=SOON, person=cast.colleague),
        lambda: services.discard(lead, by=by),
        lambda: services.appeal(lead, by=by, at=SOON, text="Please."),
    ):
        with pytest.raises(NotAllowed):
            work()
    with pytest.raises((NotAllowed, Customer.DoesNotExist)):
        services.begin(customer, by=by, at=SOON, programme=qrp)


def test_who_has_no_name_is_known_by_the_work_and_never_by_an_address(customer: Customer, cast: Cast) -> None:
    cast.reviewer.name = ""
    lead = lead_in(State.SUBMITTED, customer=customer, team=[cast.member])
    claimed = services.take_step(lead, Step.CLAIM, by=cast.reviewer, at=SOON)
    assert claimed.reviewer_name == ReferralEvent.objects.get().by_name == "Channel manager"


@pytest.mark.parametrize("who", ["member", "chief", "reviewer", "office", "auditor"])
def test_of_an_expired_lead_only_the_audit_sees_the_person_at_the_customer(
    who: str, customer: Customer, cast: Cast, auditor: User
) -> None:
    by = auditor if who == "auditor" else cast.of(who)
    assert by
    for state in State:
        lead = lead_in(state, customer=customer, team=[cast.member], reviewer=cast.reviewer)
        shown = lead.contact(by).email
        assert bool(shown) == (state != State.EXPIRED or who == "auditor"), state


@pytest.mark.parametrize(("days", "expired"), [(13.99, 0), (14, 1)])
def test_a_lead_expires_when_fourteen_days_have_passed_and_not_before(
    days: float, expired: int, customer: Customer, cast: Cast, qrp: Programme
) -> None:
    lead = submitted(begun(customer, cast.member, qrp), cast.member, at=NOON)
    assert expire_due(clock=lambda: NOON + timedelta(days=days)) == expired
    lead.refresh_from_db()
    assert (lead.state == State.EXPIRED) == bool(expired)


def test_an_idle_claim_goes_back_to_where_it_came_from(customer: Customer, cast: Cast) -> None:
    for waited in (State.SUBMITTED, State.RESUBMITTED):
        lead = lead_in(waited, customer=customer, team=[cast.member])
        services.take_step(lead, Step.CLAIM, by=cast.reviewer, at=NOON)
        assert release_idle(clock=lambda: NOON + timedelta(hours=1)) == 0
        assert release_idle(clock=lambda: NOON + timedelta(days=4)) == 1
        lead.refresh_from_db()
        assert (lead.state, lead.reviewer, lead.reviewer_name) == (waited, None, "")


def test_a_returned_lead_keeps_the_time_that_microsoft_has_used(customer: Customer, cast: Cast, qrp: Programme) -> None:
    lead = submitted(begun(customer, cast.member, qrp), cast.member, at=NOON)  # Tuesday, 13:00 in Berlin
    services.take_step(lead, Step.RETURN, by=cast.reviewer, at=NOON + timedelta(hours=3), text="Which servers?")
    lead.refresh_from_db()
    assert lead.answer_due_at is None
    again = services.take_step(lead, Step.RESUBMIT, by=cast.member, at=NOON + timedelta(days=1))
    # thirteen of sixteen hours are left: four on Wednesday, eight on Thursday, one on Friday
    assert again.answer_due_at == datetime(2026, 3, 6, 9, tzinfo=UTC)
    assert again.expires_at == NOON + timedelta(days=15)


def test_whoever_holds_the_ball_is_reminded_once_for_each_day(customer: Customer, cast: Cast, qrp: Programme) -> None:
    submitted(begun(customer, cast.member, qrp), cast.member, at=NOON)
    found = [remind_due(clock=lambda days=days: NOON + timedelta(days=days)) for days in (9, 10, 11, 13, 13.5)]  # type: ignore[misc]
    assert found == [0, 1, 0, 1, 0]
    assert expire_due(clock=lambda: MUCH_LATER) == 1
    assert remind_due(clock=lambda: MUCH_LATER) == 0


def test_a_favourite_is_ones_own(customer: Customer, cast: Cast) -> None:
    lead = lead_in(State.SUBMITTED, customer=customer, team=[cast.member])
    for by in (cast.member, cast.reviewer):
        with acting_as(by):
            services.favour(lead, by=by, is_favourite=True)
    with acting_as(cast.member):
        services.favour(lead, by=cast.member, is_favourite=False)
    assert [one.user for one in lead.favourites.all()] == [cast.reviewer]


def test_open_is_all_but_drafts_and_closed() -> None:
    assert OPEN | CLOSED | {State.DRAFT} == set(State)
