"""The bare door that an edit is measured against: the same web server and sign-in, one transaction, one task."""

from functools import partial

from celery import current_app
from django.db import connection, transaction
from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_POST

from partners.access import PersonRequest
from partners.roles import OF_PARTNER
from portal import urls
from portal.routes import ROUTES

_CHANGE = "UPDATE motions_deal SET name = name || '' WHERE id = %s"
_TELL = """
INSERT INTO motions_dealevent (partner_id, customer_id, deal_id, deal_name, kind, at, by_name, source, changes)
SELECT partner_id, customer_id, id, name, 'changed', now(), 'bench', 'form', '{}' FROM motions_deal WHERE id = %s
"""


@require_POST
def bare(request: PersonRequest, deal: int) -> HttpResponse:
    """The two rows that an edit writes at least, and a task that does nothing but answer."""
    with connection.cursor() as cursor:
        cursor.execute(_CHANGE, [deal])
        cursor.execute(_TELL, [deal])
    words = {"kwargs": {"key": request.POST["key"]}, "queue": "interactive"}
    transaction.on_commit(partial(current_app.send_task, "bench.echo", **words))
    return HttpResponse(status=302)


ROUTES["bench_bare"] = OF_PARTNER
urlpatterns = [path("bare/<int:deal>/", bare, name="bench_bare"), *urls.urlpatterns]
