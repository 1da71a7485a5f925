"""Asking workers of this room for work."""

from common.waking import WAKE_UP_SECONDS, ask


def tell_soon() -> None:
    """Wake whoever sends messages to programs, once this transaction is committed."""
    ask("partners.tell_programs", expires=WAKE_UP_SECONDS)
