"""What clients of the wire say beside the facts of a customer."""

from django.db import migrations, models
from django.db.models import Value


class Migration(migrations.Migration):
    dependencies = [("customers", "0016_quicker_keys")]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="extra",
            field=models.JSONField(db_default=Value({}, models.JSONField()), default=dict),
        ),
    ]
