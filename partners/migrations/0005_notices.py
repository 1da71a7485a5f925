"""What people are told of; each reads their own, workers write and mail them."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from common.isolation import OWN_PARTNER, OWN_USER, Side, guarded

WORKER = Side.WORKER.value
# who is told, and where; nothing of what people sign in with
COLUMNS = "id, email, name, role, partner_id, language, is_active, created_at"
PEOPLE = f"""
GRANT SELECT ({COLUMNS}) ON partners_user TO {WORKER};
CREATE POLICY worker ON partners_user TO {WORKER} USING (true) WITH CHECK (true);
GRANT SELECT ON partners_channelscope TO {WORKER};
CREATE POLICY worker ON partners_channelscope TO {WORKER} USING (true) WITH CHECK (true);
"""
PEOPLE_BACK = f"""
DROP POLICY worker ON partners_channelscope;
REVOKE ALL ON partners_channelscope FROM {WORKER};
DROP POLICY worker ON partners_user;
REVOKE SELECT ({COLUMNS}) ON partners_user FROM {WORKER};
"""  # noqa: S608 -- text of our own
OWN = ("SELECT, UPDATE (read_at)", OWN_USER)
CHOICE = ("SELECT, INSERT, UPDATE", OWN_USER)


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0004_own_columns"),
    ]

    operations = [
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("kind", models.CharField(max_length=40)),
                ("params", models.JSONField(default=dict)),
                ("link", models.CharField(blank=True, max_length=300)),
                ("key", models.CharField(max_length=100)),
                ("made_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
                ("is_digest", models.BooleanField(default=False)),
                ("mail_due_at", models.DateTimeField(null=True)),
                ("mailed_at", models.DateTimeField(null=True)),
                ("failures", models.PositiveSmallIntegerField(default=0)),
                ("error", models.CharField(blank=True, max_length=500)),
                (
                    "partner",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.partner"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="notices", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["user", "-made_at", "-id"], name="notice_inbox"),
                    models.Index(condition=models.Q(("read_at__isnull", True)), fields=["user"], name="notice_unread"),
                    models.Index(
                        condition=models.Q(("mail_due_at__isnull", False), ("mailed_at__isnull", True)),
                        fields=["mail_due_at", "id"],
                        name="notice_to_mail",
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("user", "key"), name="notice_once")],
            },
        ),
        migrations.CreateModel(
            name="NoticePreference",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                (
                    "way",
                    models.CharField(
                        choices=[("at_once", "Mail at once"), ("digest", "In one mail a day"), ("off", "No mail")],
                        max_length=10,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("user", "kind"), name="preference_once")],
            },
        ),
        guarded(
            "partners_notice",
            partner=("SELECT, UPDATE (read_at)", OWN_PARTNER),
            channel=OWN,
            office=OWN,
            worker=("SELECT, INSERT, UPDATE", "true"),
        ),
        guarded(
            "partners_noticepreference",
            partner=CHOICE,
            channel=CHOICE,
            office=CHOICE,
            worker=("SELECT", "true"),
        ),
        migrations.RunSQL(PEOPLE, PEOPLE_BACK),
    ]
