"""A closed lead also loses what clients of the wire have said beside it; and the reasons that name the person, the name."""

from django.db import migrations

BODY = """
CREATE OR REPLACE FUNCTION referrals_take_out(leads_ bigint[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE referrals_consent SET given_by = '[–]' WHERE referral_id = ANY (leads_) AND given_by <> '[–]';
    UPDATE referrals_referralevent SET changes = referrals_without_person(changes)
        WHERE referral_id = ANY (leads_) AND changes::text ~ '"(contact|notes)';
    UPDATE referrals_referral SET contact_first_name = '', contact_last_name = '', contact_email = '',
        contact_phone = '', notes = ''{extra}, updated_at = now(), version = version + 1 WHERE id = ANY (leads_);
    PERFORM partners_audit_erase('referrals_referral', leads_);
    PERFORM partners_audit_erase('referrals_consent',
        ARRAY(SELECT id FROM referrals_consent WHERE referral_id = ANY (leads_)));
END $$;

CREATE OR REPLACE FUNCTION referrals_erase_contact(contact_ bigint) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    leads_ bigint[];
{declared}BEGIN
    leads_ := ARRAY(
        SELECT lead.id FROM customers_person_was(contact_) AS was
        JOIN referrals_referral AS lead ON lead.customer_id = ANY (was.places)
        WHERE lower(lead.contact_email) = ANY (was.mails) AND lead.closed_at IS NOT NULL ORDER BY lead.id);
{words}    PERFORM referrals_take_out(leads_);
    RETURN cardinality(leads_);
END $$;
"""
WORDS = """    UPDATE referrals_referral SET reason_text = regexp_replace(reason_text, words_, '[–]', 'gi')
        WHERE id = ANY (leads_) AND reason_text ~* words_;
    UPDATE referrals_referralevent SET text = regexp_replace(text, words_, '[–]', 'gi')
        WHERE referral_id = ANY (leads_) AND text ~* words_;
    UPDATE referrals_registration SET exception = regexp_replace(exception, words_, '[–]', 'gi')
        WHERE referral_id = ANY (leads_) AND exception ~* words_;
"""
NOW = (
    BODY.replace("{extra}", ", extra = '{}'")
    .replace("{declared}", "    words_ text := customers_person_anywhere(contact_);\n")
    .replace("{words}", WORDS)
)
BEFORE = BODY.replace("{extra}", "").replace("{declared}", "").replace("{words}", "")
ANONYMISE = """
CREATE OR REPLACE FUNCTION referrals_anonymise(before_ timestamptz, most_ integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
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
{more}    PERFORM partners_audit_erase('referrals_comment',
        ARRAY(SELECT id FROM referrals_comment WHERE referral_id = ANY (leads_)));
    RETURN cardinality(leads_);
END $$;
"""
MORE = """    UPDATE referrals_referral SET reason_text = '[–]' WHERE id = ANY (leads_) AND reason_text <> '';
    UPDATE referrals_referralevent SET text = '[–]' WHERE referral_id = ANY (leads_) AND text <> '';
    UPDATE referrals_registration SET exception = '[–]' WHERE referral_id = ANY (leads_) AND exception <> '';
    PERFORM partners_audit_erase('referrals_referral', leads_);
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0082_programme_without_fields"), ("customers", "0057_erasing_words")]

    operations = [
        migrations.RunSQL(
            NOW + ANONYMISE.replace("{more}", MORE),
            BEFORE + ANONYMISE.replace("{more}", ""),
        )
    ]
