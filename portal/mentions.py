"""Where free text names a person at a customer: shown to whoever erases them, to be blanked or edited where it stands."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Model, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agreements.models import ProviderRequest
from customers.models import Contact, Customer
from motions.models import Choice, Deal
from referrals.models import Comment, Referral, ReferralEvent

MOST = 100  # of each kind
AROUND = 60  # letters on either side of the name


@dataclass(frozen=True)
class Mention:
    """One text; `key` is empty where it is edited at its place by those whose text it is."""

    key: str
    what: Promise
    excerpt: str
    href: str


@dataclass(frozen=True)
class Source:
    """Texts of one kind; `code` where they can be blanked here."""

    code: str
    model: type[Model]
    fields: tuple[str, ...]
    what: Promise
    place: Callable[[Any], str]
    beside: str = ""  # the row that its place is named after, where it is another one


def _of_lead(row: Any) -> str:
    lead = row if isinstance(row, Referral) else row.referral
    return reverse("referrals:lead", args=[lead.public_id])


def _of_customer(row: Any) -> str:
    customer = row if isinstance(row, Customer) else row.customer
    return reverse("customer", args=[customer.public_id])


SOURCES = (
    Source("comment", Comment, ("text",), _("Comment on a lead"), _of_lead, "referral"),
    Source("lead", Referral, ("notes", "reason_text"), _("Notes of a lead"), _of_lead),
    Source("event", ReferralEvent, ("text",), _("History of a lead"), _of_lead, "referral"),
    Source("", Referral, ("name", "external_id"), _("Name of a lead"), _of_lead),
    Source("", Customer, ("name", "archive_reason"), _("Customer"), _of_customer),
    Source("", Deal, ("name", "key"), _("Deal"), _of_customer, "customer"),
    Source("", Choice, ("note",), _("Note on a choice"), _of_customer, "customer"),
    Source("", ProviderRequest, ("note", "answer_note"), _("Request to the provider"), _of_customer, "customer"),
)


def mentions(contact: Contact) -> list[Mention]:
    """The texts of the contact's partner in which an address, a full name or a last name of the person stands."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT customers_person_pattern(%s)", [contact.pk])
        (pattern,) = cursor.fetchone()
    return [found for source in SOURCES for found in _found(source, contact, pattern)] if pattern else []


def _found(source: Source, contact: Contact, pattern: str) -> list[Mention]:
    names = Q()
    for field in source.fields:
        names |= Q(**{f"{field}__iregex": pattern})
    # not only what the administrator may read: a person has a right to be erased from what a team says among itself as well
    rows = source.model._default_manager.filter(names, partner_id=contact.partner_id)
    rows = rows.select_related(source.beside) if source.beside else rows
    return [
        Mention(
            f"{source.code}-{row.pk}" if source.code else "",
            source.what,
            _excerpt(row, source.fields, pattern),
            source.place(row),
        )
        for row in rows.order_by("-pk")[:MOST]
    ]


def _excerpt(row: Model, fields: tuple[str, ...], pattern: str) -> str:
    text = " … ".join(str(getattr(row, name)) for name in fields if getattr(row, name))
    match = re.search(re.sub(r"\\[mM]", r"\\b", pattern), text, re.IGNORECASE)
    begin, end = (max(0, match.start() - AROUND), match.end() + AROUND) if match else (0, 2 * AROUND)
    return f"{'…' if begin else ''}{text[begin:end]}{'…' if end < len(text) else ''}"


def ids_of(keys: Iterable[str], code: str) -> list[int]:
    """The numbers of the chosen texts of one kind."""
    return [int(number) for kind, _dash, number in (key.partition("-") for key in keys) if kind == code]
