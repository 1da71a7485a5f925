"""All routes of the portal; who may use them stands in `portal.routes`."""

from django.contrib import admin
from django.urls import include, path, re_path, register_converter

from agreements.urls import api_routes as of_agreements
from agreements.urls import wire_routes as wire_of_agreements
from customers.urls import api_routes as of_customers
from customers.urls import wire_routes as wire_of_customers
from motions.urls import api_routes as of_motions
from partners.urls import api_routes as of_partners
from partners.urls import token_routes, webhook_routes
from portal import api
from portal.api import history, saved
from portal.views import audit, customer, data, home, jobs, lists, privacy, registration, review
from referrals.urls import api_routes as of_referrals
from referrals.urls import wire_routes as wire_of_referrals

handler400 = "portal.api.bad_request"
handler404 = "portal.api.not_found"
handler500 = "portal.api.server_error"

api_routes = [
    path("", api.root, name="root"),
    path("schema/", api.schema, name="schema"),
    path("docs/", api.Docs.as_view(), name="docs"),
    *of_partners,
    *of_customers,
    *of_motions,
    *of_agreements,
    *of_referrals,
    path("customers/<uuid:public_id>/timeline/", history.CustomerTimeline.as_view(), name="customer_timeline"),
    path("views/", saved.SavedViews.as_view(), name="saved_views"),
    path("views/<uuid:public_id>/", saved.SavedViewDetail.as_view(), name="saved_view"),
]


wire_routes = [
    *wire_of_customers,
    *wire_of_agreements,
    *wire_of_referrals,
]


class SheetConverter:
    """'csv' or 'xlsx'."""

    regex = "csv|xlsx"

    def to_python(self, value: str) -> str:
        """As it stands."""
        return value

    def to_url(self, value: str) -> str:
        """As it stands."""
        return value


register_converter(SheetConverter, "sheet_kind")

urlpatterns = [
    # first, because programs ask most often and every route before it would be tried
    path("api/v1/", include((api_routes, "api"))),
    # one resource under both addresses; outside clients speak either
    re_path(r"^v1(?:\.0)?/", include((wire_routes, "wire"))),
    path("", home.home, name="home"),
    path("customers/", lists.customers, name="customers"),
    path("customers/export.<sheet_kind:kind>", lists.customer_file, name="customer_file"),
    path("customers/tag/", lists.tag_customers, name="tag_customers"),
    path("customers/views/", lists.save_view, name="save_view"),
    path("views/<uuid:public_id>/remove/", lists.remove_view, name="remove_view"),
    path("customers/new/", registration.register, name="register"),
    path("customers/new/draft/", registration.keep_draft, name="keep_draft"),
    path("customers/new/fields/", registration.country_fields, name="country_fields"),
    path("customers/new/domain/", registration.domain_check, name="domain_check"),
    path("drafts/<uuid:public_id>/discard/", registration.discard_draft, name="discard_draft"),
    path("customers/<uuid:public_id>/", customer.customer, name="customer"),
    path("customers/<uuid:public_id>/timeline/", customer.happened, name="timeline"),
    path("review/", review.review, name="review"),
    path("review/bulk/", review.review_bulk, name="review_bulk"),
    path("review/<uuid:public_id>/", review.review, name="review_lead"),
    path("review/<uuid:public_id>/decide/", review.review_decide, name="review_decide"),
    path("audit/", audit.audit, name="audit"),
    path("audit/export.csv", audit.audit_file, {"kind": "csv"}, name="audit_csv"),
    path("audit/export.json", audit.audit_file, {"kind": "json"}, name="audit_json"),
    path("audit/verify/", audit.audit_verify, name="audit_verify"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/retry/<slug:code>/", jobs.retry, name="jobs_retry"),
    path("jobs/pause/", jobs.pause, name="jobs_pause"),
    path("jobs/resume/", jobs.resume, name="jobs_resume"),
    path("privacy/", privacy.privacy, name="privacy"),
    path("privacy/contacts/<uuid:public_id>.json", privacy.contact_file, name="privacy_contact"),
    path("privacy/contacts/<uuid:public_id>/erase/", privacy.erase, name="privacy_erase"),
    path("privacy/people/<uuid:public_id>.json", privacy.user_file, name="privacy_user"),
    path("privacy/people/<uuid:public_id>/erase/", privacy.erase_user, name="privacy_user_erase"),
    path("policy/rules/", data.rules_moved, name="rules_moved"),
    path("policy/rules/<path:rest>", data.rules_moved, name="rules_moved"),
    path("data/", data.data, name="data"),
    path("data/<slug:kind>/", data.data_kind, name="data_kind"),
    path("data/<slug:kind>/new/", data.data_add, name="data_add"),
    path("data/<slug:kind>/<int:number>/", data.data_row, name="data_row"),
    path("data/<slug:kind>/<int:number>/remove/", data.data_drop, name="data_drop"),
    path("data/<slug:kind>/undo/<int:change>/", data.data_undo, name="data_undo"),
    path("language/", home.set_language, name="set_language"),
    path("", include("partners.urls")),
    path("", include("customers.urls")),
    path("", include("motions.urls")),
    path("", include("agreements.urls")),
    path("", include("referrals.urls")),
    *token_routes,
    path("webhooks/v1/", include((webhook_routes, "webhooks"))),
    path("account/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
]
