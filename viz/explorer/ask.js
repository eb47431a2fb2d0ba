// "Ask me": before a gradient is shown it is asked for, and a wrong answer is told which factor or which path it lacks.

class Quiz {
  constructor(box, graph, steps, words, changed) {
    Object.assign(this, {box, graph, steps, words, changed, on: false});
    [this.question, this.verdict, this.tally] = ["question", "verdict", "tally"].map((name) => box.querySelector(`.${name}`));
    this.answer = box.querySelector("input");
    const [check, give] = box.querySelectorAll("button");
    this.row = check.parentNode;
    check.addEventListener("click", () => this.check());
    give.addEventListener("click", () => this.settle(""));
    this.answer.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault(); // the button that has the focus next is not pressed by it
      this.check();
    });
    this.turn(false);
  }

  turn(on) {
    Object.assign(this, {on, settled: new Set(), open: [], right: 0, tries: 0});
    write(this.verdict, "");
  }

  veiled(now) {
    // The moment without the gradients that are asked for, and without sums to which a path is still missing.
    this.open = this.on && !now.trouble ? now.fresh.filter((v) => !this.settled.has(v)) : [];
    this.now = now;
    if (!this.on) return now;
    const asked = new Set(this.open);
    const grads = now.grads.map((x, v) => (asked.has(v) || !now.complete.has(v) ? null : x));
    const slopes = asked.size ? now.slopes.map((x, v) => (now.group.includes(v) ? null : x)) : now.slopes;
    return {...now, grads, slopes, asked: this.open};
  }

  show() {
    const {box, open, words} = this;
    box.hidden = !this.on;
    this.row.hidden = !open.length;
    const question = open.length ? `${words.gradient(open[0])} = ?` : "";
    if (this.question.textContent !== question) this.answer.value = "";
    write(this.question, question);
    const rest = open.length > 1 ? ` ${open.length} gradients are asked for in this step.` : "";
    write(this.tally, `Right answers: ${this.right} of ${this.tries}.${rest}`);
  }

  check() {
    const [v] = this.open, typed = reckoned(this.answer.value);
    this.answer.setAttribute("aria-invalid", Number.isNaN(typed));
    if (!Number.isFinite(typed)) return write(this.verdict, "The answer needs a number, like −0.25, or a product, like 2 · −3.");
    this.tries++;
    const wanted = this.now.passing.gradients[v], fault = lacking(typed, wanted, this.paths(v), this.words, v, this.siblings(v));
    if (!fault) {
      this.right++;
      return this.settle("✓ Right: ");
    }
    write(this.verdict, fault);
    this.show();
    this.answer.select();
  }

  settle(praise) {
    // The gradient of this question is shown, and how it comes about.
    const [v] = this.open, {words, now} = this, paths = this.paths(v);
    const parts = paths.slice(0, 3).map(({upstream, slope}) => `${shown(upstream)} × ${factor(slope)}`);
    if (paths.length > 3) parts.push("…");
    this.settled.add(v);
    const sum = [words.gradient(v), parts.join(" + "), shown(now.passing.gradients[v])].filter(Boolean).join(" = ");
    write(this.verdict, `${praise}${sum}.`);
    this.changed();
  }

  paths(v) {
    // On each arrow out of v its gradient gets a part: the upstream gradient times the local derivative.
    const {graph, steps, now} = this, found = [];
    for (const node of new Set(steps.consumers[v])) {
      const value = graph.values[node], slopes = localDerivatives(value, now.data, node), upstream = now.passing.gradients[node];
      value.parents.forEach((parent, i) => {
        if (parent === v) found.push({node, slot: i, upstream, slope: slopes[i], part: upstream && slopes[i] && upstream * slopes[i]});
      });
    }
    return found;
  }

  siblings(v) {
    // What else the same nodes are computed from: an answer may be about these.
    const parents = this.steps.consumers[v].flatMap((node) => this.graph.values[node].parents);
    const {values} = this.graph, known = (p) => p !== v && values[p].varies && this.now.complete.has(p);
    return [...new Set(parents)].filter(known).map((p) => [p, this.now.passing.gradients[p]]);
  }
}

const near = (x, wanted) => Number.isFinite(wanted) && Math.abs(x - wanted) <= 0.01 * Math.abs(wanted); // few digits are shown
const summed = (numbers) => numbers.reduce((sum, x) => sum + x, 0);

