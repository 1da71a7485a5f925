"""A change in the feed of a partner with a subscription is said aloud, once in a transaction, so that no path forgets it.

The client that wrote it hears it with the answer to its statement, and wakes a worker after its commit. No LISTEN: a
NOTIFY would let writers wait for each other at their commits.
"""

from django.db import migrations

WAKING = """
CREATE FUNCTION partners_wake() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp SET client_min_messages = notice AS $$
BEGIN
    IF coalesce(current_setting('app.woken', true), '') = ''
            AND EXISTS (SELECT 1 FROM after_rows AS made
                        JOIN partners_subscription AS one ON one.partner_id = made.partner_id) THEN
        PERFORM set_config('app.woken', 'yes', true);
        RAISE NOTICE 'wegweiser: changes for programs';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER partners_woken AFTER INSERT ON partners_change
    REFERENCING NEW TABLE AS after_rows FOR EACH STATEMENT EXECUTE FUNCTION partners_wake();
"""

BACK = """
DROP TRIGGER partners_woken ON partners_change;
DROP FUNCTION partners_wake();
"""


class Migration(migrations.Migration):
    dependencies = [("partners", "0036_audited_too")]

    operations = [migrations.RunSQL(WAKING, BACK)]
