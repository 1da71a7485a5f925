"""Write paths of the motions room: one for each verb, used by every door."""

from motions.services.alerts import mark_alert_seen, mark_alerts_seen
from motions.services.choices import record_choice
from motions.services.contracts import record_ea_end
from motions.services.deals import add_deal, change_deal, remove_deal
from motions.services.policies import publish
from motions.services.rates import load_rates

__all__ = [
    "add_deal",
    "change_deal",
    "load_rates",
    "mark_alert_seen",
    "mark_alerts_seen",
    "publish",
    "record_choice",
    "record_ea_end",
    "remove_deal",
]
