"""The search of leads: an index that starts with the partner, and the one function that may use it.

As with customers (their migration 0007): LIKE is not leakproof, so that row-level security keeps it off every index. The
function puts the condition of the side's policy into the statement itself, and answers ids alone.
"""

from django.db import migrations

from common.isolation import Side

INDEX = (
    "CREATE INDEX CONCURRENTLY IF NOT EXISTS referral_search ON referrals_referral"
    " USING gin (partner_id, search_text gin_trgm_ops)"
)
FOUND = r"""
CREATE FUNCTION {name}(word text, most integer) RETURNS SETOF bigint LANGUAGE plpgsql STABLE
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN QUERY EXECUTE format(
        'SELECT id FROM referrals_referral WHERE {scope} AND search_text LIKE %L LIMIT %s',
        '%' || regexp_replace(fold_text(word), '([\\%_])', '\\\1', 'g') || '%', most);
END $$;
REVOKE ALL ON FUNCTION {name}(text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION {name}(text, integer) TO {role};
"""
OWN = FOUND.format(
    name="referrals_found",
    role=Side.PARTNER.value,
    scope="partner_id = current_setting(''app.partner_id'')::bigint",
)
SHARED = FOUND.format(
    name="referrals_found_in_scope",
    role=Side.CHANNEL.value,
    scope="state <> ''draft'' AND deal_type <> ''private'' AND (country, segment) IN (SELECT scope.country, scope.segment"
    " FROM partners_channelscope AS scope WHERE scope.user_id = current_setting(''app.user_id'')::bigint)",
)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("referrals", "0028_offers_isolation"), ("customers", "0007_search")]

    operations = [
        migrations.RunSQL(INDEX, "DROP INDEX CONCURRENTLY IF EXISTS referral_search"),
        migrations.RunSQL(OWN, "DROP FUNCTION referrals_found(text, integer)"),
        migrations.RunSQL(SHARED, "DROP FUNCTION referrals_found_in_scope(text, integer)"),
    ]
