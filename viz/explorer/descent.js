// Gradient descent: with each step every parameter w becomes w − η · ∂ℒ/∂w; all else stays as it is.

class Descent {
  constructor(box, graph, leaves, words, moved) {
    Object.assign(this, {graph, leaves, words, moved, count: 0});
    [this.rate, this.button, this.facts, this.note] = ["input", "button", "dl", "p:last-child"].map((part) => box.querySelector(part));
    this.parameters = graph.values.flatMap(({op, role, varies}, v) => (op < 0 && role === "parameter" && varies ? [v] : []));
    box.querySelector(".formula").textContent = `w ← w − η · ∂${words.name(words.root)}/∂w`;
    box.querySelector("div").hidden = !this.parameters.length;
    this.button.addEventListener("click", () => this.step());
    this.rate.addEventListener("input", () => moved());
    this.reset();
  }

  get eta() {
    return this.rate.valueAsNumber; // NaN when the field is empty or holds no number
  }

  reset() {
    this.count = 0;
    this.facts.replaceChildren();
    write(this.note, this.parameters.length ? "" : 'No leaf here has the role of a parameter, so there is nothing to learn; write w.role = "parameter" for one that learns.');
  }

  step() {
    const {graph, leaves, words, eta} = this, {root} = words, name = words.name(root);
    if (!(eta > 0 && Number.isFinite(eta))) return write(this.note, "η needs a number larger than 0, like 0.1.");
    const {data, failures} = forward(graph, leaves), {gradients, failure} = backward(graph, data);
    if (failures.has(root) || failure) return write(this.note, "There is no gradient to follow here: step on to see why, and move a slider.");
    const moved = new Map(this.parameters.map((v) => [v, leaves[v] - eta * gradients[v]]));
    const after = forward(graph, leaves.map((x, v) => moved.get(v) ?? x)).data[root];
    if (![after, ...moved.values()].every(Number.isFinite)) {
      return write(this.note, `With η = ${shown(eta)} the numbers get too large, or ${name} has no answer: choose a smaller η. Nothing has moved.`);
    }
    for (const [v, x] of moved) leaves[v] = x;
    this.count++;
    this.facts.replaceChildren(...facts([["steps so far", String(this.count)], [`${name} before`, shown(data[root], 6)], [`${name} after`, shown(after, 6)]]));
    write(this.note, after > data[root] ? `${name} has risen: the step was too long. Choose a smaller η.` : "");
    this.moved();
  }
}
