"""Routes of the customers room; list and page are composed on the roof."""

from django.urls import path

from customers import api, views

app_name = "customers"
urlpatterns = [
    path("customers/new/", views.register, name="register"),
    path("customers/<uuid:public_id>/correct/", views.correct, name="correct"),
]
api_routes = [
    path("customers/", api.Customers.as_view(), name="customers"),
    path("customers/<uuid:public_id>/", api.CustomerDetail.as_view(), name="customer"),
]
