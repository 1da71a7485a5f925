"""A walk through the house: every route, as everybody, about one's own things, a neighbour's, and nothing's."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.contrib.auth.models import update_last_login
from django.contrib.auth.signals import user_logged_in
from django.core.cache import cache
from django.db import transaction
from django.http.response import HttpResponseBase
from django.test import Client
from django.test.client import ClientHandler
from django.urls import URLPattern, URLResolver, get_resolver

from motions.models import PolicyVersion, RateSet
from partners.models import User
from referrals.models import Programme
from tests import factories
from tests.neighbours import Household, checksums, furnish, judged, standing
from tests.routes import CASES, CLOSED_TO_AUDITORS, OFFICE, READ_BY_AUDITORS, Case

OUTSIDE = ("anonymous", "deactivated", "of a deactivated partner")
ACTORS = (
    *OUTSIDE,
    "seller",
    "chief",
    "rival",
    "reviewer",
    "reviewer elsewhere",
    "policy owner",
    "administrator",
)
# below /api/ only a token counts: whoever has none is one more of the same
AT_THE_API = ("anonymous", "seller", "rival", "administrator")
SEE_ALL = ("administrator", "auditor")
METHODS = ("GET", "POST")
OBJECTS = ("own", "foreign", "missing")
# one for all cells: each new one would load the middleware and look through the static files again
HANDLER = ClientHandler(enforce_csrf_checks=False)
NOTHING = UUID("00000000-0000-4000-8000-000000000000")
# what differs between any two answers: the token of a form, the address that was asked for, the number of a request
PASSING = re.compile(
    rb'name="csrfmiddlewaretoken" value="[^"]*"|[0-9a-f]{8}-[0-9a-f-]{27}|nonce-[^\'"]+|X-CSRFToken[^}]*'
)
FILLED = {
    "<deal_kind:kind>": "seats",
    "<sheet_kind:kind>": "csv",
    "<int:number>": "1",
    "<slug:kind>": "programmes",
    "<int:change>": "1",
    "<policy_code:code>": "NO_SUCH",
    "<day:day>": "2026-01-04",
    "<slug:code>": "GUIDANCE_2023_10",
    "<path:rest>": "countries/",
    "<steering:verb>": "pause",
    "<agreement_act:name>": "link",
    "<str:token>": "nothing",
    "<tenant:tenant>": "contoso.example",
    "<str:domain>": "nowhere.example",
    "<str:template>": "nothing",
    "^v1(?:\\.0)?/": "v1/",
    "<path:content_type_id>": "1",
    "^confirm-email/(?P<key>[-:\\w]+)/$": "confirm-email/abc/",
    "^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": "password/reset/key/1-abc-def/",
    "^(?P<app_label>partners|agreements|motions|referrals)/$": "partners/",
    "(?P<url>.*)$": "nowhere/",
}


def routes(found: Any = None, path: str = "", room: str = "") -> Iterator[tuple[str, str]]:
    """(name, path with its converters) of every route; a route without a name goes by its pattern."""
    for entry in (found or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{room}{entry.namespace}:" if entry.namespace else room
            yield from routes(entry, path + str(entry.pattern), inner)
        else:
            assert isinstance(entry, URLPattern)
            whole = path + str(entry.pattern)
            yield room + (entry.name or whole.removeprefix("admin/")), whole


ROUTES = dict(routes())


@dataclass(frozen=True)
class House:
    """Everybody and everything that the walk needs."""

    ours: Household
    theirs: Household
    people: dict[str, User | None]
    sums: dict[int | None, dict[str, str]] = field(default_factory=dict)

    def untouched(self, but_not_of: int | None) -> dict[str, str]:
        """The checksums before any cell did anything; each cell is taken back, so they stay the same."""
        if but_not_of not in self.sums:
            self.sums[but_not_of] = checksums(but_not_of=but_not_of)
        return self.sums[but_not_of]


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Furnished once for all routes, each cell of the walk undoes what it did; at the end the tables are as migrated."""
    with standing(django_db_blocker, tmp_path_factory.mktemp("house")):
        # when somebody signed in for a cell is nothing that the cell has changed
        user_logged_in.disconnect(dispatch_uid="update_last_login")
        try:
            yield _furnished()
        finally:
            user_logged_in.connect(update_last_login, dispatch_uid="update_last_login")


