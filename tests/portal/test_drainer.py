"""The drainer sends what the workers cannot, and what one of them has is left to it."""

from typing import Any

import pytest
from django.conf import settings as configured
from django.core import mail
from django.utils.module_loading import import_string
from django.utils.timezone import now

from customers.models import Customer
from motions.management.commands.drain import Command
from partners.models import Notice
from tests import factories
from tests.partners.receivers import receiving
from tests.programs import Program

pytestmark = pytest.mark.django_db


def test_without_a_broker_mails_of_agreements_and_notices_of_all_rooms_go_out(customer: Customer) -> None:
    factories.UserFactory(partner=customer.partner, role="partner_admin")
    letter = factories.MailFactory(customer=customer, email="k@contoso.de")
    factories.AgreementEventFactory(
        customer=customer, step="expire_link", before="link_sent", after="link_expired", at=now()
    )
    Command().carry()
    Command().carry()
    assert sorted(to for one in mail.outbox for to in one.to).count("k@contoso.de") == 1
    letter.refresh_from_db()
    assert letter.sent_at
    assert Notice.objects.filter(kind="agreements.expire_link").exists()


def test_without_a_broker_messages_to_programs_go_out(customer: Customer, settings: Any) -> None:
    settings.WEBHOOKS_LOOPBACK = True
    with receiving() as receiver:
        hook = factories.SubscriptionFactory(client=Program(customer.partner).row, url=receiver.url)
        message = factories.DeliveryFactory(subscription=hook)
        Command().carry()
        assert receiver.ids == [str(message.event_id)]


def test_everything_that_the_drainer_carries_takes_a_clock() -> None:
    assert all(import_string(path)(clock=now) == 0 for path in configured.DRAINED)
