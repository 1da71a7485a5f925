"""Routes of the referrals room."""

from django.urls import path

from referrals import views

app_name = "referrals"
urlpatterns = [path("referrals/<uuid:public_id>/", views.lead, name="lead")]
