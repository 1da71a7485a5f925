"""Made-up words of the office and places of the partners, kept by the same services as all others."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.timezone import localdate

from partners import services
from partners.models import Partner, Post, User
from partners.roles import CspType, Role
from partners.services.organisations import FIELDS
from partners.states import Certainty, PostKind

_PLACES = {"DE": ("Hamburg", "Leipzig"), "CH": ("Bern",), "GB": ("Bristol",)}
_SERVED = {"DE": ["DE", "AT"], "CH": ["CH", "LI"], "GB": ["GB", "IE"]}
_AREAS = {
    CspType.DIRECT_BILL: ["advise", "sell", "build", "manage"],
    CspType.INDIRECT_RESELLER: ["advise", "sell"],
    CspType.INDIRECT_PROVIDER: ["sell", "manage"],
}
_TERMS = (
    ("Motion", "Motion", "A way of buying: Breadth, Enterprise or Self-Service. The customer decides which one.",
     "Ein Vertriebsweg: Breadth, Enterprise oder Self-Service. Welcher es wird, entscheidet der Kunde."),
    ("Seat", "Seat", "A licence of a seat-based online service for one person.",
     "Eine Lizenz eines nutzerbasierten Onlinedienstes für eine Person."),
    ("Annual consumption", "Jahresnutzung", "What a customer uses of Azure in a year, forecast or actual.",
     "Was ein Kunde in einem Jahr an Azure nutzt, als Prognose oder tatsächlich."),
    ("Referral", "Empfehlung", "A customer's business that a partner shows Microsoft, with the customer's consent.",
     "Das Geschäft eines Kunden, das ein Partner mit dessen Einwilligung Microsoft zeigt."),
    ("Attestation", "Bestätigung der Annahme", "The partner confirms that the customer has accepted the agreement.",
     "Der Partner bestätigt, dass der Kunde die Vereinbarung angenommen hat."),
)  # fmt: skip
_HELP = (
    "How guidance comes about", "Wie die Guidance entsteht",
    "Enter deals with their sizes. Guidance follows within seconds, names its rules, and says what is unknown.",
    "Tragen Sie Deals mit ihrem Umfang ein. Die Guidance folgt binnen Sekunden, nennt ihre Regeln und sagt, was fehlt.",
)  # fmt: skip
_NEWS = (
    "Holidays count in answer times", "Feiertage zählen bei Antwortzeiten",
    "Answers to leads are due in business hours. Holidays of the customer's country are now left out.",
    "Antworten auf Leads sind in Arbeitsstunden fällig. Feiertage im Land des Kunden zählen nun nicht mit.",
)  # fmt: skip


def furnish(partners: dict[str, Partner], *, at: datetime) -> None:
    """Say what the partners do and where they are, and write some news, help and terms; called as the office."""
    by = User.objects.filter(role=Role.ADMINISTRATOR).order_by("pk")[0]
    for number, partner in enumerate(partners.values()):
        facts = {name: getattr(partner, name) for name in FIELDS}
        facts |= {"service_areas": _AREAS[CspType(partner.csp_type)], "countries": _SERVED[partner.country]}
        services.change_organisation(partner, by=by, at=at, facts=facts)
        for place, city in enumerate(_PLACES[partner.country]):
            where = {"name": f"{partner.name}, {city}", "partner_number": f"91{number}000{place}", "city": city}
            facts = {**where, "country": partner.country, "is_active": True}
            services.keep_location(partner, by=by, at=at, facts=facts)
    _write(by, at=at)


def _write(by: User, *, at: datetime) -> None:
    today = localdate(at)
    for kind, words, more in (
        *((PostKind.TERM, words, {}) for words in _TERMS),
        (PostKind.HELP, _HELP, {}),
        (PostKind.NEWS, _NEWS, {"certainty": Certainty.CONFIRMED, "effective": today + timedelta(days=30)}),
    ):
        title_en, title_de, body_en, body_de = words
        facts: dict[str, Any] = {"title_en": title_en, "title_de": title_de, "body_en": body_en, "body_de": body_de}
        services.keep(Post(kind=kind), by=by, at=at, facts={**facts, "shown_from": today, **more})
