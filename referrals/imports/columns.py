"""Which column of a file of leads is which, by the names that files give them in English and German."""

from collections.abc import Sequence
from functools import cache
from itertools import chain

from django.conf import settings
from django.utils.translation import override

from motions.imports.places import folded
from referrals.states import DealType, Help, Intent, Solution

# the first name of each language stands in the template; the others are those of other systems' files
NAMES: dict[str, tuple[str, str, str]] = {
    "name": ("Lead", "Lead", "name of the lead|deal name|name des leads"),
    "customer": ("Customer", "Kunde", "customer name|company|company name|firma|kundenname"),
    "customer_key": ("Customer number", "Kundennummer", "customer id|registration number|domain|registernummer"),
    "programme": ("Programme", "Programm", "program"),
    "deal_type": ("Deal type", "Art des Deals", "dealtyp|share with microsoft"),
    "help": ("Help wanted", "Gewünschte Hilfe", "microsoft help required|help"),
    "value": ("Estimated value", "Geschätzter Wert", "value|deal value|wert"),
    "currency": ("Currency", "Währung", ""),
    "close_date": ("Estimated close", "Voraussichtlicher Abschluss", "close date|abschlussdatum"),
    "notes": ("What it is about", "Worum es geht", "notes|notizen"),
    "solutions": ("Solutions", "Lösungen", "solution|solution 1|lösung"),
    "intent": ("Marketplace", "Marketplace", "marketplace intent|buys in the marketplace"),
    "contact_first_name": ("First name", "Vorname", "customer contact first name"),
    "contact_last_name": ("Last name", "Nachname", "customer contact last name|name des kontakts"),
    "contact_email": ("E-mail address", "E-Mail-Adresse", "email|e-mail|customer contact email"),
    "contact_phone": ("Phone", "Telefon", "customer contact phone"),
    "asks_contact": ("Asks to be contacted", "Bittet um Kontakt", ""),
    "external_id": ("Own reference", "Eigenes Zeichen", "crm id|external reference|eigene referenz"),
    "consent": ("Consent", "Einwilligung", "zustimmung"),
    "given_by": ("Who agreed", "Wer hat zugestimmt", "consent given by"),
}
CONTACT = frozenset({"contact_first_name", "contact_last_name", "contact_email", "contact_phone", "given_by"})
_CHOICES = {"deal_type": DealType, "help": Help, "intent": Intent, "solutions": Solution}


def recognised(header: Sequence[str]) -> dict[str, int]:
    """field -> number of its column; the first column of a name counts."""
    known = {
        folded(name): field for field, (*own, others) in NAMES.items() for name in (*own, *others.split("|"), field)
    }
    known.pop("", None)
    found: dict[str, int] = {}
    for number, name in enumerate(header):
        field = known.get(folded(name))
        if field and field not in found:
            found[field] = number
    return found


def template(language: str) -> list[str]:
    """The header of an empty file."""
    return [names[1 if language == "de" else 0] for names in NAMES.values()]


@cache
def choices(field: str) -> dict[str, str]:
    """folded code or label of either language -> code, for a field that is chosen from a list."""
    found = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            pairs = ((value, str(label)) for value, label in _CHOICES[field].choices)
            for value, written in chain.from_iterable(((value, value), (value, label)) for value, label in pairs):
                found[folded(written)] = value
    return found
