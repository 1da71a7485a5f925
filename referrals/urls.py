"""Routes of the referrals room."""

from django.urls import path

from referrals.views import drafts, leads, lists

app_name = "referrals"
urlpatterns = [
    path("referrals/", lists.leads, name="list"),
    path("referrals/leads.csv", lists.leads_file, name="file"),
    path("customers/<uuid:public_id>/lead/", drafts.begin, name="begin"),
    path("referrals/<uuid:public_id>/", leads.lead, name="lead"),
    path("referrals/<uuid:public_id>/edit/", drafts.edit, name="edit"),
    path("referrals/<uuid:public_id>/confirm/", drafts.confirm, name="confirm"),
    path("referrals/<uuid:public_id>/discard/", drafts.discard, name="discard"),
    path("referrals/<uuid:public_id>/step/", leads.step, name="step"),
    path("referrals/<uuid:public_id>/comment/", leads.comment, name="comment"),
    path("referrals/<uuid:public_id>/team/", leads.team, name="team"),
    path("referrals/<uuid:public_id>/share/", leads.share, name="share"),
    path("referrals/<uuid:public_id>/appeal/", leads.appeal, name="appeal"),
    path("referrals/<uuid:public_id>/favourite/", leads.favour, name="favour"),
]
