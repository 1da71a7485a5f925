"""Register a customer with what other rooms keep of it, in one transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from customers import services as customers
from customers.models import Customer
from motions import services as motions
from motions.states import Kind, Source, Stage
from partners.models import User


@transaction.atomic
def register(
    *,
    by: User,
    at: datetime,
    facts: Mapping[str, Any],
    contact: Mapping[str, Any] | None,
    seats: int | None,
    despite_likeness: bool,
    because: str = "",
) -> Customer:
    """A customer, its first contact, and the expected size as its first open deal; all of it or nothing."""
    customer = customers.register(
        by=by, at=at, facts=facts, contact=contact, despite_likeness=despite_likeness, because=because
    )
    if seats is not None:
        deal = {"name": _("Expected size"), "kind": Kind.SEATS, "seats": seats, "stage": Stage.OPEN}
        motions.add_deal(customer, by=by, at=at, facts=deal, source=Source.FORM, size_date=localdate(at))
    return customer
