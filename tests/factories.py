"""One factory for each model; traits for situations; nothing random in what is asserted."""

from datetime import UTC, date, datetime
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from customers.models import Customer
from motions.models import Deal, PolicyVersion, Rate, RateSet
from motions.states import Kind, Source
from partners.models import ChannelScope, Partner, User
from partners.roles import CspType, Role

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
TODAY = date(2026, 3, 3)
PASSWORD = "a long password for tests"


class PartnerFactory(DjangoModelFactory):
    class Meta:
        model = Partner

    name = factory.Sequence(lambda n: f"Partner {n} GmbH")
    partner_number = factory.Sequence(lambda n: f"{1000000 + n}")
    country = "DE"
    csp_type = CspType.DIRECT_BILL


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.com")
    name = factory.Sequence(lambda n: f"Person {n}")
    role = Role.PARTNER_STAFF
    partner = factory.SubFactory(PartnerFactory)

    class Params:
        channel_manager = factory.Trait(role=Role.CHANNEL_MANAGER, partner=None)
        policy_owner = factory.Trait(role=Role.POLICY_OWNER, partner=None)
        administrator = factory.Trait(role=Role.ADMINISTRATOR, partner=None)

    @factory.post_generation
    def password(self, create: bool, extracted: str | None, **_: object) -> None:
        self.set_password(extracted or PASSWORD)
        if create:
            self.save(update_fields=["password"])


class ChannelScopeFactory(DjangoModelFactory):
    class Meta:
        model = ChannelScope

    user = factory.SubFactory(UserFactory, channel_manager=True)
    country = "DE"
    segment = "commercial"


class CustomerFactory(DjangoModelFactory):
    class Meta:
        model = Customer

    partner = factory.SubFactory(PartnerFactory)
    name = factory.Sequence(lambda n: f"Customer {n} GmbH")
    country = "DE"
    created_at = NOON
    updated_at = NOON


class DealFactory(DjangoModelFactory):
    class Meta:
        model = Deal

    customer = factory.SubFactory(CustomerFactory)
    partner = factory.SelfAttribute("customer.partner")
    name = factory.Sequence(lambda n: f"Deal {n}")
    kind = Kind.SEATS
    seats = 100
    size_date = TODAY
    source = Source.FORM
    created_at = NOON
    updated_at = NOON

    class Params:
        azure = factory.Trait(kind=Kind.AZURE, seats=None, amount=Decimal("100000.00"), currency="USD", basis="forecast")


class PolicyVersionFactory(DjangoModelFactory):
    """A draft with the usual limits."""

    class Meta:
        model = PolicyVersion

    code = factory.Sequence(lambda n: f"DRAFT_{n}")
    title_en = "A draft"
    title_de = "Ein Entwurf"
    edition = 1
    market = ""
    valid_from = date(2026, 1, 1)
    seat_limit = 2400
    azure_limit = Decimal("1000000.00")
    comparator = "at_least"
    aggregation = "largest"


class RateSetFactory(DjangoModelFactory):
    """One euro buys 1.25 dollars and one Swiss franc; other currencies have no rate."""

    class Meta:
        model = RateSet
        skip_postgeneration_save = True

    date = date(2026, 3, 2)
    source = "ECB"
    loaded_at = NOON

    @factory.post_generation
    def rates(self, create: bool, extracted: dict[str, str] | None, **_: object) -> None:
        for currency, value in (extracted or {"EUR": "1", "USD": "1.25", "CHF": "1"}).items():
            Rate.objects.create(rate_set=self, currency=currency, per_euro=Decimal(value))
