"""Who watches the guards: each fault that the schema guards are there for is made once, and noticed."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.db import connection

from tests.isolation import test_schema as schema

LOGIN = settings.SERVING["USER"]
OWN = "partner_id = current_setting('app.partner_id')::bigint"
FAULTS: list[tuple[str, Callable[[], None]]] = [
    (
        "ALTER TABLE motions_deal DISABLE ROW LEVEL SECURITY",
        schema.test_every_table_of_the_rooms_is_either_guarded_or_known_to_be_about_nobody,
    ),
    (
        "CREATE TABLE motions_secret (id bigint, partner_id bigint)",
        schema.test_every_table_of_the_rooms_is_either_guarded_or_known_to_be_about_nobody,
    ),
    (
        "CREATE TABLE motions_secret (id bigint, partner_id bigint)",
        schema.test_every_table_with_a_partner_is_known_as_a_tenant_table,
    ),
    (
        f"ALTER POLICY partner ON motions_deal USING ({OWN} OR current_user = 'wegweiser_office')",
        schema.test_a_policy_is_for_one_side_and_has_no_or,
    ),
    (
        "ALTER POLICY partner ON motions_deal TO wegweiser_partner, wegweiser_channel",
        schema.test_a_policy_is_for_one_side_and_has_no_or,
    ),
    (
        "ALTER POLICY partner ON motions_deal USING (true)",
        lambda: schema.test_a_partners_policy_is_its_own_key_alone("motions_deal"),
    ),
    (
        "ALTER POLICY partner ON motions_deal WITH CHECK (true)",
        lambda: schema.test_a_partners_policy_is_its_own_key_alone("motions_deal"),
    ),
    (
        "GRANT SELECT ON motions_mark TO wegweiser_partner",
        lambda: schema.test_a_partners_policy_is_its_own_key_alone("motions_mark"),
    ),
    (
        "GRANT SELECT ON motions_importrow TO wegweiser_channel",
        schema.test_no_side_reaches_a_guarded_table_for_which_it_has_no_policy,
    ),
    (
        "ALTER TABLE motions_deal DROP CONSTRAINT motions_deal_customer_id_own",
        lambda: schema.test_whatever_points_to_a_partners_row_points_with_the_partners_key(
            "customer_id", "customers_customer"
        ),
    ),
    (
        "ALTER TABLE motions_importrow DROP CONSTRAINT motions_importrow_batch_id_own",
        lambda: schema.test_whatever_points_to_a_partners_row_points_with_the_partners_key(
            "batch_id", "motions_importbatch"
        ),
    ),
    ("CREATE VIEW deals_of_all AS SELECT * FROM motions_deal", schema.test_no_view_looks_with_its_owners_eyes),
    (
        (
            "CREATE FUNCTION peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER"
            " AS 'SELECT count(*) FROM public.motions_deal'"
        ),
        schema.test_a_function_that_runs_as_its_owner_has_a_fixed_search_path_and_is_not_for_everybody,
    ),
    (
        (
            "CREATE FUNCTION peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp"
            " AS 'SELECT count(*) FROM public.motions_deal'"
        ),
        schema.test_a_function_that_runs_as_its_owner_has_a_fixed_search_path_and_is_not_for_everybody,
    ),
    (f"GRANT SELECT ON motions_deal TO {LOGIN}", schema.test_the_serving_login_can_do_nothing_by_itself),
    (
        "GRANT TRUNCATE ON motions_deal TO wegweiser_worker",
        lambda: schema.test_no_side_may_change_the_schema_or_empty_a_table(schema.Side.WORKER),
    ),
    (
        "GRANT CREATE ON SCHEMA public TO wegweiser_office",
        lambda: schema.test_no_side_may_change_the_schema_or_empty_a_table(schema.Side.OFFICE),
    ),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("fault", "guard"), FAULTS, ids=[fault[:60] for fault, _guard in FAULTS])
def test_the_guard_notices_the_fault(fault: str, guard: Callable[[], None]) -> None:
    guard()
    with connection.cursor() as cursor:
        cursor.execute(fault)
    with pytest.raises(AssertionError):
        guard()
