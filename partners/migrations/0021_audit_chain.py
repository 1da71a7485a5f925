"""The audit writes itself: triggers with transition tables, one chain a row, nothing changed and nothing taken away.

The functions run as the owner of the tables, so that nobody needs a grant to be written down, and nobody has one to write
something else. Two doors are left, each for one form of change: personal data is erased with an entry that says so, and
entries are cut when a seal that covers them says so.
"""

from django.db import migrations

from common.auditing import audited
from common.isolation import Side, guarded

COLUMNS = (
    "id, at, xact, subject, row_id, action, of_partner, of_customer, actor, side, request_id, changes, digest,"
    " previous_id, previous_hash"
)
HASHES = """
CREATE FUNCTION partners_personal_digest(salt uuid, personal jsonb) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE RETURN sha256(convert_to(salt::text || personal::text, 'UTF8'));

-- a list of values has one text, whatever the values are: no two entries say the same by different ones
CREATE FUNCTION partners_entry_hash(id bigint, at timestamptz, xact bigint, subject text, row_id bigint, action text,
    of_partner bigint, of_customer bigint, actor bigint, side text, request_id text, changes jsonb, digest bytea,
    previous_id bigint, previous_hash bytea) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE RETURN sha256(convert_to(jsonb_build_array(id, extract(epoch FROM at), xact, subject,
    row_id, action, of_partner, of_customer, actor, side, request_id, changes, encode(digest, 'hex'), previous_id,
    encode(previous_hash, 'hex'))::text, 'UTF8'));

CREATE FUNCTION partners_entry_is_whole(e partners_auditentry) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE RETURN e.hash = partners_entry_hash(e.id, e.at, e.xact, e.subject, e.row_id, e.action,
        e.of_partner, e.of_customer, e.actor, e.side, e.request_id, e.changes, e.digest, e.previous_id, e.previous_hash)
    AND (e.salt IS NULL) = (e.personal IS NULL)
    AND (e.salt IS NULL OR e.digest IS NOT DISTINCT FROM partners_personal_digest(e.salt, e.personal));
"""
ROWS = {
    "added": "SELECT to_jsonb(a) AS line FROM after_rows AS a",
    "changed": "SELECT to_jsonb(a) AS line, to_jsonb(b) AS former FROM before_rows AS b JOIN after_rows AS a USING (id)",
    "removed": "SELECT to_jsonb(b) AS line FROM before_rows AS b",
}
# a field as [before, after], and when there is something to say about it
PAIRS = {"added": "NULL::jsonb, value", "changed": "former -> key, value", "removed": "value, NULL::jsonb"}
SAID = {
    "added": "value NOT IN ('null', '\"\"', '[]', '{}')",
    "changed": "former -> key <> value",
    "removed": "value NOT IN ('null', '\"\"', '[]', '{}')",
}


