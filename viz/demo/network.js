// The picture of the network: columns of neurons with their maps, and the edges between them.

const inDigits = (digits) => (n) => String(n).replace(/\d/g, (digit) => digits[digit]);
const raised = inDigits("⁰¹²³⁴⁵⁶⁷⁸⁹"), lowered = inDigits("₀₁₂₃₄₅₆₇₈₉");
const SMALL = 28; // points along each side of a neuron's map

function pointed(event, canvas) {
  // Where on a map one points, from left to right and from top to bottom.
  const box = canvas.getBoundingClientRect();
  return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
}

class Graph {
  // `act` says what a click does: select(layer, neuron), hover(layer, neuron, x), edit(index), layers(sizes, activations).
  constructor(place, act) {
    this.act = act;
    this.svg = svgElement("svg", {class: "edges", "aria-hidden": "true", pointerout: () => act.about(null),
      click: ({target}) => this.on(target, (edge) => act.edit(edge.index)), pointerover: ({target}) => this.on(target, (edge) => act.about(edge))});
    this.columns = element("div", {class: "columns"});
    place.append(element("div", {class: "area"}, this.svg, this.columns)); // wider than its place if there are many layers
    new ResizeObserver(() => this.route()).observe(place);
  }

  on(path, then) {
    const edge = this.edges.find(({target}) => target === path);
    if (edge) then(edge);
  }

  build(network) {
    // Boxes for a network of this shape.
    this.network = network;
    const sizes = network.layers.map((layer) => layer.neurons);
    const most = Math.max(Object.keys(CHOICES.feature).length, ...sizes);
    this.columns.style.setProperty("--most", most);
    this.columns.style.setProperty("--neuron", `${Math.max(16, Math.min(44, Math.floor(344 / most) - 5))}px`);
    this.inputs = Object.keys(CHOICES.feature).map((name) => this.feature(name));
    this.choices = []; // of activations
    this.neurons = network.layers.map((layer, k) => Array.from({length: layer.neurons}, (_, j) => this.neuron(k, j)));
    const first = element("div", {class: "column", role: "group", "aria-label": "features"},
      element("div", {class: "head"}, element("b", {title: "the features of a data point x, which the network gets in its place"}, "φ(x)"), element("span", {}, "features")),
      element("div", {class: "stack"}, ...this.inputs.map(({box}) => box)));
    const layers = network.layers.map((layer, k) => element("div", {class: "column", role: "group", "aria-label": this.named(k)},
      this.head(k), element("div", {class: "stack"}, ...this.neurons[k].map(({button}) => button))));
    this.columns.replaceChildren(first, ...layers);
    this.edges = neuronsOf(network).flat().flatMap(({k, j, start, inputs}) => Array.from({length: inputs}, (_, i) => this.edge(k, j, i, start + i)));
    this.svg.replaceChildren(...this.edges.map((edge) => edge.line), ...this.edges.map((edge) => edge.target));
    this.route();
  }

  named(k) {
    return k === this.network.layers.length - 1 ? "output layer" : `layer ${k + 1}`;
  }

  feature(name) {
    // A box for a feature of x₁ and x₂; a click gives it to the network, or takes it away.
    const {features} = this.network, canvas = element("canvas", {"aria-hidden": "true"}), place = features.indexOf(name);
    const box = element("button", {type: "button", class: "input", "aria-label": `feature ${CHOICES.feature[name]}`,
      title: `the feature ${CHOICES.feature[name]} over the plane; click to ${place < 0 ? "give it to the network" : "take it away"}`,
      "aria-pressed": place >= 0, click: () => this.act.features(place < 0 ? [...features, name] : features.filter((one) => one !== name))},
    canvas, element("span", {}, CHOICES.feature[name]));
    box.disabled = place >= 0 && features.length === 1;
    return {box, canvas, name, place};
  }

  head(k) {
    const {activation, neurons} = this.network.layers[k], last = k === this.network.layers.length - 1;
    const head = element("div", {class: "head"}, element("b", {title: last ? "what the network says" : "a hidden layer: each neuron has a Σ and then its activation f"}, last ? "output" : `layer ${k + 1}`));
    const chosen = ({target}) => this.change((layers) => layers[k].activation = target.value);
    this.choices[k] = element("select", {"aria-label": `activation of ${this.named(k)}`, change: chosen}, ...options(same(CHOICES.activation)));
    head.append(this.choices[k]);
    if (!last) {
      const size = (text, change, label, off) => {
        const made = button(text, label, () => this.change((layers) => layers[k].neurons += change), "tiny");
        made.disabled = off;
        return made;
      };
      head.append(element("span", {class: "size"}, size("−", -1, `remove a neuron from layer ${k + 1}`, neurons <= 1),
        ` ${neurons} `, size("+", 1, `add a neuron to layer ${k + 1}`, neurons >= CHOICES.neurons)));
    }
    return head;
  }

