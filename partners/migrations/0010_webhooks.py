"""Subscriptions of programs, and the messages to them."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0007_api_isolation"),
    ]

    operations = [
        migrations.CreateModel(
            name="Subscription",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "door",
                    models.CharField(
                        choices=[("native", "API"), ("wire", "Partner Center")], default="native", max_length=10
                    ),
                ),
                ("url", models.CharField(max_length=500, verbose_name="address")),
                (
                    "events",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), size=None, verbose_name="events"
                    ),
                ),
                ("salt", models.CharField(max_length=32)),
                ("former_salt", models.CharField(blank=True, max_length=32)),
                ("former_ends_at", models.DateTimeField(null=True)),
                ("is_own_header", models.BooleanField(default=False)),
                ("extra", models.JSONField(default=dict)),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                ("created_by_name", models.CharField(max_length=150)),
                ("updated_at", models.DateTimeField()),
                ("xact", models.BigIntegerField()),
                ("change", models.BigIntegerField(default=0)),
                ("number", models.PositiveBigIntegerField(default=0)),
                ("held_until", models.DateTimeField(null=True)),
                ("rests_until", models.DateTimeField(null=True)),
                ("tried_at", models.DateTimeField(null=True)),
                ("failures", models.PositiveIntegerField(default=0)),
                (
                    "client",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="subscriptions",
                        to="partners.apiclient",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.partner"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("event_id", models.UUIDField()),
                ("number", models.PositiveBigIntegerField()),
                ("event", models.CharField(max_length=60)),
                ("kind", models.CharField(blank=True, max_length=40)),
                ("subject", models.CharField(blank=True, max_length=20)),
                ("subject_id", models.UUIDField(null=True)),
                ("of_customer", models.UUIDField(null=True)),
                ("at", models.DateTimeField()),
                ("made_at", models.DateTimeField()),
                ("since_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("delivered", "Delivered"), ("parked", "Parked")],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("next_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "trouble",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("malformed", "The address cannot be read."),
                            ("not_https", "The address does not begin with https."),
                            ("port", "The port is not allowed; 443 and ports from 1024 on are."),
                            ("unknown_host", "There is no machine of this name."),
                            ("not_public", "The address does not lead to the public Internet."),
                            ("no_connection", "No connection could be made."),
                            ("tls", "The certificate of the target is not accepted."),
                            ("timeout", "There was no answer within five seconds."),
                            ("broken", "The answer is no HTTP."),
                            ("status", "The target did not take the message."),
                            ("too_old", "The target was out of reach for three days."),
                            ("lost", "The attempt was broken off here."),
                        ],
                        max_length=20,
                    ),
                ),
                ("status", models.PositiveSmallIntegerField(null=True)),
                ("duration_ms", models.PositiveIntegerField(null=True)),
                ("attempts", models.JSONField(default=list)),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.partner"
                    ),
                ),
                (
                    "subscription",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="deliveries",
                        to="partners.subscription",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.UniqueConstraint(fields=("partner", "id"), name="subscription_of_partner"),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.UniqueConstraint(
                condition=models.Q(("door", "wire")), fields=("client",), name="subscription_one_at_wire"
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state", "waiting")), fields=["subscription", "next_at", "id"], name="delivery_due"
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["partner", "-id"], name="delivery_log"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                models.F("subscription"), models.OrderBy(models.F("id"), descending=True), name="delivery_log_of_one"
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["ended_at"], name="delivery_age"),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(fields=("partner", "subscription", "event_id"), name="delivery_once"),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(fields=("partner", "subscription", "number"), name="delivery_numbered"),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("state", "waiting")),
                    models.Q(models.Q(("state", "waiting"), _negated=True), ("ended_at__isnull", False)),
                    _connector="OR",
                ),
                name="delivery_ended_iff_over",
            ),
        ),
    ]
