"""Write paths of the customers room: one for each verb, used by every door; and the one duplicate check."""

from customers.services.availability import Availability, availability
from customers.services.contacts import add_contact, correct_contact, email_misfit, remove_contact
from customers.services.drafts import discard_draft, finish_draft, keep_draft, remove_view, save_view
from customers.services.duplicates import Likeness, LooksAlike, likenesses
from customers.services.fitness import misfits, phone_misfit
from customers.services.registration import archive, correct, note_vetting, register, restore
from customers.services.relations import (
    Reminder,
    follow_up,
    invitation_link,
    note_acceptance,
    request_relation,
    withdraw,
)
from customers.services.tags import clean_tags, set_tags, tag_many

__all__ = [
    "Availability",
    "Likeness",
    "LooksAlike",
    "Reminder",
    "add_contact",
    "archive",
    "availability",
    "clean_tags",
    "correct",
    "correct_contact",
    "discard_draft",
    "email_misfit",
    "finish_draft",
    "follow_up",
    "invitation_link",
    "keep_draft",
    "likenesses",
    "misfits",
    "note_acceptance",
    "note_vetting",
    "phone_misfit",
    "register",
    "remove_contact",
    "remove_view",
    "request_relation",
    "restore",
    "save_view",
    "set_tags",
    "tag_many",
    "withdraw",
]
