// The network over the plane: one point, or a grid of points for the small maps; and the colours of the maps.

function neuronsOf(network) {
  // Layer by layer: each neuron's weights begin at `start` in the list of all, one for each input; `end` is its bias's place.
  let start = 0, inputs = network.features.length;
  return network.layers.map(({neurons}, k) => {
    const row = Array.from({length: neurons}, (_, j) => {
      const neuron = {k, j, start, inputs, end: start + inputs};
      start = neuron.end + (network.bias ? 1 : 0);
      return neuron;
    });
    inputs = neurons;
    return row;
  });
}

function activated(name, columns) {
  // The activations of a layer, for columns of z: one column per neuron.
  if (name === "softmax") {
    const points = Array.from(columns[0], (_, p) => defined(() => softmax(columns.map((z) => z[p]))));
    return columns.map((_, k) => Float64Array.from(points, (g) => g[k]));
  }
  const f = TABLE[OPS[name]].value;
  return columns.map((z) => Float64Array.from(z, (number) => defined(() => f(number))));
}

function features(network, [x1, x2]) {
  // φ(x): a column for each feature, from those of x₁ and x₂.
  return network.features.map((name) => Float64Array.from(x1, (_, p) => defined(() => FEATURES[name](x1[p], x2[p]))));
}

function defined(compute) {
  try {
    return compute();
  } catch (error) { // where there is no answer: outside the domain, or too large
    return NaN;
  }
}

function forwardColumns(network, weights, x) {
  // For columns of features x: per layer the columns z and a.
  let before = x;
  return neuronsOf(network).map((row, k) => {
    const z = row.map(({start, inputs, end}) => {
      const sums = new Float64Array(x[0].length).fill(network.bias ? weights[end] : 0);
      for (let i = 0; i < inputs; i++) {
        const w = weights[start + i], column = before[i];
        for (let p = 0; p < sums.length; p++) sums[p] += w * column[p];
      }
      return sums;
    });
    before = activated(network.layers[k].activation, z);
    return {z, a: before};
  });
}

function grid([[left, right], [bottom, top]], side) {
  // The columns x₁, x₂ of side × side points, row by row from the top.
  const points = new Float64Array(side * side), across = (p) => (p % side + 0.5) / side, down = (p) => (Math.floor(p / side) + 0.5) / side;
  return [points.map((_, p) => left + (right - left) * across(p)), points.map((_, p) => top - (top - bottom) * down(p))];
}

function answers(loss, a) {
  // What the network says, from its last layer: probabilities, for a loss that takes logits.
  const f = {nll_loss_from_logit: "sigmoid", cross_entropy_from_logits: "softmax"}[loss];
  return f ? activated(f, a) : a;
}

function outputs(network, weights, points) {
  // The columns of the last layer's a, for points [x₁, x₂, y].
  const columns = [0, 1].map((i) => Float64Array.from(points, (point) => point[i]));
  return forwardColumns(network, weights, features(network, columns)).at(-1).a;
}

function rightPart(network, weights, points) {
  // How many of the points get their class: with one output the second class from ½ on, otherwise the most likely one.
  const said = answers(network.loss, outputs(network, weights, points));
  const right = points.filter(([, , y], p) => !Number.isNaN(said[0][p]) && y === (said.length === 1 ? Number(said[0][p] >= 0.5) : likeliest(said, p)));
  return right.length / points.length;
}

function likeliest(columns, p) {
  return columns.reduce((best, column, k) => column[p] > columns[best][p] ? k : best, 0);
}

