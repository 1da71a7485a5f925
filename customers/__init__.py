"""Customers: whom it is about."""
