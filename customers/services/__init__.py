"""Write paths of the customers room: one for each verb, used by every door; and the one duplicate check."""

from customers.services.duplicates import Likeness, LooksAlike, likenesses
from customers.services.registration import correct, register

__all__ = ["Likeness", "LooksAlike", "correct", "likenesses", "register"]
