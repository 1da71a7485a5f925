"""Who saw which customer is forgotten when the time of keeping is over, by one door; otherwise it is only added to."""

from django.db import migrations

from common.isolation import Side

CUT = """
CREATE FUNCTION partners_sighting_keep() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.hour_at < nullif(current_setting('app.sightings_until', true), '')::timestamptz THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the audit is only added to' USING ERRCODE = 'check_violation';
END $$;
CREATE OR REPLACE TRIGGER kept BEFORE UPDATE OR DELETE ON partners_sighting
    FOR EACH ROW EXECUTE FUNCTION partners_sighting_keep();

CREATE FUNCTION partners_sightings_cut(before_ timestamptz) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    found_ bigint;
BEGIN
    PERFORM set_config('app.sightings_until', before_::text, true);
    DELETE FROM partners_sighting WHERE hour_at < before_;
    GET DIAGNOSTICS found_ = ROW_COUNT;
    PERFORM set_config('app.sightings_until', '', true);
    RETURN found_;
END $$;
REVOKE EXECUTE ON FUNCTION partners_sightings_cut(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION partners_sightings_cut(timestamptz) TO {worker};
""".replace("{worker}", Side.WORKER.value)
BACK = """
CREATE OR REPLACE TRIGGER kept BEFORE UPDATE OR DELETE ON partners_sighting
    FOR EACH ROW EXECUTE FUNCTION partners_audit_keep();
DROP FUNCTION partners_sightings_cut(timestamptz), partners_sighting_keep();
"""


class Migration(migrations.Migration):
    dependencies = [("partners", "0041_erasing_people")]

    operations = [migrations.RunSQL(CUT, BACK)]