  change(edit) {
    const layers = this.network.layers.map((layer) => ({...layer}));
    edit(layers);
    this.act.layers(layers);
  }

  neuron(k, j) {
    const canvas = element("canvas", {"aria-hidden": "true"});
    const bias = element("i", {class: "bias", "aria-hidden": "true"});
    const {act} = this, button = element("button", {
      type: "button", class: "neuron", "aria-pressed": "false", "data-layer": k, "data-neuron": j,
      title: "what this neuron makes of each point of the plane: blue positive, orange negative; click to keep it beside the output",
      pointermove: (event) => act.hover(k, j, pointed(event, canvas)),
      pointerleave: () => act.hover(null),
      focus: () => { if (button.matches(":focus-visible")) act.hover(k, j, null); },
      blur: () => act.hover(null),
      click: ({target}) => target === bias ? act.bias(k, j) : act.select(k, j),
    }, canvas, bias);
    return {button, canvas, bias};
  }

  edge(layer, neuron, input, index) {
    const line = svgElement("path", {class: "edge"}), about = "blue and full: positive, orange and dashed: negative; the wider the larger";
    const target = svgElement("path", {class: "hit", "data-index": index}, svgElement("title", {}, about));
    return {layer, neuron, input, index, line, target};
  }

  route() {
    // Curves from box to box, wherever these are now.
    if (!this.edges) return;
    const frame = this.svg.getBoundingClientRect();
    const chosen = this.inputs.filter(({place}) => place >= 0).sort((one, other) => one.place - other.place);
    const boxes = [chosen.map(({canvas}) => canvas), ...this.neurons.map((row) => row.map(({button}) => button))]
      .map((row) => row.map((box) => box.getBoundingClientRect()));
    for (const {layer, neuron, input, line, target} of this.edges) {
      const from = boxes[layer][input], to = boxes[layer + 1][neuron];
      const [x1, x2] = [from.right - frame.left, to.left - frame.left], middle = (x1 + x2) / 2;
      const [y1, y2] = [from, to].map((box) => box.top + box.height / 2 - frame.top);
      const path = `M${x1},${y1}C${middle},${y1} ${middle},${y2} ${x2},${y2}`;
      line.setAttribute("d", path);
      target.setAttribute("d", path);
    }
  }

  show(numbers, weights, maps, points, painter, task, selected) {
    // The edges by `numbers`, weights or gradients; the neurons' maps.
    const scale = Math.max(1e-12, ...this.edges.map(({index}) => Math.abs(numbers[index]) || 0));
    const isChosen = (k, j) => Boolean(selected && selected[0] === k && selected[1] === j);
    for (const {index, line, layer, neuron} of this.edges) {
      const part = Math.abs(numbers[index]) / scale || 0;
      line.setAttribute("stroke-width", (0.4 + 5 * part).toFixed(2));
      line.setAttribute("class", `edge ${numbers[index] < 0 ? "negative" : "positive"}${isChosen(layer, neuron) ? " chosen" : ""}`);
      line.setAttribute("opacity", (0.25 + 0.75 * part).toFixed(2));
    }
    this.choices.forEach((choice, k) => choice.value = this.network.layers[k].activation); // not what was refused
    for (const {k, j, end} of neuronsOf(this.network).flat()) {
      const {button, canvas, bias} = this.neurons[k][j], last = k === this.network.layers.length - 1;
      if (last && this.network.layers[k].neurons === 1) painter.answer(canvas, SMALL, task, answers(this.network.loss, maps[k].a));
      else painter.column(canvas, SMALL, maps[k].a[j]);
      const b = this.network.bias ? weights[end] : 0;
      bias.className = `bias ${b < 0 ? "negative" : "positive"}`;
      bias.hidden = !this.network.bias;
      bias.title = `bias ${shown(b)}: a square is positive, a circle negative; click to type a number`;
      button.setAttribute("aria-pressed", isChosen(k, j));
      button.setAttribute("aria-label", `${this.named(k)}, neuron ${j + 1}, ${this.network.layers[k].activation}` +
        (this.network.bias ? `, bias ${shown(b)}` : ""));
    }
    const columns = features({features: this.inputs.map(({name}) => name)}, points);
    this.inputs.forEach(({canvas}, i) => painter.column(canvas, SMALL, columns[i]));
  }
}
