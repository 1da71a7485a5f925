"""Write paths of the customers room: one for each verb, used by every door; and the one duplicate check."""

from customers.services.conflicts import appeal, compare, decide, in_order, settle
from customers.services.duplicates import Likeness, LooksAlike, Unexplained, likenesses
from customers.services.following import last_work
from customers.services.merging import merge, preview, survivor_of, unmerge
from customers.services.registration import correct, register

__all__ = [
    "Likeness",
    "LooksAlike",
    "Unexplained",
    "appeal",
    "compare",
    "correct",
    "decide",
    "in_order",
    "last_work",
    "likenesses",
    "merge",
    "preview",
    "register",
    "settle",
    "survivor_of",
    "unmerge",
]
