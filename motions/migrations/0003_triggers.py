"""What no path may forget: stale marks in the writer's transaction, an immutable ledger, published versions kept."""

from django.db import migrations

# The functions belong to the owner and run as the owner (SECURITY DEFINER), so that writers need no grant on marks.
# Statement-level triggers: a hundred thousand deals of an import are one pass.
MARKS = """
CREATE FUNCTION motions_is_bulk() RETURNS boolean LANGUAGE sql STABLE
RETURN coalesce(current_setting('app.is_bulk', true), '') = 'on';

CREATE FUNCTION motions_customer_added() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO motions_dossier (customer_id, partner_id, input_version)
        SELECT id, partner_id, 1 FROM after_rows ORDER BY id;
    INSERT INTO motions_standing (customer_id, partner_id, motion, is_provisional, uses_rates, input_version)
        SELECT id, partner_id, 'unknown', false, false, 0 FROM after_rows ORDER BY id;
    INSERT INTO motions_mark (customer_id, partner_id, is_bulk, made_at)
        SELECT id, partner_id, motions_is_bulk(), clock_timestamp() FROM after_rows ORDER BY id;
    RETURN NULL;
END $$;

CREATE FUNCTION motions_touch(touched bigint[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    -- in order of the key, so that two writers of many customers cannot wait for each other
    WITH held AS (
        SELECT customer_id FROM motions_dossier WHERE customer_id = ANY (touched) ORDER BY customer_id FOR UPDATE
    )
    UPDATE motions_dossier AS dossier SET input_version = input_version + 1
        FROM held WHERE dossier.customer_id = held.customer_id;
    INSERT INTO motions_mark (customer_id, partner_id, is_bulk, made_at)
        SELECT customer_id, partner_id, motions_is_bulk(), clock_timestamp()
        FROM motions_dossier WHERE customer_id = ANY (touched) ORDER BY customer_id;
END $$;
REVOKE ALL ON FUNCTION motions_touch(bigint[]) FROM PUBLIC;

CREATE FUNCTION motions_customer_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM motions_touch(array(
        SELECT after_rows.id FROM after_rows JOIN before_rows USING (id)
        WHERE (after_rows.country, after_rows.archived_at IS NULL)
            IS DISTINCT FROM (before_rows.country, before_rows.archived_at IS NULL)));
    RETURN NULL;
END $$;

CREATE FUNCTION motions_deal_added() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM motions_touch(array(SELECT DISTINCT customer_id FROM after_rows));
    RETURN NULL;
END $$;

CREATE FUNCTION motions_deal_removed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM motions_touch(array(SELECT DISTINCT customer_id FROM before_rows));
    RETURN NULL;
END $$;

CREATE FUNCTION motions_deal_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM motions_touch(array(
        SELECT DISTINCT unnest(ARRAY[a.customer_id, b.customer_id])
        FROM after_rows AS a JOIN before_rows AS b USING (id)
        WHERE (a.customer_id, a.kind, a.seats, a.amount, a.currency, a.basis, a.needs, a.prefers_self_service,
               a.stage, a.size_date, a.source)
            IS DISTINCT FROM
              (b.customer_id, b.kind, b.seats, b.amount, b.currency, b.basis, b.needs, b.prefers_self_service,
               b.stage, b.size_date, b.source)));
    RETURN NULL;
END $$;

CREATE TRIGGER motions_added AFTER INSERT ON customers_customer
    REFERENCING NEW TABLE AS after_rows FOR EACH STATEMENT EXECUTE FUNCTION motions_customer_added();
CREATE TRIGGER motions_changed AFTER UPDATE ON customers_customer
    REFERENCING OLD TABLE AS before_rows NEW TABLE AS after_rows
    FOR EACH STATEMENT EXECUTE FUNCTION motions_customer_changed();
CREATE TRIGGER motions_added AFTER INSERT ON motions_deal
    REFERENCING NEW TABLE AS after_rows FOR EACH STATEMENT EXECUTE FUNCTION motions_deal_added();
CREATE TRIGGER motions_changed AFTER UPDATE ON motions_deal
    REFERENCING OLD TABLE AS before_rows NEW TABLE AS after_rows
    FOR EACH STATEMENT EXECUTE FUNCTION motions_deal_changed();
CREATE TRIGGER motions_removed AFTER DELETE ON motions_deal
    REFERENCING OLD TABLE AS before_rows FOR EACH STATEMENT EXECUTE FUNCTION motions_deal_removed();
"""