function lacking(typed, wanted, paths, words, v, siblings) {
  // What is wrong with an answer, in words; nothing if it is right.
  const rounding = 1e-12 * Math.max(0, ...paths.map(({part}) => Math.abs(part))); // where the parts add up to 0
  if (near(typed, wanted) || Math.abs(typed - wanted) <= rounding) return "";
  if (!paths.length) return `Not yet: this is the beginning. By how much does ${words.name(v)} grow if ${words.name(v)} grows by 1?`;
  const given = ({node}) => words.gradient(node), local = ({node}) => `∂${words.name(node)}/∂${words.name(v)}`;
  const through = (some) => some.map(({node}) => words.name(node)).join(" and ");
  const where = (path) => (paths.length > 1 ? ` on the path through ${words.name(path.node)}` : "");
  if (near(typed, -wanted)) return "The size is right, the sign is not: look at the signs of the factors.";
  for (const missing of omissions(paths)) {
    if (near(typed, wanted - summed(missing.map(({part}) => part)))) {
      return `${missing.length > 1 ? "Paths are" : "A path is"} missing: ${words.name(v)} also goes into ${through(missing)}. What comes along all paths is added up.`;
    }
  }
  const all = {node: -1, part: wanted, upstream: summed(paths.map(({upstream}) => upstream)), slope: summed(paths.map(({slope}) => slope))};
  if (paths.length > 1 && near(typed, all.upstream)) return `On every path a factor is missing: the local derivative, like ${local(paths[0])}.`;
  if (paths.length > 1 && near(typed, all.slope)) return `On every path a factor is missing: the upstream gradient, like ${given(paths[0])}.`;
  for (const path of paths) {
    const rest = wanted - path.part;
    if (near(typed, rest + path.upstream)) return `The factor ${local(path)} is missing${where(path)}: you have the upstream gradient ${given(path)} = ${shown(path.upstream)} alone.`;
    if (near(typed, rest + path.slope)) return `The factor ${given(path)} is missing${where(path)}: you have the local derivative ${local(path)} = ${shown(path.slope)} alone.`;
    if (near(typed, rest + path.upstream + path.slope)) return `The two factors ${given(path)} and ${local(path)} are multiplied${where(path)}; only paths are added.`;
  }
  const other = siblings.find(([, x]) => near(typed, x));
  if (other) return `That is ${words.gradient(other[0])}: take the local derivative with respect to ${words.name(v)}.`;
  if (Math.abs(typed - wanted) <= 0.1 * Math.abs(wanted)) return "Close: give three digits.";
  const sum = paths.slice(0, 3).map((path) => `${given(path)} · ${local(path)}`).join(" + ") + (paths.length > 3 ? " + …" : "");
  const hint = words.slope(paths[0].node, paths[0].slot);
  return `Not yet: ${words.gradient(v)} = ${sum}, where ${given(paths[0])} = ${shown(paths[0].upstream)}${hint ? ` and ${local(paths[0])} = ${hint}` : ""}.`;
}

function omissions(paths) {
  // The paths that an answer may lack, the fewest first: any of a few, of many one.
  if (paths.length > 8) return paths.map((path) => [path]);
  const masks = Array.from({length: Math.max(0, 2 ** paths.length - 2)}, (_, k) => paths.filter((_, i) => (k + 1) & (1 << i)));
  return masks.sort((some, others) => some.length - others.length);
}

function reckoned(text) {
  // What was typed as a number: −0.25, 1/3, or sums of products like 2 · (−3) + 0.5; NaN for anything else.
  const size = "(?:\\d+\\.?\\d*|\\.\\d+)(?:e[+-]?\\d+)?", number = `[+-]?${size}`, product = `${number}(?:[*/]${number})*`;
  const dense = text.replaceAll(MINUS, "-").replace(/[·×]/g, "*").replace(/\s/g, "").replace(/(?<=[\d.)])(?=\()|(?<=\))(?=[\d.])/g, "*"); // 2(3) is 2 · 3
  const plain = dense.replace(new RegExp(`([+-])\\(([+-])(${size})\\)`, "gi"), (_, sign, other, x) => (sign === other ? "+" : "-") + x)
    .replace(new RegExp(`\\((${number})\\)`, "gi"), "$1");
  if (!new RegExp(`^${product}(?:(?=[+-])${product})*$`, "i").test(plain)) return NaN;
  return summed(plain.match(new RegExp(product, "gi")).map((one) => {
    const [first, ...factors] = one.match(new RegExp(`[*/]?${number}`, "gi"));
    return factors.reduce((x, part) => (part[0] === "*" ? x * Number(part.slice(1)) : x / Number(part.slice(1))), Number(first));
  }));
}
