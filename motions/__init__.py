"""Motions: deals, policy and guidance."""
