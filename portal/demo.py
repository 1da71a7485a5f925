"""A made-up portfolio: partners, people, and a file of customers and deals that goes through the import like any other."""

import csv
import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from partners.roles import CspType, Role, Segment


@dataclass(frozen=True)
class DemoPartner:
    """A made-up organisation; `share` is its part of the customers in percent."""

    number: str
    name: str
    country: str
    csp_type: CspType
    share: int


@dataclass(frozen=True)
class DemoPerson:
    """A made-up person; channel managers have countries and segments."""

    email: str
    name: str
    role: Role
    language: str
    partner: str = ""
    countries: tuple[str, ...] = ()
    segments: tuple[Segment, ...] = ()


PARTNERS = (
    DemoPartner("9000001", "Nordlicht IT GmbH", "DE", CspType.DIRECT_BILL, 70),
    DemoPartner("9000002", "Alpstein Informatik AG", "CH", CspType.INDIRECT_RESELLER, 20),
    DemoPartner("9000003", "Harbour Cloud Ltd", "GB", CspType.INDIRECT_PROVIDER, 10),
)
PEOPLE = (
    DemoPerson("anna@nordlicht.example", "Anna Petersen", Role.PARTNER_STAFF, "de", "9000001"),
    DemoPerson("jonas@nordlicht.example", "Jonas Brandt", Role.PARTNER_ADMIN, "de", "9000001"),
    DemoPerson("reto@alpstein.example", "Reto Ammann", Role.PARTNER_STAFF, "de", "9000002"),
    DemoPerson("grace@harbour.example", "Grace Ellis", Role.PARTNER_STAFF, "en", "9000003"),
    DemoPerson(
        "carla@channel.example",
        "Carla Neumann",
        Role.CHANNEL_MANAGER,
        "de",
        countries=("DE", "AT", "CH"),
        segments=(Segment.COMMERCIAL,),
    ),
    DemoPerson("petra@policy.example", "Petra Vogt", Role.POLICY_OWNER, "de"),
    DemoPerson("oskar@policy.example", "Oskar Lindner", Role.POLICY_OWNER, "de"),
    DemoPerson("admin@office.example", "Alex Winter", Role.ADMINISTRATOR, "en"),
    DemoPerson("audit@office.example", "Ruth Sander", Role.AUDITOR, "de"),
)
# who sends leads, and who answers them
STORY_TELLERS = ("anna@nordlicht.example", "carla@channel.example")
# who has registered one company, the earlier one first, and who answers
DISPUTANTS = ("anna@nordlicht.example", "reto@alpstein.example", "carla@channel.example")

_PEOPLE = [
    "Adler",
    "Albrecht",
    "Arnold",
    "Bach",
    "Bauer",
    "Becker",
    "Berger",
    "Böhm",
    "Brandt",
    "Busch",
    "Dietrich",
    "Engel",
    "Ernst",
    "Falk",
    "Fink",
    "Fischer",
    "Förster",
    "Frank",
    "Fuchs",
    "Geiger",
    "Graf",
    "Günther",
    "Haas",
    "Hahn",
    "Hartmann",
    "Heinrich",
    "Herzog",
    "Hofer",
    "Huber",
    "Jäger",
    "Jung",
    "Kaiser",
    "Keller",
    "Kern",
    "Klein",
    "Köhler",
    "König",
    "Krämer",
    "Kraus",
    "Kurz",
    "Lange",
    "Lehmann",
    "Lindner",
    "Lorenz",
    "Maurer",
    "Meißner",
    "Möller",
    "Neubauer",
    "Otto",
    "Pohl",
    "Reuter",
    "Richter",
    "Roth",
    "Sauer",
    "Schäfer",
    "Schreiber",
    "Seidel",
    "Simon",
    "Sommer",
    "Stein",
    "Thoma",
    "Vogel",
    "Wagner",
    "Weiß",
    "Winkler",
    "Wolff",
    "Zeller",
    "Ziegler",
]
_TRADES = [
    "Maschinenbau",
    "Logistik",
    "Werkzeuge",
    "Elektrotechnik",
    "Textil",
    "Papier",
    "Metallbau",
    "Optik",
    "Backwaren",
    "Möbel",
    "Pharma",
    "Labortechnik",
    "Verlag",
    "Energie",
    "Fahrzeugteile",
    "Bau",
    "Gartenbau",
    "Getränke",
    "Spielwaren",
    "Medizintechnik",
    "Kunststoff",
    "Anlagenbau",
    "Druck",
    "Handel",
    "Versicherungen",
    "Immobilien",
    "Sensorik",
    "Lacke",
    "Schuhe",
    "Verpackung",
    "Hörgeräte",
    "Gebäudetechnik",
]
_FORMS = ("GmbH", "AG", "GmbH & Co. KG", "KG", "SE", "e.K.")
_PLACES = {
    "DE": [
        "Aachen",
        "Bremen",
        "Celle",
        "Dresden",
        "Erfurt",
        "Freiburg",
        "Göttingen",
        "Hamburg",
        "Jena",
        "Kiel",
        "Lübeck",
        "Mainz",
        "Münster",
        "Nürnberg",
        "Ulm",
    ],
    "AT": ["Graz", "Linz", "Salzburg", "Villach", "Wels", "Wien"],
    "CH": ["Aarau", "Basel", "Bern", "Luzern", "Winterthur", "Zürich"],
}
_NEEDS = ("dual-use", "multi-tenant", "multi-affiliate", "special approval", "lead-status SKU")
HEADER = [
    "name",
    "country",
    "domain",
    "registration_number",
    "seats",
    "azure_annual",
    "currency",
    "needs",
    "prefers_self_service",
    "deal_key",
]
CURRENCIES = {"DE": "EUR", "AT": "EUR", "CH": "CHF"}


