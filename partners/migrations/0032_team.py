"""Invitations, what happened to people and organisations, and who looked on as whom."""

import uuid
from typing import Any

import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

ROLES = [
    ("partner_staff", "Partner staff"),
    ("partner_admin", "Partner administrator"),
    ("channel_manager", "Channel manager"),
    ("policy_owner", "Policy owner"),
    ("administrator", "Administrator"),
]
SCOPES = [
    ("own", "Own: where the person is on the team of the lead"),
    ("team", "Team: also what colleagues of the same team work on"),
    ("location", "Location: also what colleagues of the same location work on"),
    ("partner", "Whole organisation"),
]
KINDS = [
    ("invited", "invited"),
    ("resent", "invited again"),
    ("withdrawn", "invitation withdrawn"),
    ("joined", "joined"),
    ("changed", "changed"),
    ("deactivated", "deactivated"),
    ("reactivated", "let in again"),
    ("handed_over", "work handed over"),
    ("added", "organisation added"),
    ("corrected", "organisation changed"),
    ("suspended", "organisation suspended"),
    ("resumed", "organisation resumed"),
    ("place_added", "location added"),
    ("place_corrected", "location changed"),
]
PROTECT, SET_NULL = django.db.models.deletion.PROTECT, django.db.models.deletion.SET_NULL


def key() -> tuple[str, models.Field]:
    return ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


def person(on_delete: Any = PROTECT, **kwargs: Any) -> models.ForeignKey:
    return models.ForeignKey(on_delete=on_delete, related_name="+", to=settings.AUTH_USER_MODEL, **kwargs)


def partner() -> tuple[str, models.Field]:
    return ("partner", models.ForeignKey(null=True, on_delete=PROTECT, related_name="+", to="partners.partner"))


class Migration(migrations.Migration):
    dependencies = [("partners", "0031_organisations_isolation")]

    operations = [
        migrations.CreateModel(
            name="Invitation",
            fields=[
                key(),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                partner(),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail address")),
                ("name", models.CharField(max_length=150, verbose_name="name")),
                ("role", models.CharField(choices=ROLES, max_length=20, verbose_name="role")),
                ("scope", models.CharField(choices=SCOPES, default="own", max_length=10, verbose_name="scope")),
                ("team_name", models.CharField(blank=True, max_length=80, verbose_name="team")),
                (
                    "location",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="partners.location",
                        verbose_name="location",
                    ),
                ),
                (
                    "language",
                    models.CharField(choices=[("en", "English"), ("de", "German")], default="en", max_length=2),
                ),
                ("made_at", models.DateTimeField()),
                ("by_name", models.CharField(max_length=150)),
                ("number", models.PositiveSmallIntegerField(default=1)),
                ("expires_at", models.DateTimeField()),
                ("mailed_at", models.DateTimeField(null=True)),
                ("failures", models.PositiveSmallIntegerField(default=0)),
                ("used_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.comparison.Coalesce("partner", 0),
                        django.db.models.functions.text.Lower("email"),
                        condition=models.Q(("used_at__isnull", True), ("withdrawn_at__isnull", True)),
                        name="invitation_open_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("role__in", ["partner_admin", "partner_staff"]), ("partner__isnull", False)),
                            models.Q(
                                models.Q(("role__in", ["partner_admin", "partner_staff"]), _negated=True),
                                ("partner__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="invitation_partner_iff_partner_role",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            ("mailed_at__isnull", True), ("used_at__isnull", True), ("withdrawn_at__isnull", True)
                        ),
                        fields=["id"],
                        name="invitation_to_mail",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TeamEvent",
            fields=[
                key(),
                partner(),
                ("person", person(null=True)),
                ("kind", models.CharField(choices=KINDS, max_length=20)),
                ("about", models.CharField(max_length=200)),
                ("changes", models.JSONField(default=dict)),
                ("at", models.DateTimeField()),
                ("by", person(SET_NULL, null=True)),
                ("by_name", models.CharField(max_length=150)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["partner", "-at"], name="team_event_of_partner"),
                    models.Index(fields=["person", "-at"], name="team_event_of_person"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Viewing",
            fields=[
                key(),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("by", person()),
                ("by_name", models.CharField(max_length=150)),
                ("whom", person()),
                ("whom_name", models.CharField(max_length=150)),
                ("reason", models.CharField(max_length=300, verbose_name="reason")),
                ("started_at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="viewing_has_a_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("by", models.F("whom")), _negated=True), name="viewing_of_another"
                    ),
                ],
            },
        ),
    ]
