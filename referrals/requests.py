"""Asking workers for work of this room, by name and after commit."""

from common.waking import ask


def import_soon(*, batch_id: int, partner_id: int, user_id: int) -> None:
    """Have a file of leads checked, written or undone in the background, as its state asks."""
    ask("referrals.take_import_step", batch_id=batch_id, partner_id=partner_id, user_id=user_id)
