"""Leads, what hangs on them, programmes and routing are written down in the audit."""

from django.db import migrations

from common.auditing import audited

CONTACT = ["contact_first_name", "contact_last_name", "contact_email", "contact_phone"]


class Migration(migrations.Migration):
    dependencies = [("referrals", "0031_wire_indexes"), ("partners", "0021_audit_chain")]

    operations = [
        audited(
            "referrals_referral",
            ignored=["search_text", "reviewer_name", "routed_to_name"],
            personal=[*CONTACT, "notes", "reason_text", "extra"],
        ),
        audited("referrals_teammember", customer=""),
        audited("referrals_consent", customer="", personal=["given_by"]),
        audited("referrals_comment", customer="", personal=["text"]),
        audited("referrals_commentfile", customer="", personal=["file_name"]),
        audited("referrals_leadimport", customer=""),
        audited("referrals_programme", partner="", customer=""),
        audited("referrals_routingrule", partner="", customer="", ignored=["manager_name"]),
        audited("referrals_absence", partner="", customer="", ignored=["user_name", "substitute_name"]),
    ]
