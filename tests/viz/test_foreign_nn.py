"""An nn.py of somebody else's beside the script: drawings of Values do without ours, and the rest says so."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

import autograd

FOREIGN = "raise SystemExit('the foreign nn was run')\n"
OF_VALUES = """
from autograd import Value
from viz import count_multiplications, draw_dot, draw_graph, explain
x = Value(2.0, label="x")
y = (x * x + 1).tanh()
y.backward()
draw_graph(y).save("graph.svg")
print(len(draw_dot(y).svg) > 100, len(draw_graph(y, view="operations").source) > 100, explain(y, x).value == x.grad)
print(count_multiplications(y) is not None)
"""
OF_NETWORKS = """
import viz
try:
    viz.{name}
except ImportError as error:
    print(error)
"""


def run(program, folder):
    (folder / "nn.py").write_text(FOREIGN, encoding="utf-8")
    script = folder / "script.py"
    script.write_text(program, encoding="utf-8")
    packages = os.path.dirname(os.path.dirname(autograd.__file__))
    done = subprocess.run(
        [sys.executable, str(script)], cwd=folder, capture_output=True, text=True, timeout=300,
        env={**os.environ, "PYTHONPATH": packages},
    )  # fmt: skip
    return done.stdout, done.stderr


def test_a_drawing_of_a_value_needs_no_nn(tmp_path):
    out, err = run(OF_VALUES, tmp_path)
    assert (out, err) == ("True True True\nTrue\n", "")
    assert (tmp_path / "graph.svg").stat().st_size > 100


@pytest.mark.parametrize("name", ["draw_network", "explore", "playground", "plot_history", "draw"])
def test_where_ours_is_needed_the_foreign_one_is_named_and_not_run(tmp_path, name):
    out, err = run(OF_NETWORKS.format(name=name), tmp_path)
    assert err == ""
    assert out == (
        f"viz needs sigmagrad's nn for all but drawings of Values, and {tmp_path / 'nn.py'} stands in its place; "
        "give that file another name\n"
    )
