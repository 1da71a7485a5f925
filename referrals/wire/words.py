"""The words of the wire for what is chosen from lists here, and back. Pure."""

from referrals.states import DealType, Direction, Help, Intent, SalesStage

HELP: dict[str, Help] = {
    "GeneralOrOther": Help.GENERAL,
    "CustomerTechnicalArchitecture": Help.ARCHITECT,
    "ProofOfConceptOrDemo": Help.PROOF,
    "QuotesOrLicensing": Help.QUOTES,
    "PostSalesCustomerSuccess": Help.POST_SALES,
    "WorkloadSpecificValueProposition": Help.VALUE,
}
HELP_WORD = {code: word for word, code in HELP.items()}
# the contract has four words, the pages of Partner Center percentages (R31); both are sent, and won deals carry 100
STAGES: dict[str, SalesStage] = {
    "qualify": SalesStage.QUALIFIED,
    "develop": SalesStage.DEVELOPED,
    "propose": SalesStage.PROPOSED,
    "close": SalesStage.NEGOTIATED,
    **{stage.value: stage for stage in SalesStage},
    "100": SalesStage.NEGOTIATED,
}
STAGE_WORD = {
    SalesStage.QUALIFIED.value: "Qualify",
    SalesStage.DEVELOPED.value: "Develop",
    SalesStage.PROPOSED.value: "Propose",
    SalesStage.NEGOTIATED.value: "Close",
}
DIRECTION_WORD = {Direction.OUTBOUND.value: "Outgoing", Direction.INBOUND.value: "Incoming"}
MARKETPLACE = "CustomerMarketplaceIntent"
INTENTS: dict[str, Intent] = {"yes": Intent.YES, "no": Intent.NO, "havenotdecided": Intent.UNDECIDED}
INTENT_WORD = {Intent.YES.value: "Yes", Intent.NO.value: "No", Intent.UNDECIDED.value: "HaveNotDecided"}
# what a referral made on our own pages is called there (R18)
TYPE_WORD = {DealType.CO_SELL.value: "Shared"}
TYPE_OTHERWISE = "Independent"
QUALIFICATION_OTHERWISE = "None"
