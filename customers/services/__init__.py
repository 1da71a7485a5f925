"""Write paths of the customers room: one for each verb, used by every door; and the one duplicate check."""

from customers.services.availability import Availability, availability
from customers.services.contacts import add_contact, correct_contact, email_misfit, remove_contact
from customers.services.drafts import discard_draft, keep_draft, remove_view, save_view
from customers.services.duplicates import Likeness, LooksAlike, likenesses
from customers.services.fitness import misfits, phone_misfit
from customers.services.registration import archive, correct, note_vetting, register, restore
from customers.services.tags import clean_tags, set_tags, tag_many

__all__ = [
    "Availability",
    "Likeness",
    "LooksAlike",
    "add_contact",
    "archive",
    "availability",
    "clean_tags",
    "correct",
    "correct_contact",
    "discard_draft",
    "email_misfit",
    "keep_draft",
    "likenesses",
    "misfits",
    "note_vetting",
    "phone_misfit",
    "register",
    "remove_contact",
    "remove_view",
    "restore",
    "save_view",
    "set_tags",
    "tag_many",
]
