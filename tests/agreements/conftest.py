"""Agreements in tests: one that nothing has happened to, a link, a reseller with its provider; files of the test alone."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils.timezone import now

from agreements.models import Agreement, Link, ProviderLink
from agreements.services.links import token_of
from customers.models import Customer
from partners.models import Partner, User
from partners.roles import CspType
from tests import factories

SIGNATORY = {"first_name": "Sina", "last_name": "Signer", "email": "sina@contoso.example", "phone": ""}


@pytest.fixture(autouse=True)
def _place(settings: Any, tmp_path: Path) -> None:
    backend = "django.core.files.storage.FileSystemStorage"
    place = {"BACKEND": backend, "OPTIONS": {"location": tmp_path, "base_url": None}}
    settings.STORAGES = {**settings.STORAGES, "default": place}


@pytest.fixture
def agreement(customer: Customer) -> Agreement:
    """Of Contoso in Germany, not started; its partner bills directly."""
    return Agreement.objects.select_related("customer", "partner").get(customer=customer)


@pytest.fixture
def link(customer: Customer) -> Link:
    """Sent an hour ago, open."""
    return factories.LinkFactory(customer=customer, sent_at=now() - timedelta(hours=1))


@pytest.fixture
def token(link: Link) -> str:
    return token_of(link.public_id, link.expires_at)


@pytest.fixture
def reseller(partner: Partner) -> Partner:
    """Our partner as an indirect reseller."""
    partner.csp_type = CspType.INDIRECT_RESELLER
    partner.save()
    return partner


@pytest.fixture
def provider(db: None) -> User:
    """Staff of an indirect provider."""
    partner = factories.PartnerFactory(name="Grand Provider SE", csp_type=CspType.INDIRECT_PROVIDER)
    return factories.UserFactory(partner=partner, name="Paul Provider")


@pytest.fixture
def provider_link(reseller: Partner, provider: User) -> ProviderLink:
    """The provider stands behind the reseller."""
    return factories.ProviderLinkFactory(partner=reseller, provider=provider.partner)
