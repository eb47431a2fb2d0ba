// A run in the page, with nobody to ask: what the kernel does for the widget, for a saved file. `tell` gets the same
// messages as from the kernel; each change is whole, or an error that changes nothing.

const ANEW = ["dataset", "task", "features", "noise", "train_share", "seed"]; // settings whose change begins a new run
const MOMENTS = 400;

class Run {
  constructor({settings, network, weights, gradients, own, start, chooser, film, step, code}, tell) {
    const {layers, activations, ...held} = settings;
    Object.assign(this, {settings: held, network, own, start, film, step, code, tell, stride: film.stride, message: "", timer: null});
    this.weights = Float64Array.from(weights, (w) => w ?? NaN);
    this.gradients = Float64Array.from(gradients, (g) => g ?? NaN);
    this.chooser = new Random(chooser);
    this.gather();
    this.compile();
  }

  // --- what it learns from --------------------------------------------------------------------------------------------

  gather() {
    const {dataset, task, noise, train_share: share, seed} = this.settings, classify = task === "classification";
    if (dataset === "own" && !this.own) throw new Error('the data set "own" is the X, y of the playground that wrote it, and here there is none');
    this.labels = !classify ? [] : dataset === "own" ? this.own.labels : Array.from({length: CHOICES.dataset[dataset]}, (_, k) => k);
    if (classify && !this.labels.length) throw new Error(`classification needs classes, and the y of "${dataset}" has amounts`);
    const points = dataset !== "own" ? make(dataset, noise, new Random(seed))
      : this.own.points.map(([x1, x2, y]) => [x1, x2, classify || !this.own.labels.length ? y : this.own.labels[y]]);
    [this.train, this.test] = split(points, share, seed);
  }

  compile() {
    this.network = {...this.network, loss: lossName(this.network, this.settings.task, this.labels.length)};
    this.graph = lossGraph(this.network);
    this.batches = this.train.map(([x1, x2, y]) => [this.network.features.map((name) => FEATURES[name](x1, x2)), y]);
  }

  get data() {
    return {kind: "data", train: this.train, test: this.test, domain: domainOf([...this.train, ...this.test]), labels: this.labels,
      own: Boolean(this.own), curve: this.film.moments.map(({step, losses}) => [step, ...losses])};
  }

  // --- steps ----------------------------------------------------------------------------------------------------------

  advance(count, until = Infinity) {
    // Some steps, as long as there is time; one that fails leaves the weights and the batches before it.
    for (let i = 0; i < count && performance.now() < until; i++) {
      const {state} = this.chooser, size = Math.min(this.settings.batch_size, this.batches.length);
      try {
        const batch = this.chooser.sample(this.batches.length, size).map((p) => this.batches[p]);
        const gradients = gradientOf(this.graph, this.network, this.weights, batch, this.settings);
        const moved = this.weights.map((w, p) => w - this.settings.lr * gradients[p]);
        if (!moved.every(Number.isFinite)) throw new Refusal("a weight would be too large; use a smaller learning rate");
        this.weights = moved;
        this.gradients = gradients;
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        this.chooser = new Random(state);
        this.message = `Stopped in step ${this.step + 1}: ${error.message}. The weights are those before this step.`;
        return this.stop();
      }
      this.step++;
      if (this.step % this.stride === 0) this.record();
    }
  }

  get losses() {
    return [this.train, this.test].map((points) => averageLoss(this.network, this.weights, points));
  }

  record() {
    const {networks, moments} = this.film;
    if (JSON.stringify(networks.at(-1)) !== JSON.stringify(this.network)) networks.push(this.network);
    moments.push({step: this.step, network: networks.length - 1, losses: this.losses, weights: [...this.weights]});
    if (moments.length <= MOMENTS) return;
    this.stride *= 2;
    const kept = moments.filter(({step}) => step % this.stride === 0);
    this.film.moments = kept.length < moments.length ? kept : kept.filter((_, i) => i % 2 === 0);
  }

