"""Write paths of the customers room: one for each verb, used by every door; and the one duplicate check."""

from customers.services.availability import Availability, availability
from customers.services.conflicts import appeal, compare, decide, settle
from customers.services.contacts import add_contact, correct_contact, email_misfit, remove_contact
from customers.services.drafts import change_view, discard_draft, finish_draft, keep_draft, remove_view, save_view
from customers.services.duplicates import Likeness, LooksAlike, Unexplained, likenesses
from customers.services.fitness import misfits, phone_misfit
from customers.services.following import last_work
from customers.services.merging import merge, preview, survivor_of, unmerge
from customers.services.precedence import in_order
from customers.services.registration import IDENTITY, archive, correct, note_vetting, register, restore
from customers.services.relations import (
    Reminder,
    expire_relations,
    invitation_link,
    next_reminder,
    note_acceptance,
    request_relation,
    withdraw,
)
from customers.services.tags import clean_tags, set_tags, tag_many
from customers.services.tenants import TenantTaken, is_taken, register_tenant

__all__ = [
    "IDENTITY",
    "Availability",
    "Likeness",
    "LooksAlike",
    "Reminder",
    "TenantTaken",
    "Unexplained",
    "add_contact",
    "appeal",
    "archive",
    "availability",
    "change_view",
    "clean_tags",
    "compare",
    "correct",
    "correct_contact",
    "decide",
    "discard_draft",
    "email_misfit",
    "expire_relations",
    "finish_draft",
    "in_order",
    "invitation_link",
    "is_taken",
    "keep_draft",
    "last_work",
    "likenesses",
    "merge",
    "misfits",
    "next_reminder",
    "note_acceptance",
    "note_vetting",
    "phone_misfit",
    "preview",
    "register",
    "register_tenant",
    "remove_contact",
    "remove_view",
    "request_relation",
    "restore",
    "save_view",
    "set_tags",
    "settle",
    "survivor_of",
    "tag_many",
    "unmerge",
    "withdraw",
]
