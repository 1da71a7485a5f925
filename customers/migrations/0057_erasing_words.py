"""An erased person is also taken out of what clients of the wire have said beside a customer, and out of every event."""

from django.db import migrations

from common.auditing import audited
from common.isolation import Side

KEYS = ["sort_name", "search_text", "name_key", "site_key", "number_key", "loose_key", "loose_back"]
ERASE = r"""
-- a document in which no text matches any more; its keys stay
CREATE FUNCTION customers_without_words(document jsonb, words text) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE
SET search_path = public, pg_temp AS $$
BEGIN
    RETURN CASE jsonb_typeof(document)
        WHEN 'string' THEN to_jsonb(regexp_replace(document #>> '{}', words, '[–]', 'gi'))
        WHEN 'array' THEN (SELECT coalesce(jsonb_agg(customers_without_words(part, words) ORDER BY place), '[]')
            FROM jsonb_array_elements(document) WITH ORDINALITY AS parts (part, place))
        WHEN 'object' THEN (SELECT coalesce(jsonb_object_agg(key, customers_without_words(value, words)), '{}')
            FROM jsonb_each(document))
        ELSE document END;
END $$;

-- names and addresses, and the telephone numbers however they are written
CREATE FUNCTION customers_person_anywhere(contact_ bigint) RETURNS text LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
    WITH known AS (
        SELECT word FROM partners_auditentry AS entry, jsonb_each(entry.personal) AS field,
            jsonb_array_elements_text(field.value) AS word
        WHERE entry.subject = 'customers_contact' AND entry.row_id = contact_ AND field.key = 'phone'
        UNION SELECT phone FROM customers_contact WHERE id = contact_
    ), digits AS (SELECT DISTINCT regexp_replace(word, '\D', '', 'g') AS digits FROM known)
    SELECT concat_ws('|', customers_person_pattern(contact_), string_agg(
        regexp_replace(digits, '(\d)(?=\d)', '\1\\D*', 'g'), '|'))
    FROM digits WHERE length(digits) > 5
$$;

CREATE FUNCTION customers_erase_around(contact_ bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    was_ record;
    words_ text := customers_person_anywhere(contact_);
    told_ bigint[];
BEGIN
    SELECT * INTO was_ FROM customers_person_was(contact_);
    UPDATE customers_customerevent SET changes = customers_without_words(changes, words_)
        WHERE customer_id = ANY (was_.places) AND changes::text ~* words_
          AND kind NOT IN ('contact_added', 'contact_corrected', 'contact_removed');  -- customers_erase_contact knows those
    told_ := ARRAY(SELECT id FROM customers_customer WHERE id = ANY (was_.places) AND extra::text ~* words_);
    UPDATE customers_customer SET extra = customers_without_words(extra, words_), updated_at = now(), version = version + 1
        WHERE id = ANY (told_);
    PERFORM partners_audit_erase('customers_customer', told_);
END $$;
REVOKE EXECUTE ON FUNCTION customers_erase_around(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION customers_erase_around(bigint) TO {office};
""".replace("{office}", Side.OFFICE.value)
BACK = "DROP FUNCTION customers_erase_around(bigint), customers_person_anywhere(bigint), customers_without_words(jsonb, text)"


class Migration(migrations.Migration):
    dependencies = [("customers", "0056_erasing_further")]

    operations = [
        migrations.RunSQL(
            audited("customers_customer", customer="id", ignored=KEYS, personal=["extra"]).sql,
            audited("customers_customer", customer="id", ignored=KEYS).sql,
        ),
        migrations.RunSQL(ERASE, BACK),
    ]