  begin() {
    // Step 0, with the first weights: those of the user's model, or drawn from the seed.
    const same = this.start && JSON.stringify([this.start.features, this.start.layers]) === JSON.stringify([this.network.features.length, this.network.layers]);
    this.weights = Float64Array.from(same ? this.start.weights : drawnWeights(this.network, this.settings.seed), (w) => w ?? NaN);
    this.gradients = new Float64Array(this.weights.length);
    Object.assign(this, {chooser: new Random(this.settings.seed), step: 0, stride: 1, film: {networks: [], moments: []}});
    this.compile();
    this.record();
    this.tell(this.data);
  }

  // --- changes --------------------------------------------------------------------------------------------------------

  change(settings, layers, anew = ANEW.some((name) => name in settings && String(settings[name]) !== String(this.settings[name]))) {
    // Other settings, and perhaps other layers; another data set brings its task.
    const name = settings.dataset ?? this.settings.dataset, classes = name === "own" ? this.own?.labels.length : CHOICES.dataset[name];
    const task = name !== this.settings.dataset && classes !== undefined ? {task: classes ? "classification" : "regression"} : {};
    this.settings = {...this.settings, ...task, ...settings};
    if (!anew) return this.compile();
    this.gather();
    this.network = {...this.network, features: this.settings.features, layers: layers ?? this.network.layers};
    this.fit();
    this.begin();
  }

  fit() {
    // As many outputs as the task needs, if what there is does not do.
    const {task} = this.settings, classes = this.labels.length;
    try {
      lossName(this.network, task, classes);
    } catch (error) {
      const last = task === "regression" || classes <= 2 ? {neurons: 1, activation: "identity"} : {neurons: classes, activation: "softmax"};
      this.network = {...this.network, layers: [...this.network.layers.slice(0, -1), last]};
    }
  }

  reshape(layers) {
    // Other layers: what stays keeps its weights, what is new draws them, and the run goes on.
    const old = this.network, hidden = neuronsOf(old), last = hidden.pop(), {weights, gradients} = this;
    this.network = {...old, layers};
    this.weights = Float64Array.from(drawnWeights(this.network, this.settings.seed + this.step));
    this.gradients = new Float64Array(this.weights.length);
    const keep = (to, from) => [this.weights[to], this.gradients[to]] = [weights[from], gradients[from]];
    for (const {k, j, start, inputs, end} of neuronsOf(this.network).flat()) {
      const from = (k === layers.length - 1 ? last : hidden[k])?.[j];
      for (let i = 0; i < Math.min(inputs, from?.inputs ?? 0); i++) keep(start + i, from.start + i);
      if (from && old.bias) keep(end, from.end);
    }
    this.compile();
    this.record();
  }

  // --- what the page says ---------------------------------------------------------------------------------------------

  hear(message) {
    // Do it, or say why not, with everything as it was.
    const before = {...this};
    try {
      this.message = "";
      this.obey(message);
    } catch (error) {
      Object.assign(this, before, {message: error.message});
      this.stop();
    }
    if (message.do !== "code") this.refresh();
  }

  obey({do: command, name, value, layers, activations, index, text}) {
    if (command === "play") this.timer ??= setInterval(() => this.hear({do: "turn"}), PICTURE);
    else if (command === "turn") this.advance(this.settings.pace === "max" ? Infinity : Number(this.settings.pace), performance.now() + 40);
    else if (command === "pause") this.stop();
    else if (command === "step") {
      this.stop();
      this.advance(1);
    } else if (command === "reset") this.begin();
    else if (command === "code") this.tell({kind: "code", text: this.code});
    else if (command === "set") this.change({[name]: readSetting(name, value)});
    else if (command === "layers") this.reshape(readLayers(layers, activations));
    else if (command === "weight") this.weights = this.weights.with(index, readNumber("a weight", value));
    else if (command === "preset") this.setUp(JSON.stringify({...CHOICES.preset[name].set_up, seed: this.settings.seed}));
    else if (command === "settings") this.setUp(text);
  }

  setUp(text) {
    this.stop();
    this.change(...readSetUp(text), true);
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
  }

  refresh() {
    const {step, network, message, losses} = this, playing = this.timer !== null;
    const settings = {...this.settings, layers: network.layers.map((layer) => layer.neurons), activations: network.layers.map((layer) => layer.activation)};
    this.tell({kind: "frame", step, network, weights: [...this.weights], gradients: [...this.gradients], losses, settings, playing, message});
  }
}
