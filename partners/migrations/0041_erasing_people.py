"""Who was let in once can be erased: every name and address goes, what the person did stays and says by which number."""

from django.db import migrations

from common.isolation import Side

# a column with a person's number has their name beside it for readers; the audit tells the number alone, so that none
# of these changes is an entry
ERASE = """
CREATE FUNCTION partners_erase_person(user_ bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    mail_ text;
    place_ record;
BEGIN
    SELECT lower(email) INTO STRICT mail_ FROM partners_user WHERE id = user_ AND NOT is_active FOR UPDATE;
    FOR place_ IN
        SELECT link.conrelid::regclass AS room, number.attname AS number, name.attname AS name
        FROM pg_constraint AS link
        JOIN pg_attribute AS number ON number.attrelid = link.conrelid AND number.attnum = link.conkey[1]
        JOIN pg_attribute AS name ON name.attrelid = link.conrelid
            AND name.attname = regexp_replace(number.attname, '_id$', '_name') AND NOT name.attisdropped
        WHERE link.contype = 'f' AND link.confrelid = 'partners_user'::regclass
    LOOP
        EXECUTE format('UPDATE %s SET %I = ''[–]'' WHERE %I = $1', place_.room, place_.name, place_.number) USING user_;
    END LOOP;
    UPDATE partners_teamevent SET about = '[–]', changes = CASE WHEN changes ? 'name'
        THEN jsonb_set(changes, '{name}', '["[–]", "[–]"]') ELSE changes END WHERE person_id = user_;
    UPDATE partners_teamevent SET about = '[–]' WHERE person_id IS NULL AND lower(about) = mail_;
    UPDATE partners_invitation SET name = '[–]', email = 'erased-' || id || '@erased.invalid' WHERE lower(email) = mail_;
    DELETE FROM partners_notice WHERE user_id = user_;
    DELETE FROM account_emailaddress WHERE user_id = user_;
    UPDATE partners_user SET name = '[–]', email = 'erased-' || id || '@erased.invalid', password = '!', team_name = '', scope = 'own',
        location_id = NULL, last_login = NULL WHERE id = user_;
    PERFORM partners_audit_erase('partners_user', ARRAY[user_]);
    PERFORM partners_audit_erase('partners_invitation',
        ARRAY(SELECT row_id FROM partners_auditentry AS entry JOIN partners_invitation AS one ON one.id = entry.row_id
              WHERE entry.subject = 'partners_invitation' AND one.email = 'erased-' || one.id || '@erased.invalid'));
END $$;
REVOKE EXECUTE ON FUNCTION partners_erase_person(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION partners_erase_person(bigint) TO {office};
""".replace("{office}", Side.OFFICE.value)


class Migration(migrations.Migration):
    dependencies = [("partners", "0040_one_history"), ("account", "0009_emailaddress_unique_primary_email")]

    operations = [migrations.RunSQL(ERASE, "DROP FUNCTION partners_erase_person(bigint)")]
