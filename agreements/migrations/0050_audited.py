"""Agreements, what hangs on them, and the dated rows behind them are written down in the audit."""

from django.db import migrations

from common.auditing import audited

PERSON = ["first_name", "last_name", "email", "phone"]


class Migration(migrations.Migration):
    dependencies = [("agreements", "0030_extra"), ("partners", "0021_audit_chain")]

    operations = [
        audited("agreements_agreement"),
        audited("agreements_acceptance", personal=[*PERSON, "signatory_key"]),
        audited("agreements_link", personal=PERSON, secret=["token_hash"]),
        audited("agreements_providerlink", customer=""),
        audited("agreements_providerrequest", personal=PERSON),
        audited("agreements_providertask", customer="", personal=PERSON),
        audited("agreements_directanswer"),
        audited("agreements_agreementfile", personal=["file_name"]),
        *(
            audited(f"agreements_{name}", partner="", customer="")
            for name in ("cutoff", "pathrule", "templateversion", "templatelanguage", "signingprogramme")
        ),
    ]
