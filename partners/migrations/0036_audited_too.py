"""Invitations, places, posts, looks at what others see and webhooks are written down in the audit."""

from django.db import migrations

from common.auditing import audited

# how far messages have come: moves with every message, and says nothing
PLACE = ["xact", "change", "number", "held_until", "rests_until", "tried_at", "failures"]


class Migration(migrations.Migration):
    dependencies = [("partners", "0035_posts_isolation")]

    operations = [
        audited("partners_invitation", customer="", personal=["name", "email"]),
        audited("partners_location", customer=""),
        audited("partners_post", partner="", customer=""),
        audited("partners_viewing", partner="", customer=""),
        audited("partners_subscription", customer="", ignored=PLACE, secret=["salt", "former_salt"]),
    ]
