"""Who stands on which side, who sees whom, and who comes in; the administration of people."""

from typing import Any

import pytest
from django.contrib.admin.sites import site
from django.test import Client, RequestFactory
from django.utils.translation import override

from common.isolation import Context, Side
from partners.access import SignIn
from partners.adapter import InvitedOnly
from partners.models import Partner, User
from partners.roles import EVERYBODY, OF_PARTNER, SIDES, Role
from tests import factories

pytestmark = pytest.mark.django_db


def test_every_role_stands_on_one_side() -> None:
    assert SIDES.keys() == set(Role) == EVERYBODY
    assert {role for role, side in SIDES.items() if side is Side.PARTNER} == OF_PARTNER
    assert not {Side.VISITOR, Side.WORKER} & set(SIDES.values()), "these are nobody's"


def test_a_person_is_created_with_a_hashed_password_and_found_whatever_the_case() -> None:
    partner = factories.PartnerFactory()
    person = User.objects.create_user(
        "Selma@Example.COM", "a long password", name="Selma", role=Role.PARTNER_STAFF, partner=partner
    )
    assert person.email == "selma@example.com"
    assert person.check_password("a long password")
    assert "a long password" not in person.password
    assert User.objects.get_by_natural_key("SELMA@example.com") == person
    with pytest.raises(User.DoesNotExist):
        User.objects.get_by_natural_key(None)


def test_an_invited_person_has_no_password_that_works() -> None:
    person = User.objects.create_user("anna@example.com", name="Anna", role=Role.ADMINISTRATOR)
    assert not person.has_usable_password()
    assert str(person) == "Anna"
    assert str(User(email="x@example.com")) == "x@example.com"


@pytest.mark.parametrize("role", Role)
def test_a_person_acts_for_the_side_of_the_role_and_for_its_own_partner(role: Role) -> None:
    right = factories.PartnerFactory() if role in OF_PARTNER else None
    person = factories.UserFactory(role=role, partner=right)
    assert person.is_of_partner == (role in OF_PARTNER)
    assert person.context == Context(SIDES[role], right.pk if right else None, person.pk)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("is_active", [True, False])
def test_the_administration_is_open_for_active_administrators_alone(role: Role, is_active: bool) -> None:
    person = User(role=role, is_active=is_active)
    expected = role == Role.ADMINISTRATOR and is_active
    answers = {person.is_staff, person.has_perm("any"), person.has_perms(["any"]), person.has_module_perms("any")}
    assert answers == {expected}


def test_people_see_their_colleagues_and_administrators_see_everybody(
    seller: User, chief: User, rival: User, reviewer: User, policy_owner: User, administrator: User
) -> None:
    everybody = {seller, chief, rival, reviewer, policy_owner, administrator}
    sees = {
        seller: {seller, chief},
        chief: {seller, chief},
        rival: {rival},
        reviewer: {reviewer},
        policy_owner: {policy_owner},
        administrator: everybody,
    }
    assert {user: set(User.objects.visible_to(user)) for user in everybody} == sees


def test_a_partner_sees_itself_and_the_other_side_sees_all_of_them(seller: User, rival: User, reviewer: User) -> None:
    assert set(Partner.objects.visible_to(seller)) == {seller.partner}
    assert set(Partner.objects.visible_to(reviewer)) == {seller.partner, rival.partner}


# signing in and staying signed in


def signed_in(email: str, client: Client) -> bool:
    client.post("/account/login/", {"login": email, "password": factories.PASSWORD})
    return "_auth_user_id" in client.session


def test_a_person_signs_in_unless_the_organisation_is_out(seller: User, client: Client) -> None:
    assert signed_in(seller.email.upper(), client)
    assert SignIn().get_user(0) is None
    client.logout()
    Partner.objects.update(is_active=False)
    assert not signed_in(seller.email, client)


# what people may be told here; the other texts belong to things that this house does not offer
TOLD = [
    "account_inactive",
    "email_password_mismatch",
    "enter_current_password",
    "incorrect_password",
    "invalid_password_reset",
    "rate_limited",
    "too_many_login_attempts",
    "unknown_email",
]


@pytest.mark.parametrize("key", TOLD)
def test_nobody_is_on_first_name_terms_with_us_in_german(key: str) -> None:
    with override("de"):
        words = str(InvitedOnly().error_messages[key]).replace(".", " ").split()
    # the noun "Versuche" is no imperative
    assert not {"Du", "du", "Dein", "Deine", "dein", "deine", "dich", "dir", "versuche", "wähle", "gib"} & set(words)


def test_nobody_signs_up() -> None:
    assert not InvitedOnly().is_open_for_signup(RequestFactory().get("/"))


# the administration


@pytest.mark.parametrize("model", [Partner, User])
def test_nobody_deletes_people_or_organisations(model: Any, administrator: User) -> None:
    request = RequestFactory().get("/")
    request.user = administrator
    assert not site.get_model_admin(model).has_delete_permission(request)
    assert "delete_selected" not in site.get_model_admin(model).get_actions(request)
