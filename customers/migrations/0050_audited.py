"""Customers, their people and what is decided about them are written down in the audit."""

from django.db import migrations

from common.auditing import audited

PERSON = ["first_name", "last_name", "email", "phone"]
KEYS = ["sort_name", "search_text", "name_key", "site_key", "number_key", "loose_key", "loose_back"]


class Migration(migrations.Migration):
    dependencies = [("customers", "0030_extra"), ("partners", "0021_audit_chain")]

    operations = [
        audited("customers_customer", customer="id", ignored=KEYS),
        audited("customers_contact", personal=[*PERSON, "consent_by"]),
        audited("customers_tag", ignored=["key"]),
        audited("customers_relation"),
        audited("customers_conflictcase", partner="", customer=""),
        audited("customers_conflictside"),
        audited("customers_conflictdecision", partner="", customer=""),
        audited("customers_merge"),
        audited("customers_countryrule", partner="", customer=""),
    ]
