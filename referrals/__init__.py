"""Referrals: programmes, the lead's life, the review queue."""
