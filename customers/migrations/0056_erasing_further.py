"""What names a person in free text is found, and a registration that somebody has begun loses the person."""

from django.db import migrations

from common.isolation import Side

ERASE = r"""
-- a pattern for every way in which a text may name the person: addresses, full names and last names, former ones too
CREATE FUNCTION customers_person_pattern(contact_ bigint) RETURNS text LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
    WITH known AS (
        SELECT field.key, word FROM partners_auditentry AS entry, jsonb_each(entry.personal) AS field,
            jsonb_array_elements_text(field.value) AS word
        WHERE entry.subject = 'customers_contact' AND entry.row_id = contact_
        UNION SELECT unnest(ARRAY['last_name', 'email']), unnest(ARRAY[last_name, email])
        FROM customers_contact WHERE id = contact_
    ), word AS (
        SELECT word FROM known WHERE key IN ('last_name', 'email')
        UNION SELECT unnest(names) FROM customers_person_was(contact_)
    )
    SELECT '\m(' || string_agg(regexp_replace(word, '([^[:alnum:][:space:]])', '\\\1', 'g'), '|'
        ORDER BY length(word) DESC, word) || ')\M'
    FROM word WHERE length(word) > 1
$$;

CREATE FUNCTION customers_erase_drafts(contact_ bigint) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    found_ integer;
BEGIN
    UPDATE customers_draft AS draft SET typed = typed
        - '{contact_first_name,contact_last_name,contact_email,contact_phone}'::text[]
    FROM customers_contact AS contact, customers_person_was(contact_) AS was
    WHERE contact.id = contact_ AND draft.partner_id = contact.partner_id AND (
        lower(typed ->> 'contact_email') = ANY (was.mails)
        OR concat_ws(' ', typed ->> 'contact_first_name', typed ->> 'contact_last_name') = ANY (was.names));
    GET DIAGNOSTICS found_ = ROW_COUNT;
    RETURN found_;
END $$;

-- what somebody who is gone has begun nobody else can see
CREATE FUNCTION customers_erase_drafts_of(user_ bigint) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    DELETE FROM customers_draft USING partners_user AS person
    WHERE owner_id = user_ AND person.id = user_ AND NOT person.is_active
$$;
REVOKE EXECUTE ON FUNCTION customers_erase_drafts(bigint), customers_erase_drafts_of(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION customers_erase_drafts(bigint), customers_erase_drafts_of(bigint) TO {office};
""".replace("{office}", Side.OFFICE.value)
BACK = """
DROP FUNCTION customers_erase_drafts_of(bigint), customers_erase_drafts(bigint), customers_person_pattern(bigint)
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0055_one_history")]

    operations = [migrations.RunSQL(ERASE, BACK)]
