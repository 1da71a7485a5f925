"""The schema itself: a table, a view, a function or a login that would open a way around the policies is found here."""

from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from common.isolation import Side
from tests.neighbours import ROOMS, TENANT_TABLES

pytestmark = pytest.mark.django_db

# about nobody: the same for all partners
SHARED = {
    "agreements_cutoff",
    "agreements_pathrule",
    "agreements_templateversion",
    "agreements_templatelanguage",
    "agreements_signingprogramme",
    "customers_countryrule",
    "motions_rateset",
    "motions_rate",
    "motions_heldrates",
    "motions_fanout",
    "motions_fanoutslice",
    "motions_alertcursor",
    "motions_backtest",
    "referrals_programme",
}


def rows(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        return cursor.fetchall()


def tables() -> set[str]:
    names = rows("SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace")
    return {name for (name,) in names if name.split("_")[0] in ROOMS}


def test_every_table_of_the_rooms_is_either_guarded_or_known_to_be_about_nobody() -> None:
    guarded = {name for (name,) in rows("SELECT relname FROM pg_class WHERE relrowsecurity")}
    assert tables() - guarded == SHARED


def test_every_table_with_a_partner_is_known_as_a_tenant_table() -> None:
    with_partner = rows(
        "SELECT DISTINCT table_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND column_name = 'partner_id'"
    )
    assert {name for (name,) in with_partner} | {"partners_partner"} == set(TENANT_TABLES)


def test_a_policy_is_for_one_side_and_has_no_or() -> None:
    policies = rows("SELECT tablename, policyname, roles, permissive, cmd, qual, with_check FROM pg_policies")
    sides = {side.name.lower(): side.value for side in Side}
    assert len(policies) > 30
    for table, name, roles, permissive, cmd, qual, check in policies:
        role = roles if isinstance(roles, str) else "{" + ",".join(roles) + "}"
        assert role == "{" + sides[name] + "}", (table, name)
        assert (permissive, cmd) == ("PERMISSIVE", "ALL"), (table, name)
        for rule in (qual, check or qual):
            assert " OR " not in rule.upper(), (table, name)


@pytest.mark.parametrize("table", TENANT_TABLES)
def test_a_partners_policy_is_its_own_key_alone(table: str) -> None:
    column = "id" if table == "partners_partner" else "partner_id"
    found = rows("SELECT qual, with_check FROM pg_policies WHERE tablename = %s AND policyname = 'partner'", table)
    own = f"({column} = (current_setting('app.partner_id'::text))::bigint)"
    assert found in ([(own, own)], []), table
    if not found:
        assert not rows(
            "SELECT 1 FROM information_schema.role_table_grants WHERE table_name = %s AND grantee = %s",
            table,
            Side.PARTNER.value,
        )


def test_no_side_reaches_a_guarded_table_for_which_it_has_no_policy() -> None:
    granted = rows(
        "SELECT g.table_name, g.grantee FROM information_schema.role_table_grants AS g"
        " JOIN pg_class AS c ON c.relname = g.table_name AND c.relrowsecurity"
        " WHERE g.grantee LIKE 'wegweiser_%%' AND g.grantee = ANY (%s)"
        " AND NOT EXISTS (SELECT 1 FROM pg_policies AS p WHERE p.tablename = g.table_name AND g.grantee = ANY (p.roles))",
        [side.value for side in Side],
    )
    assert granted == []


@pytest.mark.parametrize(
    ("column", "target"),
    [
        ("customer_id", "customers_customer"),
        ("batch_id", "motions_importbatch"),
        ("agreement_id", "agreements_agreement"),
        ("link_id", "agreements_link"),
        ("provider_link_id", "agreements_providerlink"),
        ("referral_id", "referrals_referral"),
        ("appeal_of_id", "referrals_referral"),
        ("subscription_id", "partners_subscription"),
        ("lead_import_id", "referrals_leadimport"),
        ("comment_id", "referrals_comment"),
        ("location_id", "partners_location"),
    ],
)
def test_whatever_points_to_a_partners_row_points_with_the_partners_key(column: str, target: str) -> None:
    pointing = {
        name
        for (name,) in rows(
            "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = %s",
            column,
        )
    }
    # a row of an import only notes which customer it became; it is read through the customer's own policy
    pointing -= {"motions_importrow"} if column == "customer_id" else set()
    keys = rows(
        "SELECT c.conrelid::regclass::text, array_agg(a.attname::text ORDER BY k.place), c.convalidated"
        " FROM pg_constraint AS c, unnest(c.conkey) WITH ORDINALITY AS k(number, place), pg_attribute AS a"
        " WHERE c.contype = 'f' AND c.confrelid = %s::regclass AND a.attrelid = c.conrelid AND a.attnum = k.number"
        " GROUP BY c.oid, c.conrelid, c.convalidated",
        target,
    )
    composite = {table: (columns, valid) for table, columns, valid in keys if columns[-1] == column}
    assert composite == dict.fromkeys(pointing, (["partner_id", column], True))


def test_no_view_looks_with_its_owners_eyes() -> None:
    views = rows(
        "SELECT relname, reloptions FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace"
    )
    assert [name for name, options in views if "security_invoker=true" not in (options or [])] == []


def test_a_function_that_runs_as_its_owner_has_a_fixed_search_path_and_is_not_for_everybody() -> None:
    functions = rows(
        "SELECT proname, proconfig, prorettype::regtype::text, has_function_privilege('public', oid, 'EXECUTE')"
        " FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace"
    )
    assert {name for name, *_rest in functions} >= {"motions_customer_added", "motions_touch"}
    for name, config, returns, is_open in functions:
        assert config == ["search_path=public, pg_temp"], name
        # a trigger function cannot be called; any other one must not be
        assert returns == "trigger" or not is_open, name


def test_the_serving_login_can_do_nothing_by_itself() -> None:
    login = settings.SERVING["USER"]
    ((superuser, bypass, inherit, create_role, create_db, replication),) = rows(
        "SELECT rolsuper, rolbypassrls, rolinherit, rolcreaterole, rolcreatedb, rolreplication"
        " FROM pg_roles WHERE rolname = %s",
        login,
    )
    assert not any((superuser, bypass, inherit, create_role, create_db, replication))
    owned = rows("SELECT 1 FROM pg_shdepend WHERE refobjid = to_regrole(%s) AND deptype IN ('o', 'a')", login)
    assert owned == []
    members = rows(
        "SELECT r.rolname FROM pg_auth_members AS m JOIN pg_roles AS r ON r.oid = m.roleid"
        " WHERE m.member = to_regrole(%s)",
        login,
    )
    assert {name for (name,) in members} == {side.value for side in Side}


def test_no_side_is_mighty_and_none_is_a_member_of_another() -> None:
    names = [side.value for side in Side]
    mighty = rows(
        "SELECT rolname FROM pg_roles WHERE rolname = ANY (%s)"
        " AND (rolsuper OR rolbypassrls OR rolcanlogin OR rolcreaterole OR rolcreatedb)",
        names,
    )
    members = rows(
        "SELECT 1 FROM pg_auth_members AS m JOIN pg_roles AS r ON r.oid = m.member WHERE r.rolname = ANY (%s)", names
    )
    assert (mighty, members) == ([], [])


@pytest.mark.parametrize("side", list(Side))
def test_no_side_may_change_the_schema_or_empty_a_table(side: Side) -> None:
    found = rows(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        " AND (has_table_privilege(%s, oid, 'TRUNCATE') OR has_table_privilege(%s, oid, 'TRIGGER'))",
        side.value,
        side.value,
    )
    assert found == []
    assert rows("SELECT has_schema_privilege(%s, 'public', 'CREATE')", side.value) == [(False,)]
