"""Routes of the referrals room."""

from django.urls import path

from referrals.api import around, programmes, registering, steps
from referrals.api import imports as import_jobs
from referrals.api import leads as rows
from referrals.views import drafts, imports, leads, lists, offers, reports, review, routing
from referrals.wire import resources

app_name = "referrals"
urlpatterns = [
    path("referrals/", lists.leads, name="list"),
    path("referrals/views/", lists.save_view, name="save_view"),
    path("referrals/leads.csv", lists.leads_file, name="file"),
    path("referrals/imports/", imports.imports, name="imports"),
    path("referrals/imports/template.csv", imports.template, name="import_template"),
    path("referrals/imports/<uuid:public_id>/", imports.import_batch, name="import_batch"),
    path("referrals/imports/<uuid:public_id>/write/", imports.import_commit, name="import_commit"),
    path("referrals/imports/<uuid:public_id>/undo/", imports.import_undo, name="import_undo"),
    path("referrals/imports/<uuid:public_id>/result.csv", imports.import_result, name="import_result"),
    path("customers/<uuid:public_id>/lead/", drafts.begin, name="begin"),
    path("referrals/<uuid:public_id>/", leads.lead, name="lead"),
    path("referrals/<uuid:public_id>/edit/", drafts.edit, name="edit"),
    path("referrals/<uuid:public_id>/confirm/", drafts.confirm, name="confirm"),
    path("referrals/<uuid:public_id>/discard/", drafts.discard, name="discard"),
    path("referrals/<uuid:public_id>/step/", leads.step, name="step"),
    path("referrals/<uuid:public_id>/comment/", leads.comment, name="comment"),
    path("referrals/files/<uuid:public_id>/", leads.comment_file, name="comment_file"),
    path("referrals/<uuid:public_id>/team/", leads.team, name="team"),
    path("referrals/<uuid:public_id>/share/", leads.share, name="share"),
    path("referrals/<uuid:public_id>/register/", leads.register, name="register"),
    path("referrals/<uuid:public_id>/registration/", leads.registration, name="registration"),
    path("referrals/<uuid:public_id>/appeal/", leads.appeal, name="appeal"),
    path("referrals/<uuid:public_id>/favourite/", leads.favour, name="favour"),
    path("review/offer/", offers.offer, name="offer"),
    path("review/keys/", review.keys, name="review_keys"),
    path("review/<uuid:public_id>/snooze/", review.snooze, name="review_snooze"),
    path("review/<uuid:public_id>/assign/", review.assign, name="review_assign"),
    path("review/reports/", reports.reports, name="reports"),
    path("review/reports/leads.csv", reports.report_file, name="report_file"),
    path("review/routing/", routing.routing, name="routing"),
    path("review/routing/add/", routing.rule_add, name="rule_add"),
    path("review/routing/<int:number>/end/", routing.rule_end, name="rule_end"),
    path("review/routing/locations/", routing.location_add, name="location_add"),
    path("review/routing/locations/<int:number>/", routing.location_staff, name="location_staff"),
    path("review/workload/", routing.workload, name="workload"),
    path("review/workload/pull-back/", routing.pull_back, name="pull_back"),
    path("review/absences/", routing.absence_add, name="absence_add"),
    path("review/absences/<int:number>/end/", routing.absence_end, name="absence_end"),
]
wire_routes = [
    path("engagements/referrals", resources.Referrals.as_view(), name="referrals"),
    path("engagements/referrals/<guid:public_id>", resources.ReferralDetail.as_view(), name="referral"),
]
api_routes = [
    path("programmes/", programmes.Programmes.as_view(), name="programmes"),
    path("referral-imports/", import_jobs.LeadImports.as_view(), name="referral_imports"),
    path("referral-imports/<uuid:public_id>/", import_jobs.LeadImportDetail.as_view(), name="referral_import"),
    path(
        "referral-imports/<uuid:public_id>/commit/",
        import_jobs.LeadImportCommit.as_view(),
        name="referral_import_commit",
    ),
    path("referral-imports/<uuid:public_id>/undo/", import_jobs.LeadImportUndo.as_view(), name="referral_import_undo"),
    path("referral-imports/<uuid:public_id>/rows/", import_jobs.LeadImportRows.as_view(), name="referral_import_rows"),
    path("referrals/", rows.Leads.as_view(), name="referrals"),
    path("referrals/<uuid:public_id>/", rows.LeadDetail.as_view(), name="referral"),
    path("referrals/<uuid:public_id>/submit/", steps.LeadSubmit.as_view(), name="referral_submit"),
    path("referrals/<uuid:public_id>/steps/", steps.LeadSteps.as_view(), name="referral_steps"),
    path("referrals/<uuid:public_id>/share/", steps.LeadShare.as_view(), name="referral_share"),
    path("referrals/<uuid:public_id>/appeal/", steps.LeadAppeal.as_view(), name="referral_appeal"),
    path("referrals/<uuid:public_id>/comments/", around.LeadComments.as_view(), name="referral_comments"),
    path("referrals/<uuid:public_id>/team/", around.LeadTeam.as_view(), name="referral_team"),
    path("referrals/<uuid:public_id>/favourite/", around.LeadFavourite.as_view(), name="referral_favourite"),
    path("referrals/<uuid:public_id>/timeline/", around.LeadTimeline.as_view(), name="referral_timeline"),
    path(
        "referrals/<uuid:public_id>/registration/", registering.LeadRegistration.as_view(), name="referral_registration"
    ),
    path(
        "referrals/<uuid:public_id>/registration/answer/",
        registering.LeadRegistrationAnswer.as_view(),
        name="referral_registration_answer",
    ),
    path("referrals/<uuid:public_id>/checklist/", around.LeadChecklist.as_view(), name="referral_checklist"),
]
