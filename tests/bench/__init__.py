"""The performance table: `make bench`.

Each module of this package with a function `rows()` adds lines to it. A line is made with `row(…)`: figures drift on
a shared machine, so that what counts is the ratio to a control taken side by side in the same run.
"""

import statistics
import time


def row(name: str, value: float, unit: str, *, control: float | None = None, bar: float | None = None, more=False):
    """One line. `bar`: at most this value (`more`: at least); `control`: the same unit, measured beside it."""
    ok = bar is None or (value >= bar if more else value <= bar)
    ratio = round(value / control, 2) if control else None
    return {
        "name": name,
        "value": round(value, 2),
        "unit": unit,
        "control": None if control is None else round(control, 2),
        "ratio": ratio,
        "bar": bar,
        "ok": ok,
    }


def median_ms(act, times: int = 50, before: int = 3) -> float:
    """The median of `times` calls of `act`, in milliseconds, after `before` calls that are not counted."""
    for _ in range(before):
        act()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        act()
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)
