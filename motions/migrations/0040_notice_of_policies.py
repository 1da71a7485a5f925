"""How many days before its first day a version is told of, and who was told of it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("motions", "0030_exports"),
        ("partners", "0033_team_isolation"),
    ]

    operations = [
        migrations.AddField(
            model_name="policyversion",
            name="lead_days",
            field=models.PositiveSmallIntegerField(db_default=30, default=30, verbose_name="days of notice"),
        ),
        migrations.CreateModel(
            name="PolicyNews",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(choices=[("published", "published"), ("announced", "announced")], max_length=10),
                ),
                ("moves", models.JSONField(default=list)),
                ("made_at", models.DateTimeField()),
                ("notified_at", models.DateTimeField(null=True)),
                ("failures", models.PositiveSmallIntegerField(default=0)),
                (
                    "announcement",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="motions.policyannouncement",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.partner"
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="news", to="motions.policyversion"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("notified_at__isnull", True)), fields=["id"], name="policy_news_to_tell"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "published")), fields=("partner", "policy"), name="policy_told_once"
                    )
                ],
            },
        ),
    ]
