"""Routes of the motions room."""

from django.urls import path, register_converter

from motions.api import choices, deals, exports, guidance, policies
from motions.api import imports as import_jobs
from motions.api import outlook as lies_ahead
from motions.api import reports as figures
from motions.states import Kind
from motions.views import alerts, customer, desk, imports, outlook, past, publishing, rates, reports, rollouts


class OneOf:
    """One of a few words."""

    def to_python(self, value: str) -> str:
        """As it stands."""
        return value

    def to_url(self, value: str) -> str:
        """As it stands."""
        return value


class KindConverter(OneOf):
    """'seats' or 'azure'."""

    regex = "|".join(Kind.values)


class SteeringConverter(OneOf):
    """What may be done with a roll-out."""

    regex = "pause|resume|cancel"


class CodeConverter(OneOf):
    """The code of a policy version."""

    regex = r"[\w.-]{1,40}"


class DayConverter(OneOf):
    """A day, as 2026-03-03; whether there is such a day is for the resource to say."""

    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"


register_converter(KindConverter, "deal_kind")
register_converter(SteeringConverter, "steering")
register_converter(CodeConverter, "policy_code")
register_converter(DayConverter, "day")

app_name = "motions"
urlpatterns = [
    path("customers/<uuid:public_id>/guidance/", customer.guidance, name="guidance"),
    path("customers/<uuid:public_id>/history/", customer.history, name="history"),
    path("customers/<uuid:public_id>/compare/", past.compare, name="compare"),
    path("customers/<uuid:public_id>/answers/<int:number>/receipt.pdf", past.receipt_pdf, name="receipt_pdf"),
    path("customers/<uuid:public_id>/answers/<int:number>/receipt.json", past.receipt_json, name="receipt_json"),
    path("verify/", past.verify, name="verify"),
    path("customers/<uuid:public_id>/what-if/", customer.what_if, name="what_if"),
    path("customers/<uuid:public_id>/choice/", customer.choose, name="choose"),
    path("customers/<uuid:public_id>/deals/", customer.deals, name="deals"),
    path("customers/<uuid:public_id>/deals/new/<deal_kind:kind>/", customer.deal_add, name="deal_add"),
    path("deals/<uuid:public_id>/", customer.deal_change, name="deal_change"),
    path("deals/<uuid:public_id>/remove/", customer.deal_remove, name="deal_remove"),
    path("customers/<uuid:public_id>/forecast/", outlook.forecast, name="forecast"),
    path("customers/<uuid:public_id>/ea-end/", outlook.ea_end, name="ea_end"),
    path("alerts/", alerts.alerts, name="alerts"),
    path("alerts/seen/", alerts.alerts_seen, name="alerts_seen"),
    path("alerts/<uuid:public_id>/seen/", alerts.alert_seen, name="alert_seen"),
    path("policy/", desk.policies, name="policies"),
    path("policy/rates/", rates.rates, name="rates"),
    path("policy/rates/upload/", rates.rates_upload, name="rates_upload"),
    path("policy/rates/held/<int:number>/", rates.rates_decide, name="rates_decide"),
    path("policy/roll-outs/", rollouts.roll_outs, name="roll_outs"),
    path("policy/roll-outs/start/", rollouts.roll_out_start, name="roll_out_start"),
    path("policy/roll-outs/<int:number>/<steering:verb>/", rollouts.roll_out_steer, name="roll_out_steer"),
    path("policy/<slug:code>/", desk.policy, name="policy"),
    path("policy/<slug:code>/draft/", desk.draft, name="policy_draft"),
    path("policy/<slug:code>/edit/", desk.edit, name="policy_edit"),
    path("policy/<slug:code>/announce/", desk.announce, name="policy_announce"),
    path("policy/<slug:code>/compare/", desk.compare, name="policy_compare"),
    path("policy/<slug:code>/preview/", publishing.preview, name="policy_preview"),
    path("policy/<slug:code>/preview/make/", publishing.preview_make, name="policy_preview_make"),
    path("policy/<slug:code>/approve/", publishing.approve, name="policy_approve"),
    path("policy/<slug:code>/publish/", publishing.publish, name="policy_publish"),
    path("map/", reports.portfolio_map, name="map"),
    path("map/draft/", reports.map_draft, name="map_draft"),
    path("map/points.json", reports.map_points, name="map_points"),
    path("choices/report/", reports.choice_report, name="choice_report"),
    path("choices/report.csv", reports.choice_file, name="choice_file"),
    path("imports/", imports.imports, name="imports"),
    path("imports/<uuid:public_id>/", imports.import_batch, name="import_batch"),
    path("imports/<uuid:public_id>/columns/", imports.import_map, name="import_map"),
    path("imports/<uuid:public_id>/again/", imports.import_again, name="import_again"),
    path("imports/<uuid:public_id>/commit/", imports.import_commit, name="import_commit"),
    path("imports/<uuid:public_id>/undo/", imports.import_undo, name="import_undo"),
    path("imports/<uuid:public_id>/result.csv", imports.import_result, name="import_result"),
]
api_routes = [
    path("deals/", deals.Deals.as_view(), name="deals"),
    path("deals/<uuid:public_id>/", deals.DealDetail.as_view(), name="deal"),
    path("guidance/", guidance.Guidance.as_view(), name="guidance"),
    path("guidance/<uuid:public_id>/", guidance.CustomerGuidance.as_view(), name="customer_guidance"),
    path("guidance/<uuid:public_id>/ledger/", guidance.Ledger.as_view(), name="ledger"),
    path("guidance/<uuid:public_id>/ledger/<int:number>/", guidance.LedgerEntry.as_view(), name="ledger_entry"),
    path("guidance/<uuid:public_id>/forecast/", lies_ahead.Forecast.as_view(), name="forecast"),
    path("alerts/", lies_ahead.Alerts.as_view(), name="alerts"),
    path("alerts/<uuid:public_id>/", lies_ahead.AlertDetail.as_view(), name="alert"),
    path("alerts/<uuid:public_id>/seen/", lies_ahead.AlertSeen.as_view(), name="alert_seen"),
    path(
        "customers/<uuid:public_id>/enterprise-agreement/",
        lies_ahead.EnterpriseAgreement.as_view(),
        name="enterprise_agreement",
    ),
    path("what-if/", policies.WhatIf.as_view(), name="what_if"),
    path("choices/", choices.Choices.as_view(), name="choices"),
    path("choices/report/", figures.ChoiceReport.as_view(), name="choice_report"),
    path("choices/report/file/", figures.ChoiceFile.as_view(), name="choice_file"),
    path("map/", figures.PortfolioMap.as_view(), name="map"),
    path("map/movers/", figures.Movers.as_view(), name="map_movers"),
    path("policies/", policies.Policies.as_view(), name="policies"),
    path("policies/<policy_code:code>/", policies.PolicyDetail.as_view(), name="policy"),
    path("rates/", policies.Rates.as_view(), name="rates"),
    path("rates/<day:day>/", policies.RateDay.as_view(), name="rate_day"),
    path("exports/", exports.Exports.as_view(), name="exports"),
    path("exports/<uuid:public_id>/", exports.ExportDetail.as_view(), name="export"),
    path("exports/<uuid:public_id>/file/", exports.ExportFile.as_view(), name="export_file"),
    path("imports/", import_jobs.Imports.as_view(), name="imports"),
    path("imports/<uuid:public_id>/", import_jobs.ImportDetail.as_view(), name="import"),
    path("imports/<uuid:public_id>/check/", import_jobs.ImportCheck.as_view(), name="import_check"),
    path("imports/<uuid:public_id>/commit/", import_jobs.ImportCommit.as_view(), name="import_commit"),
    path("imports/<uuid:public_id>/undo/", import_jobs.ImportUndo.as_view(), name="import_undo"),
    path("imports/<uuid:public_id>/rows/", import_jobs.ImportRows.as_view(), name="import_rows"),
]