def writing(action: str) -> str:
    """The trigger function of one kind of change.

    The rows of the statement are locked by it, so each row's chain has one writer at a time. The snapshot of a statement
    within a function is its own: what the former holder of the lock wrote is seen.
    """
    return f"""
CREATE FUNCTION partners_audit_{action}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    at_ timestamptz := clock_timestamp();
    subject_ text := TG_TABLE_NAME;  -- a name is compared in another collation, which the index does not serve
    actor_ bigint := nullif(current_setting('app.user_id', true), '')::bigint;
    side_ text := replace(current_setting('role'), 'wegweiser_', '');
    request_ text := left(coalesce(current_setting('app.request_id', true), ''), 64);
    xact_ bigint := pg_current_xact_id()::text::bigint;
    ignored_ text[] := string_to_array(TG_ARGV[2], ',');
    personal_ text[] := string_to_array(TG_ARGV[3], ',');
    secret_ text[] := string_to_array(TG_ARGV[4], ',');
BEGIN
    INSERT INTO partners_auditentry ({COLUMNS}, personal, salt, hash)
    SELECT {COLUMNS}, personal, salt, partners_entry_hash({COLUMNS})
    FROM (
        -- each row becomes a document once, not once a field
        WITH pair AS MATERIALIZED ({ROWS[action]})
        SELECT told.*, partners_personal_digest(salt, personal) AS digest
        FROM (
            SELECT nextval('partners_auditentry_id_seq') AS id, at_ AS at, xact_ AS xact, subject_ AS subject,
                (line ->> 'id')::bigint AS row_id, '{action}' AS action, (line ->> TG_ARGV[0])::bigint AS of_partner,
                (line ->> TG_ARGV[1])::bigint AS of_customer, actor_ AS actor, side_ AS side, request_ AS request_id,
                said.changes, said.personal,
                CASE WHEN said.personal IS NOT NULL THEN gen_random_uuid() END AS salt,
                last.id AS previous_id, last.hash AS previous_hash
            FROM pair
            CROSS JOIN LATERAL (
                SELECT jsonb_object_agg(key, both_) FILTER (WHERE key <> ALL (personal_)) AS changes,
                    jsonb_object_agg(key, both_) FILTER (WHERE key = ANY (personal_)) AS personal
                FROM (
                    SELECT key, CASE WHEN key = ANY (secret_) THEN '["***", "***"]'::jsonb
                        ELSE jsonb_build_array({PAIRS[action]}) END AS both_
                    FROM jsonb_each(line)
                    -- who did it is named already
                    WHERE {SAID[action]} AND key <> ALL (ignored_) AND key NOT LIKE '%by_name'
                ) AS field
            ) AS said
            LEFT JOIN LATERAL (
                SELECT entry.id, entry.hash FROM partners_auditentry AS entry
                WHERE entry.subject = subject_ AND entry.row_id = (line ->> 'id')::bigint ORDER BY entry.id + 0 DESC LIMIT 1
            ) AS last ON true
            WHERE said.changes IS NOT NULL OR said.personal IS NOT NULL
            ORDER BY row_id
        ) AS told
    ) AS made;
    RETURN NULL;
END $$;
"""  # noqa: S608 -- put together from what stands above


