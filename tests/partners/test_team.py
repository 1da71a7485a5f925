"""People and organisations: asked in, changed, let out, followed by a colleague; the last administrator stays."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import ProgrammingError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from common.isolation import Side, acting
from common.refusals import NotAllowed, Refused, Unfit
from customers.models import Draft, SavedView
from partners import notices, services
from partners.models import Invitation, Partner, TeamEvent, User
from partners.roles import GIVES, OF_PARTNER, Role, Scope
from partners.services.invitations import PAUSE
from referrals.models import Absence, Referral, ReferralEvent, RoutingRule
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db
FACTS = {"name": "Nina New", "role": Role.PARTNER_STAFF, "scope": "own", "team_name": "", "location": None}


def invited(by: User, partner: Partner | None, *, email: str = "Nina@New.example", **more: Any) -> Invitation:
    return services.invite(partner=partner, by=by, at=now(), email=email, facts={**FACTS, "language": "de", **more})


def mailed() -> str:
    """Send what waits; the link of the newest mail."""
    assert notices.mail_invitations(clock=now) >= 1
    return re.search(r"/team/join/\S+", mail.outbox[-1].body).group()  # type: ignore[union-attr]


def join(client: Client, link: str, password: str = factories.PASSWORD) -> Any:
    return client.post(link, {"password": password, "again": password})


def test_an_invitation_is_mailed_once_and_lets_one_person_in_once(
    chief: User, client: Client, as_person: Callable[[User], Any]
) -> None:
    with as_person(chief):
        invitation = invited(chief, chief.partner, scope="team", team_name="North")
    link = mailed()
    assert notices.mail_invitations(clock=now) == 0
    assert (mail.outbox[0].to, mail.outbox[0].subject) == (
        ["nina@new.example"],
        "Sie sind in das Partnerportal eingeladen",
    )
    assert client.get(link).status_code == 200
    assert not User.objects.filter(email="nina@new.example").exists()
    assert join(client, link).headers["Location"] == "/account/login/"
    person = User.objects.get(email="nina@new.example")
    assert (person.partner, person.role, person.scope, person.team_name, person.language) == (
        chief.partner, Role.PARTNER_STAFF, "team", "North", "de",
    )  # fmt: skip
    assert client.login(email=person.email, password=factories.PASSWORD)
    invitation.refresh_from_db()
    assert invitation.used_at
    assert [event.kind for event in TeamEvent.objects.order_by("pk")] == ["invited", "joined"]
    assert (client.get(link).status_code, join(Client(), link).status_code) == (410, 410)
    assert User.objects.filter(email=person.email).count() == 1


@pytest.mark.parametrize("how", ["resent", "withdrawn", "expired", "tampered"])
def test_a_link_is_void(how: str, chief: User, client: Client) -> None:
    invitation = invited(chief, chief.partner)
    link = mailed()
    if how == "resent":
        with pytest.raises(Refused, match="a moment ago"):
            services.resend(invitation, by=chief, at=now())
        services.resend(invitation, by=chief, at=now() + PAUSE)
        assert client.get(mailed()).status_code == 200
    elif how == "withdrawn":
        services.withdraw(invitation, by=chief, at=now())
    elif how == "expired":
        Invitation.objects.update(expires_at=now() - timedelta(seconds=1))
    status = 404 if how == "tampered" else 410
    link = link[:-2] + "x/" if how == "tampered" else link
    assert (client.get(link).status_code, join(client, link).status_code) == (status, status)
    assert not User.objects.filter(email="nina@new.example").exists()


def test_a_weak_or_mistyped_password_is_said_at_its_field_and_the_link_stays_good(chief: User, client: Client) -> None:
    invited(chief, chief.partner)
    link = mailed()
    weak = client.post(link, {"password": "short", "again": "short"})
    assert (weak.status_code, b"id_password_error" in weak.content) == (422, True)
    apart = client.post(link, {"password": factories.PASSWORD, "again": "another long password"})
    assert (apart.status_code, b"id_again_error" in apart.content) == (422, True)
    assert join(client, link).status_code == 302


def test_nobody_learns_by_an_invitation_who_has_an_account_elsewhere(chief: User, rival: User, client: Client) -> None:
    assert invited(chief, chief.partner, email=rival.email).number == 1
    answer = join(client, mailed())
    assert (answer.status_code, User.objects.filter(email=rival.email).count()) == (422, 1)
    assert rival.partner.name.encode() not in answer.content
    with pytest.raises(Unfit) as refusal:
        invited(chief, chief.partner, email=chief.email)
    assert refusal.value.field == "email"
    with pytest.raises(Unfit, match="invited already"):
        invited(chief, chief.partner, email=rival.email)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("wanted", list(Role))
def test_nobody_gives_a_role_above_their_own(role: Role, wanted: Role, partner: Partner) -> None:
    by = factories.UserFactory(role=role, partner=partner if role in OF_PARTNER else None)
    into = partner if wanted in OF_PARTNER else None
    is_open = wanted in GIVES.get(role, ())
    if is_open:
        assert invited(by, into, role=wanted).role == wanted
        return
    with pytest.raises((NotAllowed, Unfit)):
        invited(by, into, role=wanted)
    assert not Invitation.objects.exists()


def test_an_administrator_of_a_partner_has_only_its_own_people_in_hand(chief: User, rival: User) -> None:
    for step in (services.deactivate, services.reactivate):
        with pytest.raises(NotAllowed):
            step(rival, by=chief, at=NOON)
    with pytest.raises(NotAllowed):
        services.change_person(rival, by=chief, at=NOON, facts=FACTS)
    with pytest.raises(NotAllowed):
        invited(chief, rival.partner)


@pytest.mark.parametrize("of", ["partner", "office"])
def test_the_last_administrator_stays(of: str, chief: User, administrator: User) -> None:
    last, role = (chief, Role.PARTNER_ADMIN) if of == "partner" else (administrator, Role.ADMINISTRATOR)
    lower = Role.PARTNER_STAFF if of == "partner" else Role.POLICY_OWNER
    other = factories.UserFactory(role=role, partner=last.partner)
    services.deactivate(other, by=last, at=NOON)
    with pytest.raises(Refused, match="last administrator"):
        services.change_person(last, by=last, at=NOON, facts={**FACTS, "role": lower})
    by = administrator if of == "partner" else factories.UserFactory.build(pk=0, administrator=True)
    with pytest.raises(Refused, match="last administrator"):
        services.deactivate(last, by=by, at=NOON)
    services.reactivate(other, by=last, at=NOON)
    services.change_person(last, by=last, at=NOON, facts={**FACTS, "role": lower})
    last.refresh_from_db()
    assert last.role == lower


def test_whoever_is_deactivated_is_out_with_the_next_request(chief: User, seller: User, client: Client) -> None:
    client.force_login(seller)
    assert client.get("/customers/").status_code == 200
    services.deactivate(seller, by=chief, at=NOON)
    assert client.get("/customers/").status_code == 302
    services.reactivate(seller, by=chief, at=NOON)
    assert client.get("/customers/").status_code == 200


def test_the_database_lets_only_administrators_of_the_partner_change_its_people(
    seller: User, chief: User, rival: User, as_person: Callable[[User], Any]
) -> None:
    for change in ({"role": "partner_admin"}, {"scope": "partner"}, {"is_active": True}):
        with pytest.raises(ProgrammingError, match="only an administrator"), as_person(seller):
            User.objects.filter(pk=seller.pk).update(**change)
    with as_person(chief):
        assert User.objects.filter(pk=rival.pk).update(scope="partner") == 0
        services.change_person(seller, by=chief, at=NOON, facts={**FACTS, "scope": "partner"})
    seller.refresh_from_db()
    assert seller.scope == "partner"


def test_a_link_makes_the_person_that_its_invitation_names_and_nobody_else(chief: User, rival: User) -> None:
    asked = invited(chief, chief.partner)
    person = {"email": asked.email, "name": "Nina", "role": asked.role, "partner": asked.partner, "password": "x"}
    for otherwise in ({"role": Role.PARTNER_ADMIN}, {"partner": rival.partner}, {"email": "other@new.example"}):
        with pytest.raises(ProgrammingError, match="row-level security"), acting(Side.SIGNER, link_id=asked.public_id):
            User(**{**person, **otherwise}).save(force_insert=True)
    with acting(Side.SIGNER, link_id=asked.public_id):
        User(**person).save(force_insert=True)


def _lead(*team: User) -> Referral:
    customer = factories.CustomerFactory(partner=team[0].partner)
    return factories.ReferralFactory(customer=customer, submitted=True, team=list(team))


@pytest.mark.parametrize(
    ("scope", "seen"),
    [
        (Scope.OWN, {"own"}),
        (Scope.TEAM, {"own", "team"}),
        (Scope.LOCATION, {"own", "location"}),
        (Scope.PARTNER, {"own", "team", "location", "else"}),
    ],
)
def test_a_person_sees_the_leads_of_their_scope(scope: Scope, seen: set[str], partner: Partner, rival: User) -> None:
    places = [factories.LocationFactory(partner=partner) for _ in range(2)]
    people = {
        "own": factories.UserFactory(partner=partner, team_name="North", location=places[0], scope=scope),
        "team": factories.UserFactory(partner=partner, team_name="North", location=places[1]),
        "location": factories.UserFactory(partner=partner, team_name="South", location=places[0]),
        "else": factories.UserFactory(partner=partner),
    }
    User.objects.filter(pk=rival.pk).update(team_name="North")
    leads = {_lead(person).pk: name for name, person in people.items()} | {_lead(rival).pk: "rival"}
    assert {leads[pk] for pk in Referral.objects.visible_to(people["own"]).values_list("pk", flat=True)} == seen


def test_the_work_of_a_leaver_goes_to_a_colleague_and_it_is_said_what_moved(
    chief: User, seller: User, rival: User, as_person: Callable[[User], Any]
) -> None:
    heir = factories.UserFactory(partner=seller.partner)
    alone, together = _lead(seller), _lead(seller, heir)
    draft = factories.DraftFactory(owner=seller)
    view = factories.SavedViewFactory(owner=seller, name="Mine", is_shared=True)
    factories.SavedViewFactory(owner=heir, name="Mine")
    with as_person(chief):
        assert services.work_of(seller, by=chief) == ["2 leads", "1 draft", "1 shared view"]
        moved = services.pass_on(seller, to=heir, by=chief, at=NOON)
        assert (moved, services.work_of(seller, by=chief)) == (["2 leads", "1 draft", "1 shared view"], [])
    for lead in (alone, together):
        assert [member.user for member in lead.team.all()] == [heir]
    assert Draft.objects.get(pk=draft.pk).owner == heir
    assert SavedView.objects.get(pk=view.pk).name == f"Mine ({seller})"
    assert ReferralEvent.objects.filter(kind="team", by=chief).count() == 2
    event = TeamEvent.objects.get(kind="handed_over")
    assert event.changes == {"to": [str(seller), str(heir)], "leads": 2, "drafts": 1, "views": 1}
    for nobody in (rival, seller, factories.UserFactory(partner=seller.partner, is_active=False)):
        with pytest.raises(Unfit):
            services.pass_on(seller, to=nobody, by=chief, at=NOON)


def test_what_a_channel_manager_reviews_goes_to_a_colleague_who_is_responsible(
    reviewer: User, administrator: User, seller: User, client: Client
) -> None:
    heir, stranger = (factories.UserFactory(channel_manager=True) for _ in range(2))
    factories.ChannelScopeFactory(user=heir)
    lead = _lead(seller)
    Referral.objects.filter(pk=lead.pk).update(routed_to=reviewer)
    client.force_login(administrator)
    page = f"/team/people/{reviewer.public_id}/"
    assert "1 lead to review" in client.get(page).content.decode()
    refused = client.post(f"{page}hand-over/", {"to": stranger.pk})
    assert (refused.status_code, b"id_to_error" in refused.content) == (422, True)
    assert client.post(f"{page}hand-over/", {"to": heir.pk}).status_code == 302
    lead.refresh_from_db()
    assert lead.routed_to == heir
    with pytest.raises(NotAllowed):
        services.pass_on(seller, to=heir, by=administrator, at=NOON)


def test_rules_and_absences_of_a_leaver_end_or_go_to_the_colleague(reviewer: User, administrator: User) -> None:
    heir, third = (factories.UserFactory(channel_manager=True) for _ in range(2))
    for person in (heir, third):
        factories.ChannelScopeFactory(user=person)
    old = factories.RoutingRuleFactory(manager=reviewer, country="DE", solution="")
    later = {"first_day": date(2026, 3, 1), "last_day": date(2026, 3, 10)}
    factories.AbsenceFactory(user=reviewer, substitute=third, **later)
    factories.AbsenceFactory(user=third, substitute=reviewer, **later)
    factories.AbsenceFactory(user=heir, substitute=reviewer, **later)
    over = {"first_day": date(2026, 2, 1), "last_day": date(2026, 3, 2)}
    past = factories.AbsenceFactory(user=reviewer, substitute=heir, **over)
    moved = services.pass_on(reviewer, to=heir, by=administrator, at=NOON)
    assert moved == ["1 routing rule", "3 absences"]
    old.refresh_from_db()
    now_so = RoutingRule.objects.get(ends_at=None)
    assert (old.ends_at, now_so.manager, now_so.country, now_so.starts_at) == (NOON, heir, "DE", NOON)
    assert set(Absence.objects.exclude(pk=past.pk).values_list("user", "substitute")) == {(third.pk, heir.pk)}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": "  "}, "name"),
        ({"scope": "team"}, "team_name"),
        ({"scope": "location"}, "location"),
        ({"role": Role.CHANNEL_MANAGER}, "role"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field(wrong: dict[str, Any], field: str, chief: User, seller: User) -> None:
    with pytest.raises(Unfit) as refusal:
        services.change_person(seller, by=chief, at=NOON, facts={**FACTS, **wrong})
    assert refusal.value.field == field


def test_a_location_of_another_organisation_is_none(chief: User, seller: User, rival: User) -> None:
    elsewhere = factories.LocationFactory(partner=rival.partner)
    with pytest.raises(Unfit):
        services.change_person(seller, by=chief, at=NOON, facts={**FACTS, "location": elsewhere})


ORGANISATION = {
    "name": "Nordwind AG", "partner_number": "7654321", "country": "DE", "csp_type": "direct_bill",
    "service_areas": ["advise", "sell"], "countries": ["DE", "AT"],
}  # fmt: skip


def test_the_office_enters_changes_suspends_and_resumes_an_organisation(administrator: User, client: Client) -> None:
    client.force_login(administrator)
    page = client.post("/team/organisations/new/", ORGANISATION).headers["Location"]
    partner = Partner.objects.get(partner_number="7654321")
    assert (partner.service_areas, partner.countries) == (["advise", "sell"], ["DE", "AT"])
    assert client.post("/team/organisations/new/", ORGANISATION).status_code == 422
    assert client.post(page, {**ORGANISATION, "name": "Nordwind SE"}).status_code == 302
    place = {f"place-{name}": value for name, value in
             {"name": "Kiel", "partner_number": "7654321", "country": "DE", "is_active": "on"}.items()}  # fmt: skip
    assert client.post(f"{page}locations/", place).status_code == 422
    assert client.post(f"{page}locations/", {**place, "place-partner_number": "7654322"}).status_code == 302
    member = factories.UserFactory(partner=partner)
    at_work = Client()
    at_work.force_login(member)
    assert client.post(f"{page}state/", {"reason": ""}).status_code == 422
    assert client.post(f"{page}state/", {"reason": "Unpaid"}).status_code == 302
    assert at_work.get("/customers/").status_code == 302
    assert client.post(f"{page}state/", {"reason": "Unpaid"}).status_code == 409
    assert client.post(f"{page}state/", {"active": "1"}).status_code == 302
    assert at_work.get("/customers/").status_code == 200
    kinds = TeamEvent.objects.filter(partner=partner).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["added", "corrected", "place_added", "suspended", "resumed"]
    shown = client.get(page).content.decode()
    assert "Unpaid" in shown
    assert "Kiel" in shown
    for words in ("nordwind", "7654322", "7654321"):
        assert "Nordwind SE" in client.get("/team/", {"q": words}).content.decode()
    assert "Nordwind SE" not in client.get("/team/", {"q": "südwind"}).content.decode()


def test_only_the_office_has_organisations_in_hand(chief: User) -> None:
    with pytest.raises(NotAllowed):
        services.suspend(chief.partner, by=chief, at=NOON, reason="envy")
    with pytest.raises(NotAllowed):
        services.add_organisation(by=chief, at=NOON, facts=ORGANISATION)


def test_a_channel_manager_is_made_responsible_and_relieved(administrator: User, client: Client) -> None:
    manager = factories.UserFactory(channel_manager=True)
    client.force_login(administrator)
    page = f"/team/people/{manager.public_id}/"
    assert client.post(f"{page}scopes/", {"country": "DE", "segment": "education"}).status_code == 302
    assert "Germany" in client.get(page).content.decode()
    scope = manager.scopes.get()
    assert client.post(f"{page}scopes/{scope.pk}/remove/").status_code == 302
    assert not manager.scopes.exists()
    assert TeamEvent.objects.filter(person=manager, kind="changed").count() == 2


def test_the_page_of_a_person_keeps_what_was_typed(chief: User, seller: User, client: Client) -> None:
    client.force_login(chief)
    page = f"/team/people/{seller.public_id}/"
    answer = client.post(page, {"name": "Renamed", "role": "partner_staff", "scope": "team", "team_name": ""})
    assert (answer.status_code, "Renamed" in answer.content.decode()) == (422, True)
    assert b"id_team_name_error" in answer.content
    typed = {"name": "Renamed", "role": "partner_staff", "scope": "team", "team_name": "North"}
    assert client.post(page, typed).status_code == 302
    assert "North" in client.get("/team/").content.decode()


def test_the_list_of_people_costs_the_same_however_many_they_are(chief: User, client: Client) -> None:
    client.force_login(chief)
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as asked:
            client.get("/team/")
        counts.append(len(asked))
        for _ in range(3):
            person = factories.UserFactory(
                partner=chief.partner, location=factories.LocationFactory(partner=chief.partner)
            )
            factories.TeamEventFactory(person=person)
            factories.InvitationFactory(partner=chief.partner)
    assert counts[0] == counts[1]
