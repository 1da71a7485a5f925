"""Referrals: programmes, the life of a lead, the review queue. It stands on customers and motions."""
