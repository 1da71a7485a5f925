"""All routes of the portal; who may use them stands in `portal.routes`."""

from django.contrib import admin
from django.urls import include, path

from customers.urls import api_routes as of_customers
from motions.urls import api_routes as of_motions
from partners.urls import api_routes as of_partners
from portal import api, views

handler400 = "portal.api.bad_request"
handler404 = "portal.api.not_found"
handler500 = "portal.api.server_error"

api_routes = [
    path("", api.root, name="root"),
    path("schema/", api.Schema.as_view(), name="schema"),
    path("docs/", api.Docs.as_view(), name="docs"),
    *of_partners,
    *of_customers,
    *of_motions,
]

urlpatterns = [
    path("", views.home, name="home"),
    path("customers/", views.customers, name="customers"),
    path("customers/<uuid:public_id>/", views.customer, name="customer"),
    path("language/", views.set_language, name="set_language"),
    path("", include("customers.urls")),
    path("", include("motions.urls")),
    path("", include("partners.urls")),
    path("api/v1/", include((api_routes, "api"))),
    path("account/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
]
