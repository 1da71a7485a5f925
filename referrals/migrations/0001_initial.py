"""Programmes, leads and what stands around them."""

import datetime
import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import customers.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("customers", "0002_isolation"),
        ("partners", "0005_notices"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Programme",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40, unique=True, verbose_name="code")),
                ("name_en", models.CharField(max_length=100, verbose_name="name in English")),
                ("name_de", models.CharField(max_length=100, verbose_name="name in German")),
                (
                    "direction",
                    models.CharField(
                        choices=[("outbound", "Outbound"), ("inbound", "Inbound")],
                        max_length=10,
                        verbose_name="direction",
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="open from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="open until")),
                ("time_zone", models.CharField(default="Europe/Berlin", max_length=40, verbose_name="time zone")),
                (
                    "required_fields",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("name", "Name of the lead"),
                                ("value", "Estimated value"),
                                ("close_date", "Estimated close"),
                                ("notes", "What it is about"),
                                ("solutions", "Solutions"),
                                ("intent", "Buys in the marketplace"),
                                ("contact", "Person at the customer"),
                                ("team", "Own team"),
                            ],
                            max_length=20,
                        ),
                        default=list,
                        size=None,
                        verbose_name="required fields",
                    ),
                ),
                (
                    "min_value",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=15, null=True, verbose_name="minimum value"
                    ),
                ),
                ("currency", models.CharField(default="USD", max_length=3, verbose_name="currency")),
                ("answer_hours", models.PositiveSmallIntegerField(default=16, verbose_name="hours to answer")),
                ("day_starts", models.TimeField(default=datetime.time(9, 0), verbose_name="working day starts")),
                ("day_ends", models.TimeField(default=datetime.time(17, 0), verbose_name="working day ends")),
                ("expiry_days", models.PositiveSmallIntegerField(default=14, verbose_name="days until a lead expires")),
                (
                    "reminder_days",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(),
                        default=list,
                        size=None,
                        verbose_name="days of reminders",
                    ),
                ),
                (
                    "claim_hours",
                    models.PositiveSmallIntegerField(default=8, verbose_name="hours until a claim is given back"),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referrals.programme",
                        verbose_name="successor",
                    ),
                ),
            ],
            options={
                "verbose_name": "programme",
                "verbose_name_plural": "programmes",
            },
        ),
        migrations.CreateModel(
            name="Referral",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "direction",
                    models.CharField(choices=[("outbound", "Outbound"), ("inbound", "Inbound")], max_length=10),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "Submitted"),
                            ("in_review", "In review"),
                            ("returned", "Returned for information"),
                            ("resubmitted", "Resubmitted"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                            ("expired", "Expired"),
                            ("withdrawn", "Withdrawn"),
                            ("won", "Won"),
                            ("lost", "Lost"),
                            ("error", "Closed as an error"),
                        ],
                        default="draft",
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("country", models.CharField(max_length=2)),
                ("segment", models.CharField(max_length=20)),
                ("name", models.CharField(blank=True, max_length=200, verbose_name="name")),
                ("external_id", models.CharField(blank=True, max_length=100, verbose_name="own reference")),
                (
                    "deal_type",
                    models.CharField(
                        choices=[("private", "Private"), ("partner_led", "Partner-led"), ("co_sell", "Co-sell")],
                        default="co_sell",
                        max_length=20,
                        verbose_name="deal type",
                    ),
                ),
                (
                    "help",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("general", "General or other help"),
                            ("architect", "A technical architect for the customer"),
                            ("proof", "Proof of concept or demo"),
                            ("quotes", "Quotes or licensing"),
                            ("post_sales", "Customer success after the sale"),
                            ("value", "The value of a workload"),
                        ],
                        max_length=20,
                        verbose_name="help",
                    ),
                ),
                (
                    "value",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=15, null=True, verbose_name="value"),
                ),
                ("currency", models.CharField(blank=True, max_length=3, verbose_name="currency")),
                ("close_date", models.DateField(blank=True, null=True, verbose_name="close date")),
                ("notes", models.TextField(blank=True, max_length=4000, verbose_name="notes")),
                (
                    "solutions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="solutions",
                    ),
                ),
                (
                    "intent",
                    models.CharField(
                        blank=True,
                        choices=[("yes", "Yes"), ("no", "No"), ("undecided", "Not decided yet")],
                        max_length=10,
                        verbose_name="marketplace",
                    ),
                ),
                (
                    "sales_stage",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("10", "Accepted, 10 %"),
                            ("20", "Qualified, 20 %"),
                            ("40", "Developed, 40 %"),
                            ("60", "Proposed, 60 %"),
                            ("80", "Negotiated, 80 %"),
                        ],
                        max_length=3,
                        verbose_name="sales stage",
                    ),
                ),
                ("contact_first_name", models.CharField(blank=True, max_length=100)),
                ("contact_last_name", models.CharField(blank=True, max_length=100)),
                ("contact_email", models.EmailField(blank=True, max_length=254)),
                ("contact_phone", models.CharField(blank=True, max_length=40)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("created_by_name", models.CharField(max_length=150)),
                ("submitted_at", models.DateTimeField(null=True)),
                ("answer_due_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField(null=True)),
                ("reminders", models.PositiveSmallIntegerField(default=0)),
                ("decided_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("reviewer_name", models.CharField(blank=True, max_length=150)),
                ("claimed_at", models.DateTimeField(null=True)),
                ("claimed_until", models.DateTimeField(null=True)),
                (
                    "claimed_from",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "Submitted"),
                            ("in_review", "In review"),
                            ("returned", "Returned for information"),
                            ("resubmitted", "Resubmitted"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                            ("expired", "Expired"),
                            ("withdrawn", "Withdrawn"),
                            ("won", "Won"),
                            ("lost", "Lost"),
                            ("error", "Closed as an error"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("budget", "No budget"),
                            ("no_answer", "The customer did not respond"),
                            ("other_vendor", "Chose another vendor"),
                            ("not_met", "A requirement is not met"),
                            ("not_a_customer", "Not a customer"),
                            ("too_short", "The timeline is too short"),
                            ("abuse", "Abuse, spam or phishing"),
                            ("other", "Another reason"),
                            ("duplicate_in_file", "Duplicate in an imported file"),
                            ("duplicate_here", "Duplicate of a lead in the portal"),
                            ("duplicate_from_microsoft", "Duplicate of a lead from Microsoft"),
                            ("connector", "Wrong synchronisation"),
                            ("wrong_customer", "Wrong customer"),
                            ("wrong_solution", "Wrong solution"),
                            ("test", "A test"),
                            ("wrong_data", "Wrong data"),
                            ("other_error", "Another error"),
                        ],
                        max_length=30,
                        verbose_name="reason",
                    ),
                ),
                ("reason_text", models.TextField(blank=True, max_length=4000, verbose_name="explanation")),
                (
                    "won_value",
                    models.DecimalField(decimal_places=2, max_digits=15, null=True, verbose_name="value won"),
                ),
                (
                    "search_text",
                    models.GeneratedField(
                        db_persist=True,
                        expression=customers.models.Fold(
                            django.db.models.functions.text.Concat(
                                models.F("name"),
                                models.Value(" "),
                                models.F("external_id"),
                                models.Value(" "),
                                models.F("notes"),
                                output_field=models.TextField(),
                            )
                        ),
                        output_field=models.TextField(),
                    ),
                ),
                (
                    "appeal_of",
                    models.OneToOneField(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appeal",
                        to="referrals.referral",
                    ),
                ),
                (
                    "created_by",
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
                        related_name="referrals",
                        to="customers.customer",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.partner"
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referrals.programme",
                        verbose_name="programme",
                    ),
                ),
                (
                    "reviewer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "lead",
                "verbose_name_plural": "leads",
            },
        ),
        migrations.CreateModel(
            name="Favourite",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.partner"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
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
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("contact", "Microsoft may contact the customer"),
                            ("share_with_sellers", "The lead may be shown to Microsoft’s sellers"),
                            ("share_with_others", "The lead may be shared with other organisations"),
                        ],
                        max_length=20,
                    ),
                ),
                ("given_by", models.CharField(max_length=200, verbose_name="given by")),
                ("sentence", models.CharField(max_length=500)),
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
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(max_length=4000, verbose_name="comment")),
                ("is_internal", models.BooleanField(default=False, verbose_name="only for our own team")),
                (
                    "mentions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("at", models.DateTimeField()),
                ("by_name", models.CharField(max_length=150)),
                (
                    "side",
                    models.CharField(
                        choices=[
                            ("partner", "partner"),
                            ("reviewer", "reviewer"),
                            ("office", "office"),
                            ("clock", "clock"),
                        ],
                        max_length=10,
                    ),
                ),
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
        ),
        migrations.CreateModel(
            name="ReferralEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
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
                            ("begun", "Draft begun"),
                            ("edited", "Changed"),
                            ("shared", "Shared further"),
                            ("team", "Team changed"),
                            ("commented", "Comment"),
                            ("appealed", "Appeal against a decline"),
                            ("reminded", "Reminder"),
                        ],
                        max_length=20,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("by_name", models.CharField(blank=True, max_length=150)),
                (
                    "side",
                    models.CharField(
                        choices=[
                            ("partner", "partner"),
                            ("reviewer", "reviewer"),
                            ("office", "office"),
                            ("clock", "clock"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "from_state",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "Submitted"),
                            ("in_review", "In review"),
                            ("returned", "Returned for information"),
                            ("resubmitted", "Resubmitted"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                            ("expired", "Expired"),
                            ("withdrawn", "Withdrawn"),
                            ("won", "Won"),
                            ("lost", "Lost"),
                            ("error", "Closed as an error"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "to_state",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "Submitted"),
                            ("in_review", "In review"),
                            ("returned", "Returned for information"),
                            ("resubmitted", "Resubmitted"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                            ("expired", "Expired"),
                            ("withdrawn", "Withdrawn"),
                            ("won", "Won"),
                            ("lost", "Lost"),
                            ("error", "Closed as an error"),
                        ],
                        max_length=20,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=30)),
                ("text", models.TextField(blank=True, max_length=4000)),
                ("changes", models.JSONField(default=dict)),
                ("is_internal", models.BooleanField(default=False)),
                ("notified_at", models.DateTimeField(null=True)),
                ("failures", models.PositiveSmallIntegerField(default=0)),
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
                        related_name="events",
                        to="referrals.referral",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TeamMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("added_at", models.DateTimeField()),
                ("added_by_name", models.CharField(max_length=150)),
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
                        related_name="team",
                        to="referrals.referral",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="programme",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                ),
                name="programme_dates_in_order",
                violation_error_message="A programme ends after it begins.",
            ),
        ),
        migrations.AddConstraint(
            model_name="programme",
            constraint=models.CheckConstraint(
                condition=models.Q(("day_ends__gt", models.F("day_starts"))),
                name="programme_day_has_hours",
                violation_error_message="A working day ends after it starts.",
            ),
        ),
        migrations.AddConstraint(
            model_name="programme",
            constraint=models.CheckConstraint(
                condition=models.Q(("answer_hours__gte", 1), ("claim_hours__gte", 1), ("expiry_days__gte", 1)),
                name="programme_times_are_some",
                violation_error_message="Times to answer, to expire and to hold a lead are at least 1.",
            ),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(fields=["partner", "-created_at", "-id"], name="referral_list"),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(fields=["customer", "-id"], name="referral_customer"),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(
                condition=models.Q(("state__in", ["in_review", "resubmitted", "submitted"])),
                fields=["country", "segment", "submitted_at", "id"],
                name="referral_queue",
            ),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(
                condition=models.Q(("expires_at__isnull", False)), fields=["expires_at"], name="referral_expiry"
            ),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(
                condition=models.Q(("claimed_until__isnull", False)), fields=["claimed_until"], name="referral_claims"
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.UniqueConstraint(fields=("partner", "id"), name="referral_of_partner"),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "draft",
                            "submitted",
                            "in_review",
                            "returned",
                            "resubmitted",
                            "accepted",
                            "declined",
                            "expired",
                            "withdrawn",
                            "won",
                            "lost",
                            "error",
                        ],
                    )
                ),
                name="referral_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("claimed_at__isnull", False),
                        ("claimed_until__isnull", False),
                        ("state", "in_review"),
                        ("claimed_from__in", ["resubmitted", "submitted"]),
                    ),
                    models.Q(
                        models.Q(("state", "in_review"), _negated=True),
                        ("claimed_at__isnull", True),
                        ("claimed_from", ""),
                        ("claimed_until__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="referral_claim_iff_in_review",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("expires_at__isnull", False),
                        ("state__in", ["in_review", "resubmitted", "returned", "submitted"]),
                        ("submitted_at__isnull", False),
                    ),
                    models.Q(
                        models.Q(("state__in", ["in_review", "resubmitted", "returned", "submitted"]), _negated=True),
                        ("expires_at__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="referral_expires_iff_undecided",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("answer_due_at__isnull", False), ("state__in", ["in_review", "resubmitted", "submitted"])
                    ),
                    models.Q(
                        models.Q(("state__in", ["in_review", "resubmitted", "submitted"]), _negated=True),
                        ("answer_due_at__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="referral_due_iff_with_microsoft",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("closed_at__isnull", False),
                        ("state__in", ["declined", "error", "expired", "lost", "withdrawn", "won"]),
                    ),
                    models.Q(
                        models.Q(
                            ("state__in", ["declined", "error", "expired", "lost", "withdrawn", "won"]), _negated=True
                        ),
                        ("closed_at__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="referral_closed_iff_closed",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["accepted", "declined", "lost", "won"]), _negated=True),
                    ("decided_at__isnull", False),
                    _connector="OR",
                ),
                name="referral_decided_if_decided",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        (
                            "reason__in",
                            [
                                "budget",
                                "no_answer",
                                "other_vendor",
                                "not_met",
                                "not_a_customer",
                                "too_short",
                                "abuse",
                                "other",
                            ],
                        ),
                        ("state__in", ["declined", "lost"]),
                    ),
                    models.Q(
                        (
                            "reason__in",
                            [
                                "duplicate_in_file",
                                "duplicate_here",
                                "duplicate_from_microsoft",
                                "connector",
                                "wrong_customer",
                                "wrong_solution",
                                "test",
                                "wrong_data",
                                "other_error",
                            ],
                        ),
                        ("state", "error"),
                    ),
                    models.Q(models.Q(("state__in", ["declined", "lost", "error"]), _negated=True), ("reason", "")),
                    _connector="OR",
                ),
                name="referral_reason_fits_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "won"), ("won_value__gte", 0), ("won_value__isnull", False)),
                    models.Q(models.Q(("state", "won"), _negated=True), ("won_value__isnull", True)),
                    _connector="OR",
                ),
                name="referral_won_iff_value",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("value__isnull", True),
                    models.Q(("value__gte", 0), ("value__lte", 1000000000000), ("currency__regex", "^[A-Z]{3}$")),
                    _connector="OR",
                ),
                name="referral_value_sane",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(("deal_type", "co_sell"), ("help", ""), _connector="OR"),
                name="referral_help_iff_co_sell",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(("solutions__len__lte", 50)), name="referral_solutions_not_too_many"
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("deal_type", "private"), _negated=True),
                    ("state__in", ["draft", "accepted", "won", "lost", "error"]),
                    _connector="OR",
                ),
                name="referral_private_is_not_judged",
            ),
        ),
        migrations.AddConstraint(
            model_name="favourite",
            constraint=models.UniqueConstraint(fields=("referral", "user"), name="favourite_once"),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.UniqueConstraint(fields=("referral", "kind"), name="consent_once"),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(fields=["referral", "id"], name="comment_thread"),
        ),
        migrations.AddIndex(
            model_name="referralevent",
            index=models.Index(fields=["referral", "-id"], name="referral_event_timeline"),
        ),
        migrations.AddIndex(
            model_name="referralevent",
            index=models.Index(
                condition=models.Q(("notified_at__isnull", True)), fields=["id"], name="referral_event_outbox"
            ),
        ),
        migrations.AddIndex(
            model_name="teammember",
            index=models.Index(fields=["user", "referral"], name="team_of_person"),
        ),
        migrations.AddConstraint(
            model_name="teammember",
            constraint=models.UniqueConstraint(fields=("referral", "user"), name="team_once"),
        ),
    ]