def _furnished() -> House:
    ours, theirs = furnish("amarant"), furnish("zinnober", country="AT", segment="public_sector")
    judged(ours, theirs)
    if not RateSet.objects.exists():
        factories.RateSetFactory()
    away = factories.PartnerFactory(is_active=False)
    return House(
        ours,
        theirs,
        {
            "anonymous": None,
            "deactivated": factories.UserFactory(partner=ours.partner, is_active=False),
            "of a deactivated partner": factories.UserFactory(partner=away),
            "seller": ours.seller,
            "chief": ours.chief,
            "rival": theirs.seller,
            "reviewer": _reviewer(country="DE", segment="commercial"),
            "reviewer elsewhere": _reviewer(country="FR", segment="education"),
            "policy owner": factories.UserFactory(policy_owner=True),
            "administrator": factories.UserFactory(administrator=True),
            "auditor": factories.UserFactory(auditor=True),
        },
    )


def _reviewer(**scope: str) -> User:
    user = factories.UserFactory(channel_manager=True)
    factories.ChannelScopeFactory(user=user, **scope)
    return user


def path_of(name: str, case: Case, of: Household | None) -> str:
    """The address of a route about something of a household, or about nothing."""
    path = ROUTES[name]
    for part, value in FILLED.items():
        path = path.replace(part, value)
    about = getattr(of, case.about).public_id if of and case.about not in ("", "row") else NOTHING
    row = _row(name, of) if case.about == "row" else 0
    path = path.replace("<uuid:public_id>", str(about)).replace("<guid:tenant>", str(about))
    path = path.replace("<guid:public_id>", str(about))
    return "/" + path.replace("<path:object_id>", str(row))


def _row(name: str, of: Household | None) -> int:
    if of is None:
        return 0
    if "partner" in name.split("_")[-2:] or "/partner/" in name:
        return of.partner.pk
    if "user" in name:
        return of.seller.pk
    for one in apps.get_app_config("agreements").get_models():
        if f"agreements_{one._meta.model_name}_" in name or f"/{one._meta.model_name}/" in name:
            return one._default_manager.order_by("pk").first().pk
    if "programme" in name:
        return Programme.objects.get(code="QRP").pk
    model = PolicyVersion if "policyversion" in name else RateSet
    return model.objects.order_by("pk").first().pk  # type: ignore[attr-defined, no-any-return]


def expected(case: Case, actor: str, method: str, thing: str, *, is_api: bool) -> int:
    """What the table promises."""
    right = case.get if method == "GET" else case.post
    if case.visitors and actor in OUTSIDE:
        return case.visitors[method == "POST"]
    if is_api and (actor in OUTSIDE or actor not in case.to):
        return 401
    if actor in OUTSIDE:
        return 302
    if actor not in case.to:
        return 404
    if right == 405 or not case.about:
        return case.others.get(actor, right) if method == "GET" else right
    if case.about == "row":
        return 302 if thing == "missing" and right == 200 else right
    if case.mine:
        return right if thing == "own" and actor in case.mine else 404
    sees = thing == "own" or (thing == "foreign" and actor in SEE_ALL)
    blind = actor == "reviewer elsewhere" or (case.is_personal and actor == "chief")
    return right if sees and not blind else 404


def is_for_programs(name: str) -> bool:
    """Whether a route is asked with a token."""
    return name.startswith(("api:", "wire:", "webhooks:"))