KEPT = (
    """
CREATE FUNCTION partners_audit_keep() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'partners_auditentry' THEN
        -- personal data is taken out, and nothing else is touched
        IF NEW.salt IS NULL AND NEW.personal IS NULL
           AND to_jsonb(NEW) - 'salt' - 'personal' = to_jsonb(OLD) - 'salt' - 'personal' THEN
            RETURN NEW;
        END IF;
    ELSIF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'partners_auditseal' THEN
        IF OLD.cut_at IS NULL AND to_jsonb(NEW) - 'cut_at' = to_jsonb(OLD) - 'cut_at' THEN
            RETURN NEW;
        END IF;
    ELSIF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'partners_auditentry' THEN
        IF EXISTS (SELECT 1 FROM partners_auditseal AS seal WHERE seal.cut_at IS NOT NULL
                   AND OLD.xact >= seal.from_xact AND OLD.xact < seal.until_xact) THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'the audit is only added to' USING ERRCODE = 'check_violation';
END $$;

-- the two forms of change that are left, each with what says that it happened
CREATE FUNCTION partners_audit_erase(subject_ text, rows_ bigint[]) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    found_ bigint;
BEGIN
    UPDATE partners_auditentry SET personal = NULL, salt = NULL
        WHERE subject = subject_ AND row_id = ANY (rows_) AND salt IS NOT NULL;
    GET DIAGNOSTICS found_ = ROW_COUNT;
    INSERT INTO partners_auditentry ({columns}, hash)
    SELECT {columns}, partners_entry_hash({columns})
    FROM (
        SELECT nextval('partners_auditentry_id_seq') AS id, clock_timestamp() AS at,
            pg_current_xact_id()::text::bigint AS xact, last.subject, last.row_id, 'erased' AS action, last.of_partner,
            last.of_customer, nullif(current_setting('app.user_id', true), '')::bigint AS actor,
            replace(current_setting('role'), 'wegweiser_', '') AS side,
            left(coalesce(current_setting('app.request_id', true), ''), 64) AS request_id, NULL::jsonb AS changes,
            NULL::bytea AS digest, last.id AS previous_id, last.hash AS previous_hash
        FROM (
            SELECT DISTINCT ON (row_id) * FROM partners_auditentry
            WHERE subject = subject_ AND row_id = ANY (rows_) ORDER BY row_id, id DESC
        ) AS last
        WHERE last.action <> 'erased'
    ) AS line;
    RETURN found_;
END $$;
CREATE FUNCTION partners_audit_cut(before_ timestamptz) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    found_ bigint;
BEGIN
    UPDATE partners_auditseal SET cut_at = clock_timestamp() WHERE cut_at IS NULL AND last_at < before_
        AND until_xact <= coalesce((SELECT min(from_xact) FROM partners_auditseal WHERE last_at >= before_), until_xact);
    DELETE FROM partners_auditentry
        WHERE xact < (SELECT max(until_xact) FROM partners_auditseal WHERE cut_at IS NOT NULL);
    GET DIAGNOSTICS found_ = ROW_COUNT;
    RETURN found_;
END $$;
REVOKE EXECUTE ON FUNCTION partners_audit_erase(text, bigint[]), partners_audit_cut(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION partners_audit_erase(text, bigint[]) TO {office};
GRANT EXECUTE ON FUNCTION partners_audit_cut(timestamptz) TO {worker};
""".replace("{columns}", COLUMNS)
    .replace("{office}", Side.OFFICE.value)
    .replace("{worker}", Side.WORKER.value)
)
KEPT += "".join(
    f"CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION partners_audit_keep();"
    f"CREATE TRIGGER kept_whole BEFORE TRUNCATE ON {table} EXECUTE FUNCTION partners_audit_keep();"
    for table in ("partners_auditentry", "partners_auditseal", "partners_sighting")
)
BACK = "".join(
    f"DROP TRIGGER kept ON {table}; DROP TRIGGER kept_whole ON {table};"
    for table in ("partners_auditentry", "partners_auditseal", "partners_sighting")
)
BACK += (
    "DROP FUNCTION partners_audit_added(), partners_audit_changed(), partners_audit_removed(), partners_audit_keep(),"
    " partners_audit_erase(text, bigint[]), partners_audit_cut(timestamptz), partners_entry_is_whole(partners_auditentry),"
    " partners_entry_hash(bigint, timestamptz, bigint, text, bigint, text, bigint, bigint, bigint, text, text, jsonb,"
    " bytea, bigint, bytea), partners_personal_digest(uuid, jsonb)"
)


class Migration(migrations.Migration):
    dependencies = [("partners", "0020_audit")]

    operations = [
        migrations.RunSQL(HASHES + "".join(writing(action) for action in ROWS) + KEPT, BACK),
        # written by triggers and by the two functions above as the owner of the tables
        guarded("partners_auditentry", office=("SELECT", "true"), worker=("SELECT", "true")),
        guarded("partners_auditseal", office=("SELECT", "true"), worker=("SELECT, INSERT", "true")),
        guarded("partners_auditcheck", office=("SELECT, INSERT", "true"), worker=("SELECT, INSERT", "true")),
        guarded(
            "partners_sighting",
            channel=("SELECT, INSERT", "user_id = current_setting('app.user_id')::bigint"),
            office=("SELECT, INSERT", "true"),
        ),
        guarded("partners_jobrun", office=("SELECT", "true"), worker=("SELECT, INSERT, UPDATE", "true")),
        guarded(
            "partners_pause",
            partner=("SELECT", "true"),
            office=("SELECT, INSERT, DELETE", "true"),
            worker=("SELECT", "true"),
        ),
        # whether a migration is missing is the doctor's business
        migrations.RunSQL(
            f"GRANT SELECT ON django_migrations TO {Side.WORKER.value}",
            f"REVOKE ALL ON django_migrations FROM {Side.WORKER.value}",
        ),
        audited("partners_pause", partner="", customer=""),
        audited("partners_partner", partner="id", customer=""),
        audited("partners_user", customer="", personal=["name", "email"], secret=["password"]),
        audited("partners_channelscope", partner="", customer=""),
        audited("partners_apiclient", customer=""),
    ]
