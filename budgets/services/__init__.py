"""The only writes of the budgets. Locks are taken in one order everywhere: box, request, thread."""

from budgets.services.lifecycle import change_status, lock_request

__all__ = [
    "change_status",
    "lock_request",
]
