// The page: what is set, what is drawn, and what is said of the neuron and the point one looks at.

const LARGE = 110; // points along each side of the large map
const MOST = 600; // of the points of the loss curve
const words = (strings) => strings.map(([value, text]) => element("option", {value}, text));

class Playground {
  // `send` talks to the kernel; in a saved file there is none, and nothing can be changed.
  constructor(root, send) {
    this.root = root;
    this.send = send ?? (() => {});
    this.live = send !== null;
    this.selected = this.hovered = this.point = this.frame = this.plane = null;
    this.whole = false; // whether the curve is known to its end
    this.pictures = [];
    root.classList.add("sigmagrad-playground");
    root.setAttribute("role", "region");
    root.setAttribute("aria-label", "neural network playground");
    this.build();
    this.look();
    this.watch = new MutationObserver(() => this.look());
    this.watch.observe(document.body, {attributes: true, attributeFilter: ["data-jp-theme-light", "class"]});
    this.dark = matchMedia("(prefers-color-scheme: dark)");
    this.dark.addEventListener("change", this.onLook = () => this.look());
    this.sized = new ResizeObserver(() => this.draw());
    this.sized.observe(this.picture);
  }

  close() {
    this.watch.disconnect();
    this.sized.disconnect();
    this.dark.removeEventListener("change", this.onLook);
  }

