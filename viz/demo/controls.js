// What can be set, and the buttons that run the training; in a saved file only what was set can be read.

const KINKED = ["relu", "leaky_relu"];

function words(pairs) {
  return pairs.map(([value, text]) => element("option", {value}, text));
}

function layersMessage(layers) {
  return {do: "layers", layers: layers.map((layer) => layer.neurons), activations: layers.map((layer) => layer.activation)};
}

const ABOUT = { // what each field is
  Preset: "a set-up worth a look",
  Data: "which points there are to learn from",
  Task: "classification: y is a class; regression: y is an amount",
  Noise: "how far the points are moved at random: the standard deviation of each coordinate",
  "Train share": "the part of the points to learn from; the others test what was learned",
  Seed: "draws the data, the first weights and the batches",
  "Learning rate": "η, the size of a step against the gradient: w ← w − η ∂J/∂w",
  "Batch size": "how many data points the loss of one step is averaged over",
  Penalty: "what large weights cost: L1 is the sum of |w|, L2 the sum of w²",
  "Penalty rate": "how much the penalty weighs beside the loss",
  "Steps per picture": "the pace: how many steps are trained between two pictures",
  Layers: "hidden layers: add one, or take the last away",
  "Edges show": "what the width and the colour of the edges are",
};
const THROTTLE = 120; // milliseconds between two settings while a slider moves

class Swept {
  // A number that can be typed, and swept with a slider; `log` sweeps through its orders of size.
  constructor(controls, name, set, low, high, digits, attributes, log) {
    const [to, from] = log ? [Math.log10, (x) => 10 ** x] : [(x) => x, (x) => x];
    const input = element("input", {type: "number", ...attributes}), label = `${name.replace("_", " ")}, swept`;
    this.slider = element("input", {type: "range", min: to(low), max: to(high), step: "any", "aria-label": label});
    input.addEventListener("change", () => set(input.value));
    this.slider.addEventListener("input", () => {
      const x = from(Number(this.slider.value));
      input.value = String(log ? Number(x.toPrecision(2)) : Number(x.toFixed(digits)));
      if (digits === 0) input.value = String(Math.round(x));
      this.waiting ??= setTimeout(() => { this.waiting = null; set(input.value); }, THROTTLE);
    });
    this.follow = () => {
      this.slider.disabled = input.disabled;
      if (!this.slider.matches(":active")) this.slider.value = to(Math.max(low, Number(input.value)));
      this.slider.setAttribute("aria-valuetext", input.value);
    };
    controls.fields[name] = input;
    controls.sweeps.push(this);
    this.parts = [input, this.slider];
  }
}

class Controls {
  // `place` gets the fields, `bar` the buttons; `changed` is called when something is to be drawn in another way, and
  // `address` says where a saved page is: there a set-up travels in a link.
  constructor(place, bar, send, changed, address) {
    this.place = place;
    this.bar = bar;
    this.send = send;
    this.fields = {};
    this.sweeps = [];
    this.edges = this.choice("Edges show", [["weights", "weights"], ["gradients", "gradients"]], changed);
    this.test = this.check("test points", "draw the points that nothing is learned from", changed);
    this.test.checked = true;
    this.zeros = this.check("zero lines", "draw the line z = 0 of every hidden ReLU, where it bends the plane", changed);
    this.steps = this.check("discretize", "draw only what is decided, not how sure", changed);
    this.checks = [this.test, this.zeros, this.steps].map((box) => box.parentNode);
    this.look = element("p", {class: "look"});
    this.address = address;
    this.buildBar();
    this.build();
  }

  buildBar() {
    this.play = button("▶ Play", "train until paused", () => this.send({do: this.frame?.playing ? "pause" : "play"}), "main");
    this.bar.append(this.play, button("Step", "train one step", () => this.send({do: "step"})),
      button("Reset", "back to the first weights", () => this.send({do: "reset"})));
  }

