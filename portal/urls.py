"""All routes of the portal; who may use them stands in `portal.routes`."""

from django.contrib import admin
from django.urls import include, path

from portal import review, views

urlpatterns = [
    path("", views.home, name="home"),
    path("customers/", views.customers, name="customers"),
    path("customers/<uuid:public_id>/", views.customer, name="customer"),
    path("review/", review.review, name="review"),
    path("review/bulk/", review.review_bulk, name="review_bulk"),
    path("review/<uuid:public_id>/", review.review, name="review_lead"),
    path("review/<uuid:public_id>/decide/", review.review_decide, name="review_decide"),
    path("language/", views.set_language, name="set_language"),
    path("", include("partners.urls")),
    path("", include("customers.urls")),
    path("", include("motions.urls")),
    path("", include("referrals.urls")),
    path("account/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
]
