"""Pairs of made-up companies: is the second the first one again? The table that the duplicate check is measured by."""

from dataclasses import dataclass

LOST_ZERO = {"duns": "31245678"}


@dataclass(frozen=True)
class Pair:
    """Two registrations in one country unless said otherwise; `is_same` is what a person would say."""

    name: str
    one: dict[str, str]
    other: dict[str, str]
    is_same: bool


def same(one: str, other: str, first: dict[str, str] | None = None, second: dict[str, str] | None = None) -> Pair:
    """A pair that is one company."""
    return Pair(f"{one} = {other}", {"name": one, **(first or {})}, {"name": other, **(second or {})}, is_same=True)


def another(one: str, other: str, first: dict[str, str] | None = None, second: dict[str, str] | None = None) -> Pair:
    """A pair that is two companies."""
    return Pair(f"{one} / {other}", {"name": one, **(first or {})}, {"name": other, **(second or {})}, is_same=False)


PAIRS = (
    # legal forms
    same("Brückner Anlagenbau GmbH", "Brückner Anlagenbau GmbH & Co. KG"),
    same("Talhof Logistik AG", "Talhof Logistik Aktiengesellschaft"),
    same("Weidenfeld Optik UG (haftungsbeschränkt)", "Weidenfeld Optik GmbH"),
    same("Sørensen Fisk A/S", "Sørensen Fisk ApS"),
    same("Lumière Verte SARL", "Lumière Verte S.A.R.L."),
    same("Bianchi Macchine S.p.A.", "Bianchi Macchine SpA"),
    same("Northgate Tools Ltd", "Northgate Tools Limited"),
    same("Kowalski Meble Sp. z o.o.", "Kowalski Meble"),
    same("Horák Stroje s.r.o.", "Horák Stroje"),
    same("Prairie Freight, Inc.", "Prairie Freight Incorporated"),
    same("Alpenglas Ges.m.b.H.", "Alpenglas GmbH"),
    same("Notare Ahrens und Beil PartG mbB", "Notare Ahrens & Beil"),
    # umlauts, accents, letters of the north
    same("Müller Öfen GmbH", "Mueller Oefen GmbH"),
    same("Müller Öfen GmbH", "Muller Ofen GmbH"),
    same("Großwäscherei Süd", "Grosswaescherei Sued"),
    same("Rønne Værft A/S", "Roenne Vaerft"),
    same("Łódzka Cegła Sp. z o.o.", "Lodzka Cegla"),
    same("Café Crème Rösterei", "Cafe Creme Roesterei"),
    # case, punctuation, spaces, compounds
    same("NORDWIND SEGELTUCH GMBH", "Nordwind Segeltuch GmbH"),
    same("Meyer-Holz Design", "Meyer Holz Design"),
    same("Bau Hansen Nord", "Bauhansen Nord"),
    same("K & R Metallbau GmbH", "K&R Metallbau GmbH"),
    same("Franke & Söhne Druckerei", "Franke und Söhne Druckerei"),
    same("The Willow Paper Company", "Willow Paper Co."),
    # order of words, typing mistakes
    same("Autohaus Lindner GmbH", "Lindner Autohaus GmbH"),
    same("Zimmermann Medizintechnik", "Zimermann Medizintechnik"),
    same("Hohenstein Verpackungen", "Hohenstien Verpackungen"),
    same("Seeblick Hotelbetriebe", "Seeblik Hotelbetriebe"),
    same("Quellwerk Pumpen GmbH", "Kuellwerk Pumpen GmbH"),
    same("Fabrikam Industrietechnik", "Fabrikam Industrietechnick"),
    same("Contoso", "Contosso"),
    same("Ebert", "Ebret"),
    # domains: subdomains, spelling of the address, IDN
    same("Steinbach Gruppe", "Steinbach Online-Shop", {"domain": "steinbach.de"}, {"domain": "shop.steinbach.de"}),
    same("Vogel Holding", "Vogel Service", {"domain": "vogel.co.uk"}, {"domain": "mail.vogel.co.uk"}),
    same("Grünwerk", "GW Energie", {"domain": "grünwerk.de"}, {"domain": "xn--grnwerk-o2a.de"}),
    same("Grünwerk", "GW Energie", {"domain": "grünwerk.de"}, {"domain": "gruenwerk.de"}),
    same("Talhof", "TH Logistik", {"domain": "talhof.onmicrosoft.com"}, {"domain": "talhof.onmicrosoft.com"}),
    # numbers
    same("Ostwall Chemie", "OW Chemie", {"registration_number": "HRB 12345"}, {"registration_number": "hrb12345"}),
    same(
        "Ostwall Chemie", "OW Chemie",
        {"registration_number": "HRB 12345"}, {"registration_number": "Amtsgericht Kiel, HRB 012345"},
    ),
    same("Ostwall Chemie", "OW Chemie", {"registration_number": "FN 123456 a"}, {"registration_number": "FN123456A"}),
    same("Tannwald Papier", "TW Paper Group", {"duns": "031245678"}, LOST_ZERO),
    same("Tannwald Papier", "TW Paper Group", {"duns": "03-124-5678"}, {"duns": "031245678"}),
    same(
        "Wellenreich", "Reederei Wellenreich Cuxhaven",
        {"tenant_id": "7c2f5a6e-0000-4000-8000-00000000000a"}, {"tenant_id": "7C2F5A6E-0000-4000-8000-00000000000A"},
    ),
    # a company known by nothing but another name: nobody can see it
    same("Bayerische Maschinenfabrik Rott", "BMR"),
    # two companies
    another("Müller Maschinenbau", "Müller Anlagenbau"),
    another("Stadtwerke Münster", "Stadtwerke München"),
    another("Volksbank Aalen eG", "Volksbank Ahlen eG"),
    another("Schmidt Dachdecker", "Schmitz Elektro"),
    another("Autohaus Nord", "Autohaus Süd"),
    another("Filiale 12 Bäckerei Kern", "Filiale 13 Bäckerei Kern"),
    another("Hotel Krone", "Hotel Kranz"),
    another("Weber Transporte", "Weber Textil"),
    another("Dental Labor Fuchs", "Dental Praxis Fuchs"),
    another("Alpha Consulting", "Alpina Consulting"),
    another("Sanitär Berger", "Sanitär Burger"),
    another("Krüger Immobilien", "Krüger Immissionsschutz"),
    another("Nordlicht Energie", "Südlicht Energie"),
    another("Bergmann Gartenbau", "Bergmann Tiefbau"),
    another("Gemeinde Altdorf", "Gemeinde Neudorf"),
    another("Data Hub 24", "Data Hub 25"),
    another("Apotheke am Markt Lüneburg", "Apotheke am Markt Celle"),
    another("Hansen Werft", "Jansen Werft"),
    another("Ritter Sportgeräte", "Ritter Spirituosen"),
    another("Roth Ventile", "Rath Ventile GmbH", {"registration_number": "HRB 1"}, {"registration_number": "HRB 11"}),
    another("Linde Bau", "Birke Bau", {"domain": "linde.onmicrosoft.com"}, {"domain": "birke.onmicrosoft.com"}),
    another("Käsehof Ahl", "Weingut Benz", {"domain": "gmx.de"}, {"domain": "gmx.de"}),
    another("Praxis Dr. Adam", "Praxis Dr. Ulmer", {"domain": "adam.github.io"}, {"domain": "ulmer.github.io"}),
    another("Falke Druck", "Sperber Druck", {"domain": "falke.co.uk"}, {"domain": "sperber.co.uk"}),
    another("Ostsee Reederei", "Nordsee Reederei", {"duns": "123456789"}, {"duns": "123456780"}),
    another("Brandt Verlag", "Brandt Verlag", {"country": "DE"}, {"country": "CH"}),
    another("Winter Solar", "Sommer Solar", {"registration_number": "HRB 77"}, {"registration_number": "HRA 77"}),
)  # fmt: skip
