"""Write paths of the motions room: one for each verb, used by every door."""

from motions.services.alerts import mark_alert_seen, mark_alerts_seen
from motions.services.choices import record_choice
from motions.services.contracts import record_ea_end
from motions.services.deals import add_deal, change_deal, remove_deal
from motions.services.exports import ask_export
from motions.services.policies import announce, approve, draft, preview, publish, revise, validate
from motions.services.rates import decide_held, load_rates
from motions.services.rollouts import cancel, pause, resume, start_again

__all__ = [
    "add_deal",
    "announce",
    "approve",
    "ask_export",
    "cancel",
    "change_deal",
    "decide_held",
    "draft",
    "load_rates",
    "mark_alert_seen",
    "mark_alerts_seen",
    "pause",
    "preview",
    "publish",
    "record_choice",
    "record_ea_end",
    "remove_deal",
    "resume",
    "revise",
    "start_again",
    "validate",
]
