"""The search of the customer list: an index that starts with the partner, and the one function that may use it.

Row-level security keeps LIKE off every index, because LIKE is not leakproof. The function runs as the owner of the
table and puts the same condition as the policy into the statement itself, so the index is entered with the partner and
no row of a neighbour is even looked at. It answers ids alone; the rows are read through the policy as always.
"""

from django.db import migrations

from common.isolation import Side

PARTNER, CHANNEL = Side.PARTNER.value, Side.CHANNEL.value
EXTENSIONS = "CREATE EXTENSION IF NOT EXISTS pg_trgm; CREATE EXTENSION IF NOT EXISTS btree_gin"
INDEX = (
    "CREATE INDEX CONCURRENTLY IF NOT EXISTS customer_search ON customers_customer"
    " USING gin (partner_id, search_text gin_trgm_ops)"
)
# built and run as text, so that the plan is made for these very words
FOUND = """
CREATE FUNCTION {name}(patterns text[], most integer) RETURNS SETOF bigint LANGUAGE plpgsql STABLE
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN QUERY EXECUTE
        'SELECT id FROM customers_customer WHERE {scope}'
        || (SELECT string_agg(format(' AND search_text LIKE %L', pattern), '') FROM unnest(patterns) AS pattern)
        || format(' LIMIT %s', most);
END $$;
REVOKE ALL ON FUNCTION {name}(text[], integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION {name}(text[], integer) TO {role};
"""
OWN = FOUND.format(
    name="customers_found",
    role=PARTNER,
    scope="partner_id = ' || current_setting('app.partner_id')::bigint || '",
)
IN_SCOPE = FOUND.format(
    name="customers_found_in_scope",
    role=CHANNEL,
    scope="(country, segment) IN (SELECT scope.country, scope.segment FROM partners_channelscope AS scope"
    " WHERE scope.user_id = ' || current_setting('app.user_id')::bigint || ')",
)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("customers", "0006_registration_isolation")]

    operations = [
        migrations.RunSQL(EXTENSIONS, migrations.RunSQL.noop),
        migrations.RunSQL(INDEX, "DROP INDEX CONCURRENTLY IF EXISTS customer_search"),
        migrations.RunSQL(OWN, "DROP FUNCTION customers_found(text[], integer)"),
        migrations.RunSQL(IN_SCOPE, "DROP FUNCTION customers_found_in_scope(text[], integer)"),
    ]
