"""Who may reach locations of the channel side; where somebody is responsible is told by the key of the location alone."""

from django.db import migrations

from common.auditing import audited
from common.isolation import Side, guarded

MOVERS = ", ".join(side.value for side in (Side.CHANNEL, Side.OFFICE, Side.WORKER))
ASKERS = ", ".join(side.value for side in (Side.PARTNER, Side.CHANNEL, Side.OFFICE, Side.WORKER))
READ = ("SELECT", "true")

STAFFED = """
CREATE FUNCTION referrals_staffed(market text, kind text) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT member.review_location_id FROM referrals_locationmember AS member
    JOIN referrals_responsible(market, kind) AS person ON person.id = member.user_id
$$;
REVOKE ALL ON FUNCTION referrals_staffed(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION referrals_staffed(text, text) TO %s;
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0071_review_locations"), ("partners", "0021_audit_chain")]

    operations = [
        guarded("referrals_reviewlocation", channel=READ, office=("SELECT, INSERT", "true"), worker=READ),
        guarded("referrals_locationmember", channel=READ, office=("SELECT, INSERT, DELETE", "true"), worker=READ),
        migrations.RunSQL(
            f"GRANT UPDATE (routed_location_id) ON referrals_referral TO {MOVERS}",
            f"REVOKE UPDATE (routed_location_id) ON referrals_referral FROM {MOVERS}",
        ),
        migrations.RunSQL(STAFFED % ASKERS, "DROP FUNCTION referrals_staffed(text, text)"),
        audited("referrals_reviewlocation", partner="", customer=""),
        audited("referrals_locationmember", partner="", customer=""),
        migrations.RunSQL(
            audited("referrals_routingrule", partner="", customer="", ignored=["manager_name", "location_name"]).sql,
            audited("referrals_routingrule", partner="", customer="", ignored=["manager_name"]).sql,
        ),
    ]
