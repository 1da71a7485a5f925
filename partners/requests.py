"""Asking workers of this room for work."""

from common.waking import WAKE_UP_SECONDS, ask, hear

_TELL = "partners.tell_programs"
_CHANGES = "wegweiser: changes for programs"  # as migration 0037 says it


def tell_soon() -> None:
    """Wake whoever sends messages to programs, once this transaction is committed."""
    ask(_TELL, expires=WAKE_UP_SECONDS)


def hear_of_changes() -> None:
    """The same by itself for every transaction that wrote to the feed of a partner with a subscription."""
    hear(_CHANGES, _TELL)
