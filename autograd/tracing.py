"""While `vectorize` reads the graph of one data point, no number of a Value may be looked at."""

from __future__ import annotations

from threading import RLock, get_ident

thread = 0  # the one that traces, 0 for none
one_at_a_time = RLock()


def start() -> None:
    """Forbid looking at the numbers of Values in this thread, until `thread` is 0 again."""
    global thread
    thread = get_ident()


def being_traced() -> bool:
    """Whether this thread is reading a graph: then a number stands for a whole column."""
    return thread == get_ident()


def refuse_look(what: str) -> None:
    """Raise the error for a path that depends on the data, if this thread is reading a graph."""
    if being_traced():
        raise TypeError(
            f"vectorize reads the graph once, for all data points, but {what}: the graph would then depend on the "
            "first data point. Write maximum(...), minimum(...), relu() or abs() instead of a comparison, and keep "
            "Values as Values."
        )
