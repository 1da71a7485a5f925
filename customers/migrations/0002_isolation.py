"""Who may reach customers in the database."""

from django.db import migrations

from common.isolation import OWN_PARTNER, guarded, of_partner

IN_SCOPE = (
    "(country, segment) IN (SELECT scope.country, scope.segment FROM partners_channelscope AS scope"
    " WHERE scope.user_id = current_setting('app.user_id')::bigint)"
)
# read as the same role, so the customer's own policy decides
CUSTOMER_SEEN = "EXISTS (SELECT 1 FROM customers_customer AS seen WHERE seen.id = customer_id)"


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial"), ("partners", "0002_isolation")]

    operations = [
        guarded(
            "customers_customer",
            partner=("SELECT, INSERT, UPDATE", OWN_PARTNER),
            channel=("SELECT", IN_SCOPE),
            office=("SELECT", "true"),
            worker=("SELECT", "true"),
        ),
        of_partner("customers_customerevent", "customer_id", "customers_customer"),
        guarded(
            "customers_customerevent",
            partner=("SELECT, INSERT", OWN_PARTNER),
            channel=("SELECT", CUSTOMER_SEEN),
            office=("SELECT", "true"),
        ),
    ]
