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
    steps_for,
    timeline,
)
from referrals.panels.registering import acts_for, registered, registration

__all__ = [
    "LOOKS",
    "USUAL",
    "acts_for",
    "all_steps_for",
    "clock",
    "columns_for",
    "known",
    "lead_links",
    "lead_page",
    "of_customer",
    "open_programmes",
    "reason_label",
    "registered",
    "registration",
    "steps_for",
    "texts",
    "timeline",
]
