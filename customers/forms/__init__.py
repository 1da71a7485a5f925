"""What people type about customers, cleaned or refused at its field."""

from customers.forms.contacts import ContactForm
from customers.forms.contacts import initial_of as initial_of_contact
from customers.forms.identity import CustomerForm, clean_domain, clean_name, initial_of

__all__ = ["ContactForm", "CustomerForm", "clean_domain", "clean_name", "initial_of", "initial_of_contact"]
