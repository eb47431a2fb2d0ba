// Both passes once more, in the page: values forward, gradients backward, with the functions of TABLE.
// A graph is {values: [{op, parents, varies}, …], order}: parents come before children, op is an index into TABLE or −1.

function forward(graph, leaves, fixed = -1, number = 0) {
  // The number of each value, and for each operation that refused its inputs why; `fixed` is held at `number`.
  const data = new Float64Array(graph.values.length).fill(NaN), failures = new Map();
  graph.values.forEach((value, v) => {
    if (v === fixed) data[v] = number;
    else if (value.op < 0) data[v] = leaves[v];
    else if (value.parents.some((parent) => failures.has(parent))) failures.set(v, null); // it waits for its parent
    else {
      const inputs = value.parents.map((parent) => data[parent]);
      const reason = evaluate(value, inputs, data, v);
      if (reason) failures.set(v, reason);
    }
  });
  return {data, failures};
}

function evaluate(value, inputs, data, v) {
  try {
    data[v] = TABLE[value.op].value(...inputs);
  } catch (error) {
    return error instanceof Refusal ? error.message : String(error);
  }
  if (Number.isFinite(data[v]) || !inputs.every(Number.isFinite)) return null; // inf and nan that came in go on
  return Number.isNaN(data[v]) ? OUTSIDE : TOO_LARGE;
}

function localDerivatives(value, data, v) {
  // As Python's: 0 for a parent that does not vary, inf or nan where there is none.
  const inputs = value.parents.map((parent) => data[parent]), entry = TABLE[value.op];
  const answers = entry.row ? attempt(entry.row, data[v], inputs) : null;
  return inputs.map((_, i) => {
    if (!value.varying[i]) return 0;
    if (!answers) return attempt(entry.slopes[i], data[v], inputs);
    return Array.isArray(answers) ? answers[i] : answers;
  });
}

function attempt(slope, answer, inputs) {
  try {
    return slope(answer, ...inputs);
  } catch (error) {
    return error.message === OUTSIDE ? NaN : Infinity;
  }
}

function backward(graph, data, count = Infinity) {
  // The gradients after `count` nodes have passed theirs on, and what the last of these passed to each parent.
  const root = graph.values.length - 1, gradients = new Float64Array(graph.values.length);
  const reached = new Set([root]); // values to which something has been added
  let passed = [], failure = null;
  gradients[root] = 1;
  for (const v of graph.order.slice().reverse()) {
    if (count-- <= 0) break;
    const value = graph.values[v], upstream = gradients[v], slopes = localDerivatives(value, data, v);
    passed = value.parents.map((parent, i) => {
      if (!value.varying[i]) return null;
      const before = gradients[parent], added = reached.has(parent); // to what other nodes gave it
      const contribution = upstream === 0 || slopes[i] === 0 ? 0 : upstream * slopes[i];
      gradients[parent] += contribution;
      reached.add(parent);
      return {parent, upstream, slope: slopes[i], contribution, added, before, after: gradients[parent]};
    });
    const bad = passed.find((part) => part && !Number.isFinite(part.after));
    if (bad && Number.isFinite(upstream) && [v, ...value.parents].every((p) => Number.isFinite(data[p]))) {
      failure = {node: v, ...bad};
      break;
    }
  }
  return {gradients, reached, passed, failure};
}

function finiteDifference(graph, leaves, data, v) {
  // (ℒ(v + h) − ℒ(v − h)) / 2h, all else that v does not reach being equal; null where ℒ has no number on both sides.
  const root = graph.values.length - 1, h = 6e-6 * Math.max(1, Math.abs(data[v]));
  const above = data[v] + h, below = data[v] - h;
  const [up, down] = [above, below].map((number) => forward(graph, leaves, v, number));
  const slope = (up.data[root] - down.data[root]) / (above - below);
  return Number.isFinite(slope) ? slope : null;
}
