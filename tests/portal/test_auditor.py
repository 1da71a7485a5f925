"""Auditors read what was changed and what it was about; nothing of theirs writes, and no page offers them what is closed."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import Resolver404, resolve

from common.refusals import NotAllowed
from motions.models import PolicyVersion
from partners.models import User
from partners.roles import EVERYBODY, Role
from partners.services import view_as
from portal.routes import PUBLIC, ROUTES
from referrals.models import Referral
from referrals.states import State
from tests import factories
from tests.factories import NOON
from tests.routes import READ_BY_AUDITORS

pytestmark = pytest.mark.django_db
FORM = re.compile(r"<form\b.*?</form>", re.DOTALL)
DOOR = re.compile(r'(?:href|action|hx-get|hx-post)="(/[^"#?]*)')


def test_of_all_routes_an_auditor_has_those_that_read_and_those_of_everybody() -> None:
    own = {name for name, roles in ROUTES.items() if roles not in (PUBLIC, EVERYBODY) and Role.AUDITOR in (roles or ())}
    assert own == READ_BY_AUDITORS


def test_contact_data_of_an_expired_lead_is_for_the_audit_alone(
    auditor: User, administrator: User, seller: User, signed_in: Callable[[User], Client]
) -> None:
    lead = factories.ReferralFactory()
    Referral.objects.filter(pk=lead.pk).update(state=State.EXPIRED, closed_at=NOON)
    lead.refresh_from_db()
    sees = {by.role: bool(lead.contact(by).email) for by in (auditor, administrator, seller)}
    assert sees == {Role.AUDITOR: True, Role.ADMINISTRATOR: False, Role.PARTNER_STAFF: False}
    assert lead.contact_email in signed_in(auditor).get(f"/referrals/{lead.public_id}/").content.decode()


def test_no_page_of_an_auditor_has_a_door_that_is_closed_to_them(
    auditor: User, signed_in: Callable[[User], Client]
) -> None:
    lead = factories.ReferralFactory(submitted=True)
    contact = factories.ContactFactory(customer=lead.customer)
    policy = PolicyVersion.objects.order_by("pk")[0]
    pages = [
        "/audit/", "/team/views/", f"/privacy/?q={contact.email}", "/data/", "/data/cut-offs/", "/policy/",
        f"/policy/{policy.code}/", f"/policy/{policy.code}/preview/", "/policy/rates/", "/customers/", "/map/",
        f"/customers/{lead.customer.public_id}/", "/referrals/", f"/referrals/{lead.public_id}/", "/agreements/",
        "/choices/report/", "/notices/", "/news/", "/help/",
    ]  # fmt: skip
    client = signed_in(auditor)
    closed = set()
    for page in pages:
        answer = client.get(page, follow=True)
        assert answer.status_code == 200, page
        shown = FORM.sub(_but_inert, answer.content.decode())
        for door in DOOR.findall(shown):
            if not _is_open(door):
                closed.add((page, door))
    assert closed == set()


def _but_inert(form: re.Match[str]) -> str:
    """A form without a button sends nothing."""
    return form.group() if "<button" in form.group() else ""


def _is_open(door: str) -> bool:
    try:
        name = resolve(door).view_name
    except Resolver404:
        return door.startswith("/static/")
    roles = ROUTES.get(name, frozenset())
    return roles is PUBLIC or Role.AUDITOR in (roles or ())


def test_nobody_looks_on_as_an_auditor(auditor: User, administrator: User) -> None:
    with pytest.raises(NotAllowed):
        view_as(auditor, by=administrator, at=NOON, reason="to see what is hidden")
