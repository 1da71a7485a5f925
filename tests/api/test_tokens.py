"""Tokens: who gets one, for how long, for what; and what every request without a good one is answered."""

import base64
import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils.timezone import now
from django.utils.translation import override

from common.isolation import Side, acting
from partners import services
from partners.models import ApiClient, Notice, Partner, User
from partners.roles import Role
from partners.wording import words_of
from tests import factories
from tests.programs import Program, new_token

pytestmark = pytest.mark.django_db
TOKEN = "/identity/o/api/token"


def ask(client_id: str, secret: str, **more: str) -> Any:
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret, **more}
    return Client().post(TOKEN, form)


def command(*words: str) -> Any:
    out = StringIO()
    call_command("api_client", *words, stdout=out)
    return json.loads(out.getvalue())


def test_a_client_made_by_the_command_gets_a_token_with_which_it_reads(partner: Partner) -> None:
    made = command(
        "create", "--partner", partner.partner_number, "--scopes", "customers.read", "deals.read,deals.write"
    )
    answer = ask(made["client_id"], made["client_secret"])
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert told["token_type"] == "Bearer"
    assert told["expires_in"] == 3600
    assert set(told["scope"].split()) == {"customers.read", "deals.read", "deals.write"}
    got = Client().get("/api/v1/customers/", headers={"Authorization": f"Bearer {told['access_token']}"})
    assert (got.status_code, got.json()) == (200, {"items": [], "next": None})


def test_the_secret_may_come_by_basic_authentication_and_fewer_scopes_may_be_asked_for(program: Program) -> None:
    word = base64.b64encode(f"{program.row}:{program.secret}".encode()).decode()
    form = {"grant_type": "client_credentials", "scope": "deals.read"}
    answer = Client().post(TOKEN, form, headers={"Authorization": f"Basic {word}"})
    assert (answer.status_code, answer.json().get("scope")) == (200, "deals.read")


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"client_id": "a\0b"}, 400, "invalid_request"),
        ({"client_id": "x" * 5000}, 400, "invalid_request"),
        ({"scope": "everything"}, 400, "invalid_scope"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": "urn:ietf:params:oauth:grant-type:device_code"}, 400, "unsupported_grant_type"),
        ({"grant_type": ""}, 400, "unsupported_grant_type"),
    ],
)
def test_a_request_for_a_token_that_is_not_right_is_told_so(
    form: dict[str, str], status: int, error: str, program: Program
) -> None:
    answer = ask(**{"client_id": str(program.row), "secret": program.secret, **form})  # type: ignore[arg-type]
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_a_client_that_asks_for_tokens_without_end_is_told_to_wait(program: Program, settings: Any) -> None:
    settings.API_TOKENS_A_MINUTE = 2
    answers = [ask(str(program.row), "wrong").status_code for _ in range(3)]
    assert answers == [401, 401, 429]
    assert ask(str(Program(program.partner).row), "wrong").status_code == 401


def test_nothing_stored_tells_a_secret_or_a_token(program: Program) -> None:
    token = ask(str(program.row), program.secret).json()["access_token"]
    stored = str(list(ApiClient.objects.values("application__secret", "application__token__hash", "user__password")))
    assert program.secret not in stored
    assert token not in stored


def test_a_former_secret_is_good_until_the_overlap_ends(program: Program) -> None:
    issued = services.rotate_secret(program.row, at=now(), overlap=timedelta(hours=1))
    both = [ask(str(program.row), secret).status_code for secret in (issued.secret, program.secret)]
    services.rotate_secret(program.row, at=now(), overlap=timedelta(hours=-1))
    assert both == [200, 200]
    assert [ask(str(program.row), secret).status_code for secret in (issued.secret, program.secret)] == [401, 401]


def test_a_secret_has_a_last_day(program: Program) -> None:
    services.rotate_secret(program.row, at=now() - services.SECRET_LASTS, overlap=timedelta(0))
    newest = services.rotate_secret(program.row, at=now() - services.SECRET_LASTS, overlap=timedelta(0))
    assert ask(str(program.row), newest.secret).status_code == 401


def test_a_revoked_client_is_out_at_once(program: Program) -> None:
    assert program.get("customers/").status_code == 200
    command("revoke", str(program.row))
    assert program.get("customers/").status_code == 401
    assert ask(str(program.row), program.secret).status_code == 401
    with pytest.raises(CommandError):
        command("rotate", str(program.row))


@pytest.mark.parametrize("what", ["person", "partner"])
def test_whoever_is_deactivated_is_out_with_the_next_request(what: str, program: Program) -> None:
    row: Any = program.partner if what == "partner" else program.row.user
    type(row).objects.filter(pk=row.pk).update(is_active=False)
    assert program.get("customers/").status_code == 401


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer nonsense", "Basic eDp5", "Bearer \xff"])
def test_without_a_good_token_everything_is_401_and_a_session_is_no_token(header: str, program: Program) -> None:
    browser = Client()
    browser.force_login(factories.UserFactory(partner=program.partner))
    answer = browser.get("/api/v1/customers/", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "unauthenticated"


def test_a_token_that_is_over_is_no_token(program: Program) -> None:
    program.token = new_token(program.row, lasts=timedelta(seconds=-1))
    assert program.get("customers/").status_code == 401


def test_a_token_opens_no_page(program: Program) -> None:
    answer = program.get("/customers/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/account/login/?next=/customers/")


def test_nobody_signs_in_as_a_program(program: Program) -> None:
    person: User = program.row.user
    assert not person.has_usable_password()
    assert person.email.endswith("@clients.invalid")


def test_the_list_of_clients_tells_of_last_use_and_of_secrets_that_end(program: Program) -> None:
    told = command("list")
    assert [(one["client_id"], one["ends_soon"], bool(one["last_token_at"])) for one in told] == [
        (str(program.row), False, True)
    ]


def test_a_client_of_nobody_or_for_nothing_is_not_made(partner: Partner) -> None:
    with pytest.raises(CommandError, match="no active partner"):
        command("create", "--partner", "1")
    with pytest.raises(CommandError, match=r"customers\.fly"):
        command("create", "--partner", partner.partner_number, "--scopes", "customers.fly")


def test_what_is_over_is_forgotten_but_not_the_last_use(program: Program) -> None:
    new_token(program.row, lasts=timedelta(days=-10))
    assert services.forget(at=now())["tokens"] == 0
    new_token(program.row, lasts=timedelta(days=-10))
    assert services.forget(at=now())["tokens"] == 1
    assert str(program.row) in services.last_uses()


def test_administrators_of_the_partner_are_warned_of_a_secret_that_ends_once_each_time(program: Program) -> None:
    chief = factories.UserFactory(partner=program.partner, role=Role.PARTNER_ADMIN)
    factories.UserFactory(partner=program.partner)
    ends = program.row.secret_ends_at

    def warned(days: float) -> list[User]:
        with acting(Side.WORKER):
            told = services.warn_of_secrets(at=ends - timedelta(days=days))
        return [notice.user for notice in told if notice.user != program.row.user]  # it reads notices itself

    assert [warned(days) for days in (31, 29, 28, 6, 5, -1)] == [[], [chief], [], [chief], [], []]
    words = words_of(services.SECRET_ENDS, Notice.objects.latest("pk").params)
    assert "“Warehouse”" in words.title
    with override("de"):
        assert words_of(services.SECRET_ENDS, Notice.objects.latest("pk").params).title.startswith("Das Secret")
    services.revoke_client(program.row, at=ends)
    services.forget(at=ends)
    assert warned(3) == []
