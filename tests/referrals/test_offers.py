"""Leads from Microsoft to a partner: consent first, who fits and why, the partner's own row, and the partner's decision."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.utils.timezone import now

from common.refusals import NotAllowed, Refused, Unfit
from customers.models import Customer
from partners.models import Partner, User
from partners.roles import Role
from referrals import notices, services
from referrals.models import Consent, Programme, Referral, TeamMember
from referrals.review.fitting import Wanted, fitting
from referrals.states import State, Step
from tests import factories
from tests.referrals.places import acting_as

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
COMPANY = {"name": "Fabrikam AG", "country": "DE", "segment": "commercial", "domain": "fabrikam.de"}
FACTS = {
    "name": "Somebody who builds",
    "solutions": ["Azure"],
    "contact_last_name": "Kunde",
    "contact_email": "k@fab.de",
}
PAGE = "/review/offer/"


def offered(by: User, partner: Partner, **changed: Any) -> Referral:
    programme = Programme.objects.get(code="SMB_OPPORTUNITIES")
    said = {"company": COMPANY, "facts": FACTS, "has_consent": True, "given_by": "Karla Kunde", "programme": programme}
    with acting_as(by):
        return services.offer(by=by, at=now(), partner=partner, **{**said, **changed})


def typed(**changed: Any) -> dict[str, Any]:
    programme = Programme.objects.get(code="SMB_OPPORTUNITIES").pk
    company = {"company": "Fabrikam AG", "country": "DE", "segment": "commercial", "domain": "fabrikam.de"}
    contact = {"contact_last_name": "Kunde", "contact_email": "karla@fabrikam.de"}
    said = {"has_consent": "on", "given_by": "Karla Kunde", "name": "A <b>lead</b>", "programme": programme}
    return {**company, **contact, **said, "solutions": ["Azure"], **changed}


def test_an_offer_is_the_partners_own_lead_about_its_own_customer(
    reviewer: User, partner: Partner, chief: User, seller: User, rival: User
) -> None:
    lead = offered(reviewer, partner)
    assert (lead.state, lead.direction, lead.partner) == (State.OFFERED, "inbound", partner)
    assert lead.expires_at == lead.submitted_at + timedelta(days=14)
    customer = Customer.objects.get(pk=lead.customer_id)
    assert (customer.partner, customer.name) == (partner, "Fabrikam AG")
    consent = Consent.objects.get(referral=lead)
    assert (consent.kind, consent.given_by, consent.by) == ("share_with_others", "Karla Kunde", reviewer)
    assert Referral.objects.visible_to(chief).get() == lead
    for person in (seller, rival):
        assert not Referral.objects.visible_to(person).exists()


def test_the_partners_administrator_is_told_and_nobody_elses(
    reviewer: User, partner: Partner, chief: User, rival: User
) -> None:
    factories.UserFactory(partner=rival.partner, role=Role.PARTNER_ADMIN)
    offered(reviewer, partner)
    notices.tell(clock=now)
    assert [notice.user for notice in factories.Notice.objects.all()] == [chief]


def test_a_customer_that_the_partner_has_is_taken_instead_of_a_second_one(reviewer: User, partner: Partner) -> None:
    known = factories.CustomerFactory(partner=partner, name="FABRIKAM  ag", domain="")
    foreign = factories.CustomerFactory(name="Fabrikam AG", domain="fabrikam.de")
    lead = offered(reviewer, partner)
    assert lead.customer_id == known.pk
    assert Customer.objects.filter(partner=foreign.partner).count() == 1


def test_who_takes_a_lead_on_works_on_it_and_it_is_accepted(reviewer: User, partner: Partner, chief: User) -> None:
    lead = offered(reviewer, partner)
    with acting_as(chief):
        taken = services.take_step(lead, Step.TAKE_ON, by=chief, at=now())
    assert (taken.state, taken.sales_stage, taken.expires_at) == (State.ACCEPTED, "10", None)
    assert TeamMember.objects.get(referral=lead).user == chief


def test_a_lead_that_the_partner_declined_stays_closed_and_is_not_appealed_against(
    reviewer: User, partner: Partner, chief: User
) -> None:
    lead = offered(reviewer, partner)
    with acting_as(chief):
        services.take_step(lead, Step.REFUSE, by=chief, at=now(), reason="too_short", text="No time.")
        with pytest.raises(Refused):
            services.appeal(lead, by=chief, at=now(), text="After all.")
    lead.refresh_from_db()
    assert (lead.state, lead.reason) == (State.DECLINED, "too_short")


def test_an_offer_that_nobody_answers_expires_and_hides_the_person(
    reviewer: User, partner: Partner, chief: User
) -> None:
    lead = offered(reviewer, partner)
    assert services.expire_due(clock=lambda: now() + timedelta(days=15)) == 1
    lead.refresh_from_db()
    assert lead.state == State.EXPIRED
    assert not lead.contact(chief).email
    assert not lead.contact(reviewer).email


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"has_consent": False}, "has_consent"),
        ({"given_by": " "}, "given_by"),
        ({"company": {**COMPANY, "country": "FR"}}, "country"),
        ({"company": {**COMPANY, "segment": "education"}}, "country"),
        ({"programme": "QRP"}, "programme"),
        ({"partner": "inactive"}, "partner"),
    ],
)
def test_what_must_not_be_offered_is_refused_and_nothing_is_written(
    changed: dict[str, Any], field: str, reviewer: User, partner: Partner
) -> None:
    if "programme" in changed:
        changed = {"programme": Programme.objects.get(code="QRP")}
    if "partner" in changed:
        changed = {}
        partner = factories.PartnerFactory(is_active=False)
    with pytest.raises(Unfit) as refusal:
        offered(reviewer, partner, **changed)
    assert refusal.value.field == field
    assert not Referral.objects.exists()
    assert not Customer.objects.exists()


def test_only_channel_managers_offer(seller: User, administrator: User, partner: Partner) -> None:
    for person in (seller, administrator):
        with pytest.raises(NotAllowed):
            offered(person, partner)


@pytest.mark.parametrize("change", ["direction = 'outbound', state = 'submitted'", "created_by_id = NULL"])
def test_the_database_lets_a_channel_manager_write_no_other_lead(change: str, reviewer: User, partner: Partner) -> None:
    lead = offered(reviewer, partner)
    columns = [
        field.column for field in Referral._meta.concrete_fields if not field.generated and not field.primary_key
    ]
    copied = {name: name for name in columns} | {"public_id": "gen_random_uuid()", "answer_due_at": "now()"}
    copied |= dict(part.split(" = ") for part in change.split(", "))
    if "outbound" not in change:
        copied["answer_due_at"] = "NULL"
    statement = (
        f"INSERT INTO referrals_referral ({', '.join(copied)}) SELECT {', '.join(copied.values())}"
        f" FROM referrals_referral WHERE id = {lead.pk}"
    )
    with pytest.raises(ProgrammingError, match="offers of their own alone"), transaction.atomic(), acting_as(reviewer):
        connection.cursor().execute(statement)


def test_partners_are_ranked_with_reasons_and_what_is_not_known_is_said(
    reviewer: User, partner: Partner, customer: Customer
) -> None:
    abroad = factories.PartnerFactory(country="JP", name="Abroad KK")
    has_done = factories.PartnerFactory(name="Has Done GmbH")
    own = factories.CustomerFactory(partner=has_done)
    factories.ReferralFactory(customer=own, state="accepted", decided_at=now(), solutions=["Azure"], submitted_at=now())
    found = fitting(Wanted("Contoso GmbH", "DE", ["build"], ["Azure"]), by=reviewer, at=now())
    names = [fit.partner.name for fit in found]
    assert names[:2] == [partner.name, "Has Done GmbH"]
    assert abroad.name not in names
    assert "has registered this customer" in found[0].reasons
    assert "1 lead of this kind accepted in two years" in found[1].reasons
    assert found[0].doubts


def test_nobody_is_looked_for_before_the_customer_agreed_and_what_was_typed_stays(
    reviewer: User, partner: Partner, signed_in: SignIn
) -> None:
    client = signed_in(reviewer)
    without = client.post(PAGE, typed(has_consent="", find="on"))
    assert without.status_code == 422
    assert partner.name not in without.content.decode()
    assert "Fabrikam AG" in without.content.decode()
    found = client.post(PAGE, typed(find="on"))
    assert found.status_code == 200
    assert partner.name in found.content.decode()
    assert client.post(PAGE, typed(send="on")).status_code == 422
    assert not Referral.objects.exists()
    sent = client.post(PAGE, typed(send="on", partner=str(partner.public_id)))
    lead = Referral.objects.get()
    assert sent.headers["Location"] == f"/referrals/{lead.public_id}/"
    page = client.get(sent.headers["Location"]).content.decode()
    assert "A &lt;b&gt;lead" in page
    assert "Take the offer back" in page


def test_the_partner_finds_it_under_inbound_and_decides_there(
    reviewer: User, partner: Partner, chief: User, signed_in: SignIn
) -> None:
    lead = offered(reviewer, partner)
    client = signed_in(chief)
    assert "Somebody who builds" in client.get("/referrals/?tab=inbound").content.decode()
    page = client.get(f"/referrals/{lead.public_id}/").content.decode()
    assert "Take the lead on" in page
    done = client.post(f"/referrals/{lead.public_id}/step/", {"step": "take_on", "version": "1"})
    assert done.status_code == 302
    lead.refresh_from_db()
    assert lead.state == State.ACCEPTED


def test_a_page_about_a_customer_fills_in_what_is_seen_of_it_and_nothing_of_anothers(
    reviewer: User, customer: Customer, signed_in: SignIn
) -> None:
    client = signed_in(reviewer)
    assert "Contoso GmbH" in client.get(f"{PAGE}?customer={customer.public_id}").content.decode()
    far = factories.CustomerFactory(country="FR", name="Loin SA")
    for key in (far.public_id, "nonsense"):
        assert "Loin SA" not in client.get(f"{PAGE}?customer={key}").content.decode()
