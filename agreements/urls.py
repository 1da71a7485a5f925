"""Routes of the agreements room."""

from django.urls import path, register_converter

from agreements.api import acts, files, rules
from agreements.api import agreements as rows
from agreements.api import providers as tasks
from agreements.panels import FORMS
from agreements.views import customer, documents, overview, providers, signing
from agreements.wire import resources


class ActConverter:
    """One of the forms about an agreement."""

    regex = "|".join(FORMS)

    def to_python(self, value: str) -> str:
        """As it stands."""
        return value

    def to_url(self, value: str) -> str:
        """As it stands."""
        return value


register_converter(ActConverter, "agreement_act")

app_name = "agreements"
urlpatterns = [
    path("agreements/", overview.overview, name="overview"),
    path("agreements/remind/", overview.remind, name="remind"),
    path("agreements/rules/", overview.rules, name="rules"),
    path("agreements/text/", documents.ask, name="ask_document"),
    path("agreements/text/<str:token>/", documents.document, name="document"),
    path("agreements/requests/", providers.tasks, name="tasks"),
    path("agreements/requests/<uuid:public_id>/", providers.task, name="task"),
    path("agreements/files/<uuid:public_id>/", customer.file, name="file"),
    path("customers/<uuid:public_id>/agreement/", customer.panel, name="panel"),
    path("customers/<uuid:public_id>/agreement/finalise/", customer.finalise, name="finalise"),
    path("customers/<uuid:public_id>/agreement/secrecy/", customer.secrecy, name="secrecy"),
    path("customers/<uuid:public_id>/agreement/withdraw/", customer.withdraw, name="withdraw"),
    path("customers/<uuid:public_id>/agreement/microsoft/", customer.direct_answer, name="direct_answer"),
    path("customers/<uuid:public_id>/agreement/files/", customer.add_file, name="add_file"),
    path("customers/<uuid:public_id>/agreement/<agreement_act:name>/", customer.act, name="act"),
    path("sign/<str:token>/", signing.sign, name="sign"),
]
wire_routes = [
    path("agreements", resources.Texts.as_view(), name="agreements"),
    # the documentation writes it in one way, the contract in the other
    path("agreementtemplates/<str:template>/document", resources.Document.as_view(), name="agreement_document"),
    path("agreementTemplates/<str:template>/document", resources.Document.as_view(), name="agreement_document"),
    path("customers/<guid:tenant>/agreements", resources.Confirmations.as_view(), name="customer_agreements"),
    path(
        "customers/<guid:tenant>/directSignedMicrosoftCustomerAgreementStatus",
        resources.DirectStatus.as_view(),
        name="direct_status",
    ),
]
api_routes = [
    path("agreements/", rows.Agreements.as_view(), name="agreements"),
    path("agreements/remind/", acts.AgreementsRemind.as_view(), name="agreements_remind"),
    path("agreements/<uuid:public_id>/", rows.AgreementDetail.as_view(), name="agreement"),
    path("agreements/<uuid:public_id>/link/", acts.AgreementLink.as_view(), name="agreement_link"),
    path("agreements/<uuid:public_id>/attest/", acts.AgreementAttest.as_view(), name="agreement_attest"),
    path("agreements/<uuid:public_id>/invite/", acts.AgreementInvite.as_view(), name="agreement_invite"),
    path("agreements/<uuid:public_id>/ask/", acts.AgreementAsk.as_view(), name="agreement_ask"),
    path(
        "agreements/<uuid:public_id>/ask/withdraw/", acts.AgreementAskWithdraw.as_view(), name="agreement_ask_withdraw"
    ),
    path("agreements/<uuid:public_id>/finalise/", acts.AgreementFinalise.as_view(), name="agreement_finalise"),
    path("agreements/<uuid:public_id>/secrecy/", acts.AgreementSecrecy.as_view(), name="agreement_secrecy"),
    path("agreements/<uuid:public_id>/files/", files.AgreementFiles.as_view(), name="agreement_files"),
    path("agreement-files/<uuid:public_id>/", files.AgreementFileContent.as_view(), name="agreement_file"),
    path("agreement-rules/", rules.AgreementRules.as_view(), name="agreement_rules"),
    path("provider-tasks/", tasks.ProviderTasks.as_view(), name="provider_tasks"),
    path("provider-tasks/<uuid:public_id>/", tasks.ProviderTaskDetail.as_view(), name="provider_task"),
    path("provider-tasks/<uuid:public_id>/answer/", tasks.ProviderTaskAnswer.as_view(), name="provider_task_answer"),
]
