"""Routes of the partners room: what a person is told; access tokens, and the feed of changes."""

from django.urls import path, register_converter

from common.wire.doors import TenantConverter
from partners import api, views
from partners.wire import tokens

register_converter(TenantConverter, "tenant")

app_name = "partners"
urlpatterns = [
    path("notices/", views.notices, name="notices"),
    path("notices/read/", views.notices_read, name="notices_read"),
    path("notices/preferences/", views.notice_preferences, name="notice_preferences"),
    path("notices/<uuid:public_id>/", views.notice, name="notice"),
    path("notices/<uuid:public_id>/read/", views.notice_read, name="notice_read"),
]
# the addresses of tokens are no pages of this room
token_routes = [
    path("identity/o/api/token", api.Token.as_view(), name="api_token"),
    path("<tenant:tenant>/oauth2/v2.0/token", tokens.token, name="wire_token"),
]
api_routes = [path("events/", api.Events.as_view(), name="events")]
