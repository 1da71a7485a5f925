"""Who drafted, approved and published a version, and the preview that was looked at."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

PERSON: dict[str, Any] = {
    "on_delete": django.db.models.deletion.PROTECT,
    "null": True,
    "blank": True,
    "related_name": "+",
}

# of a published version only the open end may be set, once, when a successor is published
_COLUMNS = (
    "code", "edition", "market", "valid_from", "seat_limit", "azure_limit", "currency", "comparator", "aggregation",
    "near_share", "published_at", "title_en", "title_de", "note_en", "note_de", "source_url",
)  # fmt: skip
_MORE = (
    "based_on_id", "drafted_by_id", "drafted_at", "preview", "approved_by_id", "approved_at", "published_by_id",
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
    dependencies = [("motions", "0007_roll_outs"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.AddField("policyversion", "based_on", models.ForeignKey(to="motions.policyversion", **PERSON)),
        migrations.AddField("policyversion", "drafted_by", models.ForeignKey(to=settings.AUTH_USER_MODEL, **PERSON)),
        migrations.AddField("policyversion", "drafted_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("policyversion", "preview", models.JSONField(blank=True, null=True)),
        migrations.AddField("policyversion", "approved_by", models.ForeignKey(to=settings.AUTH_USER_MODEL, **PERSON)),
        migrations.AddField("policyversion", "approved_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("policyversion", "published_by", models.ForeignKey(to=settings.AUTH_USER_MODEL, **PERSON)),
        migrations.AddConstraint(
            "policyversion",
            models.CheckConstraint(
                condition=models.Q(
                    ("approved_by__isnull", True),
                    ("drafted_by__isnull", True),
                    models.Q(("approved_by", models.F("drafted_by")), _negated=True),
                    _connector="OR",
                ),
                name="policy_four_eyes",
                violation_error_message="Whoever drafts a version does not approve it.",
            ),
        ),
        migrations.AddConstraint(
            "policyversion",
            models.CheckConstraint(
                condition=models.Q(
                    ("published_at__isnull", True),
                    ("drafted_by__isnull", True),
                    ("approved_at__isnull", False),
                    _connector="OR",
                ),
                name="policy_published_is_approved",
                violation_error_message="A version is approved before it is published.",
            ),
        ),
        migrations.RunSQL(_kept(_COLUMNS + _MORE), _kept(_COLUMNS)),
    ]
