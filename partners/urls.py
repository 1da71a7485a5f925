"""Routes of the partners room: what a person is told, people and organisations; tokens, the feed of changes, webhooks."""

from django.urls import path

from partners import api
from partners.api import news as posts_api
from partners.api import notices as inbox
from partners.api import webhooks as hooks_api
from partners.views import joining, leaving, notices, organisations, posts, team, webhooks
from partners.wire import tokens
from partners.wire import webhooks as hooks_wire

app_name = "partners"
urlpatterns = [
    path("notices/", notices.notices, name="notices"),
    path("notices/read/", notices.notices_read, name="notices_read"),
    path("notices/preferences/", notices.notice_preferences, name="notice_preferences"),
    path("notices/<uuid:public_id>/", notices.notice, name="notice"),
    path("notices/<uuid:public_id>/read/", notices.notice_read, name="notice_read"),
    path("news/", posts.news, name="news"),
    path("news/newsletter/", posts.newsletter, name="newsletter"),
    path("news/off/<str:token>/", posts.opt_out, name="opt_out"),
    path("news/<uuid:public_id>/", posts.post, name="post"),
    path("help/", posts.help_page, name="help"),
    path("team/", team.team, name="team"),
    path("team/invite/", team.invite, name="invite"),
    path("team/join/<str:token>/", joining.join, name="join"),
    path("team/invitations/<uuid:public_id>/resend/", team.invitation_resend, name="invitation_resend"),
    path("team/invitations/<uuid:public_id>/withdraw/", team.invitation_withdraw, name="invitation_withdraw"),
    path("team/people/<uuid:public_id>/", team.person, name="person"),
    path("team/people/<uuid:public_id>/state/", leaving.person_state, name="person_state"),
    path("team/people/<uuid:public_id>/hand-over/", leaving.hand_over, name="hand_over"),
    path("team/people/<uuid:public_id>/scopes/", leaving.scope_add, name="scope_add"),
    path("team/people/<uuid:public_id>/scopes/<int:number>/remove/", leaving.scope_remove, name="scope_remove"),
    path("team/people/<uuid:public_id>/view/", leaving.view_as, name="view_as"),
    path("team/view/end/", leaving.view_end, name="view_end"),
    path("team/views/", leaving.viewings, name="viewings"),
    path("team/organisations/new/", organisations.organisation_add, name="organisation_add"),
    path("team/organisations/<uuid:public_id>/", organisations.organisation, name="organisation"),
    path("team/organisations/<uuid:public_id>/state/", organisations.organisation_state, name="organisation_state"),
    path("team/organisations/<uuid:public_id>/locations/", organisations.location_add, name="location_add"),
    path("team/locations/<uuid:public_id>/", organisations.location, name="location"),
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
    path("<tenant:tenant>/oauth2/v2.0/authorize", tokens.authorize, name="wire_authorize"),
    path("<tenant:tenant>/v2.0/.well-known/openid-configuration", tokens.configuration, name="wire_configuration"),
]
api_routes = [
    path("events/", api.Events.as_view(), name="events"),
    path("webhooks/", hooks_api.Webhooks.as_view(), name="webhooks"),
    path("webhooks/<uuid:public_id>/", hooks_api.WebhookDetail.as_view(), name="webhook"),
    path("webhooks/<uuid:public_id>/secret/", hooks_api.WebhookSecret.as_view(), name="webhook_secret"),
    path("webhooks/<uuid:public_id>/test/", hooks_api.WebhookTest.as_view(), name="webhook_test"),
    path("news/", posts_api.Posts.as_view(), name="news"),
    path("notices/", inbox.Notices.as_view(), name="notices"),
    path("notices/read/", inbox.NoticesRead.as_view(), name="notices_read"),
    path("notices/<uuid:public_id>/", inbox.NoticeDetail.as_view(), name="notice"),
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
