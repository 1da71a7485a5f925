"""What a partner does for customers and where, its locations, and what a person sees of its leads."""

import uuid

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

AREAS = [("advise", "Advise"), ("sell", "Sell"), ("build", "Build"), ("manage", "Manage")]
SCOPES = [
    ("own", "Own: where the person is on the team of the lead"),
    ("team", "Team: also what colleagues of the same team work on"),
    ("location", "Location: also what colleagues of the same location work on"),
    ("partner", "Whole organisation"),
]
NUMBER = django.core.validators.RegexValidator("^\\d{4,10}$", "A PartnerID has 4 to 10 digits.")


class Migration(migrations.Migration):
    dependencies = [("partners", "0021_audit_chain")]

    operations = [
        migrations.AddField(
            model_name="partner",
            name="service_areas",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(choices=AREAS, max_length=10),
                blank=True,
                default=list,
                size=None,
                verbose_name="service areas",
            ),
        ),
        migrations.AddField(
            model_name="partner",
            name="countries",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=2),
                blank=True,
                default=list,
                size=None,
                verbose_name="countries served",
            ),
        ),
        migrations.CreateModel(
            name="Location",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                (
                    "partner_number",
                    models.CharField(max_length=10, unique=True, validators=[NUMBER], verbose_name="PartnerID"),
                ),
                ("country", models.CharField(max_length=2, verbose_name="country")),
                ("city", models.CharField(blank=True, max_length=100, verbose_name="city")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="locations", to="partners.partner"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("partner", "id"), name="location_of_partner")],
            },
        ),
        migrations.AddField(
            model_name="user",
            name="public_id",
            field=models.UUIDField(db_default=models.Func(function="gen_random_uuid"), editable=False, unique=True),
        ),
        migrations.AddField(
            model_name="user",
            name="scope",
            field=models.CharField(
                choices=SCOPES, db_default="own", default="own", max_length=10, verbose_name="scope"
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="team_name",
            field=models.CharField(blank=True, db_default="", max_length=80, verbose_name="team"),
        ),
        migrations.AddField(
            model_name="user",
            name="location",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="people",
                to="partners.location",
                verbose_name="location",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(("location__isnull", True), ("partner__isnull", False), _connector="OR"),
                name="user_place_of_partner",
                violation_error_message="A location belongs to a partner.",
            ),
        ),
    ]