def password_of(email: str, *, secret: str) -> str:
    """A demo password: the same at every start of one installation, different in every other."""
    digest = hmac.new(secret.encode(), f"demo {email}".encode(), hashlib.sha256).hexdigest()
    return "-".join(digest[start : start + 4] for start in (0, 4, 8, 12))


def rows(*, count: int, seed: int) -> Iterator[list[str]]:
    """Customers with deals of every size, the same ones for the same seed."""
    random = Random(seed)  # noqa: S311 - made-up data, no secret
    for index in range(count):
        country = random.choices(["DE", "AT", "CH"], [80, 10, 10])[0]
        person, trade = random.choice(_PEOPLE), random.choice(_TRADES)
        place, form = random.choice(_PLACES[country]), random.choice(_FORMS)
        name = f"{person} {trade} {place} {index + 1} {form}"
        domain = f"{_plain(f'{person}-{trade}-{place}-{index + 1}')}.example"
        yield [name, country, domain, "", *_deals(random, country), f"D{index + 1}"]


def _deals(random: Random, country: str) -> list[str]:
    """Sizes as they lie in the field: many small, few large, some just under a limit, some not known yet."""
    seats = "" if random.random() < 0.12 else str(_size(random, 2400, random.choice([25, 120, 600])))
    azure = "" if random.random() < 0.55 else f"{_size(random, 1_000_000, random.choice([8_000, 60_000, 250_000]))}.00"
    needs = random.choices(["", "none", random.choice(_NEEDS)], [55, 38, 7])[0]
    prefers = random.choices(["", "no", "yes"], [60, 33, 7])[0]
    return [seats, azure, CURRENCIES[country] if azure else "", needs, prefers]


def _size(random: Random, limit: int, middle: int) -> int:
    if random.random() < 0.06:
        return int(limit * random.uniform(0.9, 1.05))
    return max(1, int(random.lognormvariate(0, 1.3) * middle))


def _plain(words: str) -> str:
    """As people write it where there are no umlauts."""
    for umlaut, letters in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        words = words.lower().replace(umlaut, letters)
    return words


@dataclass(frozen=True)
class DemoContact:
    """A made-up person at a customer."""

    first_name: str
    last_name: str
    email: str
    language: str
    has_agreed: bool


_FIRST_NAMES = ("Anke", "Bernd", "Clara", "Dilek", "Emil", "Frieda", "Goran", "Heike", "Ivo", "Jana", "Klaus", "Lea")
_TAGS = ("Key Account", "Neukunde", "Verlängerung 2027", "Migration", "Messe Hannover")


def people_at(name: str, domain: str) -> DemoContact:
    """The first contact of a made-up customer: the same one for the same name."""
    random = Random(name)  # noqa: S311 - made-up data, no secret
    first, last = random.choice(_FIRST_NAMES), random.choice(_PEOPLE)
    address = f"{_plain(f'{first}.{last}')}@{domain}"
    return DemoContact(first, last, address, random.choices(["de", "en"], [85, 15])[0], random.random() < 0.4)


def tags_of(name: str) -> list[str]:
    """The words on a made-up customer: mostly none."""
    random = Random(f"tags of {name}")  # noqa: S311 - made-up data, no secret
    return random.sample(_TAGS, random.choices([0, 1, 2], [55, 35, 10])[0])


def write_file(path: Path, *, count: int, seed: int) -> None:
    """Write the portfolio as a semicolon CSV, as it comes from a German spreadsheet."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(HEADER)
        writer.writerows(rows(count=count, seed=seed))


def growth(*, seed: int) -> list[int]:
    """Annual Azure consumption of a customer on its way to the limit, month by month up to today, as it was reported."""
    random = Random(seed)  # noqa: S311 - made-up data, no secret
    start, step = random.randint(500_000, 700_000), random.randint(10_000, 40_000)
    return [start + month * step + random.randint(-6_000, 6_000) for month in range(9)]
