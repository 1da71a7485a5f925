"""What each country asks of a registration: number and phone where C4 says so, codes and states of an address."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils.translation import override

from common.refusals import Unfit
from customers import services
from customers.models import CountryRule, Customer
from customers.services import misfits, phone_misfit
from partners.models import User
from tests.factories import NOON, TODAY

pytestmark = pytest.mark.django_db

# C4: registration number and phone
ASKING = (
    *("AM", "AZ", "BY", "HU", "KZ", "KG", "MD", "RU", "TJ", "UZ", "UA", "BR"),
    *("IN", "ZA", "PL", "AE", "SA", "TR", "TH", "VN", "MM", "IQ", "SS", "VE"),
)
# country: (a number that fits, one that does not)
NUMBERS = {
    "AM": ("12345678", "1234567"),
    "AZ": ("1234567890", "123456789"),
    "BY": ("123456789", "12345678A"),
    "HU": ("01-09-123456", "01-09-12345"),
    "KZ": ("123456789012", "12345678901"),
    "KG": ("12345678901234", "1234567890123"),
    "MD": ("1234567890123", "123456789012"),
    "RU": ("1234567890", "12345678901"),
    "TJ": ("123456789", "1234567890"),
    "UZ": ("123456789", "12345678"),
    "UA": ("12345678", "123456789"),
    "BR": ("12.345.678/0001-95", "12.345.678/0001"),
    "IN": ("U12345MH2020PTC123456", "U12345MH2020"),
    "ZA": ("2015/123456/07", "2015123456"),
    "PL": ("0000123456", "123456"),
    "SA": ("1010123456", "10101234567"),
    "TR": ("1234567890", "12345"),
    "TH": ("0105536000000", "010553600000"),
    "VN": ("0123456789-001", "0123456789-01"),
    "VE": ("J-12345678-9", "X-12345678-9"),
}
MORE_NUMBERS = [
    ("HU", "12345678-1-42"),
    ("RU", "1234567890123"),
    ("UA", "1234567890"),
    ("IN", "ABCDE1234F"),
    ("IN", "abcde1234f"),
    ("PL", "123-456-78-90"),
    ("TR", "1234567890123456"),
    ("VN", "0123456789"),
    ("BR", "12345678000195"),
]
# country: (a postal code that fits, one that does not)
CODES = {
    "DE": ("10115", "1011"),
    "AT": ("1010", "10115"),
    "CH": ("8001", "CH-8001"),
    "LI": ("9490", "8001"),
    "LU": ("L-1009", "10099"),
    "FR": ("75001", "7500"),
    "IT": ("00118", "0118"),
    "ES": ("28001", "2800A"),
    "PT": ("1000-001", "1000"),
    "NL": ("1012 AB", "1012"),
    "BE": ("1000", "100"),
    "DK": ("1050", "105"),
    "NO": ("0150", "150"),
    "SE": ("111 20", "1112"),
    "FI": ("00100", "0100"),
    "CZ": ("11000", "1100"),
    "SK": ("811 01", "81"),
    "GB": ("SW1A 1AA", "SW1A"),
    "US": ("98052-1234", "9805"),
    "CA": ("K1A 0B1", "D1A 0B1"),
    "PL": ("00-001", "00001"),
    "HU": ("1051", "10511"),
    "BR": ("01310-100", "01310"),
    "IN": ("110001", "010001"),
    "ZA": ("0001", "001"),
    "RU": ("101000", "10100"),
    "UA": ("01001", "1001"),
    "KZ": ("A15E3D9", "15"),
    "AZ": ("AZ1000", "1"),
    "MD": ("MD-2001", "20"),
    "TR": ("06420", "6420"),
    "TH": ("10200", "1020"),
    "VN": ("100000", "1000"),
    "SA": ("11564-1234", "1156"),
    "AM": ("0010", "10"),
    "BY": ("220030", "2200"),
    "KG": ("720000", "72000"),
    "TJ": ("734000", "73400"),
    "UZ": ("100000", "10000"),
    "MM": ("11181", "1118"),
    "IQ": ("10001", "1000"),
    "VE": ("1010", "101"),
}


def facts(country: str, **more: Any) -> dict[str, Any]:
    return {"name": "Contoso", "country": country, "domain": "", "registration_number": "", **more}


def test_every_country_that_asks_for_a_number_is_one_of_c4_and_asks_for_a_phone_too() -> None:
    rules = list(CountryRule.objects.in_force(TODAY))
    assert {rule.country for rule in rules if rule.asks_number} == set(ASKING)
    assert {rule.country for rule in rules if rule.asks_phone} == set(ASKING)
    assert {rule.country for rule in rules if rule.number_pattern} == set(NUMBERS)
    assert {rule.country for rule in rules if rule.postal_code_pattern} == set(CODES)


@pytest.mark.parametrize("country", ASKING)
@pytest.mark.parametrize("language", ["en", "de"])
def test_a_country_of_c4_asks_for_number_and_phone(country: str, language: str) -> None:
    with override(language):
        found = misfits(facts(country), on=TODAY)
        phone = phone_misfit(facts(country), "", on=TODAY)
        form = CountryRule.objects.of(country, on=TODAY).number_form
    word = "Registernummer" if language == "de" else "registration number"
    assert list(found) == ["registration_number"]
    assert word in found["registration_number"]
    assert form in found["registration_number"]
    assert phone
    assert phone_misfit(facts(country), "+1 555 0100", on=TODAY) == ""


@pytest.mark.parametrize("country", NUMBERS)
def test_a_number_in_the_wrong_form_is_told_the_expected_one(country: str) -> None:
    right, wrong = NUMBERS[country]
    assert misfits(facts(country, registration_number=right), on=TODAY) == {}
    found = misfits(facts(country, registration_number=wrong), on=TODAY)
    assert CountryRule.objects.of(country, on=TODAY).number_form in found["registration_number"]


@pytest.mark.parametrize(("country", "number"), MORE_NUMBERS)
def test_a_country_may_know_several_forms(country: str, number: str) -> None:
    assert misfits(facts(country, registration_number=number), on=TODAY) == {}


@pytest.mark.parametrize("country", CODES)
def test_a_postal_code_has_the_form_of_its_country(country: str) -> None:
    right, wrong = CODES[country]
    rule = CountryRule.objects.of(country, on=TODAY)
    number = NUMBERS.get(country, ("1", ""))[0]
    address = {"city": "Town", "state": rule.states[0] if rule.states else "", "registration_number": number}
    assert misfits(facts(country, **address, postal_code=right), on=TODAY) == {}
    assert list(misfits(facts(country, **address, postal_code=wrong), on=TODAY)) == ["postal_code"]
    assert rule.takes_postal_code(rule.postal_code_form), "the example fits its own rule"


@pytest.mark.parametrize(("country", "state", "wrong"), [("US", "WA", "XX"), ("CA", "QC", "WA"), ("BR", "SP", "WA")])
def test_a_state_is_asked_for_and_is_one_of_the_countrys(country: str, state: str, wrong: str) -> None:
    right = CODES[country][0]
    number = NUMBERS.get(country, ("1", ""))[0]
    asked = facts(country, postal_code=right, city="Town", registration_number=number)
    assert list(misfits(asked, on=TODAY)) == ["state"]
    assert list(misfits({**asked, "state": wrong}, on=TODAY)) == ["state"]
    assert misfits({**asked, "state": state}, on=TODAY) == {}


@pytest.mark.parametrize("country", ["DE", "AT", "CH", "LI", "LU", "US", "CA"])
def test_where_nothing_is_asked_name_and_country_are_enough(country: str) -> None:
    assert misfits(facts(country), on=TODAY) == {}
    assert phone_misfit(facts(country), "", on=TODAY) == ""


@pytest.mark.parametrize("country", ["NZ", "JP", "KE"])
def test_a_country_without_a_rule_takes_everything_because_none_is_invented(country: str) -> None:
    anything = facts(country, registration_number="?", postal_code="?", state="?", city="Town")
    assert misfits(anything, on=TODAY) == {}


def test_a_rule_holds_from_its_day_on() -> None:
    lettered = facts("BR", registration_number="12.ABC.345/01DE-35")
    assert list(misfits(lettered, on=date(2026, 6, 30))) == ["registration_number"]
    assert misfits(lettered, on=date(2026, 7, 1)) == {}
    CountryRule.objects.create(country="NZ", valid_from=date(2027, 1, 1), asks_number=True)
    assert misfits(facts("NZ"), on=date(2026, 12, 31)) == {}
    assert list(misfits(facts("NZ"), on=date(2027, 1, 1))) == ["registration_number"]


def test_a_pattern_comes_with_its_form_in_both_languages() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        CountryRule.objects.create(country="NZ", valid_from=TODAY, number_pattern=r"\d+", number_form_en="digits")


def test_every_door_asks_because_the_service_does(seller: User) -> None:
    with pytest.raises(Unfit) as refusal:
        services.register(by=seller, at=NOON, facts=facts("PL"))
    assert refusal.value.field == "registration_number"
    polish = facts("PL", registration_number="0000123456")
    with pytest.raises(Unfit) as refusal:
        services.register(by=seller, at=NOON, facts=polish)
    assert refusal.value.field == "contact_phone"
    paula = {"first_name": "Paula", "last_name": "P", "email": "p@contoso.pl", "phone": "+48 22 1234567"}
    customer = services.register(by=seller, at=NOON, facts=polish, contact=paula)
    assert customer.contacts.get().is_primary
    with pytest.raises(Unfit):
        services.correct(customer, by=seller, at=NOON, version=1, facts={"registration_number": ""})
    assert Customer.objects.count() == 1
