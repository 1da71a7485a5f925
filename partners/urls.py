"""Routes of the partners room: what a person is told."""

from django.urls import path

from partners import views

app_name = "partners"
urlpatterns = [
    path("notices/", views.notices, name="notices"),
    path("notices/read/", views.notices_read, name="notices_read"),
    path("notices/preferences/", views.notice_preferences, name="notice_preferences"),
    path("notices/<uuid:public_id>/", views.notice, name="notice"),
    path("notices/<uuid:public_id>/read/", views.notice_read, name="notice_read"),
]
