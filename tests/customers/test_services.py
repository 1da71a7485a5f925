"""Register, correct, recognise: one company is one customer of a partner, however it is spelled."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils.translation import override

from common.refusals import NotAllowed, Stale
from customers import services
from customers.models import Customer, CustomerEvent
from customers.services import LooksAlike, Unexplained, likenesses
from partners.models import Partner, User
from partners.roles import Role
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db

FACTS = {
    "name": "Müller Maschinenbau GmbH",
    "country": "DE",
    "domain": "mueller.de",
    "registration_number": "HRB 1",
    "segment": "commercial",
}
LATER = NOON + timedelta(hours=1)


def registered(by: User, because: str = "", **facts: str) -> Customer:
    insisted = {"despite_likeness": bool(because), "because": because}
    return services.register(by=by, at=NOON, facts={**FACTS, **facts}, **insisted)


def corrected(customer: Customer, by: User, version: int = 1, because: str = "", **facts: Any) -> Customer:
    insisted = {"despite_likeness": bool(because), "because": because}
    return services.correct(customer, by=by, at=LATER, version=version, facts=facts, **insisted)


def found_by(by: User, **facts: str) -> list[str]:
    """By what the partner's customers are recognised in facts that share nothing unless said otherwise."""
    unlike = {"name": "Somebody else", "country": "DE", "domain": "", "registration_number": ""}
    return [likeness.by for likeness in likenesses(by=by, facts={**unlike, **facts})]


def test_a_customer_is_registered_with_one_event(seller: User) -> None:
    customer = registered(seller)
    stored = {name: getattr(customer, name) for name in FACTS}
    assert stored == FACTS
    assert (customer.partner, customer.version, customer.created_at, customer.updated_at) == (
        seller.partner,
        1,
        NOON,
        NOON,
    )
    event = CustomerEvent.objects.get()
    assert (event.kind, event.by, event.by_name, event.at) == ("registered", seller, "Selma Seller", NOON)
    assert (event.partner_id, event.changes) == (seller.partner_id, {"despite_likeness": False})
    assert str(event) == f"{customer.pk} registered 2026-03-03 12:00"
    assert str(customer) == FACTS["name"]


OUTSIDERS = ["reviewer", "policy_owner", "administrator"]


@pytest.mark.parametrize("who", OUTSIDERS)
def test_only_the_partner_itself_registers_and_corrects(
    who: str, request: pytest.FixtureRequest, customer: Customer
) -> None:
    by = request.getfixturevalue(who)
    with pytest.raises(NotAllowed) as refusal:
        registered(by)
    assert refusal.value.status == 403
    with pytest.raises(NotAllowed):
        corrected(customer, by, name="Fabrikam GmbH")
    assert list(Customer.objects.values_list("name", flat=True)) == ["Contoso GmbH"]


def test_a_rival_finds_nothing_to_correct_and_nothing_alike(rival: User, customer: Customer) -> None:
    with pytest.raises(Customer.DoesNotExist):
        corrected(customer, rival, name="Fabrikam GmbH")
    assert found_by(rival, name=customer.name, domain=customer.domain) == []
    registered(rival, name=customer.name, domain=customer.domain)


@pytest.mark.parametrize(
    "spelling",
    [
        "Müller Maschinenbau GmbH",
        "Mueller Maschinenbau GmbH",
        "MÜLLER MASCHINENBAU GMBH",
        "Mu\u0308ller Maschinenbau GmbH",
        "müller  maschinenbau",
        "Müller-Maschinenbau GmbH & Co. KG",
        "Müller Maschinenbau AG",
        "Müller Maschinenbau e. K.",
        "Müller Maschinenbau UG (haftungsbeschränkt)",
        "\uff2düller Maschinenbau",
    ],
)
def test_one_name_is_recognised_in_every_spelling(spelling: str, seller: User) -> None:
    registered(seller)
    assert found_by(seller, name=spelling) == ["name"]


@pytest.mark.parametrize(
    "other",
    [
        "Müller Anlagenbau GmbH",
        "Müller GmbH",
        "Maschinenbau Nord GmbH",
        "Möller Motorenbau",
    ],
)
def test_another_name_is_not_taken_for_the_same(other: str, seller: User) -> None:
    registered(seller)
    assert found_by(seller, name=other) == []


@pytest.mark.parametrize(
    "other",
    ["Muller Maschinenbau GmbH", "Maschinenbau Müller GmbH", "Müller Maschinenbua", "Müler Maschinenbau & Co. KG"],
)
def test_a_similar_name_is_asked_about_as_no_more_than_that(other: str, seller: User) -> None:
    registered(seller)
    assert found_by(seller, name=other) == ["similar_name"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Straßenbau Groß AG", "Strassenbau Gross AG"),
        ("Café Crème SARL", "Cafe Creme"),
        ("Société Générale S.A.", "Societe Generale SA"),
        ("Contoso, Inc.", "Contoso"),
    ],
)
def test_sharp_s_accents_and_legal_forms_make_no_difference(one: str, other: str, seller: User) -> None:
    registered(seller, name=one)
    assert found_by(seller, name=other) == ["name"]


def test_a_legal_form_inside_a_name_is_part_of_it(seller: User) -> None:
    registered(seller, name="AG Bau Nord")
    assert found_by(seller, name="Bau Nord") == ["similar_name"]


def test_a_company_is_recognised_by_domain_in_any_country_and_by_number_in_one(seller: User) -> None:
    registered(seller)
    assert found_by(seller, country="AT", domain="mueller.de") == ["domain"]
    assert found_by(seller, country="DE", registration_number="HRB 1") == ["registration_number"]
    assert found_by(seller, country="AT", registration_number="HRB 1") == []
    assert found_by(seller, country="AT", name=FACTS["name"]) == []
    assert found_by(seller, **{name: FACTS[name] for name in ("name", "domain")}) == ["domain"], "said once"


