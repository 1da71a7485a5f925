"""What the room shows of leads."""

from referrals.panels.columns import USUAL, columns_for, texts
from referrals.panels.leads import (
    LOOKS,
    all_steps_for,
    clock,
    known,
    lead_links,
    lead_page,
    of_customer,
    open_programmes,
    reason_label,
    registration,
    steps_for,
    timeline,
)

__all__ = [
    "LOOKS",
    "USUAL",
    "all_steps_for",
    "clock",
    "columns_for",
    "known",
    "lead_links",
    "lead_page",
    "of_customer",
    "open_programmes",
    "reason_label",
    "registration",
    "steps_for",
    "texts",
    "timeline",
]
