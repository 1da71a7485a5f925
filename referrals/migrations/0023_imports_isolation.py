"""Who may reach files of leads: the partner alone; the worker learns that there is work, and which leads came in a file."""

from django.db import migrations

from common.isolation import OWN_PARTNER, guarded, of_partner


class Migration(migrations.Migration):
    dependencies = [("referrals", "0022_imports_of_leads")]

    operations = [
        of_partner("referrals_leadimportrow", "lead_import_id", "referrals_leadimport", on_delete="CASCADE"),
        # a draft that is thrown away leaves the row that it came from
        of_partner("referrals_leadimportrow", "referral_id", "referrals_referral", on_delete="SET NULL (referral_id)"),
        guarded(
            "referrals_leadimport",
            partner=("SELECT, INSERT, UPDATE (state, attempts, committed_at, undone_at)", OWN_PARTNER),
            worker=("SELECT (id, partner_id, by_id, state)", "true"),
        ),
        guarded(
            "referrals_leadimportrow",
            partner=("SELECT, INSERT, UPDATE (outcome, problems, key, referral_id, version)", OWN_PARTNER),
            worker=("SELECT (referral_id)", "true"),
        ),
    ]
