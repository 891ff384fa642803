"""The participatory budget: the money, the requests, the opinions, the decision of the assembly."""

from budgets.models.decisions import Candidate, Decision, OfflineFile
from budgets.models.money import (
    BudgetYear,
    ParishAllocation,
    ParishIndicator,
    Phase,
    PhaseDates,
    ZoneBudget,
)
from budgets.models.requests import (
    FieldVisit,
    Guideline,
    Opinion,
    Reconsideration,
    Request,
    RequestPhoto,
    RequestStep,
    ReusableReason,
    UnitPrice,
)

__all__ = [
    "BudgetYear",
    "Candidate",
    "Decision",
    "FieldVisit",
    "Guideline",
    "OfflineFile",
    "Opinion",
    "ParishAllocation",
    "ParishIndicator",
    "Phase",
    "PhaseDates",
    "Reconsideration",
    "Request",
    "RequestPhoto",
    "RequestStep",
    "ReusableReason",
    "UnitPrice",
    "ZoneBudget",
]
