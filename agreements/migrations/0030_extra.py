"""What clients of the wire say beside a confirmation, and confirmations of further signatories."""

from django.db import migrations, models
from django.db.models import Value


class Migration(migrations.Migration):
    dependencies = [("agreements", "0010_rows_are_removed")]

    operations = [
        migrations.AddField(
            model_name="acceptance",
            name="extra",
            field=models.JSONField(db_default=Value({}, models.JSONField()), default=dict),
        ),
        migrations.AlterField(
            model_name="agreementevent",
            name="step",
            field=models.CharField(
                choices=[
                    ("invite", "Ask to accept at Microsoft"),
                    ("learn_direct", "Learn of the acceptance at Microsoft"),
                    ("attest", "Attest the acceptance"),
                    ("send_link", "Send a link"),
                    ("resend_link", "Send a new link"),
                    ("expire_link", "Let the link expire"),
                    ("accept", "Accept by link"),
                    ("finalise", "Finalise"),
                    ("ask_again", "Ask for a new acceptance"),
                    ("revoke", "Revoke by transition"),
                    ("file_added", "File added"),
                    ("amendment", "Professional secrecy noted"),
                    ("provider_asked", "Provider asked"),
                    ("provider_declined", "Provider declined"),
                    ("request_withdrawn", "Request to the provider withdrawn"),
                    ("confirmed_again", "Another signatory confirmed"),
                ],
                max_length=20,
            ),
        ),
    ]
