"""Everybody whose words are in a draft, so that none of them approves it."""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

# whatever an answer, a reader or an auditor may rest on stays as it was when the version is published
_KEPT = (
    "code", "edition", "market", "valid_from", "seat_limit", "azure_limit", "currency", "comparator", "aggregation",
    "near_share", "published_at", "title_en", "title_de", "note_en", "note_de", "source_url", "based_on_id",
    "drafted_by_id", "drafted_at", "approved_by_id", "approved_at", "published_by_id", "source_url_de", "revision",
    "lead_days",
)  # fmt: skip


def _kept(columns: tuple[str, ...]) -> str:
    new, old = (", ".join(f"{row}.{column}" for column in columns) for row in ("NEW", "OLD"))
    return f"""
DROP TRIGGER published_is_kept ON motions_policyversion;
CREATE TRIGGER published_is_kept BEFORE UPDATE ON motions_policyversion FOR EACH ROW
    WHEN (OLD.published_at IS NOT NULL AND (OLD.valid_to IS NOT NULL OR ({new}) IS DISTINCT FROM ({old})))
    EXECUTE FUNCTION motions_refuse('a published version is never edited');
"""


class Migration(migrations.Migration):
    dependencies = [("motions", "0052_export_progress")]

    operations = [
        migrations.AddField(
            "policyversion",
            "edited_by",
            ArrayField(models.BigIntegerField(), blank=True, db_default=models.Value([]), default=list),
        ),
        migrations.RunSQL(
            "UPDATE motions_policyversion SET edited_by = ARRAY[drafted_by_id]"
            " WHERE drafted_by_id IS NOT NULL AND published_at IS NULL",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            "ALTER TABLE motions_policyversion ADD CONSTRAINT policy_editors_do_not_approve"
            " CHECK (approved_by_id IS NULL OR approved_by_id <> ALL (edited_by))",
            "ALTER TABLE motions_policyversion DROP CONSTRAINT policy_editors_do_not_approve",
        ),
        migrations.RunSQL(_kept((*_KEPT, "edited_by")), _kept(_KEPT)),
    ]
