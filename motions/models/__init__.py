"""The tables of the motions room."""

from motions.models.deals import Choice, Deal, DealEvent, DealEventKind
from motions.models.exports import Export
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
from motions.models.policies import HeldRates, PolicyAnnouncement, PolicyVersion, Preview, Rate, RateSet
from motions.models.portfolio import ImportBatch, ImportMapping, ImportRow
from motions.models.telling import PolicyNews, PolicyNewsKind

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
    "Export",
    "Fanout",
    "FanoutCause",
    "FanoutEnd",
    "FanoutSlice",
    "HeldRates",
    "ImportBatch",
    "ImportMapping",
    "ImportRow",
    "Mark",
    "PolicyAnnouncement",
    "PolicyNews",
    "PolicyNewsKind",
    "PolicyVersion",
    "Preview",
    "Rate",
    "RateSet",
    "SetAside",
    "Standing",
]
