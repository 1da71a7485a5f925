"""Closed leads lose the person in them: one person's on demand, and everybody's when the time of keeping is over."""

from django.db import migrations

from common.isolation import Side

ERASE = """
CREATE FUNCTION referrals_without_person(changes jsonb) RETURNS jsonb LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
    SELECT coalesce(jsonb_object_agg(key, CASE WHEN key LIKE 'contact%' OR key = 'notes' THEN '["[–]", "[–]"]'
        ELSE value END), '{}') FROM jsonb_each(changes)
$$;

-- what names the person at the customer: the lead itself, the consents, what happened to it, and the audit of all three
CREATE FUNCTION referrals_take_out(leads_ bigint[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE referrals_consent SET given_by = '[–]' WHERE referral_id = ANY (leads_) AND given_by <> '[–]';
    UPDATE referrals_referralevent SET changes = referrals_without_person(changes)
        WHERE referral_id = ANY (leads_) AND changes::text ~ '"(contact|notes)';
    UPDATE referrals_referral SET contact_first_name = '', contact_last_name = '', contact_email = '',
        contact_phone = '', notes = '', updated_at = now(), version = version + 1 WHERE id = ANY (leads_);
    PERFORM partners_audit_erase('referrals_referral', leads_);
    PERFORM partners_audit_erase('referrals_consent',
        ARRAY(SELECT id FROM referrals_consent WHERE referral_id = ANY (leads_)));
END $$;

CREATE FUNCTION referrals_erase_contact(contact_ bigint) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    leads_ bigint[];
BEGIN
    leads_ := ARRAY(
        SELECT lead.id FROM customers_person_was(contact_) AS was
        JOIN referrals_referral AS lead ON lead.customer_id = ANY (was.places)
        WHERE lower(lead.contact_email) = ANY (was.mails) AND lead.closed_at IS NOT NULL ORDER BY lead.id);
    PERFORM referrals_take_out(leads_);
    RETURN cardinality(leads_);
END $$;

CREATE FUNCTION referrals_anonymise(before_ timestamptz, most_ integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    leads_ bigint[];
BEGIN
    leads_ := ARRAY(
        SELECT id FROM referrals_referral WHERE closed_at < before_
          AND (contact_last_name, contact_email, contact_phone, notes) IS DISTINCT FROM ('', '', '', '')
        ORDER BY closed_at LIMIT most_ FOR UPDATE SKIP LOCKED);
    PERFORM referrals_take_out(leads_);
    UPDATE referrals_comment SET text = '[–]' WHERE referral_id = ANY (leads_) AND text <> '[–]';
    PERFORM partners_audit_erase('referrals_comment',
        ARRAY(SELECT id FROM referrals_comment WHERE referral_id = ANY (leads_)));
    RETURN cardinality(leads_);
END $$;
REVOKE EXECUTE ON FUNCTION referrals_take_out(bigint[]), referrals_erase_contact(bigint),
    referrals_anonymise(timestamptz, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION referrals_erase_contact(bigint) TO {office};
GRANT EXECUTE ON FUNCTION referrals_anonymise(timestamptz, integer) TO {worker};
""".replace("{office}", Side.OFFICE.value).replace("{worker}", Side.WORKER.value)
BACK = """
DROP FUNCTION referrals_anonymise(timestamptz, integer), referrals_erase_contact(bigint), referrals_take_out(bigint[]),
    referrals_without_person(jsonb);
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0050_audited"), ("customers", "0051_erasing")]

    operations = [migrations.RunSQL(ERASE, BACK)]
