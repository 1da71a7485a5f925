"""Deals, the policy, exchange rates and imports are written down in the audit."""

from django.db import migrations

from common.auditing import audited

NOBODYS = ("policyversion", "policyannouncement", "preview", "rateset", "heldrates", "fanout")


class Migration(migrations.Migration):
    dependencies = [("motions", "0041_notice_isolation"), ("partners", "0021_audit_chain")]

    operations = [
        audited("motions_deal"),
        audited("motions_choice"),
        audited("motions_contract"),
        audited("motions_importbatch", customer="", ignored=["done_rows", "all_rows", "attempts"]),
        *(
            audited(f"motions_{name}", partner="", customer="", ignored=["document", "computed", "changed", "moved"])
            for name in NOBODYS
        ),
    ]
