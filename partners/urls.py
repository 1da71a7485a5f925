"""Routes of the partners room: access tokens, and the feed of changes."""

from django.urls import path

from partners import api

urlpatterns = [path("identity/o/api/token", api.Token.as_view(), name="api_token")]
api_routes = [path("events/", api.Events.as_view(), name="events")]
