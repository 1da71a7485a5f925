"""Files that programs ask for."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from common.isolation import OWN_PARTNER, guarded


class Migration(migrations.Migration):
    dependencies = [
        ("motions", "0015_source_api"),
        ("partners", "0007_api_isolation"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Export",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("kind", models.CharField(choices=[("csv", "csv"), ("xlsx", "xlsx")], max_length=4)),
                ("filters", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "waiting"), ("done", "done"), ("failed", "failed")],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("rows", models.PositiveIntegerField(null=True)),
                ("stored_as", models.CharField(blank=True, max_length=200)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("by_name", models.CharField(max_length=150)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.partner"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["partner", "-id"], name="export_newest"),
                    models.Index(condition=models.Q(("state", "waiting")), fields=["id"], name="export_waiting"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("rows__isnull", False), ("state", "done"), models.Q(("stored_as", ""), _negated=True)
                            ),
                            models.Q(models.Q(("state", "done"), _negated=True), ("rows__isnull", True)),
                            _connector="OR",
                        ),
                        name="export_done_has_a_file",
                    )
                ],
            },
        ),
        guarded(
            "motions_export",
            partner=("SELECT, INSERT, UPDATE (state, rows, stored_as, attempts, ended_at)", OWN_PARTNER),
            worker=("SELECT, DELETE", "true"),
        ),
    ]
