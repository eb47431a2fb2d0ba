// The page: what is set, what is drawn, and what is said of the neuron and the point one looks at.

const QUICK = 72, FINE = 120; // points along each side of the large map, while it moves and when it stands
const MOST = 600; // of the points of the loss curve
const PICTURE = matchMedia("(prefers-reduced-motion: reduce)").matches ? 500 : 50; // milliseconds between two

class Playground {
  // `send` talks to who trains, the kernel or the page's own run; `address` says where a saved page is.
  constructor(root, send, address = null) {
    Object.assign(this, {root, send, address, selected: null, hovered: null, point: null, frame: null, now: null}); // the step looked back at
    root.classList.add("sigmagrad-playground");
    // keys pressed here are not the notebook's
    furnished(root, {role: "region", "aria-label": "neural network playground", "data-lm-suppress-shortcuts": "true"}, []);
    this.build();
    this.watch = new MutationObserver(() => this.draw());
    this.watch.observe(document.body, {attributes: true, attributeFilter: ["data-jp-theme-light", "class"]});
    this.dark = matchMedia("(prefers-color-scheme: dark)");
    this.dark.addEventListener("change", this.onDark = () => this.draw());
    this.sized = new ResizeObserver(() => this.draw());
    this.sized.observe(this.picture);
    this.sized.observe(this.curve);
  }

  close() {
    this.watch.disconnect();
    this.sized.disconnect();
    this.dark.removeEventListener("change", this.onDark);
  }

  // --- the parts of the page ----------------------------------------------------------------------------------------

  build() {
    this.bar = element("div", {class: "bar", role: "group", "aria-label": "run"});
    this.status = new Status();
    const fields = element("div", {class: "controls"}), numbers = element("div", {class: "numbers"});
    this.controls = new Controls(fields, this.bar, this.send, () => this.draw(), this.address);
    this.network = element("div", {class: "network"});
    this.tip = element("p", {class: "tip"});
    this.map = element("canvas");
    this.marks = element("canvas", {class: "marks"});
    this.picture = element("div", {class: "picture", tabindex: "0", role: "img", keydown: (event) => this.key(event),
      pointermove: (event) => this.moveTo(pointed(event, this.picture))}, this.map, this.marks);
    this.legend = element("p", {class: "legend"});
    this.curve = svgElement("svg", {role: "img", "aria-label": "train and test loss by step"});
    this.chosen = element("h2");
    this.back = button("✕ let go", "back to the output alone", () => this.select(...this.selected), "tiny back");
    this.lens = element("canvas", {class: "lens", "aria-hidden": "true", title: "what this neuron makes of each point of the plane"});
    this.scale = element("p", {class: "scale"});
    this.numbers = new Numbers(numbers, this.send);
    this.graph = new Graph(this.network, {
      select: (k, j) => this.select(k, j),
      hover: (k, j, at) => this.hover(k, j, at),
      about: (edge) => this.about(edge),
      edit: (index) => this.edit(index),
      bias: (k, j) => this.edit(neuronsOf(this.frame.network)[k][j].end),
      features: (names) => this.send({do: "set", name: "features", value: names}),
      layers: (layers) => this.send(layersMessage(layers)),
    });
    this.bar.append(element("span", {class: "meters"}, ...Object.values(this.status.meters)));
    const detail = element("div", {class: "detail"}, element("div", {class: "top"}, this.chosen, this.back), this.lens, this.scale, numbers);
    const output = element("div", {class: "output"}, element("h2", {}, "Output"), this.picture, this.legend);
    const side = element("div", {class: "side"}, output, detail);
    const left = element("div", {class: "left"}, this.network, this.tip,
      element("div", {class: "curve", title: "the losses by step: full line train, dashed line test"}, this.curve));
    this.root.replaceChildren(this.bar, this.status.line, fields, element("div", {class: "middle"}, left, side));
  }

  // --- what comes in --------------------------------------------------------------------------------------------------

