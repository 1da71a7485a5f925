"""Customers through the API: the same rules as on the pages, said as problems."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Customer, CustomerEvent
from tests import factories
from tests.programs import Program

pytestmark = pytest.mark.django_db
SAVING = ("SAVEPOINT", "RELEASE SAVEPOINT")
CONTOSO = {"name": "Contoso Deutschland GmbH", "country": "DE", "domain": "https://www.Contoso.de/x"}


def registered(program: Program, **more: Any) -> Any:
    answer = program.post("customers/", {**CONTOSO, **more})
    assert answer.status_code == 201, answer.content
    return answer


def test_a_customer_is_registered_cleaned_and_found_where_the_answer_says(program: Program) -> None:
    answer = registered(program)
    assert answer.headers["ETag"] == '"1"'
    told = program.get(answer.headers["Location"]).json()
    assert told == answer.json()
    assert (told["domain"], told["segment"], told["version"]) == ("contoso.de", "commercial", 1)
    event = CustomerEvent.objects.get()
    assert (event.by, event.by_name) == (program.row.user, "Warehouse")


def test_what_looks_alike_is_asked_about_with_its_candidates(program: Program) -> None:
    first = registered(program).json()
    answer = program.post("customers/", {"name": "CONTOSO Deutschland gmbh", "country": "DE"})
    told = answer.json()
    assert (answer.status_code, told["code"]) == (409, "looks_alike")
    assert [one["id"] for one in told["candidates"]] == [first["id"]]
    assert Customer.objects.count() == 1
    registered(program, despite_likeness=True, because="a subsidiary")


def test_where_a_country_asks_for_a_phone_the_first_contact_is_registered_as_well(program: Program) -> None:
    polish = {"name": "Kwiat sp. z o.o.", "country": "PL", "registration_number": "1234567890"}
    person = {"contact_first_name": "Jan", "contact_last_name": "Kwiat", "contact_email": "jan@kwiat.pl"}
    refused = program.post("customers/", {**polish, **person})
    assert (refused.status_code, [one["field"] for one in refused.json()["errors"]]) == (422, ["contact_phone"])
    unfit = program.post("customers/", {**polish, **person, "contact_email": "nobody"})
    assert (unfit.status_code, [one["field"] for one in unfit.json()["errors"]]) == (422, ["contact_email"])
    assert not Customer.objects.exists()
    answer = program.post("customers/", {**polish, **person, "contact_phone": "+48 22 1234567"})
    assert answer.status_code == 201, answer.content
    assert Customer.objects.get().contacts.get().email == "jan@kwiat.pl"


@pytest.mark.parametrize("said", [{}, {"because": " "}])
def test_whoever_insists_says_why(program: Program, said: dict[str, str]) -> None:
    first = registered(program).json()
    answer = program.post("customers/", {**CONTOSO, "despite_likeness": True, **said})
    told = answer.json()
    assert (answer.status_code, told["code"]) == (422, "invalid")
    assert [(one["field"], one["code"]) for one in told["errors"]] == [("because", "required")]
    assert [one["id"] for one in told["candidates"]] == [first["id"]]
    assert Customer.objects.count() == 1


def test_the_reason_is_kept_with_the_registration(program: Program) -> None:
    first = registered(program).json()
    registered(program, despite_likeness=True, because="a subsidiary")
    event = CustomerEvent.objects.order_by("pk").last()
    assert event is not None
    assert event.changes == {"despite_likeness": True, "because": "a subsidiary", "unlike": [first["id"]]}


def test_a_rival_has_its_own_list_and_its_own_likenesses(program: Program, rival: Program) -> None:
    registered(program)
    assert rival.get("customers/").json()["items"] == []
    registered(rival)


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"country": "DE"}, "name", "required"),
        ({**CONTOSO, "name": "GmbH & Co. KG"}, "name", "unfit"),
        ({**CONTOSO, "name": 5}, "name", "invalid"),
        ({**CONTOSO, "name": "x" * 201}, "name", "max_length"),
        ({**CONTOSO, "name": "a\0b"}, "name", "null_characters_not_allowed"),
        ({**CONTOSO, "country": "XX"}, "country", "invalid_choice"),
        ({**CONTOSO, "country": {"code": "DE"}}, "country", "invalid_choice"),
        ({**CONTOSO, "domain": "not a domain"}, "domain", "unfit"),
        ({**CONTOSO, "partner": 1}, "partner", "unknown"),
        ({**CONTOSO, "version": 7}, "version", "unknown"),
        ({**CONTOSO, "despite_likeness": "yes"}, "despite_likeness", "invalid"),
        ([CONTOSO], "", "invalid"),
        ("Contoso", "", "invalid"),
    ],
)
def test_a_value_that_cannot_be_taken_is_named_and_nothing_is_written(
    body: Any, field: str, code: str, program: Program
) -> None:
    answer = program.post("customers/", body if isinstance(body, dict | list) else f'"{body}"')
    told = answer.json()
    assert (answer.status_code, told["code"]) == (422, "invalid"), told
    assert (field, code) in [(error["field"], error["code"]) for error in told["errors"]], told
    assert not Customer.objects.exists()


def test_a_correction_needs_the_version_that_was_seen(program: Program) -> None:
    place = registered(program).headers["Location"]
    for header in ({}, {"If_Match": "*"}):
        answer = program.patch(place, {"name": "Contoso AG"}, **header)
        assert (answer.status_code, answer.json()["code"]) == (428, "match_missing")
    done = program.patch(place, {"name": "Contoso AG"}, If_Match='"1"')
    assert (done.status_code, done.headers["ETag"], done.json()["domain"]) == (200, '"2"', "contoso.de")
    late = program.patch(place, {"name": "Contoso SE"}, If_Match='"1"')
    assert (late.status_code, late.json()["code"]) == (412, "stale")
    assert late.json()["current"] == program.get(place).json()


def test_what_has_not_changed_is_not_sent_again(program: Program) -> None:
    place = registered(program).headers["Location"]
    answer = program.get(place, If_None_Match='"1"')
    assert (answer.status_code, answer.content) == (304, b"")
    page = program.get("customers/")
    assert program.get("customers/", If_None_Match=page.headers["ETag"]).status_code == 304


def test_pages_follow_each_other_without_gap_while_rows_arrive(program: Program) -> None:
    for number in range(5):
        factories.CustomerFactory(partner=program.partner, name=f"Customer {number}")
    seen, place = [], "customers/?limit=2&fields=id,name"
    while place:
        page = program.get(place).json()
        seen += [item["name"] for item in page["items"]]
        factories.CustomerFactory(partner=program.partner, name=f"Customer {len(seen) + 100}") if len(
            seen
        ) < 4 else None
        place = page["next"]
    assert seen == [*(f"Customer {number}" for number in range(5)), "Customer 102"]


def test_a_cursor_is_for_its_own_list_and_tells_nothing(program: Program) -> None:
    factories.CustomerFactory.create_batch(2, partner=program.partner)
    place = program.get("customers/?limit=1").json()["next"]
    after = place.split("after=")[1].split("&")[0]
    for wrong in (
        f"deals/?after={after}",
        f"customers/?after={after[:-3]}abc",
        "customers/?after=1",
        "customers/?after=%00",
    ):
        answer = program.get(wrong)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "after"), wrong


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=many", "limit"),
        ("fields=id,secret", "fields"),
        ("colour=red", "colour"),
        ("country=XX", "country"),
        ("q=a%00b", "q"),
        ("q=" + "x" * 10_000, "q"),
    ],
)
def test_a_parameter_that_cannot_be_taken_is_named(query: str, field: str, program: Program) -> None:
    answer = program.get(f"customers/?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "parameter")
    assert answer.json()["errors"][0]["field"] == field


def test_filters_are_those_of_the_page(program: Program) -> None:
    factories.CustomerFactory(partner=program.partner, name="Müller Bau GmbH", country="AT")
    factories.CustomerFactory(partner=program.partner, name="Meier AG", segment="education")

    def names(query: str) -> list[str]:
        return [item["name"] for item in program.get(f"customers/?{query}").json()["items"]]

    assert names("q=mueller") == ["Müller Bau GmbH"]
    assert names("country=DE") == ["Meier AG"]
    assert names("segment=education&country=AT") == []


@pytest.mark.parametrize("size", [1, 30])
def test_a_list_costs_the_same_number_of_queries_whatever_its_length(size: int, program: Program) -> None:
    factories.CustomerFactory.create_batch(size, partner=program.partner)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert len(program.get("customers/").json()["items"]) == size
    told = [query["sql"] for query in queries if not query["sql"].startswith(SAVING)]
    asked = [sql for sql in told if "FROM" in sql]
    assert len(asked) == 2, asked  # the token, together with the side, and the rows
    assert len(told) == 3, told  # the side of the test comes back


@pytest.mark.parametrize(("prefix", "availability"), [("Taken", "taken"), ("free", "free"), ("whoknows", "unknown")])
def test_a_default_domain_is_asked_for_as_the_page_does(
    prefix: str, availability: str, program: Program, settings: Any
) -> None:
    settings.DOMAIN_CLIENT = "customers.services.availability.Table"
    settings.DOMAIN_ANSWERS = {"taken.onmicrosoft.com": 200, "free.onmicrosoft.com": 404}
    answer = program.get(f"domains/?tenant_prefix={prefix}")
    told = {"domain": f"{prefix.lower()}.onmicrosoft.com", "availability": availability}
    assert (answer.status_code, answer.json()) == (200, told)


@pytest.mark.parametrize("prefix", ["", "-", "two words", "a" * 44])
def test_what_cannot_be_a_default_domain_is_said_at_its_field(prefix: str, program: Program) -> None:
    answer = program.get(f"domains/?tenant_prefix={prefix}")
    assert (answer.status_code, [one["field"] for one in answer.json()["errors"]]) == (400, ["tenant_prefix"])


def test_what_another_partner_knows_of_a_domain_tells_nothing(program: Program) -> None:
    factories.CustomerFactory(name="Rival", domain="rival.onmicrosoft.com", tenant_prefix="rival")
    assert program.get("domains/?tenant_prefix=rival").json()["availability"] == "unknown"
