"""Asking workers for work of this room, by name and after commit."""

from common.waking import WAKE_UP_SECONDS, ask


def post_soon() -> None:
    """Have mails sent and requests carried to providers and back."""
    ask("agreements.post", expires=WAKE_UP_SECONDS)


def ask_microsoft_soon(*, customer_id: int) -> None:
    """Have Microsoft asked about one customer's direct acceptance."""
    ask("agreements.ask_microsoft", customer_id=customer_id)
