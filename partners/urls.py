"""Routes of the partners room: what a person is told, people and organisations; access tokens, and the feed of changes."""

from django.urls import path

from partners import api
from partners.views import joining, leaving, notices, organisations, posts, team

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
]
# the address of the token is no page of this room
token_routes = [path("identity/o/api/token", api.Token.as_view(), name="api_token")]
api_routes = [path("events/", api.Events.as_view(), name="events")]
