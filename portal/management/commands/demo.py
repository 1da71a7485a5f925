"""`manage.py demo`: load the made-up portfolio into an empty database; prints the logins."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.timezone import localdate, now

from common.isolation import Side, acting
from customers import services as customers
from customers.models import Customer
from motions import bulk, services
from motions.alerts import runs
from motions.forecasting import months_after
from motions.imports import staging, steps
from motions.models import Deal, RateSet
from motions.states import Basis, Kind, Source
from partners.models import ChannelScope, Partner, User
from portal import demo, demo_office, demo_signing
from portal.demo_conflicts import dispute
from portal.demo_leads import tell_stories

RATES = Path(__file__).resolve().parents[3] / "motions" / "data" / "ecb_rates.csv"


class Command(BaseCommand):
    """Load the demo, or say who can sign in."""

    help = "Load a made-up portfolio into an empty database, the same one for the same seed, and print the logins."

    def add_arguments(self, parser: CommandParser) -> None:
        """How many customers, and which ones."""
        parser.add_argument("--customers", type=int, default=400)
        parser.add_argument("--seed", type=int, default=2021)

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse a database with anything else in it; a second call only prints the logins."""
        if options["customers"] < 1:
            raise CommandError("--customers must be at least 1.")
        with acting(Side.OFFICE):
            numbers = set(Partner.objects.values_list("partner_number", flat=True))
        known = {partner.number for partner in demo.PARTNERS}
        if numbers - known:
            raise CommandError("This database holds partners that are no demo; it is left alone.")
        if not numbers:
            self._load(count=options["customers"], seed=options["seed"])
        self._tell()

    def _load(self, *, count: int, seed: int) -> None:
        with transaction.atomic():
            with acting(Side.OFFICE):
                partners = _partners()
                _people(partners)
                demo_office.furnish(partners, at=now())
                if not RateSet.objects.exists():
                    services.load_rates(RATES, at=now())
            with TemporaryDirectory() as folder:
                for place, partner in enumerate(demo.PARTNERS):
                    part = max(1, count * partner.share // 100)
                    _portfolio(partners[partner.number], Path(folder) / "portfolio.csv", count=part, seed=seed + place)
                    _histories(partners[partner.number], count=1 + part // 40, seed=seed + place)
                    _people_at_customers(partners[partner.number])
            demo_signing.sign(partners, at=now())
            with acting(Side.OFFICE):
                seller, reviewer = (User.objects.get(email=email) for email in demo.STORY_TELLERS)
                first, second, judge = (User.objects.get(email=email) for email in demo.DISPUTANTS)
            tell_stories(seller=seller, reviewer=reviewer, at=now())
            dispute(first=first, second=second, judge=judge, at=now())
        bulk.roll_out(clock=now)
        for is_bulk in (False, True):
            bulk.drain(clock=now, is_bulk=is_bulk)
        runs.foresee(clock=now)

    def _tell(self) -> None:
        self.stdout.write("Sign in with one of these:")
        for person in demo.PEOPLE:
            password = demo.password_of(person.email, secret=settings.SECRET_KEY)
            self.stdout.write(f"  {person.email:26} {password}   {person.role.value}, {person.name}")


def _partners() -> dict[str, Partner]:
    return {
        one.number: Partner.objects.create(
            name=one.name, partner_number=one.number, country=one.country, csp_type=one.csp_type
        )
        for one in demo.PARTNERS
    }


def _people(partners: dict[str, Partner]) -> None:
    for one in demo.PEOPLE:
        user = User.objects.create_user(
            one.email,
            demo.password_of(one.email, secret=settings.SECRET_KEY),
            name=one.name,
            role=one.role,
            language=one.language,
            partner=partners.get(one.partner),
        )
        ChannelScope.objects.bulk_create(
            ChannelScope(user=user, country=country, segment=segment)
            for country in one.countries
            for segment in one.segments
        )


def _portfolio(partner: Partner, path: Path, *, count: int, seed: int) -> None:
    """Through the import, like any other file."""
    demo.write_file(path, count=count, seed=seed)
    with acting(Side.PARTNER, partner_id=partner.pk), path.open("rb") as source:
        batch = steps.upload(File(source, name="portfolio.csv"), by=None, partner=partner, at=now(), by_name="demo")
        who = staging.Who(partner.pk, None, "demo")
        steps.check_and_commit(
            batch,
            chosen=batch.mapping,
            options=steps.Options(country=partner.country),
            who=who,
            at=now(),
            is_commit=True,
        )


def _histories(partner: Partner, *, count: int, seed: int) -> None:
    """A few customers whose consumption was reported month by month, as partner staff would have entered it."""
    today = localdate()
    with acting(Side.OFFICE):
        person = partner.people.order_by("pk")[0]
    with acting(Side.PARTNER, partner_id=partner.pk, user_id=person.pk):
        without = Customer.objects.visible_to(person).exclude(deals__kind=Kind.AZURE).order_by("pk")[:count]
        for place, customer in enumerate(without):
            sizes = demo.growth(seed=seed + place)
            days = [months_after(today, month + 1 - len(sizes)) for month in range(len(sizes))]
            facts = {"name": "Azure", "kind": Kind.AZURE, "currency": "USD", "basis": Basis.ACTUAL}
            deal: Deal | None = None
            for size, day in zip(sizes, days, strict=True):
                deal = _reported(customer, deal, {**facts, "amount": Decimal(size)}, by=person, day=day)


def _reported(customer: Customer, deal: Deal | None, facts: dict[str, Any], *, by: User, day: date) -> Deal:
    if deal is None:
        return services.add_deal(customer, by=by, at=now(), facts=facts, source=Source.DEMO, size_date=day)
    changed = {"amount": facts["amount"]}
    return services.change_deal(
        deal, by=by, at=now(), version=deal.version, facts=changed, source=Source.DEMO, size_date=day
    )


MOST_WITH_CONTACTS = 200


def _people_at_customers(partner: Partner) -> None:
    """A contact and tags for the first customers of a partner, by the services, as its first person would enter them."""
    with acting(Side.OFFICE):
        person = User.objects.select_related("partner").filter(partner=partner).order_by("pk")[0]
    with acting(Side.PARTNER, partner_id=partner.pk, user_id=person.pk):
        for customer in Customer.objects.visible_to(person).current().order_by("pk")[:MOST_WITH_CONTACTS]:
            one = demo.people_at(customer.name, customer.domain)
            agreed = {
                "consents": ["contact"],
                "consent_by": f"{one.first_name} {one.last_name}",
                "consent_date": localdate(),
            }
            facts: dict[str, Any] = {"first_name": one.first_name, "last_name": one.last_name, "email": one.email}
            facts |= {"language": one.language, "role": "decision", **(agreed if one.has_agreed else {})}
            customers.add_contact(customer, by=person, at=now(), facts=facts)
            if tags := demo.tags_of(customer.name):
                customers.set_tags(customer, by=person, at=now(), names=tags)
