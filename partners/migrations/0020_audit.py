"""The audit, its seals and checks, who saw which customer, and when jobs ran."""

from django.db import migrations, models
from django.db.models import Q

ID = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))
ACTIONS = [
    ("added", "added"),
    ("changed", "changed"),
    ("removed", "removed"),
    ("erased", "personal data erased"),
]


class Migration(migrations.Migration):
    dependencies = [("partners", "0011_webhook_isolation")]

    operations = [
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ID,
                ("at", models.DateTimeField()),
                ("xact", models.BigIntegerField()),
                ("subject", models.CharField(max_length=63)),
                ("row_id", models.BigIntegerField()),
                ("action", models.CharField(choices=ACTIONS, max_length=10)),
                ("of_partner", models.BigIntegerField(null=True)),
                ("of_customer", models.BigIntegerField(null=True)),
                ("actor", models.BigIntegerField(null=True)),
                ("side", models.CharField(max_length=20)),
                ("request_id", models.CharField(max_length=64)),
                ("changes", models.JSONField(null=True)),
                ("personal", models.JSONField(null=True)),
                ("salt", models.UUIDField(null=True)),
                ("digest", models.BinaryField(null=True)),
                ("previous_id", models.BigIntegerField(null=True)),
                ("previous_hash", models.BinaryField(null=True)),
                ("hash", models.BinaryField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["at", "id"], name="audit_by_time"),
                    models.Index(fields=["xact", "id"], name="audit_by_transaction"),
                    models.Index(fields=["subject", "row_id", "id"], name="audit_of_row"),
                    models.Index(
                        condition=Q(of_customer__isnull=False),
                        fields=["of_customer", "at", "id"],
                        name="audit_of_customer",
                    ),
                    models.Index(
                        condition=Q(actor__isnull=False), fields=["actor", "at", "id"], name="audit_of_person"
                    ),
                    models.Index(condition=~Q(request_id=""), fields=["request_id"], name="audit_of_request"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(previous_id__isnull=False), fields=("previous_id",), name="audit_has_no_fork"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                ID,
                ("at", models.DateTimeField()),
                ("from_xact", models.BigIntegerField()),
                ("until_xact", models.BigIntegerField(unique=True)),
                ("entries", models.BigIntegerField()),
                ("last_id", models.BigIntegerField()),
                ("last_at", models.DateTimeField()),
                ("digest", models.BinaryField()),
                ("cut_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="AuditCheck",
            fields=[
                ID,
                ("at", models.DateTimeField()),
                ("entries", models.BigIntegerField()),
                ("seals", models.BigIntegerField()),
                ("findings", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Sighting",
            fields=[
                ID,
                ("user_id", models.BigIntegerField()),
                ("of_customer", models.BigIntegerField()),
                ("of_partner", models.BigIntegerField()),
                ("hour_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["of_customer", "-hour_at"], name="sighting_of_customer")],
                "constraints": [
                    models.UniqueConstraint(fields=("user_id", "of_customer", "hour_at"), name="sighting_once_an_hour")
                ],
            },
        ),
        migrations.CreateModel(
            name="JobRun",
            fields=[
                ("name", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField()),
                ("error", models.CharField(blank=True, max_length=500)),
                ("failed_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Pause",
            fields=[
                ID,
                ("intake", models.CharField(choices=[("imports", "Imports")], max_length=20, unique=True)),
                ("reason", models.CharField(max_length=200, verbose_name="reason")),
                ("at", models.DateTimeField()),
                ("by_name", models.CharField(max_length=150)),
            ],
        ),
    ]
