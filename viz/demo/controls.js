// What can be set, and the buttons that run the training; in a saved file only what was set can be read.

const KINKED = ["relu", "leaky_relu"];

const same = (words) => words.map((word) => [word, word]);
const options = (pairs) => pairs.map(([value, text]) => element("option", {value}, text));

function layersMessage(layers) {
  return {do: "layers", layers: layers.map((layer) => layer.neurons), activations: layers.map((layer) => layer.activation)};
}

const FIELDS = { // of each setting: its label, what it is, and how a slider sweeps it: evenly, or through orders of size
  dataset: ["Data", "which points there are to learn from"],
  task: ["Task", "classification: y is a class; regression: y is an amount"],
  noise: ["Noise", "how far the points are moved at random: each coordinate by itself", {low: 0, high: 1, step: 0.05}],
  train_share: ["Train share", "the part of the points to learn from; the others test what was learned", {low: 0.1, high: 0.9, step: 0.1}],
  seed: ["Seed", "draws the data, the first weights and the batches"],
  lr: ["Learning rate", "η, the size of a step against the gradient: w ← w − η ∂J/∂w", {low: 1e-4, high: 10, orders: true}],
  batch_size: ["Batch size", "how many data points the loss of one step is averaged over", {low: 1, high: 200, orders: true}],
  penalty: ["Penalty", "what large weights cost: L1 is the sum of |w|, L2 the sum of w²"],
  rate: ["Penalty rate", "how much the penalty weighs beside the loss", {low: 1e-5, high: 1, orders: true}],
  pace: ["Steps per picture", "the pace: how many steps are trained between two pictures"],
};
function isPreset({set_up: {seed, pace, ...chosen}}, settings) {
  // Whether a preset is what is set, but for the seed and the pace: what it says to look for is said of nothing else.
  return Object.entries(chosen).every(([name, x]) => String(x) === String(settings[name]));
}

const THROTTLE = 120; // milliseconds between two settings while a slider moves

class Controls {
  // `place` gets the fields, `bar` the buttons; `changed` is called when something is to be drawn in another way, and
  // `address` says where a saved page is: there a set-up travels in a link.
  constructor(place, bar, send, changed, address) {
    Object.assign(this, {place, send, address, fields: {}, sweeps: []});
    this.edges = this.choice("Edges show", [["weights", "weights"], ["gradients", "gradients"]], changed);
    this.test = this.check("test points", "draw the points that nothing is learned from", changed);
    this.test.checked = true;
    this.zeros = this.check("zero lines", "draw the line z = 0 of every hidden ReLU, where it bends the plane", changed);
    this.steps = this.check("discretize", "draw only what is decided, not how sure", changed);
    this.look = element("p", {class: "look"});
    this.program = element("textarea", {rows: 12, "aria-label": "the run as a Python program", readonly: "", spellcheck: "false"});
    this.play = button("▶ Play", "train until paused", () => send({do: this.frame?.playing ? "pause" : "play"}), "main");
    bar.append(this.play, button("Step", "train one step", () => send({do: "step"})),
      button("Reset", "back to the first weights", () => send({do: "reset"})));
    this.preset = this.choice("Presets", [["", "choose …"], ...same(Object.keys(CHOICES.preset))], (name) => name && send({do: "preset", name}));
    [this.fewer, this.more] = [["−", -1, "remove the last hidden layer"], ["+", 1, "add a hidden layer"]].map(([text, change, label]) =>
      button(text, label, () => this.layers(change), "tiny"));
    place.append(
      this.field("Preset", "a set-up worth a look", this.preset),
      ...Object.keys(FIELDS).map((name) => this.setting(name)),
      this.field("Layers", "hidden layers: add one, or take the last away", this.fewer, this.more),
      this.field("Edges show", "what the width and the colour of the edges are", this.edges),
      ...[this.test, this.zeros, this.steps].map((box) => box.parentNode),
      element("div", {class: "texts"}, this.sharing(), this.text("This run in Python", this.program, () => send({do: "code"}))), this.look);
  }

