"""Who may reach what reviewers keep; who is responsible for a market is told by name alone."""

from django.db import migrations

from common.isolation import OWN_USER, Side, guarded

OWN = ("SELECT, INSERT, UPDATE, DELETE", OWN_USER)
# an absence concerns whoever is away and whoever stands in
CONCERNED = "current_setting('app.user_id')::bigint = ANY (ARRAY[user_id, substitute_id])"
MOVERS = ", ".join(side.value for side in (Side.CHANNEL, Side.OFFICE, Side.WORKER))
ASKERS = ", ".join(side.value for side in (Side.PARTNER, Side.CHANNEL, Side.OFFICE, Side.WORKER))

# a channel manager reads no other person's row, and nobody but the office reads scopes: this tells names and nothing else
RESPONSIBLE = """
CREATE FUNCTION referrals_responsible(market text, kind text) RETURNS TABLE (id bigint, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT person.id, coalesce(nullif(person.name, ''), person.email)
    FROM partners_user AS person
    WHERE person.role = 'channel_manager' AND person.is_active
      AND (market = '' OR EXISTS (
          SELECT 1 FROM partners_channelscope AS scope
          WHERE scope.user_id = person.id AND scope.country = market AND kind IN ('', scope.segment)))
    ORDER BY 2, 1
$$;
REVOKE ALL ON FUNCTION referrals_responsible(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION referrals_responsible(text, text) TO %s;
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0020_reviewing")]

    operations = [
        guarded("referrals_snooze", channel=OWN, office=OWN),
        guarded("referrals_reviewpreference", channel=OWN, office=OWN),
        guarded(
            "referrals_routingrule",
            partner=("SELECT", "true"),
            channel=("SELECT", "true"),
            office=("SELECT, INSERT, UPDATE (ends_at, ended_by_name)", "true"),
            worker=("SELECT", "true"),
        ),
        guarded(
            "referrals_absence",
            channel=("SELECT, INSERT, DELETE", CONCERNED),
            office=("SELECT, INSERT, DELETE", "true"),
            worker=("SELECT", "true"),
        ),
        migrations.RunSQL(
            f"GRANT UPDATE (routed_to_id, routed_to_name) ON referrals_referral TO {MOVERS}",
            f"REVOKE UPDATE (routed_to_id, routed_to_name) ON referrals_referral FROM {MOVERS}",
        ),
        migrations.RunSQL(RESPONSIBLE % ASKERS, "DROP FUNCTION referrals_responsible(text, text)"),
    ]
