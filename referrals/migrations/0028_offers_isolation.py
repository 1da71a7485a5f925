"""A channel manager writes leads that are offered to a partner, and the customer's consent to them; nothing else."""

from django.db import migrations

from common.isolation import Side

CHANNEL = Side.CHANNEL.value
# beside the policy of the table, which says where: no lead of another kind, and consents to one's own offers alone
OFFERED = "direction = 'inbound' AND state = 'offered' AND created_by_id = current_setting('app.user_id')::bigint"
OF_OFFER = f"EXISTS (SELECT 1 FROM referrals_referral AS lead WHERE lead.id = referral_id AND {OFFERED})"  # noqa: S608 -- frozen text
RULES = (("referrals_referral", OFFERED), ("referrals_consent", OF_OFFER))


def _opened(table: str, rule: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"GRANT INSERT ON {table} TO {CHANNEL};"
        f"CREATE POLICY channel_offers ON {table} AS RESTRICTIVE FOR INSERT TO {CHANNEL} WITH CHECK ({rule})",
        f"DROP POLICY channel_offers ON {table}; REVOKE INSERT ON {table} FROM {CHANNEL}",
    )


class Migration(migrations.Migration):
    dependencies = [("referrals", "0027_offers")]

    operations = [_opened(table, rule) for table, rule in RULES]
