"""An erased person leaves the rows of imported files, the files of closed leads, and the texts that were ticked."""

from django.db import migrations

from common.isolation import Side

ERASE = r"""
-- gives the files that are to be taken out of the storage
CREATE FUNCTION referrals_erase_around(contact_ bigint) RETURNS SETOF text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    was_ record;
    partner_ bigint := (SELECT partner_id FROM customers_contact WHERE id = contact_);
    files_ bigint[];
BEGIN
    SELECT * INTO was_ FROM customers_person_was(contact_);
    UPDATE referrals_leadimportrow SET cells = array_fill('[–]'::text, ARRAY[cardinality(cells)]), problems = '[]'
        WHERE partner_id = partner_
          AND EXISTS (SELECT 1 FROM unnest(cells) AS cell WHERE lower(btrim(cell)) = ANY (was_.mails));
    files_ := ARRAY(SELECT file.id FROM referrals_commentfile AS file JOIN referrals_referral AS lead
        ON lead.id = file.referral_id WHERE lead.customer_id = ANY (was_.places)
        AND lower(lead.contact_email) = ANY (was_.mails) AND lead.closed_at IS NOT NULL);
    RETURN QUERY DELETE FROM referrals_commentfile WHERE id = ANY (files_) RETURNING stored_as::text;
    PERFORM partners_audit_erase('referrals_commentfile', files_);
END $$;

-- texts about leads of the contact's partner lose what names the person; a closed lead's notes among them
CREATE FUNCTION referrals_erase_words(contact_ bigint, comments_ bigint[], leads_ bigint[], events_ bigint[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    words_ text := customers_person_pattern(contact_);
    partner_ bigint := (SELECT partner_id FROM customers_contact WHERE id = contact_);
BEGIN
    UPDATE referrals_comment SET text = regexp_replace(text, words_, '[–]', 'gi')
        WHERE id = ANY (comments_) AND partner_id = partner_;
    UPDATE referrals_referralevent SET text = regexp_replace(text, words_, '[–]', 'gi')
        WHERE id = ANY (events_) AND partner_id = partner_;
    UPDATE referrals_referral SET notes = regexp_replace(notes, words_, '[–]', 'gi'),
        reason_text = regexp_replace(reason_text, words_, '[–]', 'gi'), updated_at = now(), version = version + 1
        WHERE id = ANY (leads_) AND partner_id = partner_;
    PERFORM partners_audit_erase('referrals_comment',
        ARRAY(SELECT id FROM referrals_comment WHERE id = ANY (comments_) AND partner_id = partner_));
    PERFORM partners_audit_erase('referrals_referral',
        ARRAY(SELECT id FROM referrals_referral WHERE id = ANY (leads_) AND partner_id = partner_));
END $$;
REVOKE EXECUTE ON FUNCTION referrals_erase_around(bigint),
    referrals_erase_words(bigint, bigint[], bigint[], bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION referrals_erase_around(bigint),
    referrals_erase_words(bigint, bigint[], bigint[], bigint[]) TO {office};
""".replace("{office}", Side.OFFICE.value)
BACK = """
DROP FUNCTION referrals_erase_words(bigint, bigint[], bigint[], bigint[]), referrals_erase_around(bigint)
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0080_history_names"), ("customers", "0056_erasing_further")]

    operations = [migrations.RunSQL(ERASE, BACK)]
