"""How far a float is from the one that was wanted."""

from __future__ import annotations

import math


def ulps(found: float, wanted: float) -> float:
    """The distance in units in the last place; 0 between equal infinities and between two nans, and else infinite."""
    if found == wanted or (math.isnan(found) and math.isnan(wanted)):
        return 0.0
    return abs(found - wanted) / math.ulp(wanted) if math.isfinite(found) and math.isfinite(wanted) else math.inf
