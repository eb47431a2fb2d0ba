"""How long the explorer's page takes to react, for a graph of about three hundred nodes.

PYTHONPATH=tests python tests/benchmarks/explorer.py
"""

import random
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from shared.browser import SIZE, launched, program

from autograd import Value, topological_order, total, weighted_sum
from viz import explore

GOAL = 150  # milliseconds: what feels immediate on a slow machine
WAYS = [lambda p, q: (p + q).tanh(), lambda p, q: p * q, lambda p, q: weighted_sum([p, q], [q, p])]
MEASURE = """async () => { const taken = []; for (let i = 0; i < 30; i++) { const start = performance.now();
  ACT; document.querySelector('.view:not([hidden]) svg').getBBox(); taken.push(performance.now() - start); // with the layout
    await new Promise((done) => setTimeout(done)); }
  return taken.sort((a, b) => a - b)[15]; }"""
ACTS = {
    "a step": "document.getElementById('next').click()",
    "a slider": "const s = document.querySelector('input[type=range]'); s.value = i / 100; s.dispatchEvent(new Event('input'))",
}


def tangle():
    random.seed(1)
    pool = [Value(0.5, label="x"), *(Value(random.uniform(-1, 1), label=f"w_{i}") for i in range(10))]
    while len(pool) < 290:
        p, q = random.choice(pool[-12:]), random.choice(pool[-12:])
        pool.append(random.choice(WAYS)(p, q))
    return total(pool[-12:])


if __name__ == "__main__":
    chromium, root = program(), tangle()
    if chromium is None:
        sys.exit("this measures pages in Chromium, and there is no chromium on PATH")
    with TemporaryDirectory() as folder, launched(chromium) as browser:
        page = browser.new_page(viewport=SIZE)
        page.goto(explore(root, view="operations").save(Path(folder) / "explore.html").as_uri())
        print(f"{len(topological_order(root))} nodes; medians of 30, with the layout; goal {GOAL} ms")
        for name, act in ACTS.items():
            print(f"  {name:<10} {page.evaluate(MEASURE.replace('ACT', act)):6.1f} ms")
            page.evaluate("while (!document.getElementById('next').disabled) document.getElementById('next').click()")