function zeroLine(z, side, domain) {
  // The line z = 0 through a grid of points, as pieces [x₁, x₂, x₁′, x₂′]: where it crosses the sides of each cell.
  const [[left, right], [bottom, top]] = domain, pieces = [];
  const at = (row, column) => [left + (right - left) * (column + 0.5) / side, top - (top - bottom) * (row + 0.5) / side];
  for (let row = 0; row < side - 1; row++) {
    for (let column = 0; column < side - 1; column++) {
      const corners = [[row, column], [row, column + 1], [row + 1, column + 1], [row + 1, column]];
      const crossed = [];
      corners.forEach(([r, c], i) => {
        const [r2, c2] = corners[(i + 1) % 4], here = z[r * side + c], there = z[r2 * side + c2];
        if ((here < 0) === (there < 0) || Number.isNaN(here + there)) return;
        const [x, y] = at(r, c), [x2, y2] = at(r2, c2), part = here / (here - there);
        crossed.push([x + part * (x2 - x), y + part * (y2 - y)]);
      });
      for (let i = 0; i + 1 < crossed.length; i += 2) pieces.push([...crossed[i], ...crossed[i + 1]]);
    }
  }
  return pieces;
}

// --- colours --------------------------------------------------------------------------------------------------------

function rgb(hex) {
  return [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
}

function css(colour) {
  return `rgb(${colour.join()})`;
}

function mixed(from, to, part) {
  return from.map((x, i) => Math.round(x + (to[i] - x) * part));
}

const DEEPEST = 0.62; // of a map's colours: the points on it have the full ones

class Painter {
  // Numbers as colours: 0 is the page's own, positive and negative numbers go to the theme's two.
  constructor(style) {
    [this.page, this.ink] = ["--page", "--ink"].map((name) => rgb(style.getPropertyValue(name).trim()));
    const [negative, positive] = [THEME.negative, THEME.positive].map(rgb);
    this.ramp = Array.from({length: 257}, (_, i) => {
      const t = (i - 128) / 128;
      return mixed(this.page, t < 0 ? negative : positive, DEEPEST * Math.abs(t) ** 0.7);
    });
    this.classes = THEME.classes.map(rgb);
    const dark = this.page[0] < 128; // marks stand out from a dark map too
    this.marks = this.classes.map((colour) => dark ? mixed(colour, [255, 255, 255], 0.4) : colour);
  }

  signed(t) {
    if (Number.isNaN(t)) return this.page.map((x) => Math.abs(x - 110)); // no answer: a grey of its own
    return this.ramp[Math.round(128 + 128 * Math.max(-1, Math.min(1, t)))];
  }

  certain(k, p, n) {
    // The class k with probability p, of n classes.
    return Number.isNaN(p) ? this.signed(NaN) : mixed(this.page, this.classes[k], DEEPEST * Math.max(0, (p - 1 / n) / (1 - 1 / n)));
  }

  paint(canvas, side, colour) {
    // colour(p) for each point of the grid, scaled up smoothly.
    if (canvas.width !== side) canvas.width = canvas.height = side;
    const context = canvas.getContext("2d"), image = context.createImageData(side, side);
    for (let p = 0; p < side * side; p++) image.data.set([...colour(p), 255], 4 * p);
    context.putImageData(image, 0, 0);
  }

  column(canvas, side, column, scale = largest(column), inSteps = false) {
    this.paint(canvas, side, (p) => this.signed(inSteps ? Math.sign(column[p]) : column[p] / (scale || 1)));
    return scale;
  }

  answer(canvas, side, task, columns, scale, inSteps = false) {
    // The output: probabilities around ½, the most likely of several classes, or an amount.
    if (columns.length > 1) {
      this.paint(canvas, side, (p) => {
        const k = likeliest(columns, p);
        return this.certain(k, inSteps ? Math.ceil(columns[k][p]) : columns[k][p], columns.length);
      });
    } else if (task === "classification") this.column(canvas, side, columns[0].map((g) => 2 * g - 1), 1, inSteps);
    else this.column(canvas, side, columns[0], scale, inSteps);
  }
}

function largest(column) {
  return column.reduce((most, x) => Number.isFinite(x) ? Math.max(most, Math.abs(x)) : most, 0);
}