  build() {
    const set = (name) => (value) => this.send({do: "set", name, value});
    const plain = (texts) => texts.map((text) => [text, text]);
    const number = (name, attributes) => {
      const input = element("input", {type: "number", ...attributes});
      input.addEventListener("change", () => set(name)(input.value));
      return this.fields[name] = input;
    };
    const swept = (name, low, high, digits, attributes, log = false) => new Swept(this, name, set(name), low, high, digits, attributes, log).parts;
    const select = (name, label, options) => this.fields[name] = this.choice(label, options, set(name));
    this.preset = this.choice("Presets", [["", "choose …"], ...plain(Object.keys(CHOICES.preset))], (name) => {
      if (name) this.send({do: "preset", name});
      this.look.textContent = CHOICES.preset[name]?.look ?? "";
    });
    this.place.append(
      this.field("Preset", this.preset),
      this.field("Data", select("dataset", "Data", plain(Object.keys(CHOICES.dataset)))),
      this.field("Task", select("task", "Task", plain(["classification", "regression"]))),
      this.field("Noise", ...swept("noise", 0, 1, 2, {min: 0, max: 1, step: 0.05})),
      this.field("Train share", ...swept("train_share", 0.1, 0.9, 2, {min: 0.1, max: 0.9, step: 0.1})),
      this.field("Seed", number("seed", {min: 0, step: 1})),
      this.field("Learning rate", ...swept("lr", 1e-4, 10, 3, {min: 0, step: "any"}, true)),
      this.field("Batch size", ...swept("batch_size", 1, 200, 0, {min: 1, step: 1}, true)),
      this.field("Penalty", select("penalty", "Penalty", plain(CHOICES.penalty))),
      this.field("Penalty rate", ...swept("rate", 1e-5, 1, 5, {min: 0, step: "any"}, true)),
      this.field("Steps per picture", select("pace", "Steps per picture", plain(CHOICES.pace))),
      this.field("Layers", ...[["−", -1], ["+", 1]].map(([text, change]) => {
        const label = change < 0 ? "remove the last hidden layer" : "add a hidden layer";
        return this.fields[`layers${change}`] = button(text, label, () => this.layers(change), "tiny");
      })),
      this.field("Edges show", this.edges),
      ...this.checks,
      element("div", {class: "texts"}, this.sharing(), this.code()), this.look);
  }

  copy(text) {
    const copy = button("Copy", "copy the text", async () => {
      text.select(); // where a page may not copy, its user can
      await navigator.clipboard?.writeText(text.value).then(() => copy.textContent = "Copied", () => null);
      setTimeout(() => copy.textContent = "Copy", 2000);
    });
    return copy;
  }

  sharing() {
    const text = element("textarea", {rows: 3, "aria-label": "the set-up as text", spellcheck: "false"});
    const apply = button("Apply", "begin with this set-up", () => this.send({do: "settings", text: text.value}));
    const sharing = element("details", {class: "sharing"}, element("summary", {}, "Share this set-up"), text, this.copy(text), apply);
    const fill = (form) => text.value = form(JSON.stringify(this.frame.settings));
    sharing.addEventListener("toggle", () => fill((json) => json));
    if (this.address) sharing.append(button("As a link", "the address of this page with the set-up", () => fill((json) => `${this.address()}#${encodeURIComponent(json)}`)));
    return sharing;
  }

  code() {
    this.program = element("textarea", {rows: 12, "aria-label": "the run as a Python program", readonly: "", spellcheck: "false"});
    const code = element("details", {class: "sharing"}, element("summary", {}, "This run in Python"), this.program, this.copy(this.program));
    code.addEventListener("toggle", () => { if (code.open) this.send({do: "code"}); });
    return code;
  }

  layers(change) {
    const layers = this.frame.network.layers.map((layer) => ({...layer})), last = layers.length - 1;
    if (change > 0) layers.splice(last, 0, last ? {...layers[last - 1]} : {neurons: 4, activation: "tanh"});
    else layers.splice(last - 1, 1);
    this.send(layersMessage(layers));
  }

  choice(label, options, then) {
    const select = element("select", {"aria-label": label}, ...words(options));
    select.addEventListener("change", () => then(select.value));
    return select;
  }

  field(label, ...controls) {
    return element("label", {class: "field", title: ABOUT[label]}, element("span", {}, label), ...controls);
  }

  check(label, about, changed) {
    const box = element("input", {type: "checkbox"});
    box.addEventListener("change", changed);
    element("label", {class: "check", title: about}, box, label);
    return box;
  }

  take(data) {
    // The data sets that there are.
    const names = [...Object.keys(CHOICES.dataset), ...(data.own ? ["own"] : [])];
    this.fields.dataset.replaceChildren(...words(names.map((name) => [name, name === "own" ? "your X, y" : name])));
  }

  show(frame) {
    this.frame = frame;
    const bends = frame.network.layers.slice(0, -1).some(({activation}) => KINKED.includes(activation));
    this.zeros.disabled = !bends;
    this.sync(frame);
  }

  sync(frame) {
    // The controls say what is set, but nothing is written where somebody types.
    const active = this.place.getRootNode().activeElement;
    for (const [name, control] of Object.entries(this.fields)) {
      if (name in frame.settings && (control !== active || control.tagName === "SELECT")) control.value = frame.settings[name];
    }
    const hidden = frame.network.layers.length - 1;
    this.fields["layers-1"].disabled = hidden < 1;
    this.fields.layers1.disabled = hidden + 1 >= CHOICES.layers;
    this.fields.noise.disabled = frame.settings.dataset === "own";
    this.fields.rate.disabled = frame.settings.penalty === "none";
    this.sweeps.forEach((sweep) => sweep.follow());
    this.play.textContent = frame.playing ? "❚❚ Pause" : "▶ Play";
  }
}
