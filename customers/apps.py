"""Application settings of customers."""

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    """Customers: whom it is about."""

    name = "customers"
