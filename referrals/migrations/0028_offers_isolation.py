"""A channel manager writes leads that are offered to a partner, and the customer's consent to them; nothing else.

Where, is said by the policies of the tables, which are for every verb; what may be written anew, by these triggers.
"""

from django.db import migrations

from common.isolation import Side

CHANNEL = Side.CHANNEL.value
OFFERS = f"""
CREATE FUNCTION referrals_only_offers() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    person bigint := current_setting('app.user_id')::bigint;
    offered boolean;
BEGIN
    IF TG_TABLE_NAME = 'referrals_referral' THEN
        offered := NEW.direction = 'inbound' AND NEW.state = 'offered' AND NEW.created_by_id = person;
    ELSE
        offered := EXISTS (SELECT 1 FROM referrals_referral AS lead WHERE lead.id = NEW.referral_id
            AND lead.direction = 'inbound' AND lead.state = 'offered' AND lead.created_by_id = person);
    END IF;
    IF offered IS NOT TRUE THEN
        RAISE EXCEPTION 'a channel manager writes offers of their own alone' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER only_offers BEFORE INSERT ON referrals_referral FOR EACH ROW
    WHEN (current_user = '{CHANNEL}') EXECUTE FUNCTION referrals_only_offers();
CREATE TRIGGER only_offers BEFORE INSERT ON referrals_consent FOR EACH ROW
    WHEN (current_user = '{CHANNEL}') EXECUTE FUNCTION referrals_only_offers();
GRANT INSERT ON referrals_referral, referrals_consent TO {CHANNEL};
"""  # noqa: S608 -- frozen text
BACK = f"""
REVOKE INSERT ON referrals_referral, referrals_consent FROM {CHANNEL};
DROP TRIGGER only_offers ON referrals_consent;
DROP TRIGGER only_offers ON referrals_referral;
DROP FUNCTION referrals_only_offers();
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0027_offers")]

    operations = [migrations.RunSQL(OFFERS, BACK)]
