"""Asking workers for work of this room, by name and after commit."""

from common.waking import WAKE_UP_SECONDS, ask


def recompute_soon() -> None:
    """Wake a worker for the marks of this transaction."""
    ask("motions.drain", expires=WAKE_UP_SECONDS)


def recompute_many_soon() -> None:
    """Wake the bulk worker: a policy, rates or an import touched many customers."""
    ask("motions.spread", expires=WAKE_UP_SECONDS)
    ask("motions.drain_bulk", expires=WAKE_UP_SECONDS)


def import_soon(*, batch_id: int, partner_id: int) -> None:
    """Have an import checked, committed or undone in the background, as its state asks."""
    ask("motions.take_import_step", batch_id=batch_id, partner_id=partner_id)


def export_soon(*, export_id: int, partner_id: int) -> None:
    """Have a file made in the background."""
    ask("motions.make_export", export_id=export_id, partner_id=partner_id)


def tell_soon() -> None:
    """Have partners told of policy versions."""
    ask("motions.tell", expires=WAKE_UP_SECONDS)


def tell_set_apart(*, count: int) -> None:
    """Have the administrators told that recomputes failed for good."""
    ask("motions.tell_set_apart", count=count)
