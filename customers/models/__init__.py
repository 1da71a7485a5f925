"""The tables of the customers room."""

from customers.models.customers import Customer, CustomerQuerySet
from customers.models.events import CustomerEvent, EventKind
from customers.models.folding import CompanyKey, Fold

__all__ = ["CompanyKey", "Customer", "CustomerEvent", "CustomerQuerySet", "EventKind", "Fold"]
