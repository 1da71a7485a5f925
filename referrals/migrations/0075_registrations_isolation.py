"""Who may reach registrations: the partner makes and answers them, Microsoft moves what it may see of the lead."""

from django.db import migrations

from common.auditing import audited
from common.isolation import OWN_PARTNER, guarded, of_partner

TABLE = "referrals_registration"
LEAD_SEEN = "EXISTS (SELECT 1 FROM referrals_referral AS seen WHERE seen.id = referral_id)"


class Migration(migrations.Migration):
    dependencies = [("referrals", "0074_registrations"), ("partners", "0021_audit_chain")]

    operations = [
        of_partner(TABLE, "referral_id", "referrals_referral", on_delete="CASCADE"),
        guarded(
            TABLE,
            partner=("SELECT, INSERT, UPDATE (state, version)", OWN_PARTNER),
            channel=("SELECT, UPDATE (state, version)", LEAD_SEEN),
            office=("SELECT", "true"),
            worker=("SELECT", "true"),
        ),
        audited(TABLE, customer="", personal=["exception"]),
    ]
