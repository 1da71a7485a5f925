"""People and organisations: what the database refuses, and who comes in."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.test import Client

from partners.access import SignIn
from partners.models import ChannelScope, Partner, User
from partners.roles import OF_PARTNER, Role
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", list(Role))
def test_partner_roles_belong_to_a_partner_and_only_they_do(role: Role) -> None:
    partner = factories.PartnerFactory()
    with pytest.raises(IntegrityError, match="user_partner_iff_partner_role"), transaction.atomic():
        factories.UserFactory(role=role, partner=None if role in OF_PARTNER else partner)


def test_an_address_is_one_persons_whatever_its_case() -> None:
    factories.UserFactory(email="mia@example.com")
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.UserFactory(email="Mia@Example.com")
    assert User.objects.get_by_natural_key("MIA@example.com").email == "mia@example.com"


def test_a_person_made_without_a_password_cannot_sign_in(client: Client) -> None:
    partner = factories.PartnerFactory()
    User.objects.create_user("Neu@Example.com", name="Neu", role=Role.PARTNER_STAFF, partner=partner)
    user = User.objects.get(email="neu@example.com")
    assert not user.has_usable_password()
    assert client.post("/account/login/", {"login": user.email, "password": ""}).status_code == 200


@pytest.mark.parametrize("role", list(Role))
def test_only_the_administrators_role_opens_the_administration(role: Role) -> None:
    user = factories.UserFactory.build(role=role, partner=None)
    is_office = role == Role.ADMINISTRATOR
    assert (user.is_staff, user.has_perm("x"), user.has_perms(["x"]), user.has_module_perms("x")) == (is_office,) * 4
    user.is_active = False
    assert not user.is_staff


def test_a_session_finds_its_person_only_while_person_and_partner_are_active() -> None:
    user = factories.UserFactory()
    assert SignIn().get_user(user.pk) == user
    Partner.objects.update(is_active=False)
    assert SignIn().get_user(user.pk) is None
    assert SignIn().get_user(0) is None


def test_nobody_signs_up_alone(client: Client) -> None:
    assert client.get("/account/signup/").status_code == 302
    client.post("/account/signup/", {"email": "x@example.com", "password1": factories.PASSWORD})
    assert not User.objects.exists()


def test_a_scope_is_given_once() -> None:
    scope = factories.ChannelScopeFactory()
    with pytest.raises(IntegrityError, match="scope_once"), transaction.atomic():
        ChannelScope.objects.create(user=scope.user, country="DE", segment="commercial")


def test_people_and_organisations_name_themselves() -> None:
    user = factories.UserFactory(name="", email="mia@example.com", partner__name="Nordlicht")
    scope = factories.ChannelScopeFactory(user__name="Rita")
    assert (str(user), str(user.partner), str(scope)) == ("mia@example.com", "Nordlicht", "Rita: DE commercial")


def test_nobody_makes_themselves_somebody_else_in_the_database(seller: User, as_person: Callable[[User], Any]) -> None:
    for column, value in (("role", "administrator"), ("partner_id", None), ("email", "a@b.example")):
        with pytest.raises(ProgrammingError, match="permission denied"), as_person(seller):
            User.objects.filter(pk=seller.pk).update(**{column: value})
    with as_person(seller):
        assert User.objects.filter(pk=seller.pk).update(language="de") == 1


def test_a_password_is_changed_and_reset_with_the_few_rights_there_are(
    seller: User, client: Client, signed_in: Callable[[User], Client], mailoutbox: list[Any]
) -> None:
    words = {
        "oldpassword": factories.PASSWORD,
        "password1": "another long password 1",
        "password2": "another long password 1",
    }
    assert signed_in(seller).post("/account/password/change/", words).status_code == 302
    seller.refresh_from_db()
    assert seller.check_password("another long password 1")
    client.logout()
    client.post("/account/password/reset/", {"email": seller.email})
    link = re.search(r"/account/password/reset/key/\S+", mailoutbox[-1].body)
    assert link
    page = client.get(link.group(), follow=True)
    new = {"password1": "a third long password 2", "password2": "a third long password 2"}
    assert client.post(page.request["PATH_INFO"], new).status_code == 302
    seller.refresh_from_db()
    assert seller.check_password("a third long password 2")
