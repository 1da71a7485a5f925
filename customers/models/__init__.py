"""The tables of the customers room."""

from customers.models.conflicts import ConflictCase, ConflictDecision, ConflictEvent, ConflictMark, ConflictSide
from customers.models.contacts import Consent, Contact, ContactQuerySet, ContactRole
from customers.models.customers import Customer, CustomerQuerySet
from customers.models.drafts import LONGEST_QUERY, Draft, SavedView
from customers.models.events import CustomerEvent, EventKind
from customers.models.folding import CompanyKey, Fold
from customers.models.merges import Merge
from customers.models.relations import Relation
from customers.models.rules import CountryRule
from customers.models.tags import LONGEST_TAG, MOST_TAGS, Tag

__all__ = [
    "LONGEST_QUERY",
    "LONGEST_TAG",
    "MOST_TAGS",
    "CompanyKey",
    "ConflictCase",
    "ConflictDecision",
    "ConflictEvent",
    "ConflictMark",
    "ConflictSide",
    "Consent",
    "Contact",
    "ContactQuerySet",
    "ContactRole",
    "CountryRule",
    "Customer",
    "CustomerEvent",
    "CustomerQuerySet",
    "Draft",
    "EventKind",
    "Fold",
    "Merge",
    "Relation",
    "SavedView",
    "Tag",
]
