// Training in the page: the loss of a data point as a graph of scalars, walked forward and backward by the passes that
// the explorer steps through, over the operations that Python's table prints.

const SIGMA = TABLE.push({ // Σ of any number of inputs: w₁ … w_d, x₁ … x_d, and b where there is one
  value: (...z) => {
    const d = z.length >> 1, products = z.slice(0, d).map((w, i) => w * z[d + i]);
    return total(...products, ...z.slice(2 * d));
  },
  row: (a, ...z) => {
    const d = z.length >> 1;
    return [...z.slice(d, 2 * d), ...z.slice(0, d), ...z.slice(2 * d).fill(1)];
  },
}) - 1;

const SOFTMAX = Array.from({length: CHOICES.neurons}, (_, k) => TABLE.push({ // the k-th of a layer's
  value: (...z) => softmax(z)[k],
  row: (a, ...z) => softmax(z).map((g, i) => i === k ? a * (1 - a) : -a * g),
}) - 1);

function lossGraph(network) {
  // The loss of one data point: first the parameters as the page counts them, then φ(x) and y, then what is computed.
  const values = [], leaf = (varies) => values.push({op: -1, parents: [], varies}) - 1;
  const node = (op, parents) => values.push({op, parents, varies: true, varying: parents.map((p) => values[p].varies)}) - 1;
  const learned = (count) => Array.from({length: count}, () => leaf(true));
  const rows = neuronsOf(network).map((row) => row.map(({inputs}) => [learned(inputs), learned(network.bias ? 1 : 0)]));
  const parameters = values.length;
  let before = network.features.map(() => leaf(false));
  const y = leaf(false), first = values.length;
  rows.forEach((row, k) => {
    const {activation} = network.layers[k], z = row.map(([w, b]) => node(SIGMA, [...w, ...before, ...b]));
    before = z.map((one, i) => activation === "softmax" ? node(SOFTMAX[i], z) : node(OPS[activation], [one]));
  });
  const many = before.length > 1, loss = many ? before : [...before, y];
  const kinds = many ? before.map((_, k) => OPS[`${network.loss} ${before.length} ${k}`]) : [OPS[network.loss]];
  node(kinds[0], loss);
  return {values, order: values.map((_, v) => v).slice(first), parameters, y, kinds};
}

function gradientOf(graph, network, weights, batch, {penalty, rate}) {
  // ∂J/∂w of the average over a batch of [φ(x), y], and of the penalty, which no bias has; what refuses its inputs is an error.
  const sum = new Float64Array(graph.parameters), leaves = new Float64Array(graph.values.length);
  leaves.set(weights);
  for (const [phi, y] of batch) {
    leaves.set(phi, graph.parameters);
    leaves[graph.y] = y;
    if (graph.kinds.length > 1) graph.values.at(-1).op = graph.kinds[y];
    const {data, failures} = forward(graph, leaves);
    if (failures.size) throw new Refusal(`a number on the way is ${[...failures.values()][0]}; use a smaller learning rate`);
    const {gradients, failure} = backward(graph, data);
    if (failure) throw new Refusal("a gradient is too large; use a smaller learning rate");
    for (let p = 0; p < sum.length; p++) sum[p] += gradients[p];
  }
  for (let p = 0; p < sum.length; p++) sum[p] /= batch.length;
  if (penalty !== "none") {
    for (const {start, end} of neuronsOf(network).flat()) {
      for (let p = start; p < end; p++) sum[p] += rate * (penalty === "L2" ? 2 * weights[p] : Math.sign(weights[p]));
    }
  }
  return sum;
}

function averageLoss(network, weights, points) {
  // Over all the points, without the penalty; null if it is too large for a number, or not defined.
  const a = outputs(network, weights, points);
  const loss = defined(() => points.reduce((sum, [, , y], p) => {
    const said = a.map((column) => column[p]);
    return sum + (said.length > 1 ? TABLE[OPS[`${network.loss} ${said.length} ${y}`]].value(...said) : TABLE[OPS[network.loss]].value(said[0], y));
  }, 0) / points.length);
  return Number.isFinite(loss) ? loss : null;
}

function drawnWeights(network, seed) {
  // What an MLP of this shape draws from the seed, with the reach that suits its activations.
  const random = new Random(seed);
  return neuronsOf(network).flat().flatMap(({k, inputs}) => {
    const {activation, neurons} = network.layers[k], r = Math.sqrt(6 / (CHOICES.wide.includes(activation) ? inputs : inputs + neurons));
    return [...Array.from({length: inputs}, () => random.uniform(-r, r)), ...(network.bias ? [0] : [])];
  });
}
