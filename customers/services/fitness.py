"""What a country asks of a registration, said in words at the field that lacks it (C4, C5)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from common.money import country_name
from common.refusals import Unfit
from customers.models import CountryRule

ADDRESS = ("address_line1", "address_line2", "postal_code", "city", "state")


def misfits(facts: Mapping[str, Any], *, on: date) -> dict[str, str]:
    """What is missing or has the wrong form, by field. The parts of an address are only asked for once there is one."""
    rule = CountryRule.objects.of(facts.get("country", ""), on=on)
    found = {"registration_number": _number(rule, facts.get("registration_number", ""))}
    if any(facts.get(name) for name in ADDRESS):
        found |= {
            "postal_code": _postal_code(rule, facts.get("postal_code", "")),
            "state": _state(rule, facts.get("state", "")),
        }
    return {name: sentence for name, sentence in found.items() if sentence}


def phone_misfit(facts: Mapping[str, Any], phone: str, *, on: date) -> str:
    """Why a registration needs a phone number; '' when it has one or needs none (C4)."""
    rule = CountryRule.objects.of(facts.get("country", ""), on=on)
    if not rule.asks_phone or phone:
        return ""
    return _("Microsoft asks for a phone number in this country: %(country)s.") % {
        "country": country_name(rule.country)
    }


def must_fit(facts: Mapping[str, Any], *, on: date) -> None:
    """Refuse facts that a country does not take (`Unfit`), at the first field that lacks something."""
    for field, sentence in misfits(facts, on=on).items():
        raise Unfit(sentence, field=field)


def _number(rule: CountryRule, number: str) -> str:
    values = {"country": country_name(rule.country), "form": rule.number_form}
    if number and not rule.takes_number(number):
        return _("This is no registration number of this country (%(country)s). Expected: %(form)s.") % values
    if rule.asks_number and not number:
        if rule.number_form:
            return (
                _("Microsoft asks for the registration number in this country: %(country)s. Expected: %(form)s.")
                % values
            )
        return _("Microsoft asks for the registration number in this country: %(country)s.") % values
    return ""


def _postal_code(rule: CountryRule, code: str) -> str:
    values = {"country": country_name(rule.country), "form": rule.postal_code_form}
    if code and not rule.takes_postal_code(code):
        return _("This is no postal code of this country (%(country)s). It looks like %(form)s.") % values
    if rule.asks_postal_code and not code:
        return _("An address in this country has a postal code (%(country)s).") % values
    return ""


def _state(rule: CountryRule, state: str) -> str:
    values = {"country": country_name(rule.country), "states": " ".join(rule.states)}
    if state and not rule.takes_state(state):
        return _("There is no such state in this country (%(country)s). Possible: %(states)s.") % values
    if rule.asks_state and not state:
        return _("An address in this country names the state (%(country)s): %(states)s.") % values
    return ""