def test_empty_facts_make_nobody_alike_and_archived_ones_are_not_asked(seller: User) -> None:
    customer = registered(seller, domain="", registration_number="")
    assert found_by(seller) == []
    assert likenesses(by=seller, facts={"name": "Somebody else", "country": "DE"}) == []
    Customer.objects.filter(pk=customer.pk).update(archived_at=NOON)
    assert found_by(seller, name=FACTS["name"]) == []


def test_a_likeness_is_asked_about_and_may_be_put_aside(seller: User) -> None:
    first = registered(seller)
    with pytest.raises(LooksAlike) as refusal, override("de"):
        registered(seller, domain="other.de")
    assert (refusal.value.field, refusal.value.status) == ("name", 409)
    assert [(one.customer, one.by) for one in refusal.value.likenesses] == [(first, "registration_number")]
    with override("de"):
        assert refusal.value.likenesses[0].why == "dieselbe Registernummer, derselbe Name"
    assert Customer.objects.count() == 1
    with pytest.raises(Unexplained) as silence:
        services.register(by=seller, at=NOON, facts=FACTS, despite_likeness=True, because="  ")
    assert (silence.value.status, silence.value.field, len(silence.value.likenesses)) == (422, "because", 1)
    second = registered(seller, because=" a namesake ")
    assert second != first
    changes = CustomerEvent.objects.get(customer=second).changes
    assert changes == {"despite_likeness": True, "because": "a namesake", "unlike": [str(first.public_id)]}


def test_a_correction_tells_old_and_new_and_raises_the_version(customer: Customer, seller: User) -> None:
    found = corrected(customer, seller, name="Contoso SE", country="DE", segment="education")
    assert (found.name, found.segment, found.version, found.updated_at) == ("Contoso SE", "education", 2, LATER)
    event = CustomerEvent.objects.get()
    assert event.kind == "corrected"
    assert event.changes == {"name": ["Contoso GmbH", "Contoso SE"], "segment": ["commercial", "education"]}
    found.refresh_from_db()
    assert (found.name_key, found.sort_name) == ("contoso", "contoso se")


def test_correcting_nothing_leaves_no_trace(customer: Customer, seller: User) -> None:
    assert corrected(customer, seller, name="Contoso GmbH").version == 1
    assert not CustomerEvent.objects.exists()


def test_of_two_corrections_of_one_version_the_second_is_refused_and_nothing_is_lost(
    customer: Customer, seller: User, chief: User
) -> None:
    corrected(customer, chief, domain="contoso.com")
    with pytest.raises(Stale) as refusal:
        corrected(customer, seller, domain="contoso.net")
    assert refusal.value.status == 412
    assert Customer.objects.get().domain == "contoso.com"
    assert CustomerEvent.objects.count() == 1


def test_a_correction_that_makes_two_alike_is_asked_about(customer: Customer, seller: User) -> None:
    other = factories.CustomerFactory(partner=seller.partner, name="Fabrikam GmbH")
    with pytest.raises(LooksAlike) as refusal:
        corrected(other, seller, name="CONTOSO")
    assert [one.customer for one in refusal.value.likenesses] == [customer]
    assert corrected(other, seller, name="CONTOSO", because="a namesake").name == "CONTOSO"
    # what does not identify anybody is not asked about
    assert corrected(other, seller, version=2, segment="nonprofit").segment == "nonprofit"


def test_an_archived_customer_is_not_corrected(customer: Customer, seller: User) -> None:
    Customer.objects.update(archived_at=NOON)
    with pytest.raises(Customer.DoesNotExist):
        corrected(customer, seller, name="Fabrikam")


def test_words_are_found_in_name_domain_and_number_however_they_are_written(seller: User) -> None:
    customer = registered(seller)
    factories.CustomerFactory(partner=seller.partner, name="Fabrikam 100 % AG")
    for words in ("MULLER", "müll", "mueller masch", "masch mueller", "mueller.de", "hrb 1", "1 hrb müller"):
        expected = [] if words == "MULLER" else [customer]
        assert list(Customer.objects.matching(words)) == expected, words
    assert [one.name for one in Customer.objects.matching("100 %")] == ["Fabrikam 100 % AG"]
    assert list(Customer.objects.matching("m%r")) == []
    assert Customer.objects.matching("   ").count() == 2


def test_customers_and_their_events_are_visible_by_role(
    customer: Customer, seller: User, chief: User, rival: User, reviewer: User, policy_owner: User, administrator: User
) -> None:
    outside = factories.CustomerFactory(country="FR")
    for one in (customer, outside):
        factories.CustomerEventFactory(customer=one)
    sees = {
        seller: {customer},
        chief: {customer},
        rival: set(),
        reviewer: {customer},
        policy_owner: set(),
        administrator: {customer, outside},
    }
    for user, expected in sees.items():
        assert set(Customer.objects.visible_to(user)) == expected, user.role
        assert {event.customer for event in CustomerEvent.objects.visible_to(user)} == expected, user.role
    factories.ChannelScopeFactory(user=reviewer, country="FR")
    assert set(Customer.objects.visible_to(reviewer)) == {customer, outside}
    assert set(Customer.objects.current()) == {customer, outside}


def test_a_person_without_a_partner_cannot_be_of_one() -> None:
    with pytest.raises(NotAllowed):
        registered(User(role=Role.PARTNER_STAFF, name="Nobody"))
    assert not Partner.objects.exists()
