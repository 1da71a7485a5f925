"""Routes of the motions room."""

from django.urls import path, register_converter

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


register_converter(KindConverter, "deal_kind")
register_converter(SteeringConverter, "steering")

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
