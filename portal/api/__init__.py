"""The API as a whole: its first page, its document, and what is said where no resource answers."""

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views import defaults
from django.views.decorators.http import require_GET, require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularSwaggerSplitView

from common.rest.json import encoded
from common.rest.problems import Problem
from common.wire import faults
from common.wire.doors import is_wire
from partners.access import wires
from partners.access.programs import is_for_programs

RESOURCES = (
    "customers", "tag_customers", "contacts", "relationships", "conflicts", "merges",
    "deals", "guidance", "alerts", "what_if", "choices", "policies", "rates", "imports", "exports",
    "agreements", "agreements_remind", "agreement_rules", "provider_tasks", "referrals", "referral_imports",
    "programmes", "events", "webhooks", "webhook_deliveries", "notices", "notices_read", "news",
    "saved_views", "map", "map_movers", "choice_report", "choice_file", "domain_check",
)  # fmt: skip


@require_GET
def root(request: HttpRequest) -> HttpResponse:
    """Where everything is."""
    found = {name.replace("_", "-"): reverse(f"api:{name}") for name in RESOURCES}
    found |= {"schema": reverse("api:schema"), "docs": reverse("api:docs"), "token": reverse("api_token")}
    return HttpResponse(encoded(found), content_type="application/json")


@cache
def document() -> bytes:
    """The OpenAPI document as JSON; the same for everybody, so it is made once."""
    with translation.override("en"):
        generator: Any = SchemaGenerator
        return encoded(generator().get_schema(request=None, public=True))


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document."""
    return HttpResponse(document(), content_type="application/vnd.oai.openapi+json")


class Docs(SpectacularSwaggerSplitView):
    """Swagger UI, from files of our own."""

    authentication_classes = ()
    permission_classes = ()
    url_name = "api:schema"
    url_self = None
    template_name = "portal/api_docs.html"


def unauthenticated(request: HttpRequest) -> HttpResponse:
    """Nobody, or a token that is over."""
    if is_wire(request.path_info):
        return faults.answer(wires.unauthenticated(), request)
    headers = {"WWW-Authenticate": 'Bearer realm="wegweiser", error="invalid_token"'}
    return Problem("unauthenticated", _("Get a new token with the client's secret."), headers=headers).answer()


def _told(request: HttpRequest, code: str) -> HttpResponse | None:
    """A problem or a fault, by the door that was asked; None where people are."""
    problem = Problem(code)
    if is_wire(request.path_info):
        return faults.answer(faults.of_problem(problem), request)
    return problem.answer() if is_for_programs(request.path_info) else None


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """404 in the form of the door."""
    return _told(request, "not_found") or defaults.page_not_found(request, exception)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """400 in the form of the door."""
    return _told(request, "malformed") or defaults.bad_request(request, exception)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """500 in the form of the door."""
    return _told(request, "server_error") or defaults.server_error(request)
