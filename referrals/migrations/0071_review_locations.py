"""Locations of the channel side, to which rules send leads beside single managers."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0070_holidays"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ReviewLocation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=150, unique=True, verbose_name="name")),
                ("created_at", models.DateTimeField()),
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
            ],
        ),
        migrations.CreateModel(
            name="LocationMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "location",
                    models.ForeignKey(
                        db_column="review_location_id",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="members",
                        to="referrals.reviewlocation",
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
            model_name="locationmember",
            constraint=models.UniqueConstraint(fields=("location", "user"), name="location_member_once"),
        ),
        migrations.AddField(
            model_name="referral",
            name="routed_location",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="referrals.reviewlocation",
            ),
        ),
        migrations.AddField(
            model_name="routingrule",
            name="location",
            field=models.ForeignKey(
                db_column="review_location_id",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="referrals.reviewlocation",
                verbose_name="location",
            ),
        ),
        migrations.AddField(
            model_name="routingrule",
            name="location_name",
            field=models.CharField(blank=True, db_default="", default="", max_length=150),
        ),
        migrations.AlterField(
            model_name="routingrule",
            name="manager",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="channel manager",
            ),
        ),
        migrations.AlterField(
            model_name="routingrule", name="manager_name", field=models.CharField(blank=True, max_length=150)
        ),
        migrations.AddConstraint(
            model_name="routingrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("location__isnull", True), ("manager__isnull", False)),
                    models.Q(("location__isnull", False), ("manager__isnull", True)),
                    _connector="OR",
                ),
                name="routing_rule_goes_to_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(("routed_to__isnull", True), ("routed_location__isnull", True), _connector="OR"),
                name="referral_routed_to_one",
            ),
        ),
    ]
