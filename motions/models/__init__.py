"""The tables of the motions room."""

from motions.models.deals import Choice, Deal, DealEvent, DealEventKind
from motions.models.guidance import (
    Assessment,
    Dossier,
    Fanout,
    FanoutCause,
    FanoutEnd,
    FanoutSlice,
    Mark,
    SetAside,
    Standing,
)
from motions.models.outlook import Alert, AlertCursor, Backtest, Contract
from motions.models.policies import PolicyAnnouncement, PolicyVersion, Rate, RateSet
from motions.models.portfolio import ImportBatch, ImportMapping, ImportRow

__all__ = [
    "Alert",
    "AlertCursor",
    "Assessment",
    "Backtest",
    "Choice",
    "Contract",
    "Deal",
    "DealEvent",
    "DealEventKind",
    "Dossier",
    "Fanout",
    "FanoutCause",
    "FanoutEnd",
    "FanoutSlice",
    "ImportBatch",
    "ImportMapping",
    "ImportRow",
    "Mark",
    "PolicyAnnouncement",
    "PolicyVersion",
    "Rate",
    "RateSet",
    "SetAside",
    "Standing",
]
