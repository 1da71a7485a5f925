"""Referrals on the Partner-Center-compatible wire (docs/wire-referrals.md)."""
