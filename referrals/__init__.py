"""Referrals: programmes, the life of a lead, the review queue. The room stands on customers and motions; nobody below imports it."""
