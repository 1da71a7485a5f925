"""Who may invite, join, and change people: a partner's administrators within their organisation, whatever the code says."""

from django.db import migrations

from common.isolation import OWN_PARTNER, Side, guarded, of_partner

PARTNER, SIGNER = Side.PARTNER.value, Side.SIGNER.value
NAMED = "public_id = current_setting('app.link_id')::uuid"
# whoever has a link may become the person that its invitation names, and nobody else
INVITED = """EXISTS (SELECT 1 FROM partners_invitation AS asked
    WHERE asked.public_id = current_setting('app.link_id')::uuid
    AND asked.partner_id IS NOT DISTINCT FROM {table}.partner_id{more})"""
SELF = " AND lower(asked.email) = partners_user.email AND asked.role = partners_user.role"
# a partner's people are changed by one of its administrators alone; staff keep their own language and password (0004)
CHIEFS = f"""
CREATE FUNCTION partners_chiefs_only() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF current_setting('role') = '{PARTNER}' THEN
        IF NOT EXISTS (SELECT 1 FROM partners_user
            WHERE id = NULLIF(current_setting('app.user_id', true), '')::bigint AND is_active AND role = 'partner_admin') THEN
            RAISE EXCEPTION 'permission denied: only an administrator of the partner changes its people'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER chiefs_only BEFORE UPDATE OF role, scope, team_name, location_id, is_active, name ON partners_user
    FOR EACH ROW EXECUTE FUNCTION partners_chiefs_only();
CREATE TRIGGER chiefs_only BEFORE INSERT OR UPDATE ON partners_invitation
    FOR EACH ROW EXECUTE FUNCTION partners_chiefs_only();
GRANT UPDATE (role, scope, team_name, location_id, is_active, name) ON partners_user TO {PARTNER};
"""  # noqa: S608 -- text of our own
CHIEFS_BACK = f"""
REVOKE UPDATE (role, scope, team_name, location_id, is_active, name) ON partners_user FROM {PARTNER};
DROP TRIGGER chiefs_only ON partners_invitation;
DROP TRIGGER chiefs_only ON partners_user;
DROP FUNCTION partners_chiefs_only();
"""
JOINING = f"""
GRANT SELECT (id, public_id, email, scope, team_name), INSERT ON partners_user TO {SIGNER};
CREATE POLICY signer ON partners_user TO {SIGNER}
    USING ({INVITED.format(table="partners_user", more=SELF)})
    WITH CHECK ({INVITED.format(table="partners_user", more=SELF)});
"""
JOINING_BACK = f"""
DROP POLICY signer ON partners_user;
REVOKE SELECT (id, public_id, email, scope, team_name), INSERT ON partners_user FROM {SIGNER};
"""  # noqa: S608 -- text of our own


class Migration(migrations.Migration):
    dependencies = [("partners", "0032_team")]

    operations = [
        of_partner("partners_invitation", "location_id", "partners_location"),
        guarded(
            "partners_invitation",
            partner=("SELECT, INSERT, UPDATE", OWN_PARTNER),
            office=("SELECT, INSERT, UPDATE", "true"),
            worker=("SELECT, UPDATE", "true"),
            signer=("SELECT, UPDATE (used_at)", NAMED),
        ),
        guarded(
            "partners_teamevent",
            partner=("SELECT, INSERT", OWN_PARTNER),
            office=("SELECT, INSERT", "true"),
            signer=("SELECT (id), INSERT", INVITED.format(table="partners_teamevent", more="")),
        ),
        guarded("partners_viewing", office=("SELECT, INSERT, UPDATE", "true")),
        migrations.RunSQL(CHIEFS, CHIEFS_BACK),
        migrations.RunSQL(JOINING, JOINING_BACK),
    ]
