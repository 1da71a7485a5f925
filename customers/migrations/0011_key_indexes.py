"""Customers are found by their keys; in the place of the indexes over what was typed."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models import Q

OLD = ("customer_same_name", "customer_same_domain", "customer_same_number")
NEW = (
    models.Index(fields=["name_key", "partner"], name="customer_name_key"),
    models.Index(fields=["site_key", "partner"], condition=~Q(site_key=""), name="customer_site_key"),
    models.Index(fields=["number_key", "partner"], condition=~Q(number_key=""), name="customer_number_key"),
    models.Index(fields=["tenant_id", "partner"], condition=Q(tenant_id__isnull=False), name="customer_tenant"),
    models.Index(fields=["duns", "partner"], condition=~Q(duns=""), name="customer_duns"),
    models.Index(
        fields=["partner", "country", "loose_key"],
        include=["id"],
        condition=Q(archived_at__isnull=True),
        name="customer_loose",
    ),
    models.Index(
        fields=["partner", "country", "loose_back"],
        include=["id"],
        condition=Q(archived_at__isnull=True),
        name="customer_loose_back",
    ),
)


class Migration(migrations.Migration):
    atomic = False  # customers are many, and nobody waits while their indexes are made

    dependencies = [("customers", "0010_keys")]

    operations = [
        *(AddIndexConcurrently("customer", index) for index in NEW),
        *(RemoveIndexConcurrently("customer", name) for name in OLD),
    ]
