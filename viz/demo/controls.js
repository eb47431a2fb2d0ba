// What can be set, and the buttons that run the training; in a saved file only what was set can be read.

function words(pairs) {
  return pairs.map(([value, text]) => element("option", {value}, text));
}

function layersMessage(layers) {
  return {do: "layers", layers: layers.map((layer) => layer.neurons), activations: layers.map((layer) => layer.activation)};
}

class Controls {
  // `place` gets the fields, `bar` the buttons; `changed` is called when something is to be drawn in another way.
  constructor(place, bar, send, changed) {
    this.place = place;
    this.bar = bar;
    this.send = send;
    this.fields = {};
    this.edges = this.choice("Edges show", [["weights", "weights"], ["gradients", "gradients"]], changed);
    this.test = element("input", {type: "checkbox"});
    this.test.checked = true;
    this.test.addEventListener("change", changed);
    if (send) {
      this.buildBar();
      this.build();
    } else {
      this.summary = element("p", {class: "summary"});
      place.append(this.summary, element("label", {class: "check"}, this.test, "test points"));
    }
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
    const select = (name, label, options) => this.fields[name] = this.choice(label, options, set(name));
    this.preset = this.choice("Presets", [["", "choose …"], ...plain(CHOICES.preset)], (name) => {
      if (name) this.send({do: "preset", name});
      this.preset.value = "";
    });
    this.place.append(
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
        return this.fields[`layers${change}`] = button(text, label, () => this.layers(change), "tiny");
      })),
      this.field("Edges show", this.edges),
      element("label", {class: "check"}, this.test, "test points"),
      element("div", {class: "texts"}, this.sharing(), this.code()));
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
    sharing.addEventListener("toggle", () => text.value = JSON.stringify(this.frame.settings));
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
    return element("label", {class: "field"}, element("span", {}, label), ...controls);
  }

  take(data) {
    // The data sets that there are.
    if (!this.send) return;
    const names = [...CHOICES.dataset, ...(data.own ? ["own"] : [])];
    this.fields.dataset.replaceChildren(...words(names.map((name) => [name, name === "own" ? "your X, y" : name])));
  }

  show(frame) {
    this.frame = frame;
    if (this.send) this.sync(frame);
    else this.summary.textContent = this.summarized(frame.settings);
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
    this.play.textContent = frame.playing ? "❚❚ Pause" : "▶ Play";
  }

  summarized({dataset, task, noise, seed, lr, batch_size, penalty, rate}) {
    const data = dataset === "own" ? "own data" : `${dataset}, noise ${shown(noise)}`;
    const cost = penalty === "none" ? "" : `, ${penalty} penalty ${shown(rate)}`;
    return `A recorded run: ${data}, ${task}, seed ${seed}; learning rate ${shown(lr)}, batches of ${batch_size}${cost}.`;
  }
}
