"""A test that does not run is no test that passes: which skips pytest takes for failures, and how tests stay together."""

import pytest
from shared.skips import LISTED

REASON = next(iter(LISTED))
SUITE = f"""
import pytest

def test_that_runs():
    pass

@pytest.mark.skip(reason={REASON!r})
def test_of_a_listed_reason():
    pass

@pytest.mark.skip(reason="no time today")
def test_of_another_reason():
    pass

@pytest.mark.xfail(strict=True)
def test_that_fails_as_expected():
    raise ValueError
"""
DOCTEST = '"""\n>>> absent  # doctest: +SKIP\n"""'


@pytest.mark.parametrize(
    ("skips", "outcomes"),
    [
        ("any", {"passed": 1, "skipped": 2, "xfailed": 1}),
        ("listed", {"passed": 1, "skipped": 1, "errors": 1, "xfailed": 1}),
        ("none", {"passed": 1, "errors": 2, "xfailed": 1}),
    ],
)
def test_which_skips_are_failures(pytester, skips, outcomes):
    pytester.makepyfile(SUITE)
    done = pytester.runpytest("-p", "shared.skips", "--skips", skips)
    done.assert_outcomes(**outcomes)
    if skips != "any":
        done.stdout.fnmatch_lines("*this may not be skipped here: no time today*")


@pytest.mark.parametrize(("ci", "errors"), [("true", 1), ("", 0)])
def test_the_list_counts_where_ci_is_set(pytester, monkeypatch, ci, errors):
    monkeypatch.setenv("CI", ci)
    pytester.makepyfile(SUITE)
    pytester.runpytest("-p", "shared.skips").assert_outcomes(passed=1, skipped=2 - errors, errors=errors, xfailed=1)


@pytest.mark.parametrize(("reason", "errors"), [(REASON, 0), ("no time today", 1)])
def test_a_file_that_is_skipped_as_a_whole(pytester, reason, errors):
    pytester.makepyfile(f"import pytest\npytest.skip({reason!r}, allow_module_level=True)")
    pytester.runpytest("-p", "shared.skips", "--skips", "listed").assert_outcomes(errors=errors, skipped=1 - errors)


def test_doctests_are_seen_too(pytester):
    pytester.makepyfile(module=DOCTEST)
    done = pytester.runpytest("-p", "shared.skips", "--skips", "none", "--doctest-modules", "module.py")
    done.assert_outcomes(failed=1)


def test_the_parallel_run_keeps_the_groups(pytester):
    """Where it forgets them, as pytest 9.2 with pytest-xdist 3.8, two workers drive a browser at once."""
    pytest.importorskip("xdist", reason="pytest-xdist is not installed")
    pytester.makepyfile("""
        import pytest

        @pytest.mark.xdist_group("browser")
        @pytest.mark.parametrize("number", range(20))
        def test_of_a_group(number, worker_id):
            with open("workers", "a") as file:
                file.write(worker_id + " ")
    """)
    pytester.runpytest("-n", "2", "--dist", "loadgroup").assert_outcomes(passed=20)
    workers = (pytester.path / "workers").read_text().split()
    assert len(workers) == 20
    assert len(set(workers)) == 1
