"""One history for dated rows of every room: what stood before and after, also of rows that were removed."""

import django.core.serializers.json
from django.db import migrations, models
from django.db.models import Q

ENCODER = django.core.serializers.json.DjangoJSONEncoder
# field -> [before, after] becomes one document of each side; a first row had nothing before
FILL = """
UPDATE partners_revision AS revision SET
    before = CASE WHEN NOT is_first THEN sides.before END,
    after = sides.after,
    name = coalesce((SELECT title_en FROM partners_post WHERE id = row_id AND what = 'partners.post'), '')
FROM (
    SELECT id, jsonb_object_agg(key, value -> 0) AS before, jsonb_object_agg(key, value -> 1) AS after
    FROM partners_revision, jsonb_each(changes) GROUP BY id
) AS sides
WHERE sides.id = revision.id
"""


class Migration(migrations.Migration):
    dependencies = [("partners", "0039_inboxes_of_programs")]

    operations = [
        migrations.AddField("revision", "name", models.CharField(max_length=200, default=""), preserve_default=False),
        migrations.AddField("revision", "before", models.JSONField(null=True, encoder=ENCODER)),
        migrations.AddField("revision", "after", models.JSONField(null=True, encoder=ENCODER)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RemoveField("revision", "changes"),
        migrations.RemoveField("revision", "is_first"),
        migrations.AlterModelOptions(
            "revision",
            {"verbose_name": "change of a dated row", "verbose_name_plural": "changes of dated rows"},
        ),
        migrations.AddConstraint(
            "revision",
            models.CheckConstraint(name="revision_changes", condition=Q(before__isnull=False) | Q(after__isnull=False)),
        ),
        migrations.AddIndex("revision", models.Index(fields=["what", "-id"], name="revision_history")),
    ]
