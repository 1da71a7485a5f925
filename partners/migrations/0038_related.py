"""A change of a lead that is related to another is told at the wire as two events, each of them once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partners", "0037_waking")]

    operations = [
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                fields=("partner", "subscription", "event_id", "event"), name="delivery_told_once"
            ),
        ),
        migrations.RemoveConstraint(model_name="delivery", name="delivery_once"),
    ]
