"""Routes of the customers room; list and page are composed on the roof."""

from django.urls import path

from customers.views import conflicts, identity, merging

app_name = "customers"
urlpatterns = [
    path("customers/new/", identity.register, name="register"),
    path("customers/<uuid:public_id>/correct/", identity.correct, name="correct"),
]
