"""Looking on as somebody else: for a reason, for a time, written down, and reading alone."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import now

from common.refusals import NotAllowed
from customers.models import Customer
from partners import services
from partners.models import Notice, Sighting, User, Viewing
from partners.roles import Role
from tests import factories


@pytest.mark.django_db(transaction=True)
def test_an_administrator_sees_what_a_person_sees_changes_nothing_and_is_named() -> None:
    customer = factories.CustomerFactory(name="Contoso GmbH")
    person = factories.UserFactory(partner=customer.partner, name="Selma Seller")
    elsewhere = factories.CustomerFactory(name="Fabrikam AG")
    notice = factories.NoticeFactory(user=person)
    office, client = factories.UserFactory(administrator=True, name="Ada Admin"), Client()
    client.force_login(office)
    begin = f"/team/people/{person.public_id}/view/"
    assert client.post(begin, {"reason": ""}).status_code == 422
    assert client.post(begin, {"reason": "Cannot find a customer"}).status_code == 302
    shown = client.get("/customers/").content.decode()
    assert customer.name in shown
    assert elsewhere.name not in shown
    assert "Ada Admin looks on as Selma Seller" in shown
    assert client.get("/team/views/").status_code == 404  # the person's routes, not the administrator's
    refused = client.post(f"/customers/{customer.public_id}/archive/", {"reason": "x", "version": 1})
    assert (refused.status_code, b"nothing can be changed" in refused.content) == (403, True)
    # what a page writes in passing is refused by the database
    assert client.get(f"/notices/{notice.public_id}/").status_code == 403
    assert Notice.objects.get().read_at is None
    assert Customer.objects.filter(archived_at__isnull=False).count() == 0
    assert b"".join(client.get("/customers/export.csv").streaming_content).count(b"\n") == 2  # type: ignore[attr-defined]
    assert client.post("/team/view/end/").status_code == 302
    log = client.get("/team/views/").content.decode()
    assert "Cannot find a customer" in log
    row = Viewing.objects.get()
    assert (row.by, row.whom, row.ended_at is not None, row.until - row.started_at) == (
        office, person, True, timedelta(minutes=30),
    )  # fmt: skip
    assert elsewhere.name in client.get("/customers/").content.decode()
    client.post(begin, {"reason": "Cannot find a customer"})
    Viewing.objects.update(until=now())
    assert elsewhere.name in client.get("/customers/").content.decode()  # half an hour is over
    client.post(begin, {"reason": "Cannot find a customer"})
    User.objects.filter(pk=office.pk).update(is_active=False)
    assert client.get("/customers/").status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.CHANNEL_MANAGER, Role.POLICY_OWNER, Role.PARTNER_ADMIN])
def test_only_the_office_looks_on_and_nobody_looks_on_as_the_office(role: Role, administrator: User) -> None:
    partner = factories.PartnerFactory() if role == Role.PARTNER_ADMIN else None
    by = factories.UserFactory(role=role, partner=partner)
    with pytest.raises(NotAllowed):
        services.view_as(factories.UserFactory(), by=by, at=now(), reason="curious")
    other = factories.UserFactory(administrator=True)
    with pytest.raises(NotAllowed):
        services.view_as(other, by=administrator, at=now(), reason="curious")


@pytest.mark.django_db(transaction=True)
def test_an_administrator_who_looks_on_as_a_channel_manager_sees_a_customers_page() -> None:
    customer = factories.CustomerFactory(name="Contoso GmbH")
    manager = factories.UserFactory(channel_manager=True)
    factories.ChannelScopeFactory(user=manager)
    client = Client()
    client.force_login(factories.UserFactory(administrator=True))
    client.post(f"/team/people/{manager.public_id}/view/", {"reason": "Cannot see the page"})
    answer = client.get(f"/customers/{customer.public_id}/")
    assert (answer.status_code, customer.name in answer.content.decode()) == (200, True)
    assert not Sighting.objects.exists()
