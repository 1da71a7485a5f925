"""What the room shows of a customer on the composed page: identity, people, the reseller relationship."""

from datetime import date
from typing import Any

from customers.forms.keeping import RelationForm, TagsForm, VettingForm
from customers.models import ConflictSide, Contact, Customer, Merge, Relation, Tag
from partners.models import User
from partners.roles import CspType


def may_write(customer: Customer, *, by: User) -> bool:
    """Whether the person may change something about the customer; nobody changes an archived one."""
    return by.is_of_partner and customer.archived_at is None


def identity(customer: Customer, *, by: User, on: date) -> dict[str, Any]:
    """Who the customer is."""
    tags = list(Tag.objects.visible_to(by).filter(customer=customer).order_by("key"))
    return {
        "customer": customer,
        "tags": tags,
        "tags_form": TagsForm(initial={"tags": ", ".join(tag.name for tag in tags)}),
        "vetting_form": VettingForm(initial={"vetting": customer.vetting}),
        "may_write": may_write(customer, by=by),
    }


def contacts(customer: Customer, *, by: User, on: date) -> dict[str, Any]:
    """The people at the customer, the primary contact first."""
    found = Contact.objects.visible_to(by).current().filter(customer=customer).in_order()
    return {"customer": customer, "contacts": list(found), "may_write": may_write(customer, by=by)}


def relation(customer: Customer, *, by: User, on: date) -> dict[str, Any]:
    """The newest request for a reseller relationship, and the form for another (C9)."""
    seen = Relation.objects.visible_to(by)
    newest = seen.filter(customer=customer).order_by("-pk").first()
    may = may_write(customer, by=by)
    is_free = newest is None or not newest.is_open
    partner = by.partner
    form = None
    if may and is_free and partner:
        # the own tenant is the same every time
        earlier = newest or seen.order_by("-pk").first()
        initial = {"own_tenant": earlier.own_tenant, "provider_tenant": earlier.provider_tenant} if earlier else {}
        form = RelationForm(initial=initial, is_indirect=partner.csp_type == CspType.INDIRECT_RESELLER)
    return {"customer": customer, "relation": newest, "form": form, "may_write": may}


def conflicts(customer: Customer, *, by: User, on: date) -> dict[str, Any]:
    """What a partner knows of conflicts about the customer; the other side is no part of it."""
    sides = ConflictSide.objects.visible_to(by).filter(customer=customer).order_by("-opened_at", "-pk")
    return {"customer": customer, "sides": list(sides) if by.is_of_partner else []}


def merges(customer: Customer, *, by: User, on: date) -> dict[str, Any]:
    """Which customers went into this one."""
    found = (
        Merge.objects.visible_to(by).standing().filter(customer=customer).select_related("duplicate").order_by("-pk")
    )
    return {"customer": customer, "merges": list(found), "may_write": may_write(customer, by=by)}
