"""The tables of the customers room."""

from customers.models.conflicts import ConflictCase, ConflictDecision, ConflictEvent, ConflictMark, ConflictSide
from customers.models.customers import Customer, CustomerQuerySet
from customers.models.events import CustomerEvent, EventKind
from customers.models.folding import CompanyKey, Fold
from customers.models.merges import Merge

__all__ = [
    "CompanyKey",
    "ConflictCase",
    "ConflictDecision",
    "ConflictEvent",
    "ConflictMark",
    "ConflictSide",
    "Customer",
    "CustomerEvent",
    "CustomerQuerySet",
    "EventKind",
    "Fold",
    "Merge",
]
