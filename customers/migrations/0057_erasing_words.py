"""An erased person is also taken out of what clients of the wire have said beside a customer, and a reminder names no one."""

from django.db import migrations

from common.auditing import audited
from common.isolation import Side

KEYS = ["sort_name", "search_text", "name_key", "site_key", "number_key", "loose_key", "loose_back"]
ERASE = r"""
-- a document in which no text is one of the names and none holds what the pattern finds; its keys stay
CREATE FUNCTION customers_without_words(document jsonb, names text[], words text) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE
SET search_path = public, pg_temp AS $$
BEGIN
    RETURN CASE jsonb_typeof(document)
        WHEN 'string' THEN to_jsonb(CASE WHEN lower(document #>> '{}') = ANY (names) THEN '[–]'
            ELSE regexp_replace(document #>> '{}', words, '[–]', 'gi') END)
        WHEN 'array' THEN (SELECT coalesce(jsonb_agg(customers_without_words(part, names, words) ORDER BY place), '[]')
            FROM jsonb_array_elements(document) WITH ORDINALITY AS parts (part, place))
        WHEN 'object' THEN (SELECT coalesce(jsonb_object_agg(key, customers_without_words(value, names, words)), '{}')
            FROM jsonb_each(document))
        ELSE document END;
END $$;

-- the telephone numbers, however they are written
CREATE FUNCTION customers_person_phones(contact_ bigint) RETURNS text LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
    WITH known AS (
        SELECT word FROM partners_auditentry AS entry, jsonb_each(entry.personal) AS field,
            jsonb_array_elements_text(field.value) AS word
        WHERE entry.subject = 'customers_contact' AND entry.row_id = contact_ AND field.key = 'phone'
        UNION SELECT phone FROM customers_contact WHERE id = contact_
    ), digits AS (SELECT DISTINCT regexp_replace(word, '\D', '', 'g') AS digits FROM known)
    SELECT string_agg(regexp_replace(digits, '(\d)(?=\d)', '\1\\D*', 'g'), '|') FROM digits WHERE length(digits) > 5
$$;

CREATE FUNCTION customers_person_anywhere(contact_ bigint) RETURNS text LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
    SELECT concat_ws('|', customers_person_pattern(contact_), customers_person_phones(contact_))
$$;

-- a company may be called what a person is called: beside a customer a single name counts where it is all that is said
CREATE FUNCTION customers_erase_around(contact_ bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    was_ record;
    names_ text[];
    words_ text;
    told_ bigint[];
BEGIN
    SELECT * INTO was_ FROM customers_person_was(contact_);
    names_ := ARRAY(
        SELECT lower(word) FROM partners_auditentry AS entry, jsonb_each(entry.personal) AS field,
            jsonb_array_elements_text(field.value) AS word
        WHERE entry.subject = 'customers_contact' AND entry.row_id = contact_ AND word <> ''
          AND field.key IN ('first_name', 'last_name')
        UNION SELECT lower(unnest(ARRAY[first_name, last_name])) FROM customers_contact WHERE id = contact_);
    words_ := concat_ws('|', (
        SELECT '\m(' || string_agg(regexp_replace(word, '([^[:alnum:][:space:]])', '\\\1', 'g'), '|'
            ORDER BY length(word) DESC, word) || ')\M'
        FROM unnest(was_.names || was_.mails) AS word), customers_person_phones(contact_));
    told_ := ARRAY(SELECT id FROM customers_customer WHERE id = ANY (was_.places)
        AND extra <> customers_without_words(extra, names_, words_));
    UPDATE customers_customer SET extra = customers_without_words(extra, names_, words_), updated_at = now(),
        version = version + 1 WHERE id = ANY (told_);
    PERFORM partners_audit_erase('customers_customer', told_);
END $$;
REVOKE EXECUTE ON FUNCTION customers_erase_around(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION customers_erase_around(bigint) TO {office};
""".replace("{office}", Side.OFFICE.value)
BACK = """
DROP FUNCTION customers_erase_around(bigint), customers_person_anywhere(bigint), customers_person_phones(bigint),
    customers_without_words(jsonb, text[], text);
"""
# the events that name a contact
CONTACT = """
CREATE OR REPLACE FUNCTION customers_erase_contact(contact_ bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    was_ record;
BEGIN
    PERFORM 1 FROM customers_contact WHERE id = contact_ FOR UPDATE;
    SELECT * INTO was_ FROM customers_person_was(contact_);
    UPDATE customers_customerevent SET changes = customers_without_person(changes)
        WHERE customer_id = ANY (was_.places) AND kind IN ({kinds})
          AND changes ->> 'contact' = ANY (was_.names);
    UPDATE customers_contact SET first_name = '[–]', last_name = '[–]', email = 'erased-' || id || '@erased.invalid',
        phone = '', consent_by = CASE WHEN consents = '{}' THEN '' ELSE '[–]' END, is_primary = false,
        removed_at = coalesce(removed_at, now()), updated_at = now(), version = version + 1
        WHERE id = contact_;
    PERFORM partners_audit_erase('customers_contact', ARRAY[contact_]);
END $$;
"""
BEFORE = "'contact_added', 'contact_corrected', 'contact_removed'"
NOW = f"{BEFORE}, 'relation_reminded'"


class Migration(migrations.Migration):
    dependencies = [("customers", "0056_erasing_further")]

    operations = [
        migrations.RunSQL(
            audited("customers_customer", customer="id", ignored=KEYS, personal=["extra"]).sql,
            audited("customers_customer", customer="id", ignored=KEYS).sql,
        ),
        migrations.RunSQL(ERASE, BACK),
        migrations.RunSQL(CONTACT.replace("{kinds}", NOW), CONTACT.replace("{kinds}", BEFORE)),
    ]
