// The panel beside the picture: the current step as a sentence and as a formula, and what there is to say of one node.

const LIMIT = "is too large for a float (1.8e308 is the largest)";

class Words {
  // What a reader is told of the graph's values, in symbols and in numbers.
  constructor(graph) {
    Object.assign(this, {graph, root: graph.values.length - 1});
  }

  name(v) {
    const value = this.graph.values[v];
    return value.name || shown(value.data);
  }

  spoken(v) {
    return this.graph.values[v].title || this.name(v);
  }

  gradient(v) {
    return `∂${this.name(this.root)}/∂${this.name(v)}`;
  }

  formula(v, slot, template = this.graph.ops[this.graph.values[v].op].value) {
    return filled(template, (i) => slot(i < 0 ? v : this.graph.values[v].parents[i]));
  }

  symbols(v) {
    return this.formula(v, (p) => this.name(p));
  }

  numbers(v, data) {
    return this.formula(v, (p) => shown(data[p]));
  }

  chain(v, data) {
    // z = w·x = 2·3 = 6, without saying a thing twice.
    return [...new Set([this.name(v), this.symbols(v), this.numbers(v, data), shown(data[v])])];
  }

  slope(v, i) {
    const template = this.graph.ops[this.graph.values[v].op].slopes[i];
    return template.length ? this.formula(v, (p) => this.name(p), template) : "";
  }

  refusal(v, reason, data) {
    // Python's own words for an operation that has no answer.
    const {op, parents} = this.graph.values[v], {name, needs, hint} = this.graph.ops[op];
    const came = parents.slice(0, 3).map((p) => `${shown(data[p])}${this.graph.values[p].name ? ` from ${this.spoken(p)}` : ""}`);
    if (parents.length > 3) came.push(`${parents.length - 3} more`);
    const inputs = came.join(" and "), node = this.graph.values[v].name ? ` (node ${this.spoken(v)})` : "";
    if (reason === TOO_LARGE) return `${name} of ${inputs}${node} ${LIMIT}. Choose smaller numbers.`;
    return `${name} needs ${needs || "inputs where it is defined"}, got ${inputs}${node}. ${hint}`.trim();
  }

  stuck({node, parent, slope}, data) {
    const {op} = this.graph.values[node], {name, edge} = this.graph.ops[op];
    const where = `${name} at ${shown(data[parent])} from ${this.spoken(parent)} (node ${this.spoken(node)})`;
    if (Number.isFinite(slope)) return `The gradient of ${where} ${LIMIT}. Choose smaller numbers.`;
    const size = Number.isNaN(slope) ? "not defined" : "infinite";
    const {parents} = this.graph.values[node], words = edge[Math.min(parents.indexOf(parent), edge.length - 1)];
    const advice = words.replace("{0}", shown(data[parents[0]]));
    return `The derivative of ${where} is ${size}, and a gradient reaches it. ${advice}`.trim();
  }
}

function forwardCard(words, group, data) {
  const [v] = group;
  if (group.length > 1) return groupCard(words, group, data, null);
  const [name, symbols, ...rest] = words.chain(v, data), answer = rest.pop();
  return [
    element("p", {class: "formula"}, `${name} = ${symbols}`),
    ...rest.map((numbers) => element("p", {class: "formula numbers"}, `= ${numbers}`)),
    element("p", {class: "formula answer"}, answer ? `= ${answer}` : ""),
  ];
}

function backwardCard(words, group, data, gradients, passed) {
  const [v] = group;
  if (group.length > 1) return groupCard(words, group, data, gradients);
  const parts = passed.map((part, i) => [part, i]).filter(([part]) => part);
  const title = element("p", {class: "formula"}, `${words.gradient(v)} = ${shown(gradients[v])}`);
  if (parts.length > 1) title.append(element("span", {class: "reused"}, `↻ reused ${parts.length} times`));
  if (!parts.length) return [title, element("p", {}, "No parent of this node varies: nothing is passed on.")];
  const rows = parts.map(([part, i]) => [words.name(part.parent),
    element("td", {class: parts.length > 1 ? "again" : ""}, shown(part.upstream)),
    element("td", {title: `∂${words.name(v)}/∂${words.name(part.parent)}`}, `× ${factor(part.slope)}`,
      element("small", {}, words.slope(v, i) === shown(part.slope) ? "" : words.slope(v, i))),
    `= ${shown(part.contribution)}`,
    element("td", {}, element("b", {}, shown(part.after)), element("small", {}, part.added ? `${shown(part.before)} before` : ""))]);
  return [title, tableOf(["to", "upstream", "× local", "= contribution", "sum so far"], rows)];
}

const MOST_ROWS = 64; // of a layer

function groupCard(words, group, data, gradients) {
  // A layer of nodes in one step: each with its number, and its gradient once it has one.
  const rows = group.slice(0, MOST_ROWS).map((v) => [words.name(v), shown(data[v]), gradients ? shown(gradients[v]) : ""]);
  if (group.length > MOST_ROWS) rows.push([`… ${group.length - MOST_ROWS} more`, "", ""]);
  return [element("p", {class: "formula"}, `${group.length} nodes: ${words.name(group[0])} … ${words.name(group.at(-1))}`),
    tableOf(["node", "value", gradients ? "gradient" : ""], rows)];
}

function nodeCard(words, v, now, leaves, eta) {
  // Label, value, gradient, the finite-difference check beside the gradient, and what a step makes of a parameter.
  const {graph} = words, value = graph.values[v], pairs = [], fact = (...pair) => pairs.push(pair);
  if (value.op >= 0) fact("computed as", words.symbols(v));
  fact("value", now.known[v] === null ? (now.failed.has(v) ? "none" : "not yet") : shown(now.known[v], 6));
  if (!value.varies) fact("gradient", value.role === "input" ? "none: it is given, not learned" : "none: it is a constant");
  else if (now.grads[v] === null) fact("gradient", "not yet");
  else {
    fact("gradient", shown(now.grads[v], 6), "gradient");
    const check = finiteDifference(graph, leaves, now.data, v);
    if (check === null) fact("finite difference", "none: a small step to one side has no answer");
    else if (!now.complete.has(v)) fact("finite difference", `${shown(check, 6)} (the sum is not complete)`);
    else {
      const agrees = Math.abs(check - now.grads[v]) <= 1e-5 * Math.max(1, Math.abs(check), Math.abs(now.root));
      fact("finite difference", `${shown(check, 6)} ${agrees ? "✓ agrees" : "≠ differs: a kink, or too steep"}`, agrees ? "agrees" : "differs");
    }
    if (value.op < 0 && value.role === "parameter" && now.complete.has(v) && eta > 0) {
      fact("after a step", `${shown(now.known[v])} ${MINUS} ${shown(eta)} · ${factor(now.grads[v])} = ${shown(now.known[v] - eta * now.grads[v])}`);
    }
  }
  if (now.marks[v]) fact("note", MARKS[now.marks[v]] ?? now.marks[v], "mark");
  if (value.role) fact("role", value.role);
  return [element("h2", {}, value.title || shown(value.data)), element("dl", {}, ...facts(pairs))];
}

const MARKS = {
  dead: "dead: off for every data point here, so no gradient ever passes and its weights never move",
  off: "off for this data point: its local derivative is almost 0, so hardly any gradient passes",
  saturated: "saturated: f is flat here, so hardly any gradient passes",
};
