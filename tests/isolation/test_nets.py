"""The four nets, each with the others away: any one of them alone keeps a neighbour's things a neighbour's."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404
from django.test import Client, RequestFactory
from django.urls import resolve

from common.isolation import Side, acting
from customers.models import Customer, CustomerEvent
from motions.models import Choice, Deal, DealEvent, ImportBatch, ImportMapping, ImportRow
from partners.models import User
from partners.roles import Role
from portal.middleware import OpenRoutes
from portal.routes import ROUTES
from tests import factories
from tests.neighbours import TENANT_MODELS, Household, checksums

pytestmark = pytest.mark.django_db
WITH_QUERYSET = [model for model in TENANT_MODELS if hasattr(model._default_manager, "visible_to")]


def routed(path: str, user: User) -> Any:
    """What the table of routes alone answers: no view, no database role."""
    request = RequestFactory().get(path)
    request.resolver_match = resolve(path)
    request.user = user
    return OpenRoutes(lambda _request: None).process_view(request)  # type: ignore[arg-type, return-value]


def test_the_table_of_routes_alone_closes_what_a_role_has_no_business_with(ours: Household) -> None:
    owner = factories.UserFactory(policy_owner=True)
    with pytest.raises(Http404):
        routed(f"/customers/{ours.customer.public_id}/", owner)
    with pytest.raises(Http404):
        routed("/admin/", ours.chief)
    assert routed(f"/customers/{ours.customer.public_id}/", ours.seller) is None


def test_a_route_that_nobody_wrote_into_the_table_is_there_for_nobody(
    client: Client, ours: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(ROUTES, "motions:policies")
    for user in (ours.chief, factories.UserFactory(administrator=True)):
        client.force_login(user)
        assert client.get("/policy/").status_code == 404


@pytest.mark.parametrize(
    "model", [Customer, CustomerEvent, Deal, DealEvent, Choice, ImportBatch, ImportRow, ImportMapping]
)
def test_row_security_alone_holds_a_queryset_that_forgot_visible_to(
    model: Any, ours: Household, theirs: Household
) -> None:
    with acting(Side.PARTNER, partner_id=ours.partner.pk, user_id=ours.seller.pk):
        assert set(model.objects.values_list("partner_id", flat=True)) == {ours.partner.pk}
        assert not model.objects.filter(partner_id=theirs.partner.pk).exists()


@pytest.mark.parametrize("model", WITH_QUERYSET, ids=lambda model: model.__name__)
def test_visible_to_alone_holds_where_the_database_would_show_everything(
    model: Any, ours: Household, theirs: Household
) -> None:
    key = "pk" if model._meta.db_table == "partners_partner" else "partner_id"
    assert set(model.objects.values_list(key, flat=True)) >= {ours.partner.pk, theirs.partner.pk}
    for user in (ours.seller, ours.chief):
        assert set(model.objects.visible_to(user).values_list(key, flat=True)) == {ours.partner.pk}


@pytest.mark.parametrize(
    ("actor", "sees"), [("in scope", "ours"), ("out of scope", ""), ("policy owner", ""), ("administrator", "both")]
)
def test_visible_to_opens_to_each_role_what_is_its_business(
    actor: str, sees: str, ours: Household, theirs: Household
) -> None:
    user = _person(actor)
    both = {ours.partner.pk, theirs.partner.pk}  # whoever they are in conflict with is in scope as well
    expected = {"ours": {ours.partner.pk}, "both": both, "": set()}[sees]
    for model in (Customer, CustomerEvent, Deal, DealEvent, Choice):
        assert set(model.objects.visible_to(user).values_list("partner_id", flat=True)) & both == expected, model
    for model in (ImportBatch, ImportRow, ImportMapping):
        assert not model.objects.visible_to(user).exists(), model


def _person(actor: str) -> User:
    if actor == "policy owner":
        return factories.UserFactory(policy_owner=True)
    if actor == "administrator":
        return factories.UserFactory(administrator=True)
    user = factories.UserFactory(channel_manager=True)
    where = {} if actor == "in scope" else {"country": "FR", "segment": "education"}
    factories.ChannelScopeFactory(user=user, **where)
    return user


def test_a_channel_manager_without_any_scope_sees_nobody(ours: Household) -> None:
    user = factories.UserFactory(channel_manager=True)
    assert not Customer.objects.visible_to(user).exists()
    with acting(Side.CHANNEL, user_id=user.pk):
        assert not Customer.objects.exists()
        assert not Deal.objects.exists()


def test_a_channel_managers_scope_is_country_and_segment_together_also_in_the_database(ours: Household) -> None:
    user = _person("in scope")
    for country, segment, name in (("DE", "education", "School"), ("FR", "commercial", "Boutique")):
        factories.CustomerFactory(partner=ours.partner, country=country, segment=segment, name=name)
    with acting(Side.CHANNEL, user_id=user.pk):
        seen = Customer.objects.filter(partner=ours.partner)
        assert {customer.name for customer in seen} == {ours.customer.name, ours.second.name}
        assert [deal.name for deal in Deal.objects.all()] == [ours.deal.name]


def test_the_composite_key_alone_refuses_a_row_that_points_to_a_neighbours_customer(
    ours: Household, theirs: Household
) -> None:
    """As the owner of the tables, whom no policy binds; a plain foreign key would accept the stranger's id."""
    before = checksums(but_not_of=ours.partner.pk)
    with pytest.raises(IntegrityError, match="customer_id_own"), transaction.atomic():
        factories.DealFactory(customer=theirs.customer, partner=ours.partner)
    with pytest.raises(IntegrityError, match="customer_id_own"), transaction.atomic():
        Deal.objects.filter(pk=ours.deal.pk).update(customer_id=theirs.customer.pk)
    assert checksums(but_not_of=ours.partner.pk) == before


def test_the_composite_key_holds_also_where_the_policies_agree(ours: Household, theirs: Household) -> None:
    with acting(Side.PARTNER, partner_id=ours.partner.pk), pytest.raises(IntegrityError), transaction.atomic():
        factories.DealFactory(customer=theirs.customer, partner=ours.partner)


def test_the_composite_key_refuses_a_row_of_an_import_in_a_neighbours_import(
    ours: Household, theirs: Household
) -> None:
    with pytest.raises(IntegrityError, match="batch_id_own"), transaction.atomic():
        ImportRow.objects.create(partner_id=ours.partner.pk, batch_id=theirs.batch.pk, line=9)


def test_no_route_takes_a_running_number() -> None:
    """A number in an address would tell how many there are, and which is next."""
    paths = [
        f"/customers/{1}/",
        f"/customers/{1}/deals/",
        f"/deals/{1}/",
        f"/imports/{1}/",
        f"/imports/{1}/result.csv",
    ]
    for path in paths:
        with pytest.raises(Http404):
            resolve(path)


def test_roles_of_both_partner_kinds_share_one_side_and_the_office_is_no_partner(ours: Household) -> None:
    sides = {role: User(role=role).context.side for role in Role}
    assert sides == {
        Role.PARTNER_STAFF: Side.PARTNER,
        Role.PARTNER_ADMIN: Side.PARTNER,
        Role.CHANNEL_MANAGER: Side.CHANNEL,
        Role.POLICY_OWNER: Side.OFFICE,
        Role.ADMINISTRATOR: Side.OFFICE,
        Role.AUDITOR: Side.OFFICE,
    }
