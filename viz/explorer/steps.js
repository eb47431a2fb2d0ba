// The steps: what is known at each, and the sentence that tells it. 0 is the leaves; then the nodes are computed, one
// group after the other; then ℒ gets its own gradient, 1; then the groups pass their gradients on, from the last.

class Steps {
  constructor(graph, leaves, words) {
    Object.assign(this, {graph, leaves, words, root: words.root, n: graph.groups.length}); // most groups are of one node
    this.groupOf = new Map(graph.groups.flatMap((group, index) => group.map((v) => [v, index])));
    this.consumers = graph.values.map(() => []);
    for (const v of graph.order) for (const parent of graph.values[v].parents) this.consumers[parent].push(v);
    this.compute();
  }

  compute() {
    // Everything that follows from the leaves, and how far one can step before something has no answer.
    const {graph, n, groupOf} = this;
    Object.assign(this, forward(graph, this.leaves));
    this.refused = graph.order.find((v) => this.failures.get(v));
    this.stuck = this.refused === undefined ? backward(graph, this.data).failure : null;
    if (this.refused !== undefined) this.last = groupOf.get(this.refused) + 1;
    else if (this.stuck) this.last = n + 1 + (n - groupOf.get(this.stuck.node));
    else this.last = 2 * n + 1;
  }

  at(wanted) {
    // What is known at a step; known and grads hold null for what is not known yet.
    const {graph, n, groupOf, data, failures, last} = this, {values, groups} = graph;
    const step = Math.max(0, Math.min(wanted, last)), back = step - n - 1, seeded = back >= 0;
    const done = seeded ? groups.slice(Math.max(0, n - back)).flat() : []; // have passed their gradient on
    const passing = backward(graph, data, done.length), processed = new Set(done);
    const failed = new Map([...failures].filter(([v]) => groupOf.get(v) < step));
    const known = values.map(({op}, v) => op < 0 || (groupOf.get(v) < step && !failures.has(v)) ? data[v] : null);
    const complete = new Set(values.map((_, v) => v).filter((v) => seeded && this.consumers[v].every((w) => processed.has(w))));
    const grads = values.map(({varies}, v) =>
      seeded && varies && (passing.reached.has(v) || complete.has(v)) ? passing.gradients[v] : null);
    const marks = values.map(({op}, v) => known[v] === null || op < 0 ? "" : this.mark(v));
    const slopes = values.map((value, v) => processed.has(v) ? localDerivatives(value, data, v) : null);
    const reused = new Set(done.filter((v) => values[v].varying.filter(Boolean).length > 1));
    const phase = step === 0 ? "start" : step <= n ? "forward" : back === 0 ? "seed" : "backward";
    const group = {start: [], forward: groups[step - 1], seed: [this.root], backward: groups[n - back]}[phase];
    const parents = phase === "backward" ? [...new Set(group.flatMap((v) => values[v].parents))] : phase === "seed" ? group : [];
    const fresh = parents.filter((v) => values[v].varies && complete.has(v)); // whose gradients are whole from here on
    const trouble = step === last && step > 0 && (this.refused !== undefined || this.stuck !== null);
    return {step, phase, group, known, grads, marks, slopes, reused, failed, complete, passing, trouble,
      fresh, asked: [], data, root: data[this.root], number: phase === "forward" ? step : back};
  }

  mark(v) {
    // Whether an activation hardly lets a gradient through, or is off for every data point in the graph.
    const {op, varying, twins} = this.graph.values[v], {mark} = this.graph.ops[op];
    const steepness = (w) => Math.abs(localDerivatives(this.graph.values[w], this.data, w)[0]);
    if (!mark || !varying[0] || !(steepness(v) < 0.01)) return "";
    return mark === "off" && twins.length && twins.every((w) => steepness(w) === 0) ? "dead" : mark;
  }

  sentence({phase, group, number, passing, grads, trouble, asked}) {
    const {n, words, data} = this, [v] = group;
    if (phase === "start") {
      const one = this.graph.groups.some((nodes) => nodes.length > 1) ? "group" : "node", each = n === 1 ? one : `${one}s`;
      return `Start: inputs and parameters have their numbers. ${n ? `Next computes the first of ${n} ${each}.` : "Nothing is computed from them."}`;
    }
    const question = asked.length ? ` What is ${words.gradient(asked[0])}?` : "";
    if (phase === "seed" && question) return `Backward begins.${question}`;
    if (phase === "seed") return `Backward begins: ${words.gradient(v)} = 1. From here each node passes its gradient on.`;
    const forwards = phase === "forward", place = `${forwards ? "Forward" : "Backward"} ${number} of ${n}:`;
    if (trouble && forwards) return `${place} ${words.refusal(this.refused, this.failures.get(this.refused), data)}`;
    if (trouble) return `${place} ${words.stuck(this.stuck, data)}`;
    if (group.length > 1) {
      return `${place} ${group.length} nodes from ${words.name(v)} on ${forwards ? "are computed" : "pass their gradients on"}.${question}`;
    }
    if (question) return `${place} ${words.name(v)} passes ${shown(grads[v])} on.${question}`;
    if (forwards) return `${place} ${words.chain(v, data).join(" = ")}.`;
    const given = passing.passed.filter(Boolean);
    const told = given.slice(0, 3).map((part) =>
      `${words.name(part.parent)} gets ${shown(part.upstream)} × ${factor(part.slope)} = ${shown(part.contribution)}` +
      (part.added ? ` and has ${shown(part.after)}` : ""));
    if (given.length > 3) told.push("the others are in the table");
    return `${place} ${words.name(v)} passes ${shown(grads[v])} on; ${told.join(", ") || "no parent varies"}.`;
  }
}