  setting(name) {
    // One of some words, or a number that can be typed, and swept with a slider.
    const [label, about, swept] = FIELDS[name], {words, low, high, whole} = SCHEMA[name];
    const set = (value) => this.send({do: "set", name, value});
    if (words) return this.field(label, about, this.fields[name] = this.choice(label, same(words), set));
    const input = this.fields[name] = element("input", {type: "number", min: low, max: high, step: whole ? 1 : swept.step ?? "any",
      change: () => set(input.value), blur: () => input.value = this.frame.settings[name]}); // not what was refused
    return this.field(label, about, input, ...(swept ? [this.slider(name, input, set, swept)] : []));
  }

  slider(name, input, set, {low, high, orders}) {
    const [to, from] = orders ? [Math.log10, (x) => 10 ** x] : [(x) => x, (x) => x];
    let waiting = null, text; // a picture that comes meanwhile writes into the field
    const move = () => {
      const x = from(Number(slider.value));
      text = input.value = String(SCHEMA[name].whole ? Math.round(x) : orders ? Number(x.toPrecision(2)) : Number(x.toFixed(2)));
      waiting ??= setTimeout(() => { waiting = null; set(text); }, THROTTLE);
    };
    const label = `${name.replace("_", " ")}, swept`, slider = element("input", {type: "range", min: to(low), max: to(high), step: "any", "aria-label": label, input: move});
    this.sweeps.push(() => {
      slider.disabled = input.disabled;
      if (!slider.matches(":active")) slider.value = to(Math.max(low, Number(input.value)));
      slider.setAttribute("aria-valuetext", input.value);
    });
    return slider;
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
    const json = () => JSON.stringify(this.frame.settings), link = () => text.value = `${this.address()}#${encodeURIComponent(json())}`;
    return this.text("Share this set-up", text, () => text.value = json(),
      button("Apply", "begin with this set-up", () => this.send({do: "settings", text: text.value})),
      this.address && button("As a link", "the address of this page with the set-up", link));
  }

  text(summary, area, opened, ...buttons) {
    // A text that is filled when it is opened.
    const toggle = ({target}) => { if (target.open) opened(); };
    return element("details", {class: "sharing", toggle}, element("summary", {}, summary), area, this.copy(area), ...buttons);
  }

  layers(change) {
    const layers = this.frame.network.layers.map((layer) => ({...layer})), last = layers.length - 1;
    if (change > 0) layers.splice(last, 0, last ? {...layers[last - 1]} : {neurons: 4, activation: "tanh"});
    else layers.splice(last - 1, 1);
    this.send(layersMessage(layers));
  }

  choice(label, pairs, then) {
    return element("select", {"aria-label": label, change: ({target}) => then(target.value)}, ...options(pairs));
  }

  field(label, about, ...controls) {
    return element("label", {class: "field", title: about}, element("span", {}, label), ...controls);
  }

  check(label, about, changed) {
    const box = element("input", {type: "checkbox", change: changed});
    element("label", {class: "check", title: about}, box, label);
    return box;
  }

  take(data) {
    // The data sets that there are.
    this.fields.dataset.replaceChildren(...options([...same(Object.keys(CHOICES.dataset)), ...(data.own ? [["own", "your X, y"]] : [])]));
  }

  show(frame) {
    // The controls say what is set, but nothing is written where somebody types.
    this.frame = frame;
    const active = this.place.getRootNode().activeElement, {settings} = frame, hidden = frame.network.layers.slice(0, -1);
    this.preset.value = Object.keys(CHOICES.preset).find((name) => isPreset(CHOICES.preset[name], settings)) ?? "";
    this.look.textContent = CHOICES.preset[this.preset.value]?.look ?? "";
    for (const [name, control] of Object.entries(this.fields)) {
      if (control !== active || control.tagName === "SELECT") control.value = settings[name];
    }
    this.zeros.disabled = !hidden.some(({activation}) => KINKED.includes(activation));
    this.fewer.disabled = hidden.length < 1;
    this.more.disabled = hidden.length + 1 >= CHOICES.layers;
    this.fields.noise.disabled = settings.dataset === "own";
    this.fields.rate.disabled = settings.penalty === "none";
    this.sweeps.forEach((follow) => follow());
    this.play.textContent = frame.playing ? "❚❚ Pause" : "▶ Play";
  }
}