MARKS_BACK = """
DROP TRIGGER motions_added ON customers_customer;
DROP TRIGGER motions_changed ON customers_customer;
DROP TRIGGER motions_added ON motions_deal;
DROP TRIGGER motions_changed ON motions_deal;
DROP TRIGGER motions_removed ON motions_deal;
DROP FUNCTION motions_customer_added(), motions_customer_changed(), motions_deal_added(), motions_deal_changed(),
    motions_deal_removed(), motions_touch(bigint[]), motions_is_bulk();
"""

KEPT = """
CREATE FUNCTION motions_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: %', TG_OP, TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER ledger_is_immutable BEFORE UPDATE OR DELETE ON motions_assessment
    FOR EACH ROW EXECUTE FUNCTION motions_refuse('the ledger is immutable');
CREATE TRIGGER ledger_is_kept BEFORE TRUNCATE ON motions_assessment
    FOR EACH STATEMENT EXECUTE FUNCTION motions_refuse('the ledger is immutable');
CREATE TRIGGER mark_is_immutable BEFORE UPDATE ON motions_mark
    FOR EACH ROW EXECUTE FUNCTION motions_refuse('marks are appended and deleted, never changed');

-- of a published version only the open end may be set, once, when a successor is published
CREATE TRIGGER published_is_kept BEFORE UPDATE ON motions_policyversion FOR EACH ROW
    WHEN (OLD.published_at IS NOT NULL AND (
        OLD.valid_to IS NOT NULL OR
        (NEW.code, NEW.edition, NEW.market, NEW.valid_from, NEW.seat_limit, NEW.azure_limit, NEW.currency, NEW.comparator,
         NEW.aggregation, NEW.near_share, NEW.published_at, NEW.title_en, NEW.title_de, NEW.note_en, NEW.note_de,
         NEW.source_url)
        IS DISTINCT FROM
        (OLD.code, OLD.edition, OLD.market, OLD.valid_from, OLD.seat_limit, OLD.azure_limit, OLD.currency, OLD.comparator,
         OLD.aggregation, OLD.near_share, OLD.published_at, OLD.title_en, OLD.title_de, OLD.note_en, OLD.note_de,
         OLD.source_url)))
    EXECUTE FUNCTION motions_refuse('a published version is never edited');
CREATE TRIGGER published_is_not_deleted BEFORE DELETE ON motions_policyversion FOR EACH ROW
    WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION motions_refuse('a published version is never deleted');
"""

KEPT_BACK = """
DROP TRIGGER published_is_not_deleted ON motions_policyversion;
DROP TRIGGER published_is_kept ON motions_policyversion;
DROP TRIGGER mark_is_immutable ON motions_mark;
DROP TRIGGER ledger_is_kept ON motions_assessment;
DROP TRIGGER ledger_is_immutable ON motions_assessment;
DROP FUNCTION motions_refuse();
"""

# marks come and go all day: clean up early, or claiming reads through the dead ones
TUNING = "ALTER TABLE motions_mark SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000)"


class Migration(migrations.Migration):
    dependencies = [("motions", "0002_isolation")]

    operations = [
        migrations.RunSQL(MARKS, MARKS_BACK),
        migrations.RunSQL(KEPT, KEPT_BACK),
        migrations.RunSQL(TUNING, migrations.RunSQL.noop),
    ]
