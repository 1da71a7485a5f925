"""Services of the partner: attest, send, finalise, invite; what they refuse, and that the refusal changes nothing."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path as Place
from typing import Any

import pytest

from agreements import services
from agreements.models import Acceptance, Agreement, AgreementEvent, Link, Mail, PathRule, SigningProgramme
from agreements.services import links
from agreements.services.links import PAUSE, Wish
from agreements.states import LinkEnd, MailKind, Path, State
from common.refusals import NotAllowed, Refused, Stale, Unfit
from customers.models import Customer
from motions.models import Deal, Standing
from partners.models import Partner, User
from tests import factories
from tests.agreements.conftest import SIGNATORY

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 3, 12, tzinfo=UTC)
WISH = Wish(SIGNATORY, "de", "de-DE")


def attest(agreement: Agreement, by: User, on: date, **facts: Any) -> Agreement:
    said = {"by": by, "at": AT, "version": agreement.version, "signatory": SIGNATORY, "accepted_on": on, **facts}
    return services.attest(agreement, **said)


def test_every_new_customer_has_an_agreement_that_is_not_started(customer: Customer) -> None:
    agreement = Agreement.objects.get(customer=customer)
    assert (agreement.state, agreement.partner_id, agreement.since) == (
        State.NOT_STARTED,
        customer.partner_id,
        customer.created_at,
    )


def test_an_attestation_of_the_past_is_kept_with_who_and_when(agreement: Agreement, seller: User) -> None:
    attest(agreement, seller, date(2025, 12, 31))
    agreement.refresh_from_db()
    assert (agreement.state, agreement.path, agreement.accepted_on) == (
        State.ATTESTED,
        Path.ATTESTATION,
        date(2025, 12, 31),
    )
    acceptance = Acceptance.objects.get()
    assert (acceptance.signatory, acceptance.template_id) == ("Sina Signer", "117a77b0-9360-443b-8795-c6dedc750cf9")
    event = AgreementEvent.objects.get()
    assert (event.by, event.by_name, event.before, event.after) == (
        seller,
        "Selma Seller",
        "not_started",
        "attested",
    )


@pytest.mark.parametrize(
    ("on", "says"),
    [
        (date(2026, 3, 4), "in the future"),
        (date(2026, 1, 5), "from Oct 1, 2019 to Jan 4, 2026"),
        (date(2019, 9, 30), "from Oct 1, 2019"),
    ],
)
def test_a_day_on_which_nobody_could_attest_is_refused_at_its_field(
    on: date, says: str, agreement: Agreement, seller: User
) -> None:
    with pytest.raises(Unfit, match=says) as refusal:
        attest(agreement, seller, on)
    assert refusal.value.field == "accepted_on"
    assert not Acceptance.objects.exists()


def test_until_when_partners_could_attest_is_a_row(agreement: Agreement, seller: User) -> None:
    attest_rule = PathRule.objects.get(path=Path.ATTESTATION)
    attest_rule.valid_to = date(2026, 2, 28)
    attest_rule.save()
    assert attest(agreement, seller, date(2026, 2, 28)).state == State.ATTESTED


def test_an_indirect_reseller_may_not_attest_and_is_told_who_may(
    agreement: Agreement, seller: User, reseller: Partner
) -> None:
    seller.refresh_from_db()
    with pytest.raises(NotAllowed, match="Your indirect provider may"):
        attest(agreement, seller, date(2025, 5, 5))
    with pytest.raises(NotAllowed, match="Your indirect provider may"):
        services.send_link(agreement, by=seller, at=AT, version=1, wish=WISH)


def test_the_same_signatory_is_not_attested_twice_unless_something_differs(
    agreement: Agreement, seller: User, customer: Customer
) -> None:
    attest(agreement, seller, date(2022, 5, 5))
    again = factories.in_state(customer, State.REACCEPT)
    with pytest.raises(Unfit, match="600061") as refusal:
        attest(again, seller, date(2025, 5, 5))
    assert refusal.value.field == "email"
    with pytest.raises(Unfit, match="600061"):
        services.send_link(again, by=seller, at=AT, version=again.version, wish=WISH)
    assert attest(again, seller, date(2025, 5, 5), signatory={**SIGNATORY, "phone": "+49 40 1"}).state == "attested"


def test_a_revoked_attestation_does_not_stand_in_the_way_of_a_new_one(
    agreement: Agreement, seller: User, customer: Customer
) -> None:
    attest(agreement, seller, date(2022, 5, 5))
    Acceptance.objects.update(revoked_at=AT)
    assert attest(factories.in_state(customer, State.REVOKED), seller, date(2025, 5, 5)).state == State.ATTESTED


def test_a_link_is_sent_with_its_mail_and_only_its_hash_is_kept(agreement: Agreement, seller: User) -> None:
    link = services.send_link(agreement, by=seller, at=AT, version=1, wish=WISH)
    agreement.refresh_from_db()
    assert (agreement.state, link.expires_at - link.sent_at) == (State.LINK_SENT, timedelta(days=21))
    mail = Mail.objects.get()
    assert (mail.kind, mail.day, mail.email, mail.language) == (MailKind.LINK, 0, SIGNATORY["email"], "de")
    token = links.token_of(link.public_id, link.expires_at)
    assert link.token_hash == links.hash_of(token)
    assert token not in {str(value) for value in vars(link).values()}


def test_a_new_link_ends_the_one_before(agreement: Agreement, seller: User, link: Link) -> None:
    agreement.refresh_from_db()
    # nobody's mailbox is filled by a button that is pressed again and again
    with pytest.raises(Refused, match="a moment ago"):
        services.send_link(agreement, by=seller, at=link.sent_at + PAUSE / 2, version=agreement.version, wish=WISH)
    newer = services.send_link(agreement, by=seller, at=link.sent_at + PAUSE, version=agreement.version, wish=WISH)
    link.refresh_from_db()
    assert (link.ended_why, newer.ended_at) == (LinkEnd.REPLACED, None)
    assert Link.objects.filter(ended_at__isnull=True).get() == newer


@pytest.mark.parametrize(
    ("country", "language", "is_there"),
    [
        ("DE", "de-DE", True),
        ("AT", "de-DE", True),
        ("LI", "en-US", True),
        ("CH", "de-DE", False),
        ("CH", "fr-FR", True),
        ("LU", "fr-FR", True),
        ("LU", "de-DE", False),
        ("NL", "en-US", True),
        ("NL", "de-DE", False),
        ("DE", "de-de", False),
    ],
)
def test_the_text_is_sent_in_a_language_that_it_exists_in(
    country: str, language: str, is_there: bool, agreement: Agreement, seller: User
) -> None:
    Customer.objects.update(country=country)
    wish = Wish(SIGNATORY, "de", language)
    if is_there:
        services.send_link(agreement, by=seller, at=AT, version=1, wish=wish)
        return
    with pytest.raises(Unfit) as refusal:
        services.send_link(agreement, by=seller, at=AT, version=1, wish=wish)
    assert refusal.value.field == "template_language"
    assert not Link.objects.exists()


def test_without_a_programme_in_force_no_link_is_sent(agreement: Agreement, seller: User) -> None:
    SigningProgramme.objects.update(valid_to=date(2026, 1, 1))
    with pytest.raises(Refused, match="No signing programme"):
        services.send_link(agreement, by=seller, at=AT, version=1, wish=WISH)
    assert not Mail.objects.exists()


def test_finalising_makes_the_acceptance_of_what_the_customer_accepted(
    agreement: Agreement, seller: User, link: Link
) -> None:
    Link.objects.update(ended_at=AT, ended_why=LinkEnd.ACCEPTED)
    row = factories.in_state(agreement.customer, State.TO_FINALISE)
    services.finalise(row, by=seller, at=AT, version=row.version)
    acceptance = Acceptance.objects.get()
    assert (acceptance.path, acceptance.accepted_on, acceptance.email) == (
        Path.ENHANCED,
        factories.TODAY,
        link.email,
    )
    row.refresh_from_db()
    assert (row.state, row.accepted_on) == (State.ATTESTED, factories.TODAY)


def test_a_reseller_may_ask_its_customer_to_accept_at_microsoft(
    agreement: Agreement, seller: User, reseller: Partner
) -> None:
    seller.refresh_from_db()
    services.invite(agreement, by=seller, at=AT, version=1, signatory=SIGNATORY, language="en")
    agreement.refresh_from_db()
    assert (agreement.state, Mail.objects.get().kind) == (State.DIRECT_INVITED, MailKind.DIRECT)


@pytest.mark.parametrize("who", ["reviewer", "administrator", "policy_owner"])
def test_only_the_partner_itself_takes_steps(
    who: str, agreement: Agreement, request: pytest.FixtureRequest, as_person: Callable[[User], Any]
) -> None:
    by = request.getfixturevalue(who)
    for call in (
        lambda: attest(agreement, by, date(2025, 5, 5)),
        lambda: services.send_link(agreement, by=by, at=AT, version=1, wish=WISH),
        lambda: services.invite(agreement, by=by, at=AT, version=1, signatory=SIGNATORY, language="en"),
        lambda: services.finalise(agreement, by=by, at=AT, version=1),
        lambda: services.note_secrecy(agreement, by=by, at=AT, version=1, needs_amendment=True),
        lambda: services.remind_now(by=by, at=AT, agreements=[agreement.public_id]),
    ):
        with pytest.raises(NotAllowed):
            call()


def test_a_neighbours_agreement_is_not_there(agreement: Agreement, rival: User) -> None:
    with pytest.raises(Agreement.DoesNotExist):
        attest(agreement, rival, date(2025, 5, 5))
    with pytest.raises(Agreement.DoesNotExist):
        services.send_link(agreement, by=rival, at=AT, version=1, wish=WISH)


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(agreement: Agreement, seller: User) -> None:
    services.send_link(agreement, by=seller, at=AT, version=1, wish=WISH)
    with pytest.raises(Stale):
        services.invite(agreement, by=seller, at=AT, version=1, signatory=SIGNATORY, language="en")


def test_professional_secrecy_is_noted_with_what_stood_there_before(agreement: Agreement, seller: User) -> None:
    services.note_secrecy(agreement, by=seller, at=AT, version=1, needs_amendment=True)
    agreement.refresh_from_db()
    assert (agreement.needs_amendment, agreement.version) == (True, 2)
    assert AgreementEvent.objects.get().changes == {"needs_amendment": [None, True]}
    services.note_secrecy(agreement, by=seller, at=AT, version=2, needs_amendment=True)
    assert AgreementEvent.objects.count() == 1


@pytest.mark.parametrize("state", [State.NOT_STARTED, State.LINK_EXPIRED, State.REACCEPT, State.REVOKED])
def test_guidance_is_given_whether_or_not_the_customer_has_signed(
    state: State, deal: Deal, drain: Callable[[], object]
) -> None:
    """M14: an agreement that is not in order blocks orders, never guidance."""
    factories.in_state(deal.customer, state)
    drain()
    assert Standing.objects.get(customer=deal.customer).motion == "breadth"


def test_the_rooms_of_guidance_and_referrals_ask_nobody_whether_the_customer_may_order() -> None:
    house = Place(__file__).resolve().parents[2]
    asking = [
        path.name
        for room in ("motions", "referrals")
        for path in (house / room).rglob("*.py")
        if re.search(r"^(from|import) agreements|can_order|agreements_agreement", path.read_text(), re.MULTILINE)
    ]
    assert asking == []