def ask(house: House, name: str, actor: str, method: str, thing: str) -> tuple[int, bytes, bool]:
    """(status, body, whether anything of others has changed) of one cell; whatever it did is undone."""
    case, person = CASES[name], house.people[actor]
    own, other = (house.theirs, house.ours) if actor == "rival" else (house.ours, house.theirs)
    of = {"own": own, "foreign": other, "missing": None}[thing]
    with transaction.atomic():
        client = Client(raise_request_exception=False)
        client.handler = HANDLER
        if person:
            client.force_login(person)
        partner = person.partner_id if person and actor not in OUTSIDE else None
        untouched = house.untouched(partner) if method == "POST" else {}
        path, form = path_of(name, case, of), case.form(of or own)
        if is_for_programs(name) and not case.visitors:
            answer = _by_program(
                own, client, case.write if method == "POST" else method, path, form, is_known=actor in case.to
            )
        else:
            answer = client.get(path) if method == "GET" else client.post(path, form)
        body = _body(answer)
        changed = method == "POST" and checksums(but_not_of=partner) != untouched
        transaction.set_rollback(True)
    return answer.status_code, body, changed


def _by_program(
    own: Household, client: Client, method: str, path: str, form: dict[str, Any], *, is_known: bool
) -> HttpResponseBase:
    """A request to the API; whoever has no program comes with the session alone."""
    headers = {"Idempotency-Key": "walk", "If-Match": '"1"'}
    if is_known:
        headers["Authorization"] = f"Bearer {own.program.token}"
    body = "" if method == "GET" else json.dumps(form)
    answer: HttpResponseBase = client.generic(method, path, body, content_type="application/json", headers=headers)
    return answer


def _body(answer: HttpResponseBase) -> bytes:
    streamed = getattr(answer, "streaming_content", None)
    return b"".join(streamed) if streamed is not None else bytes(answer.content)  # type: ignore[attr-defined]


def may_read_of(actor: str) -> set[str]:
    """Whose words an actor may find in an answer."""
    return {
        "seller": {"ours"},
        "chief": {"ours"},
        "rival": {"theirs"},
        "reviewer": {"ours"},
        "administrator": {"ours", "theirs"},
        "auditor": {"ours", "theirs"},
    }.get(actor, set())


def test_every_route_has_its_case_and_every_case_its_route() -> None:
    assert set(CASES) == set(ROUTES)


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(ROUTES))
def test_everybody_gets_of_a_route_what_is_theirs_and_nothing_else(name: str, house: House) -> None:
    cells = [(actor, method) for actor in (AT_THE_API if name.startswith("api:") else ACTORS) for method in METHODS]
    # auditors read: what they may not do is tried at some doors
    cells += [("auditor", METHODS[0])] if name in READ_BY_AUDITORS else []
    cells += [("auditor", METHODS[1])] if name in CLOSED_TO_AUDITORS else []
    wrong = [finding for actor, method in cells for finding in findings(house, name, actor, method)]
    assert not wrong, "\n".join(wrong)


def findings(house: House, name: str, actor: str, method: str) -> Iterator[str]:
    """What is not as the table promises, about each object in turn."""
    case, answers = CASES[name], {}
    cache.clear()
    for thing in OBJECTS if case.about else OBJECTS[:1]:
        cell = f"{method} {name} as {actor} about {thing}"
        status, body, has_changed = ask(house, name, actor, method, thing)
        answers[thing] = status, PASSING.sub(b"", body)
        if status != (promised := expected(case, actor, method, thing, is_api=is_for_programs(name))):
            yield f"{cell}: {status}, not {promised}"
        is_admin = actor == "administrator" and (name.startswith("admin:") or case.to == OFFICE)
        may_write = actor in case.writes and status == promised
        if has_changed and not (is_admin or may_write or actor in case.changes):
            yield f"{cell}: changed what is others'"
        hidden = {"ours", "theirs"} - may_read_of(actor)
        yield from (f"{cell}: tells of {whose}" for whose in hidden if word_of(house, whose) in body.lower())
    if actor not in SEE_ALL and answers.get("foreign") != answers.get("missing"):
        yield f"{method} {name} as {actor}: a neighbour's thing and nothing differ"


def word_of(house: House, whose: str) -> bytes:
    """The word that is in everything of a household."""
    household: Household = getattr(house, whose)
    return household.word.encode()
