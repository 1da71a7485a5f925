"""Customers as the wire writes them (C1, C2), and what of a document is ours."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

import msgspec

from common.wire.bodies import Names, beyond, joined
from common.wire.lists import link
from customers.models import Contact, Customer

ADDRESS: Names = {
    "country": None,
    "region": None,
    "city": None,
    "state": None,
    "addressLine1": None,
    "addressLine2": None,
    "postalCode": None,
    "firstName": None,
    "lastName": None,
    "phoneNumber": None,
}
BILLING: Names = {
    "id": None,
    "email": None,
    "culture": None,
    "language": None,
    "companyName": None,
    "firstName": None,
    "lastName": None,
    "defaultAddress": ADDRESS,
    "links": None,
    "attributes": None,
}
COMPANY: Names = {
    "tenantId": None,
    "domain": None,
    "companyName": None,
    "organizationRegistrationNumber": None,
    "email": None,
    "address": None,
    "links": None,
    "attributes": None,
}
CUSTOMER: Names = {
    "id": None,
    "commerceId": None,
    "companyProfile": COMPANY,
    "billingProfile": BILLING,
    "relationshipToPartner": None,
    "allowDelegatedAccess": None,
    "enableGDAPByDefault": None,
    "associatedPartnerId": None,
    "customDomains": None,
    "userCredentials": None,
    "links": None,
    "attributes": None,
}
# what has no place in the model, although it has a documented name
_KEPT = frozenset(
    {"region", "culture", "language", "allowDelegatedAccess", "enableGDAPByDefault", "associatedPartnerId"}
)
# a person's; kept only while there is no contact who has it
_PERSON = frozenset({"email", "firstName", "lastName", "phoneNumber"})


class AddressIn(msgspec.Struct, rename="camel"):
    """An address with the person at it."""

    country: str = ""
    city: str = ""
    state: str = ""
    address_line1: str = ""
    address_line2: str = ""
    postal_code: str = ""
    first_name: str = ""
    last_name: str = ""
    phone_number: str = ""
    region: str = ""


class BillingIn(msgspec.Struct, rename="camel"):
    """A billing profile."""

    email: str = ""
    culture: str = ""
    language: str = ""
    company_name: str = ""
    first_name: str = ""
    last_name: str = ""
    default_address: AddressIn | None = None


class CompanyIn(msgspec.Struct, rename="camel"):
    """A company profile."""

    domain: str = ""
    tenant_id: str = ""
    organization_registration_number: str = ""


class CustomerIn(msgspec.Struct, rename="camel"):
    """A customer; what else is said is kept beside it."""

    company_profile: CompanyIn
    billing_profile: BillingIn


def kept_of(document: Mapping[str, Any], names: Names, *, has_contact: bool) -> dict[str, Any]:
    """What of a fitted document is kept beside the model."""
    return beyond(document, _ours(names, has_contact=has_contact))


def _ours(names: Names, *, has_contact: bool) -> Names:
    left = _KEPT if has_contact else _KEPT | _PERSON
    return {
        name: None if within is None else _ours(within, has_contact=has_contact)
        for name, within in names.items()
        if name not in left
    }


def shown(customer: Customer, tenant: UUID, contact: Contact | None) -> dict[str, Any]:
    """A customer in full."""
    place = f"/customers/{tenant}"
    document = {
        "id": tenant,
        "commerceId": uuid5(customer.public_id, "commerce"),
        "companyProfile": company(customer, tenant, contact),
        "billingProfile": billing(customer, tenant, contact),
        "relationshipToPartner": "reseller",
        "allowDelegatedAccess": customer.extra.get("allowDelegatedAccess", False),
        "customDomains": [customer.host] if customer.host else [],
        "links": {"self": link(place)},
        "attributes": {"objectType": "Customer"},
    }
    return joined(document, customer.extra)


def company(customer: Customer, tenant: UUID, contact: Contact | None) -> dict[str, Any]:
    """The company profile."""
    document = {
        "tenantId": tenant,
        "domain": customer.host,
        "companyName": customer.name,
        **_number(customer),
        "address": _address(customer),
        "links": {"self": link(f"/customers/{tenant}/profiles/company")},
        "attributes": {"objectType": "CustomerCompanyProfile"},
    }
    if contact:
        document["email"] = contact.email
    return joined(document, customer.extra.get("companyProfile", {}))


def billing(customer: Customer, tenant: UUID, contact: Contact | None) -> dict[str, Any]:
    """The billing profile; its etag is of all that it says."""
    said: dict[str, Any] = {"companyName": customer.name, "defaultAddress": _address(customer)}
    if contact:
        said["email"] = contact.email
        said["defaultAddress"] |= _person(contact)
    document = joined(said, customer.extra.get("billingProfile", {}))
    return {
        "id": uuid5(customer.public_id, "billing"),
        **document,
        "links": {"self": link(f"/customers/{tenant}/profiles/billing")},
        "attributes": {"etag": etag_of(customer, contact), "objectType": "CustomerBillingProfile"},
    }


def etag_of(customer: Customer, contact: Contact | None) -> str:
    """The same as long as customer and contact are; a word of digits, as Partner Center has it."""
    person = f"{contact.pk} {contact.version}" if contact else ""
    return str(uuid5(customer.public_id, f"{customer.version} {person}").int % 10**18)


def _number(customer: Customer) -> dict[str, str]:
    number = customer.registration_number
    return {"organizationRegistrationNumber": number} if number else {}


def _address(customer: Customer) -> dict[str, Any]:
    lines = {
        "city": customer.city,
        "state": customer.state,
        "addressLine1": customer.address_line1,
        "addressLine2": customer.address_line2,
        "postalCode": customer.postal_code,
    }
    return {"country": customer.country, **{name: value for name, value in lines.items() if value}}


def _person(contact: Contact) -> dict[str, str]:
    return {"firstName": contact.first_name, "lastName": contact.last_name, "phoneNumber": contact.phone}