  hear(message) {
    if (message.kind === "data") this.take(message);
    else if (message.kind === "frame") this.show(message);
    else this.controls.program.value = message.text;
  }

  take(data) {
    // New points, and the losses so far.
    this.data = data;
    this.losses = data.curve;
    this.small = grid(data.domain, SMALL);
    this.quick = grid(data.domain, QUICK);
    this.fine = grid(data.domain, FINE);
    this.point = data.domain.map(([low, high]) => (low + high) / 2);
    this.amount = Math.max(1e-12, ...[...data.train, ...data.test].map(([, , y]) => Math.abs(y)));
    this.controls.take(data);
  }

  show(frame) {
    this.frame = frame;
    frame.weights = frame.weights.map((w) => w ?? NaN);
    const shape = JSON.stringify(frame.network);
    if (shape !== this.shape) {
      this.shape = shape;
      const active = this.root.getRootNode().activeElement, name = this.network.contains(active) ? active.getAttribute("aria-label") : null;
      this.graph.build(frame.network);
      if (this.selected && this.selected[1] >= (frame.network.layers[this.selected[0]]?.neurons ?? 0)) this.selected = null;
      this.hovered = null;
      // a button that has just been used is made anew with the network: the focus stays with its successor
      if (name) [...this.network.querySelectorAll("[aria-label]")].find((one) => one.getAttribute("aria-label") === name)?.focus();
    }
    const last = this.losses.at(-1);
    if (this.now === null && (!last || frame.step > last[0])) {
      this.losses.push([frame.step, ...frame.losses]);
      if (this.losses.length > MOST) this.losses = this.losses.filter((_, i) => i % 2 === 0);
    }
    const right = frame.settings.task === "regression" ? null
      : [this.data.train, this.data.test].map((points) => rightPart(frame.network, frame.weights, points));
    this.status.show(frame, right);
    this.controls.show(frame);
    this.draw();
  }

  // --- what is looked at ----------------------------------------------------------------------------------------------

  get focus() {
    return this.hovered ?? this.selected;
  }

  select(k, j) {
    this.selected = this.selected && this.selected[0] === k && this.selected[1] === j ? null : [k, j];
    this.drawNow();
  }

  hover(k, j, at) {
    this.hovered = k === null ? null : [k, j];
    if (at) this.moveTo(at);
    else this.draw();
  }

  moveTo([right, down]) {
    if (!this.data) return;
    const [[low, high], [bottom, top]] = this.data.domain;
    this.point = [low + (high - low) * right, top - (top - bottom) * down];
    this.draw();
  }

