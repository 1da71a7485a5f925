"""Registrations of deals that were won."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

STATES = [
    ("pending", "Registered, not decided yet"),
    ("approved", "Approved"),
    ("in_review", "In review"),
    ("action_required", "Action required"),
    ("passed", "Review passed"),
    ("failed", "Review failed"),
    ("closed", "Closed"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0073_location_queue"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Registration",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(choices=STATES, max_length=20, verbose_name="state")),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "annual_value",
                    models.DecimalField(decimal_places=2, max_digits=15, verbose_name="annual value of the contract"),
                ),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("sign_date", models.DateField(verbose_name="signed on")),
                ("start_date", models.DateField(verbose_name="starts on")),
                ("end_date", models.DateField(null=True, verbose_name="ends on")),
                ("is_pay_as_you_go", models.BooleanField(verbose_name="pay as you go")),
                ("has_other_partners", models.BooleanField(verbose_name="several partners take part")),
                ("exception", models.TextField(blank=True, max_length=5000, verbose_name="request for an exception")),
                ("decide_by_date", models.DateField(null=True)),
                ("registered_at", models.DateTimeField()),
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
                (
                    "referral",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="%(class)ss",
                        to="referrals.referral",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("partner", "referral"), name="registration_once"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", [state for state, _label in STATES])),
                        name="registration_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("end_date__isnull", True), ("end_date__gte", models.F("start_date")), _connector="OR"
                        ),
                        name="registration_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("annual_value__gte", 0), ("currency__regex", "^[A-Z]{3}$")),
                        name="registration_value_sane",
                    ),
                ],
            },
        ),
        migrations.AlterField(
            model_name="referralevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("take_on", "Taken on by the partner"),
                    ("refuse", "Declined by the partner"),
                    ("recall", "Offer taken back"),
                    ("submit", "Submitted"),
                    ("keep", "Kept as a private deal"),
                    ("claim", "Taken into review"),
                    ("release", "Given back to the queue"),
                    ("return", "Returned for information"),
                    ("resubmit", "Submitted again"),
                    ("accept", "Accepted"),
                    ("decline", "Declined"),
                    ("withdraw", "Withdrawn"),
                    ("win", "Won"),
                    ("lose", "Lost"),
                    ("close_as_error", "Closed as an error"),
                    ("expire", "Expired"),
                    ("offered", "Offered to the partner"),
                    ("begun", "Draft begun"),
                    ("edited", "Changed"),
                    ("shared", "Shared further"),
                    ("team", "Team changed"),
                    ("commented", "Comment"),
                    ("appealed", "Appeal against a decline"),
                    ("reminded", "Reminder"),
                    ("assigned", "Handed to a colleague"),
                    ("registration", "Deal registration"),
                ],
                max_length=20,
            ),
        ),
    ]
