"""An import tells the planner how large the tables have become, where it would still take them for empty.

Only the owner of a table may have it counted, so that a function of the owner's does. What a rolled-back preview leaves is
pages without rows: counted then, the tables are empty for the planner, every index is as good as any other, and the check
of each foreign key of the rows to come would read a whole index.
"""

from django.db import migrations

from common.isolation import Side

TABLES = ("customers_customer", "motions_dossier", "motions_standing", "motions_deal", "motions_mark")
COUNT = f"""
CREATE FUNCTION motions_count_again(written bigint) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $count$
DECLARE
    far_off regclass;
    counted integer := 0;
    patience text := current_setting('lock_timeout');
BEGIN
    PERFORM set_config('lock_timeout', '3s', true);
    FOR far_off IN
        SELECT oid FROM pg_class WHERE oid = ANY ('{{{",".join(TABLES)}}}'::regclass[]) AND reltuples < written / 2 ORDER BY oid
    LOOP
        BEGIN
            EXECUTE format('ANALYZE %s', far_off);
            counted := counted + 1;
        EXCEPTION WHEN lock_not_available THEN
            NULL;  -- another import is counting it for all
        END;
    END LOOP;
    PERFORM set_config('lock_timeout', patience, true);
    RETURN counted;
END $count$;
REVOKE ALL ON FUNCTION motions_count_again(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION motions_count_again(bigint) TO {Side.PARTNER.value};
"""  # noqa: S608 -- names of this module


class Migration(migrations.Migration):
    dependencies = [("motions", "0050_audited")]

    operations = [migrations.RunSQL(COUNT, "DROP FUNCTION motions_count_again(bigint)")]
