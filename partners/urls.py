"""Routes of the partners room: what a person is told; access tokens, the feed of changes, webhooks."""

from django.urls import path

from partners import api
from partners.api import webhooks as hooks_api
from partners.views import notices, webhooks
from partners.wire import tokens
from partners.wire import webhooks as hooks_wire

app_name = "partners"
urlpatterns = [
    path("notices/", notices.notices, name="notices"),
    path("notices/read/", notices.notices_read, name="notices_read"),
    path("notices/preferences/", notices.notice_preferences, name="notice_preferences"),
    path("notices/<uuid:public_id>/", notices.notice, name="notice"),
    path("notices/<uuid:public_id>/read/", notices.notice_read, name="notice_read"),
    path("webhooks/", webhooks.webhooks, name="webhooks"),
    path("webhooks/new/", webhooks.webhook_add, name="webhook_add"),
    path("webhooks/<uuid:public_id>/", webhooks.webhook, name="webhook"),
    path("webhooks/<uuid:public_id>/change/", webhooks.webhook_change, name="webhook_change"),
    path("webhooks/<uuid:public_id>/secret/", webhooks.webhook_secret, name="webhook_secret"),
    path("webhooks/<uuid:public_id>/test/", webhooks.webhook_test, name="webhook_test"),
    path("webhooks/<uuid:public_id>/again/", webhooks.webhook_again, name="webhook_again"),
    path("webhooks/<uuid:public_id>/remove/", webhooks.webhook_remove, name="webhook_remove"),
    path("webhooks/deliveries/<uuid:public_id>/again/", webhooks.delivery_again, name="delivery_again"),
    path("webhooks/clients/<uuid:public_id>/secret/", webhooks.client_secret, name="client_secret"),
]
# the addresses of tokens are no pages of this room
token_routes = [
    path("identity/o/api/token", api.Token.as_view(), name="api_token"),
    path("<tenant:tenant>/oauth2/v2.0/token", tokens.token, name="wire_token"),
]
api_routes = [
    path("events/", api.Events.as_view(), name="events"),
    path("webhooks/", hooks_api.Webhooks.as_view(), name="webhooks"),
    path("webhooks/<uuid:public_id>/", hooks_api.WebhookDetail.as_view(), name="webhook"),
    path("webhooks/<uuid:public_id>/secret/", hooks_api.WebhookSecret.as_view(), name="webhook_secret"),
    path("webhooks/<uuid:public_id>/test/", hooks_api.WebhookTest.as_view(), name="webhook_test"),
    path("webhook-deliveries/", hooks_api.Deliveries.as_view(), name="webhook_deliveries"),
    path("webhook-deliveries/<uuid:public_id>/again/", hooks_api.Redelivery.as_view(), name="webhook_again"),
]
# below /webhooks/v1/
webhook_routes = [
    path("registration", hooks_wire.Registration.as_view(), name="registration"),
    path("registration/events", hooks_wire.Events.as_view(), name="registration_events"),
    path("registration/validationEvents", hooks_wire.Validation.as_view(), name="registration_validate"),
    path(
        "registration/validationEvents/<uuid:public_id>",
        hooks_wire.ValidationEvent.as_view(),
        name="registration_validation",
    ),
    path("certificate", hooks_wire.certificate, name="certificate"),
]
