"""How the benchmarks measure: the contenders take turns in one process, and the best and the middle round count."""

import gc
import platform
import statistics
import time


def rounds(contenders, *, repeats=7, collector=True, calls_at_least=1):
    """Processor seconds per call: {name: [one per round]}; interleaved, as a machine's speed drifts.

    Between two looks at the clock lies a millisecond of calls or more, so that nobody is charged for looking.
    """
    seconds = {name: [] for name in contenders}
    at_once = {name: max(1, round(0.001 / duration(run))) for name, run in contenders.items()}
    try:
        for _ in range(repeats):
            for name, run in contenders.items():
                gc.collect()  # nobody pays for what another one dropped
                (gc.enable if collector else gc.disable)()
                start, calls = time.process_time(), 0
                while calls < calls_at_least or time.process_time() - start < 0.05:
                    for _ in range(at_once[name]):
                        run()
                    calls += at_once[name]
                seconds[name].append((time.process_time() - start) / calls)
    finally:
        gc.enable()
    return seconds


def duration(run):
    """How long a call takes, roughly."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def report(title, seconds, *, base="micrograd", goal=None):
    """One line per contender: its best and middle round, and how many times faster than the base it is."""
    print(f"\n{title}")
    best, middle = min(seconds[base]), statistics.median(seconds[base])
    for name, taken in seconds.items():
        ratio = best / min(taken), middle / statistics.median(taken)
        note = f"   goal {goal}" if goal and name != base else ""
        print(
            f"  {name:<12} best {min(taken) * 1e6:>12,.1f} µs   median {statistics.median(taken) * 1e6:>12,.1f} µs   "
            f"{base} / it: {ratio[0]:.1f} (best), {ratio[1]:.1f} (median){note}"
        )


def headline():
    """What it was measured on."""
    print(
        f"Python {platform.python_version()} on {platform.machine()}. Processor time in one process, interleaved rounds of at\n"
        "least 50 ms, minimum and median over them; losses and gradients were compared with micrograd's first."
    )


def same(numbers, expected, tolerance=1e-9):
    """Refuse to time contenders that do not compute the same."""
    for got, wanted in zip(numbers, expected, strict=True):
        if abs(got - wanted) > tolerance * max(1.0, abs(wanted)):
            raise SystemExit(f"the contenders disagree: {got!r} is not {wanted!r}")