  look() {
    // The colours of a light or a dark page.
    const style = getComputedStyle(this.root);
    this.colours = Object.fromEntries(["page", "ink", "soft", "line"].map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
    if (this.colours.page) this.painter = new Painter(this.colours.page);
    this.draw();
  }

  // --- the parts of the page ----------------------------------------------------------------------------------------

  build() {
    this.bar = element("div", {class: "bar", role: "toolbar", "aria-label": "run"});
    this.meters = Object.fromEntries(["step", "train", "test", "rate"].map((name) => [name, element("span", {class: name})]));
    this.status = element("p", {class: "status", role: "status"});
    this.controls = element("div", {class: "controls"});
    this.network = element("div", {class: "network"});
    this.tip = element("p", {class: "tip"});
    this.picture = element("div", {class: "picture", tabindex: "0", role: "img"});
    this.map = element("canvas", {});
    this.marks = element("canvas", {class: "marks"});
    this.picture.append(this.map, this.marks);
    this.title = element("h3", {});
    this.legend = element("p", {class: "legend"});
    this.curve = element("canvas", {class: "curve", role: "img", "aria-label": "train and test loss by step"});
    this.numbers = element("div", {class: "numbers"});
    this.graph = new Graph(this.network, {
      select: (k, j) => this.select(k, j),
      hover: (k, j, at) => this.hover(k, j, at),
      about: (edge) => this.about(edge),
      edit: (index) => this.edit(index),
      bias: (k, j) => this.edit(this.placed(k, j).bias),
      layers: (layers) => this.send({do: "layers", layers: layers.map((l) => l.neurons), activations: layers.map((l) => l.activation)}),
    }, this.live);
    if (this.live) this.buildBar();
    this.bar.append(element("span", {class: "meters"}, ...Object.values(this.meters)));
    this.show_edges = this.choice("Edges show", [["weights", "weights"], ["gradients", "gradients"]], () => this.draw());
    this.show_test = element("input", {type: "checkbox"});
    this.show_test.checked = true;
    this.show_test.addEventListener("change", () => this.draw());
    this.buildControls();
    const side = element("div", {class: "side"}, this.title, this.picture, this.legend, this.numbers);
    const left = element("div", {class: "left"}, this.network, this.tip, this.curve);
    this.root.replaceChildren(this.bar, this.status, this.controls, element("div", {class: "middle"}, left, side));
    this.picture.addEventListener("pointermove", (event) => {
      const box = this.picture.getBoundingClientRect();
      this.moveTo([(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]);
    });
    this.picture.addEventListener("keydown", (event) => this.key(event));
  }

  button(text, label, then) {
    const made = element("button", {type: "button", title: label}, text);
    made.addEventListener("click", then);
    return made;
  }

  buildBar() {
    this.play = this.button("▶ Play", "train until paused", () => this.send({do: this.frame?.playing ? "pause" : "play"}));
    this.play.classList.add("main");
    this.bar.append(this.play, this.button("Step", "train one step", () => this.send({do: "step"})),
      this.button("Reset", "back to the first weights", () => this.send({do: "reset"})));
  }

  choice(label, options, then) {
    const select = element("select", {"aria-label": label}, ...words(options));
    select.addEventListener("change", () => then(select.value));
    return select;
  }

  field(label, ...controls) {
    return element("label", {class: "field"}, element("span", {}, label), ...controls);
  }

  buildControls() {
    this.fields = {};
    if (!this.live) {
      this.summary = element("p", {class: "summary"});
      this.controls.append(this.summary, element("label", {class: "check"}, this.show_test, "test points"));
      return;
    }
    const set = (name) => (value) => this.send({do: "set", name, value});
    const plain = (texts) => texts.map((text) => [text, text]);
    const number = (name, attributes) => {
      const input = element("input", {type: "number", ...attributes});
      input.addEventListener("change", () => set(name)(input.value));
      return this.fields[name] = input;
    };
    const select = (name, label, options) => this.fields[name] = this.choice(label, options, set(name));
    this.preset = this.choice("Presets", [["", "choose …"], ...plain(CHOICES.preset)], (name) => {
      if (name) this.send({do: "preset", name});
      this.preset.value = "";
    });
    this.controls.append(
      this.field("Preset", this.preset),
      this.field("Data", select("dataset", "Data", plain(CHOICES.dataset))),
      this.field("Task", select("task", "Task", plain(["classification", "regression"]))),
      this.field("Noise", number("noise", {min: 0, max: 1, step: 0.05})),
      this.field("Train share", number("train_share", {min: 0.1, max: 0.9, step: 0.1})),
      this.field("Seed", number("seed", {min: 0, step: 1})),
      this.field("Learning rate", number("lr", {min: 0, step: "any"})),
      this.field("Batch size", number("batch_size", {min: 1, step: 1})),
      this.field("Penalty", select("penalty", "Penalty", plain(CHOICES.penalty)), number("rate", {min: 0, step: "any", "aria-label": "Penalty rate"})),
      this.field("Steps per picture", select("pace", "Steps per picture", plain(CHOICES.pace))),
      this.field("Layers", ...[["−", -1], ["+", 1]].map(([text, change]) => {
        const label = change < 0 ? "remove the last hidden layer" : "add a hidden layer";
        const button = this.button(text, label, () => this.layers(change));
        button.classList.add("tiny");
        button.setAttribute("aria-label", label);
        return this.fields[`layers${change}`] = button;
      })),
      this.field("Edges show", this.show_edges),
      element("label", {class: "check"}, this.show_test, "test points"),
      element("div", {class: "texts"}, this.buildSharing(), this.buildCode()));
  }

  copy(text) {
    return this.button("Copy", "copy the text", () => {
      text.select();
      navigator.clipboard?.writeText(text.value);
    });
  }

  buildSharing() {
    const text = element("textarea", {rows: 3, "aria-label": "the set-up as text", spellcheck: "false"});
    const apply = this.button("Apply", "begin with this set-up", () => this.send({do: "settings", text: text.value}));
    this.sharing = element("details", {class: "sharing"}, element("summary", {}, "Share this set-up"), text, this.copy(text), apply);
    this.sharing.addEventListener("toggle", () => text.value = JSON.stringify(this.frame.settings));
    return this.sharing;
  }

  buildCode() {
    this.program = element("textarea", {rows: 12, "aria-label": "the run as a Python program", readonly: "", spellcheck: "false"});
    const code = element("details", {class: "sharing"}, element("summary", {}, "This run in Python"), this.program, this.copy(this.program));
    code.addEventListener("toggle", () => { if (code.open) this.send({do: "code"}); });
    return code;
  }

  layers(change) {
    const layers = this.frame.network.layers.map((layer) => ({...layer})), last = layers.length - 1;
    if (change > 0) layers.splice(last, 0, last ? {...layers[last - 1]} : {neurons: 4, activation: "tanh"});
    else layers.splice(last - 1, 1);
    this.graph.act.layers(layers);
  }

  // --- what comes in --------------------------------------------------------------------------------------------------

  take(data) {
    // New points, and the losses so far.
    this.data = data;
    this.losses = data.curve;
    this.small = grid(data.domain, SMALL);
    this.large = grid(data.domain, LARGE);
    this.point = data.domain.map(([low, high]) => (low + high) / 2);
    this.amount = Math.max(1e-12, ...[...data.train, ...data.test].map(([, , y]) => Math.abs(y)));
    if (this.live) {
      const names = [...CHOICES.dataset, ...(data.own ? ["own"] : [])];
      this.fields.dataset.replaceChildren(...words(names.map((name) => [name, name === "own" ? "your X, y" : name])));
    }
  }

  show(frame) {
    const before = this.frame;
    this.frame = frame;
    frame.weights = frame.weights.map((w) => w ?? NaN);
    const shape = JSON.stringify(frame.network);
    if (shape !== this.shape) {
      this.shape = shape;
      const focused = this.focusedName();
      this.graph.build(frame.network);
      if (this.selected && this.selected[1] >= (frame.network.layers[this.selected[0]]?.neurons ?? 0)) this.selected = null;
      this.hovered = this.rows = null;
      this.focusNamed(focused);
    }
    const last = this.losses.at(-1);
    if (!this.whole && (!last || frame.step > last[0])) {
      this.losses.push([frame.step, ...frame.losses]);
      if (this.losses.length > MOST) this.losses = this.losses.filter((_, i) => i % 2 === 0);
    }
    this.say(frame, before);
    if (this.live) this.sync(frame);
    else this.summary.textContent = this.summarized(frame.settings);
    this.draw();
  }

  focusedName() {
    // A button that has just been used is made anew with the network: the focus stays with its successor.
    const active = this.root.getRootNode().activeElement;
    return active && this.network.contains(active) ? active.getAttribute("aria-label") : null;
  }

  focusNamed(name) {
    if (name === null) return;
    const found = [...this.network.querySelectorAll("[aria-label]")].find((one) => one.getAttribute("aria-label") === name);
    found?.focus();
  }

  say(frame, before) {
    const loss = (x) => x === null || x === undefined ? "too large" : shown(x);
    const now = performance.now();
    this.pictures = [...this.pictures.filter((time) => now - time < 1000), now];
    this.meters.step.textContent = `step ${frame.step.toLocaleString("en")}`;
    this.meters.train.textContent = `train loss ${loss(frame.losses[0])}`;
    this.meters.test.textContent = `test loss ${loss(frame.losses[1])}`;
    this.meters.rate.textContent = frame.playing && frame.rate
      ? `${Math.round(frame.rate).toLocaleString("en")} steps/s · ${this.pictures.length} pictures/s` : "";
    const state = frame.playing ? "Playing." : this.live ? `Paused at step ${frame.step}.` : `Step ${frame.step}.`;
    const text = frame.message || (before && before.playing === frame.playing && frame.playing ? this.status.textContent : state);
    if (this.status.textContent !== text) this.status.textContent = text;
    this.status.classList.toggle("problem", Boolean(frame.message));
  }

  sync(frame) {
    // The controls say what is set, but nothing is written where somebody types.
    const active = this.root.getRootNode().activeElement;
    for (const [name, control] of Object.entries(this.fields)) {
      if (name in frame.settings && (control !== active || control.tagName === "SELECT")) control.value = frame.settings[name];
    }
    const hidden = frame.network.layers.length - 1;
    this.fields["layers-1"].disabled = hidden < 1;
    this.fields.layers1.disabled = hidden + 1 >= CHOICES.layers;
    this.fields.noise.disabled = frame.settings.dataset === "own";
    this.fields.rate.disabled = frame.settings.penalty === "none";
    this.play.textContent = frame.playing ? "❚❚ Pause" : "▶ Play";
  }

  summarized({dataset, task, noise, seed, lr, batch_size, penalty, rate}) {
    const data = dataset === "own" ? "own data" : `${dataset}, noise ${shown(noise)}`;
    const cost = penalty === "none" ? "" : `, ${penalty} penalty ${shown(rate)}`;
    return `A recorded run: ${data}, ${task}, seed ${seed}; learning rate ${shown(lr)}, batches of ${batch_size}${cost}.`;
  }

  // --- what is looked at ----------------------------------------------------------------------------------------------

  get focus() {
    return this.hovered ?? this.selected;
  }

  placed(k, j) {
    // Where a neuron's weights are in the list.
    let found = null;
    eachNeuron(this.frame.network, (layer, neuron, start, inputs) => {
      if (layer === k && neuron === j) found = {start, inputs, bias: start + inputs};
    });
    return found;
  }

  select(k, j) {
    this.selected = this.selected && this.selected[0] === k && this.selected[1] === j ? null : [k, j];
    this.draw();
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
    this.status.textContent = this.spoken;
  }

  about(edge) {
    if (!edge) this.tip.textContent = "";
    else {
      const {layer, neuron, input, index} = edge, gradient = this.frame.gradients?.[index];
      this.tip.textContent = `${this.weightName(layer, neuron, input)} = ${shown(this.frame.weights[index])}` +
        (gradient ? `, gradient ${shown(gradient)}` : "") + (this.live ? "; click to type a number" : "");
    }
  }

  edit(index) {
    // Show the weight's neuron, and put the cursor into its field.
    eachNeuron(this.frame.network, (k, j, start, inputs) => {
      if (index >= start && index <= start + inputs && index < this.frame.weights.length) this.selected = [k, j];
    });
    this.hovered = null;
    this.drawNow();
    const input = this.numbers.querySelector(`[data-index="${index}"]`);
    input?.focus();
    input?.select?.();
  }

  weightName(k, j, i) {
    return `w${raised(k + 1)}${lowered(j + 1)},${lowered(i + 1)}`;
  }

  inputName(k, i) {
    return k === 0 ? `x${lowered(i + 1)}` : `a${raised(k)}${lowered(i + 1)}`;
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
    if (!this.colours.page) this.look(); // the page was made before it was put where its style holds
    const {network, weights, settings, loss, gradients} = this.frame, task = settings.task;
    const small = forwardColumns(network, weights, this.small), large = forwardColumns(network, weights, this.large);
    const edges = this.show_edges.value === "gradients" && gradients ? gradients : weights;
    this.graph.show(edges, weights, small, this.small, this.painter, task, loss, this.focus);
    const last = network.layers.length - 1;
    const [k, j] = this.focus ?? [last, 0];
    const isOutput = !this.focus || (k === last && network.layers[last].neurons === 1);
    if (isOutput) this.painter.answer(this.map, LARGE, task, answers(loss, large[last].a), this.amount);
    const scale = isOutput ? this.amount : this.painter.column(this.map, LARGE, large[k].a[j]);
    this.drawMarks();
    this.drawCurve();
    this.explain(k, j, isOutput, scale);
  }

  sharp(canvas) {
    // A canvas with the screen's own points; its drawing is in CSS pixels.
    const ratio = window.devicePixelRatio || 1, width = canvas.clientWidth, height = canvas.clientHeight;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    const context = canvas.getContext("2d");
    context.scale(ratio, ratio);
    return [context, width, height];
  }

  drawMarks() {
    const [context, width, height] = this.sharp(this.marks);
    const [[left, right], [bottom, top]] = this.data.domain;
    const place = ([x1, x2]) => [(x1 - left) / (right - left) * width, (top - x2) / (top - bottom) * height];
    const r = this.data.train.length > 1500 ? 2 : 3.4;
    const colour = (y) => this.frame.settings.task === "classification" ? `rgb(${this.painter.marks[y].join()})`
      : `rgb(${this.painter.signed(y / this.amount).join()})`;
    const mark = (kind, x, y) => {
      context.beginPath();
      if (kind === "o") context.arc(x, y, r, 0, 7);
      else if (kind === "s") context.rect(x - r, y - r, 2 * r, 2 * r);
      else {
        const corners = {D: [[0, -1.3], [1.3, 0], [0, 1.3], [-1.3, 0]], "^": [[0, -1.2], [1.2, 1], [-1.2, 1]], v: [[0, 1.2], [1.2, -1], [-1.2, -1]]};
        corners[kind].forEach(([dx, dy], i) => i ? context.lineTo(x + r * dx, y + r * dy) : context.moveTo(x + r * dx, y + r * dy));
        context.closePath();
      }
    };
    const drawAll = (points, hollow) => {
      for (const [x1, x2, y] of points) {
        mark(this.data.labels.length ? THEME.marks[y] : "o", ...place([x1, x2]));
        context.fillStyle = hollow ? this.colours.page : colour(y);
        context.strokeStyle = hollow ? colour(y) : this.colours.page;
        context.lineWidth = hollow ? 1.6 : 1;
        context.fill();
        context.stroke();
        if (hollow || this.data.labels.length) continue;
        context.strokeStyle = this.colours.ink; // an amount near 0 has the colour of the page
        context.lineWidth = 0.7;
        context.stroke();
      }
    };
    if (this.show_test.checked) drawAll(this.data.test, true);
    drawAll(this.data.train, false);
    const [x, y] = place(this.point);
    context.strokeStyle = this.colours.ink;
    context.globalAlpha = 0.35;
    context.lineWidth = 1;
    context.strokeRect(x, -1, 0, height + 2);
    context.strokeRect(-1, y, width + 2, 0);
    context.globalAlpha = 1;
    context.beginPath();
    context.arc(x, y, 6, 0, 7);
    context.stroke();
  }

  drawCurve() {
    const [context, width, height] = this.sharp(this.curve);
    const points = this.losses, room = {left: 46, right: 10, top: 16, bottom: 20};
    const all = points.flatMap(([, train, test]) => [train, test]).filter((x) => x !== null && x !== undefined);
    const end = Math.max(1, points.at(-1)?.[0] ?? 1), top = Math.max(1e-12, ...all);
    const px = (step) => room.left + step / end * (width - room.left - room.right);
    const py = (x) => height - room.bottom - x / top * (height - room.top - room.bottom);
    context.font = "11px system-ui, sans-serif";
    context.fillStyle = this.colours.soft;
    context.strokeStyle = this.colours.line;
    context.textAlign = "right";
    for (const part of [0, 0.5, 1]) {
      context.fillText(shown(top * part, 2), room.left - 6, py(top * part) + 4);
      context.strokeRect(room.left, py(top * part), width - room.left - room.right, 0);
    }
    context.fillText(`step ${end.toLocaleString("en")}`, width - room.right, height - 5);
    context.textAlign = "left";
    context.fillText("loss", room.left, height - 5);
    for (const [column, dash, name] of [[2, [5, 4], "test"], [1, [], "train"]]) {
      context.beginPath();
      context.setLineDash(dash);
      context.strokeStyle = column === 1 ? this.colours.ink : this.colours.soft;
      context.lineWidth = column === 1 ? 1.8 : 1.5;
      let drawing = false;
      for (const point of points) {
        const known = point[column] !== null && point[column] !== undefined;
        if (known) context[drawing ? "lineTo" : "moveTo"](px(point[0]), py(point[column]));
        drawing = known;
      }
      context.stroke();
      context.beginPath(); // what the line's style means
      const x = width - room.right - (column === 1 ? 130 : 60);
      context.moveTo(x, 8);
      context.lineTo(x + 22, 8);
      context.stroke();
      context.fillText(name, x + 27, 12);
    }
    context.setLineDash([]);
    if (this.whole) context.strokeRect(px(this.frame.step), room.top, 0, height - room.top - room.bottom);
  }

  // --- the numbers ----------------------------------------------------------------------------------------------------

  explain(k, j, isOutput, scale) {
    const {network, weights, loss, settings} = this.frame;
    const at = forwardColumns(network, weights, this.point.map((x) => [x])), last = network.layers.length - 1;
    const said = answers(loss, at[last].a).map((column) => column[0]);
    const where = `x₁ = ${shown(this.point[0], 3)}, x₂ = ${shown(this.point[1], 3)}`;
    const outcome = settings.task === "regression" ? `g = ${shown(said[0])}`
      : said.length === 1 ? `probability of class ${this.data.labels[1]}: ${shown(said[0], 3)}`
        : `class ${this.data.labels[said.indexOf(Math.max(...said))]}, probability ${shown(Math.max(...said), 3)}`;
    const name = k === last ? "output" : `layer ${k + 1}, neuron ${j + 1}`;
    this.title.textContent = this.focus ? name[0].toUpperCase() + name.slice(1) + (k === last && network.layers[last].neurons > 1 ? ` ${j + 1}` : "") : "Output";
    this.spoken = `At ${where}: ${outcome}; ${name}: z ${shown(at[k].z[j][0])}, a ${shown(at[k].a[j][0])}.`;
    this.picture.setAttribute("aria-label", `the plane of x₁ and x₂, ${name}; arrow keys move the point. ${this.spoken}`);
    this.drawLegend(isOutput, scale);
    this.table(k, j);
    const {start, inputs} = this.placed(k, j), before = k === 0 ? this.point.map((x) => [x]) : at[k - 1].a;
    const active = this.root.getRootNode().activeElement;
    this.rows.cells.forEach(({input, from, product}, i) => {
      const w = weights[start + i], x = i < inputs ? before[i][0] : 1;
      if (input !== active) input.value = shown(w);
      from.textContent = i < inputs ? `× ${shown(x)}` : "";
      product.textContent = `= ${shown(w * x)}`;
    });
    const f = network.layers[k].activation, marks = raised(k + 1) + lowered(j + 1);
    this.rows.sum.textContent = `Σ: z${marks} = ${shown(at[k].z[j][0])}`;
    this.rows.answer.textContent = `ƒ: a${marks} = ${f}(z${marks}) = ${shown(at[k].a[j][0])}`;
    this.rows.where.textContent = `at ${where}`;
    this.rows.outcome.textContent = outcome;
  }

  drawLegend(isOutput, scale) {
    const {settings} = this.frame, labels = this.data.labels, several = labels.length > 2;
    const signs = {o: "●", s: "■", D: "◆", "^": "▲", v: "▼"};
    const classes = labels.map((label, k) => {
      const sign = element("b", {}, signs[THEME.marks[k]]);
      sign.style.color = `rgb(${this.painter.marks[k].join()})`;
      return element("span", {}, sign, ` class ${label}`);
    });
    const probability = isOutput && settings.task === "classification";
    const [low, high] = probability ? ["0", "1"] : [shown(-scale, 3), shown(scale, 3)];
    const bar = probability && several ? null : element("span", {class: "ramp"}, low, element("i", {"aria-hidden": "true"}), high);
    this.legend.replaceChildren(...[...classes, labels.length ? element("span", {}, "filled: train, hollow: test") : null, bar].filter(Boolean));
  }

  table(k, j) {
    // The sum of a neuron, a row for each weight; made anew only for another neuron.
    const key = `${k} ${j} ${this.shape}`;
    if (this.rows?.key === key) return;
    const {start, inputs} = this.placed(k, j), count = inputs + (this.frame.network.bias ? 1 : 0);
    const cells = Array.from({length: count}, (_, i) => {
      const name = i < inputs ? this.weightName(k, j, i) : `b${raised(k + 1)}${lowered(j + 1)}`;
      const input = element("input", {type: "text", inputmode: "decimal", "aria-label": name, "data-index": start + i});
      input.readOnly = !this.live;
      input.addEventListener("change", () => this.send({do: "weight", index: start + i, value: input.value}));
      input.addEventListener("keydown", (event) => {
        event.stopPropagation(); // a notebook has keys of its own
        if (event.key === "Enter") input.blur();
      });
      const from = element("td", {}), product = element("td", {});
      const row = element("tr", {}, element("th", {scope: "row"}, name), element("td", {}, input), from, product);
      row.title = i < inputs ? `${name} × ${this.inputName(k, i)}` : "the bias";
      return {row, input, from, product};
    });
    const [where, sum, answer, outcome] = ["where", "sum", "answer", "outcome"].map((name) => element("p", {class: name}));
    this.numbers.replaceChildren(where, element("div", {class: "rows"}, element("table", {}, element("tbody", {}, ...cells.map(({row}) => row)))), sum, answer, outcome);
    this.rows = {key, cells, where, sum, answer, outcome};
  }
}
