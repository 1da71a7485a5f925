"""Write paths of the motions room: one for each verb, used by every door."""

from motions.services.choices import record_choice
from motions.services.deals import add_deal, change_deal, remove_deal
from motions.services.policies import publish
from motions.services.rates import load_rates

__all__ = ["add_deal", "change_deal", "load_rates", "publish", "record_choice", "remove_deal"]
