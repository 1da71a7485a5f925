"""What the room shows of leads."""

from referrals.panels.columns import USUAL, columns_for, texts
from referrals.panels.leads import (
    LOOKS,
    clock,
    known,
    lead_page,
    of_customer,
    open_programmes,
    reason_label,
    steps_for,
    timeline,
)

__all__ = [
    "LOOKS",
    "USUAL",
    "clock",
    "columns_for",
    "known",
    "lead_page",
    "of_customer",
    "open_programmes",
    "reason_label",
    "steps_for",
    "texts",
    "timeline",
]
