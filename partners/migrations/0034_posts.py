"""What the office writes, who reads the newsletter, and how edited rows stood before."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

ROLES = [
    ("partner_staff", "Partner staff"),
    ("partner_admin", "Partner administrator"),
    ("channel_manager", "Channel manager"),
    ("policy_owner", "Policy owner"),
    ("administrator", "Administrator"),
]
KINDS = [("news", "News"), ("banner", "Banner"), ("help", "Help"), ("term", "Glossary")]
CERTAINTY = [
    ("announced", "announced"),
    ("earliest", "not before"),
    ("confirmed", "confirmed"),
    ("postponed", "postponed"),
    ("withdrawn", "withdrawn"),
]
CASCADE = django.db.models.deletion.CASCADE


def key() -> tuple[str, models.Field]:
    return ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


def several(name: str, of: models.Field) -> models.Field:
    return django.contrib.postgres.fields.ArrayField(
        base_field=of, blank=True, default=list, size=None, verbose_name=name
    )


class Migration(migrations.Migration):
    dependencies = [("partners", "0033_team_isolation")]

    operations = [
        migrations.CreateModel(
            name="Post",
            fields=[
                key(),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("kind", models.CharField(choices=KINDS, max_length=10)),
                ("title_en", models.CharField(max_length=200, verbose_name="title (English)")),
                ("title_de", models.CharField(max_length=200, verbose_name="title (German)")),
                ("body_en", models.TextField(blank=True, max_length=8000, verbose_name="text (English)")),
                ("body_de", models.TextField(blank=True, max_length=8000, verbose_name="text (German)")),
                ("source_url", models.URLField(blank=True, max_length=300, verbose_name="source")),
                ("shown_from", models.DateField(verbose_name="shown from")),
                ("shown_to", models.DateField(blank=True, null=True, verbose_name="shown until")),
                ("roles", several("for roles", models.CharField(choices=ROLES, max_length=20))),
                ("countries", several("for countries", models.CharField(max_length=2))),
                ("motions", several("for motions", models.CharField(max_length=20))),
                (
                    "certainty",
                    models.CharField(blank=True, choices=CERTAINTY, max_length=10, verbose_name="how certain"),
                ),
                ("effective", models.DateField(blank=True, null=True, verbose_name="in force from")),
                ("in_newsletter", models.BooleanField(default=False, verbose_name="in the newsletter")),
            ],
            options={
                "indexes": [models.Index(fields=["kind", "-shown_from", "-id"], name="post_by_day")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("shown_to__isnull", True), ("shown_to__gte", models.F("shown_from")), _connector="OR"
                        ),
                        name="post_days_in_order",
                        violation_error_message="The last day must come after the first.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="NewsSubscription",
            fields=[
                key(),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("is_on", models.BooleanField(default=True)),
                ("changed_at", models.DateTimeField()),
                (
                    "user",
                    models.OneToOneField(on_delete=CASCADE, related_name="subscription", to=settings.AUTH_USER_MODEL),
                ),
            ],
        ),
        migrations.CreateModel(
            name="NewsMail",
            fields=[
                key(),
                ("sent_at", models.DateTimeField(null=True)),
                ("failures", models.PositiveSmallIntegerField(default=0)),
                ("post", models.ForeignKey(on_delete=CASCADE, related_name="mails", to="partners.post")),
                ("user", models.ForeignKey(on_delete=CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("post", "user"), name="news_once")]},
        ),
        migrations.CreateModel(
            name="Revision",
            fields=[
                key(),
                ("what", models.CharField(max_length=60)),
                ("row_id", models.BigIntegerField()),
                ("changes", models.JSONField()),
                ("is_first", models.BooleanField(default=False)),
                (
                    "undoes",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="undone_by",
                        to="partners.revision",
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("by_name", models.CharField(max_length=150)),
            ],
            options={"indexes": [models.Index(fields=["what", "row_id", "-id"], name="revision_of_row")]},
        ),
    ]
