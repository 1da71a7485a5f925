"""What the policy desk keeps: previews apart from the versions, revisions of drafts, rates that are held back.

A preview counts customers of all partners, so it lies where the office alone can read it; and of a version that is not
published, no other side reads anything.
"""

import django.db.models.deletion
from django.db import migrations, models

from common.isolation import Side, guarded

PARTNER, CHANNEL, OFFICE, WORKER = (side.value for side in (Side.PARTNER, Side.CHANNEL, Side.OFFICE, Side.WORKER))
READERS = f"{PARTNER}, {CHANNEL}, {OFFICE}, {WORKER}"
PUBLISHED = "published_at IS NOT NULL"
OF_PUBLISHED = "EXISTS (SELECT 1 FROM motions_policyversion AS version WHERE version.id = policy_id)"
ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")

# whatever an answer, a reader or an auditor may rest on stays as it was when the version is published
_KEPT = (
    "code", "edition", "market", "valid_from", "seat_limit", "azure_limit", "currency", "comparator", "aggregation",
    "near_share", "published_at", "title_en", "title_de", "note_en", "note_de", "source_url", "based_on_id",
    "drafted_by_id", "drafted_at", "approved_by_id", "approved_at", "published_by_id",
)  # fmt: skip


def _kept(columns: tuple[str, ...]) -> str:
    new, old = (", ".join(f"{row}.{column}" for column in columns) for row in ("NEW", "OLD"))
    return f"""
DROP TRIGGER published_is_kept ON motions_policyversion;
CREATE TRIGGER published_is_kept BEFORE UPDATE ON motions_policyversion FOR EACH ROW
    WHEN (OLD.published_at IS NOT NULL AND (OLD.valid_to IS NOT NULL OR ({new}) IS DISTINCT FROM ({old})))
    EXECUTE FUNCTION motions_refuse('a published version is never edited');
"""


MOVE = """
INSERT INTO motions_preview (policy_id, revision, at, by_name, document)
    SELECT id, revision, (preview ->> 'at')::timestamptz, '', preview - 'at'
    FROM motions_policyversion WHERE preview IS NOT NULL ORDER BY id;
SET CONSTRAINTS ALL IMMEDIATE; -- the tables are changed further below
SET CONSTRAINTS ALL DEFERRED;
"""
GRANTS = f"""
GRANT SELECT ON motions_heldrates TO {READERS};
GRANT INSERT, UPDATE ON motions_heldrates TO {OFFICE};
GRANT UPDATE ON motions_fanoutslice TO {OFFICE}; -- to lock a slice before giving it up
"""
GRANTS_BACK = f"""
REVOKE ALL ON motions_heldrates FROM {READERS};
REVOKE UPDATE ON motions_fanoutslice FROM {OFFICE};
"""
# what taking back the policies below takes away
GRANTED_BEFORE = f"""
GRANT SELECT ON motions_policyversion, motions_policyannouncement TO {READERS};
GRANT INSERT, UPDATE ON motions_policyversion, motions_policyannouncement TO {OFFICE};
"""


class Migration(migrations.Migration):
    dependencies = [("motions", "0010_receipts")]

    operations = [
        migrations.AddField("policyversion", "revision", models.PositiveIntegerField(default=1)),
        migrations.AddField(
            "policyversion",
            "source_url_de",
            models.URLField(blank=True, default="", max_length=300, verbose_name="source (German)"),
            preserve_default=False,
        ),
        migrations.CreateModel(
            "Preview",
            [
                ("id", ID),
                ("revision", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                ("by_name", models.CharField(blank=True, max_length=150)),
                ("document", models.JSONField()),
                (
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="previews",
                        to="motions.policyversion",
                    ),
                ),
            ],
            options={"ordering": ["pk"]},
        ),
        migrations.RunSQL(MOVE, migrations.RunSQL.noop),
        migrations.RunSQL(_kept((*_KEPT, "source_url_de", "revision")), _kept(_KEPT)),
        migrations.RemoveField("policyversion", "preview"),
        migrations.CreateModel(
            "HeldRates",
            [
                ("id", ID),
                ("date", models.DateField()),
                ("source", models.CharField(max_length=50)),
                ("found_at", models.DateTimeField()),
                ("rates", models.JSONField()),
                ("outliers", models.JSONField()),
                (
                    "verdict",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("confirmed", "confirmed"),
                            ("discarded", "discarded"),
                            ("replaced", "replaced by a later file"),
                        ],
                        max_length=10,
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by_name", models.CharField(blank=True, max_length=150)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("verdict", "")), fields=("date",), name="rates_held_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("decided_at__isnull", True), ("verdict", ""))
                        | ~models.Q(("verdict", "")) & models.Q(("decided_at__isnull", False)),
                        name="held_verdict_is_dated",
                    ),
                ]
            },
        ),
        migrations.RunSQL(GRANTS, GRANTS_BACK),
        guarded("motions_preview", office=("SELECT, INSERT", "true")),
        migrations.RunSQL(migrations.RunSQL.noop, GRANTED_BEFORE),
        guarded(
            "motions_policyversion",
            partner=("SELECT", PUBLISHED),
            channel=("SELECT", PUBLISHED),
            office=("SELECT, INSERT, UPDATE", "true"),
            worker=("SELECT", "true"),
        ),
        guarded(
            "motions_policyannouncement",
            partner=("SELECT", OF_PUBLISHED),
            channel=("SELECT", OF_PUBLISHED),
            office=("SELECT, INSERT, UPDATE", "true"),
            worker=("SELECT", "true"),
        ),
    ]
