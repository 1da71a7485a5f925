"""Routes of the customers room; list and page are composed on the roof."""

from django.urls import path

from customers.views import contacts, identity

app_name = "customers"
urlpatterns = [
    path("customers/new/", identity.register, name="register"),
    path("customers/<uuid:public_id>/correct/", identity.correct, name="correct"),
    path("customers/<uuid:public_id>/contacts/", contacts.contacts, name="contacts"),
    path("customers/<uuid:public_id>/contacts/new/", contacts.contact_add, name="contact_add"),
    path("contacts/<uuid:public_id>/", contacts.contact_correct, name="contact_correct"),
    path("contacts/<uuid:public_id>/remove/", contacts.contact_remove, name="contact_remove"),
]
