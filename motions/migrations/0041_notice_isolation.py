"""Who may reach the news of versions in the database."""

from django.db import migrations

from common.isolation import OWN_PARTNER, guarded

# whatever an answer, a reader or an auditor may rest on stays as it was when the version is published
_KEPT = (
    "code", "edition", "market", "valid_from", "seat_limit", "azure_limit", "currency", "comparator", "aggregation",
    "near_share", "published_at", "title_en", "title_de", "note_en", "note_de", "source_url", "based_on_id",
    "drafted_by_id", "drafted_at", "approved_by_id", "approved_at", "published_by_id", "source_url_de", "revision",
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
    dependencies = [("motions", "0040_notice_of_policies")]

    operations = [
        guarded(
            "motions_policynews",
            partner=("SELECT", OWN_PARTNER),
            office=("SELECT, INSERT", "true"),
            worker=("SELECT, UPDATE", "true"),
        ),
        migrations.RunSQL(_kept((*_KEPT, "lead_days")), _kept(_KEPT)),
    ]
