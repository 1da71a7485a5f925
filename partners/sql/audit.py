"""The statements behind the audit: what does not hold together is found where the rows are."""

# entries up to which id were cut; a predecessor among them is not missing
CUT = "SELECT coalesce(max(last_id), 0) FROM partners_auditseal WHERE cut_at IS NOT NULL"

# a range of ids at a time; the predecessor is looked up by its key, also outside of the range
BROKEN = """
SELECT entry.id, entry.subject, entry.row_id, entry.at,
    CASE WHEN NOT partners_entry_is_whole(entry) THEN 'altered'
        WHEN entry.previous_id IS NOT NULL AND before.id IS NULL THEN 'predecessor_missing'
        WHEN entry.digest IS NOT NULL AND entry.salt IS NULL THEN 'erased_unsaid'
        ELSE 'chain_broken' END AS kind
FROM partners_auditentry AS entry
LEFT JOIN partners_auditentry AS before ON before.id = entry.previous_id
WHERE entry.id > %(low)s AND entry.id <= %(high)s AND (
    NOT partners_entry_is_whole(entry)
    OR (entry.previous_id > %(cut)s AND before.id IS NULL)
    OR (before.id IS NOT NULL AND (entry.previous_hash, entry.subject, entry.row_id)
            IS DISTINCT FROM (before.hash, before.subject, before.row_id) AND partners_entry_is_whole(before))
    OR (entry.digest IS NOT NULL AND entry.salt IS NULL AND NOT EXISTS (
        SELECT 1 FROM partners_auditentry AS said WHERE said.subject = entry.subject AND said.row_id = entry.row_id
        AND said.id > entry.id AND said.action = 'erased')))
ORDER BY entry.id LIMIT %(most)s
"""
COUNT = "SELECT count(*) FROM partners_auditentry WHERE id > %(low)s AND id <= %(high)s"

# transactions older than every one that still writes: nothing can appear among them any more
SEAL = """
INSERT INTO partners_auditseal (at, from_xact, until_xact, entries, last_id, last_at, digest)
SELECT clock_timestamp(), coalesce(last.until_xact, 0), bound.xact, count(*), max(entry.id), max(entry.at),
    sha256(coalesce(last.digest, ''::bytea) || string_agg(entry.hash, ''::bytea ORDER BY entry.xact, entry.id))
FROM (SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS xact) AS bound
LEFT JOIN (SELECT until_xact, digest FROM partners_auditseal ORDER BY id DESC LIMIT 1) AS last ON true
JOIN partners_auditentry AS entry ON entry.xact >= coalesce(last.until_xact, 0) AND entry.xact < bound.xact
GROUP BY last.until_xact, last.digest, bound.xact
"""
LOCK = "SELECT pg_advisory_xact_lock(hashtext('partners_auditseal'))"

# every seal against what it covers, and against the seal before it
BROKEN_SEALS = """
SELECT seal.id, seal.at, seal.last_id, seal.entries - found.entries AS missing,
    CASE WHEN seal.from_xact <> coalesce(before.until_xact, 0) THEN 'seal_missing' ELSE 'sealed_range_differs' END AS kind
FROM partners_auditseal AS seal
LEFT JOIN LATERAL (
    SELECT until_xact, digest FROM partners_auditseal AS older WHERE older.id < seal.id ORDER BY id DESC LIMIT 1
) AS before ON true
CROSS JOIN LATERAL (
    SELECT count(*) AS entries, string_agg(entry.hash, ''::bytea ORDER BY entry.xact, entry.id) AS hashes
    FROM partners_auditentry AS entry WHERE entry.xact >= seal.from_xact AND entry.xact < seal.until_xact
) AS found
WHERE seal.id > %(low)s AND seal.id <= %(high)s AND (
    seal.from_xact <> coalesce(before.until_xact, 0)
    OR (seal.cut_at IS NULL AND (seal.entries <> found.entries OR seal.digest IS DISTINCT FROM
        sha256(coalesce(before.digest, ''::bytea) || coalesce(found.hashes, ''::bytea))))
    OR (seal.cut_at IS NOT NULL AND found.entries > 0))
ORDER BY seal.id
"""
ERASE = "SELECT partners_audit_erase(%s, %s)"
CUT_BEFORE = "SELECT partners_audit_cut(%s)"
FORGET_SIGHTINGS = "SELECT partners_sightings_cut(%s)"

# the last run of a scheduled job
RAN = """
INSERT INTO partners_jobrun (name, started_at, ended_at, error, failed_at)
VALUES (%(name)s, %(began)s, clock_timestamp(), %(error)s, CASE WHEN %(error)s <> '' THEN clock_timestamp() END)
ON CONFLICT (name) DO UPDATE SET started_at = excluded.started_at, ended_at = excluded.ended_at,
    error = excluded.error, failed_at = coalesce(excluded.failed_at, partners_jobrun.failed_at)
"""

# one row a person, a customer and an hour, however often somebody looks
SIGHT = """
INSERT INTO partners_sighting (user_id, of_customer, of_partner, hour_at)
VALUES (%s, %s, %s, date_trunc('hour', %s::timestamptz)) ON CONFLICT DO NOTHING
"""
