"""When agreements end, what partners are told, how far workers have read, and how well the forecast does."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from common.isolation import OWN_PARTNER, Side, guarded, of_partner

CUSTOMER_SEEN = "EXISTS (SELECT 1 FROM customers_customer AS seen WHERE seen.id = customer_id)"
OFFICE, WORKER = Side.OFFICE.value, Side.WORKER.value
# sizes have a history of their own, which workers read for the forecast
GRANTS = f"""
GRANT SELECT ON motions_dealevent TO {WORKER};
CREATE POLICY worker ON motions_dealevent TO {WORKER} USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON motions_alertcursor TO {WORKER};
GRANT SELECT, INSERT ON motions_backtest TO {WORKER};
GRANT SELECT ON motions_backtest TO {OFFICE};
"""
GRANTS_BACK = f"""
REVOKE ALL ON motions_backtest FROM {OFFICE}, {WORKER};
REVOKE ALL ON motions_alertcursor FROM {WORKER};
DROP POLICY worker ON motions_dealevent;
REVOKE ALL ON motions_dealevent FROM {WORKER};
"""


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0002_isolation"),
        ("motions", "0008_life_of_a_version"),
        ("partners", "0004_own_columns"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AlertCursor",
            fields=[
                ("name", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("reached", models.BigIntegerField(default=0)),
                ("bound", models.BigIntegerField(default=0)),
                (
                    "writers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Backtest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "measure",
                    models.CharField(choices=[("seats", "Seats"), ("azure", "Azure consumption")], max_length=10),
                ),
                ("at", models.DateTimeField()),
                ("histories", models.PositiveIntegerField()),
                ("held_out", models.PositiveIntegerField()),
                ("trend_error", models.DecimalField(decimal_places=4, max_digits=12, null=True)),
                ("last_error", models.DecimalField(decimal_places=4, max_digits=12, null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["measure", "-id"], name="backtest_newest")],
            },
        ),
        migrations.CreateModel(
            name="Alert",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("near", "Near a limit"),
                            ("above", "Limit reached"),
                            ("below", "Below a limit again"),
                            ("policy", "Moved by a policy"),
                            ("lead", "Likely to cross a limit"),
                            ("ea_end", "Agreement ends"),
                        ],
                        max_length=10,
                    ),
                ),
                ("key", models.CharField(max_length=80)),
                ("params", models.JSONField(default=dict)),
                ("made_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField(null=True)),
                ("seen_by_name", models.CharField(default="", max_length=150)),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="alerts",
                        to="customers.customer",
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
                    models.Index(fields=["partner", "-made_at", "-id"], name="alert_newest"),
                    models.Index(
                        condition=models.Q(("seen_at__isnull", True)), fields=["partner"], name="alert_unseen"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("partner", "customer", "kind", "key"), name="alert_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Contract",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ea_start_date", models.DateField(blank=True, null=True, verbose_name="start of the agreement")),
                ("ea_end_date", models.DateField(blank=True, null=True, verbose_name="end of the agreement")),
                ("at", models.DateTimeField()),
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
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="%(class)ss",
                        to="customers.customer",
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
                "verbose_name": "Enterprise Agreement",
                "verbose_name_plural": "Enterprise Agreements",
                "indexes": [
                    models.Index(fields=["customer", "-id"], name="contract_newest"),
                    models.Index(fields=["ea_end_date"], name="contract_end"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ea_start_date__isnull", True),
                            ("ea_end_date__gt", models.F("ea_start_date")),
                            _connector="OR",
                        ),
                        name="contract_dates_in_order",
                        violation_error_message="An agreement ends after it starts.",
                    )
                ],
            },
        ),
        of_partner("motions_contract", "customer_id", "customers_customer"),
        of_partner("motions_alert", "customer_id", "customers_customer"),
        guarded(
            "motions_contract",
            partner=("SELECT, INSERT", OWN_PARTNER),
            channel=("SELECT", CUSTOMER_SEEN),
            office=("SELECT", "true"),
            worker=("SELECT", "true"),
        ),
        # of an alert a partner changes nothing but that it was seen
        guarded(
            "motions_alert",
            partner=("SELECT, UPDATE (seen_at, seen_by_name)", OWN_PARTNER),
            worker=("SELECT, INSERT", "true"),
        ),
        migrations.RunSQL(GRANTS, GRANTS_BACK),
    ]