  key(event) {
    const move = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1]}[event.key];
    if (!move) return;
    event.preventDefault();
    event.stopPropagation();
    this.point = this.point.map((x, i) => {
      const [low, high] = this.data.domain[i];
      return Math.max(low, Math.min(high, x + move[i] * (high - low) / 50));
    });
    this.draw();
    this.status.say(this.spoken, false);
  }

  about(edge) {
    const {layer, neuron, input, index} = edge ?? {}, gradient = this.frame.gradients?.[index];
    this.tip.textContent = !edge ? "" : `${weightName(layer, neuron, input)} = ${shown(this.frame.weights[index])}` +
      `${gradient ? `, gradient ${shown(gradient)}` : ""}; click to type a number`;
  }

  edit(index) {
    // Show the weight's neuron, and put the cursor into its field.
    const {k, j} = neuronsOf(this.frame.network).flat().findLast(({start}) => index >= start);
    this.selected = [k, j];
    this.hovered = null;
    this.drawNow();
    this.numbers.edit(index);
  }

  // --- drawing --------------------------------------------------------------------------------------------------------

  draw() {
    // Everything, once before the next picture of the screen; a hidden page draws nothing.
    this.waiting ??= requestAnimationFrame(() => {
      this.waiting = null;
      if (this.frame && this.data) this.drawNow();
    });
  }

  drawNow() {
    const painter = new Painter(getComputedStyle(this.root)); // of a light or a dark page
    const {network, weights, settings, gradients} = this.frame, task = settings.task;
    const [side, points] = this.frame.playing ? [QUICK, this.quick] : [FINE, this.fine];
    const small = forwardColumns(network, weights, features(network, this.small));
    const large = forwardColumns(network, weights, features(network, points));
    const edges = this.controls.edges.value === "weights" ? weights : gradients ?? weights.map(() => 0); // none are recorded
    this.graph.show(edges, weights, small, this.small, painter, task, this.focus);
    const last = network.layers.length - 1;
    const [k, j] = this.focus ?? [last, 0];
    const {point, amount} = this, {test, zeros, steps} = this.controls;
    painter.answer(this.map, side, task, answers(network.loss, large[last].a), amount, steps.checked);
    const scale = painter.column(this.lens, side, large[k].a[j]);
    const lines = zeros.checked ? this.zeroLines(large, side) : [];
    drawPoints(this.marks, this.data, {point, task, amount, withTest: test.checked, painter, lines});
    drawCurve(this.curve, this.losses, this.now);
    this.explain(k, j, scale, painter);
  }

  zeroLines(columns, side) {
    // Where each hidden ReLU bends the plane; that of the neuron one looks at is the widest.
    const {layers} = this.frame.network;
    return layers.slice(0, -1).flatMap(({activation}, k) => !KINKED.includes(activation) ? [] : columns[k].z.map((z, j) => ({
      pieces: zeroLine(z, side, this.data.domain), isDeep: k > 0,
      isChosen: Boolean(this.focus && this.focus[0] === k && this.focus[1] === j)})));
  }

  // --- the numbers ----------------------------------------------------------------------------------------------------

  nearby() {
    // Which data point one points at, if any.
    const near = ([x1, x2]) => Math.hypot(...[x1, x2].map((x, i) => (x - this.point[i]) / (this.data.domain[i][1] - this.data.domain[i][0]))) < 0.012;
    for (const kind of ["train", "test"]) {
      const found = this.data[kind].find(near);
      if (found) return `, a ${kind} point ${this.data.labels.length ? `of class ${this.data.labels[found[2]]}` : `with y = ${shown(found[2], 3)}`}`;
    }
    return "";
  }

  explain(k, j, scale, painter) {
    const {network, weights, settings} = this.frame;
    const phi = features(network, this.point.map((x) => [x])), at = forwardColumns(network, weights, phi), last = network.layers.length - 1;
    const said = answers(network.loss, at[last].a).map((column) => column[0]);
    const where = `x₁ = ${shown(this.point[0], 3)}, x₂ = ${shown(this.point[1], 3)}${this.nearby()}`;
    const outcome = said.some(Number.isNaN) ? "no answer: a number is too large, or not defined" : settings.task === "regression" ? `g = ${shown(said[0])}`
      : said.length === 1 ? `probability of class ${this.data.labels[1]}: ${shown(said[0], 3)}`
        : `class ${this.data.labels[said.indexOf(Math.max(...said))]}, probability ${shown(Math.max(...said), 3)}`;
    const name = k < last ? `layer ${k + 1}, neuron ${j + 1}` : network.layers[last].neurons > 1 ? `output ${j + 1}` : "output";
    this.chosen.textContent = k < last ? name[0].toUpperCase() + name.slice(1) : `How the ${name} comes about`;
    this.back.hidden = !this.selected;
    this.spoken = `At ${where}: ${outcome}; ${name}: z ${shown(at[k].z[j][0])}, a ${shown(at[k].a[j][0])}.`;
    this.picture.setAttribute("aria-label", `the plane of x₁ and x₂, output; arrow keys move the point. ${this.spoken}`);
    drawLegend(this.legend, this.data.labels, painter, settings.task === "classification", this.amount);
    this.scale.replaceChildren(ramp(scale, `a of ${name} over the plane: 0 has no colour`));
    this.numbers.show(this.frame, k, j, phi, at, where, outcome);
  }
}
