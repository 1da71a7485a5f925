"""Agreements as the wire writes them (M1, M2), and what of a document is ours."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from agreements.models import Acceptance, TemplateVersion
from common.wire.bodies import Names, joined
from common.wire.faults import unfit

CONTACT: Names = {"firstName": None, "lastName": None, "email": None, "phoneNumber": None}
AGREEMENT: Names = {
    "userId": None,
    "primaryContact": CONTACT,
    "templateId": None,
    "dateAgreed": None,
    "type": None,
    "agreementLink": None,
    "attestationId": None,
}
EARLIEST = 2000


class Type(StrEnum):
    """The two agreements that the wire knows."""

    CUSTOMER = "MicrosoftCustomerAgreement"
    CLOUD = "MicrosoftCloudAgreement"


# the agreement of former times (M2): its text is named, nobody confirms it here
CLOUD_TEXT = {
    "templateId": "998b88de-aa99-4388-a42c-1b3517d49490",
    "agreementType": Type.CLOUD,
    "agreementLink": "https://learn.microsoft.com/partner-center/agreements",
    "versionRank": 0,
}


class ContactIn(msgspec.Struct, rename="camel"):
    """Who accepted."""

    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone_number: str = ""


class AgreementIn(msgspec.Struct, rename="camel"):
    """A confirmation."""

    primary_contact: ContactIn
    template_id: str
    date_agreed: str
    type: str = Type.CUSTOMER
    attestation_id: str = ""


def types_of(word: str | None, *, default: tuple[Type, ...]) -> tuple[Type, ...]:
    """The agreements that `agreementType` asks for; `*` means all."""
    if not word:
        return default
    if word == "*":
        return tuple(Type)
    return (type_of(word, field="agreementType"),)


def type_of(word: str, *, field: str) -> Type:
    """One agreement by its name in any letter case; a fault for another."""
    for one in Type:
        if one.value.casefold() == word.casefold():
            return one
    raise unfit(field, _("There is no agreement of this type: %(name)s.") % {"name": word[:100]})


def moment_of(text: str) -> datetime:
    """When it was accepted: with any number of digits after the second, as a day alone, without zone (UTC), or with one."""
    try:
        found = datetime.fromisoformat(text.strip())
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise unfit("dateAgreed", _("This is no date. It looks like 2026-03-01T00:00:00Z.")) from error
    if found.year < EARLIEST:
        raise unfit("dateAgreed", _("This day is too long ago."))
    return found


def moment_text(at: datetime) -> str:
    """A moment as every client reads it: UTC, three digits after the second."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"


def text(version: TemplateVersion) -> dict[str, Any]:
    """A text of the customer agreement."""
    return {
        "templateId": version.template_id,
        "agreementType": Type.CUSTOMER,
        "agreementLink": version.agreement_link,
        "versionRank": version.version_rank,
    }


def shown(acceptance: Acceptance, *, links: Mapping[str, str]) -> dict[str, Any]:
    """A confirmation; `links` are the texts by their template."""
    contact = {
        "firstName": acceptance.first_name,
        "lastName": acceptance.last_name,
        "email": acceptance.email,
        "phoneNumber": acceptance.phone,
    }
    document = {
        "primaryContact": contact,
        "templateId": acceptance.template_id,
        "type": Type.CUSTOMER,
        "agreementLink": links.get(acceptance.template_id, ""),
    }
    if acceptance.attestation_id:
        document["attestationId"] = acceptance.attestation_id
    day = acceptance.accepted_on
    # the moment is kept beside the day, where a client has said one
    return joined(document, {"dateAgreed": f"{day}T00:00:00.000Z" if day else None, **acceptance.extra})
