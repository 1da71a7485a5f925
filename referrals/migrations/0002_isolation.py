"""Who may reach leads in the database; closed stays closed, and only a draft can be deleted."""

from django.db import migrations

from common.isolation import OWN_PARTNER, OWN_USER, Side, guarded, of_partner

IN_SCOPE = (
    "(country, segment) IN (SELECT scope.country, scope.segment FROM partners_channelscope AS scope"
    " WHERE scope.user_id = current_setting('app.user_id')::bigint)"
)
# what a partner has not shared is nobody else's
SHARED = f"state <> 'draft' AND deal_type <> 'private' AND {IN_SCOPE}"
# read as the same role, so the lead's own policy decides
LEAD_SEEN = "EXISTS (SELECT 1 FROM referrals_referral AS seen WHERE seen.id = referral_id)"
OPEN_WORDS = f"NOT is_internal AND {LEAD_SEEN}"
# of a lead, Microsoft moves the state and what hangs on it, nothing that the partner wrote
STEP_COLUMNS = (
    "state, version, updated_at, submitted_at, answer_due_at, expires_at, reminders, decided_at, closed_at, reviewer_id,"
    " reviewer_name, claimed_at, claimed_until, claimed_from, reason, reason_text, won_value, sales_stage"
)
READERS = ", ".join(side.value for side in (Side.PARTNER, Side.CHANNEL, Side.OFFICE, Side.WORKER))
AROUND = ("event", "teammember", "consent", "comment", "favourite")
TABLES = {name: f"referrals_{'referralevent' if name == 'event' else name}" for name in AROUND}

CLOSED = """
CREATE FUNCTION referrals_keep_closed() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'draft' THEN
            RAISE EXCEPTION 'a lead that was submitted is not deleted' USING ERRCODE = 'check_violation';
        END IF;
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'a closed lead stays closed' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER keep_closed BEFORE UPDATE ON referrals_referral FOR EACH ROW
    WHEN (OLD.state IN ('declined', 'expired', 'withdrawn', 'won', 'lost', 'error') AND NEW.state <> OLD.state)
    EXECUTE FUNCTION referrals_keep_closed();
CREATE TRIGGER keep_submitted BEFORE DELETE ON referrals_referral FOR EACH ROW
    EXECUTE FUNCTION referrals_keep_closed();
"""
CLOSED_BACK = """
DROP TRIGGER keep_submitted ON referrals_referral;
DROP TRIGGER keep_closed ON referrals_referral;
DROP FUNCTION referrals_keep_closed();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0001_initial"),
        ("customers", "0002_isolation"),
        ("partners", "0005_notices"),
    ]

    operations = [
        of_partner("referrals_referral", "customer_id", "customers_customer"),
        of_partner("referrals_referral", "appeal_of_id", "referrals_referral"),
        *(of_partner(table, "referral_id", "referrals_referral", on_delete="CASCADE") for table in TABLES.values()),
        guarded(
            "referrals_referral",
            partner=("SELECT, INSERT, UPDATE, DELETE", OWN_PARTNER),
            channel=(f"SELECT, UPDATE ({STEP_COLUMNS})", SHARED),
            office=(f"SELECT, UPDATE ({STEP_COLUMNS})", "true"),
            worker=(f"SELECT, UPDATE ({STEP_COLUMNS})", "true"),
        ),
        guarded(
            TABLES["event"],
            partner=("SELECT, INSERT", OWN_PARTNER),
            channel=("SELECT, INSERT", OPEN_WORDS),
            office=("SELECT, INSERT", "true"),
            worker=("SELECT, INSERT, UPDATE (notified_at, failures)", "true"),
        ),
        guarded(
            TABLES["teammember"],
            partner=("SELECT, INSERT, DELETE", OWN_PARTNER),
            channel=("SELECT", LEAD_SEEN),
            office=("SELECT", "true"),
            worker=("SELECT", "true"),
        ),
        guarded(
            TABLES["consent"],
            partner=("SELECT, INSERT", OWN_PARTNER),
            channel=("SELECT", LEAD_SEEN),
            office=("SELECT", "true"),
        ),
        guarded(
            TABLES["comment"],
            partner=("SELECT, INSERT", OWN_PARTNER),
            channel=("SELECT, INSERT", OPEN_WORDS),
            office=("SELECT, INSERT", "true"),
        ),
        guarded(
            TABLES["favourite"],
            partner=("SELECT, INSERT, DELETE", OWN_PARTNER),
            channel=("SELECT, INSERT, DELETE", OWN_USER),
            office=("SELECT, INSERT, DELETE", OWN_USER),
        ),
        migrations.RunSQL(
            f"GRANT SELECT ON referrals_programme TO {READERS};"
            f"GRANT INSERT, UPDATE ON referrals_programme TO {Side.OFFICE.value};",
            f"REVOKE ALL ON referrals_programme FROM {READERS};",
        ),
        migrations.RunSQL(CLOSED, CLOSED_BACK),
    ]
