// The page: which step it is at, what is known at that step, and the controls that move it.

const graph = JSON.parse(document.getElementById("graph").textContent);
for (const value of graph.values) value.data = Number(value.data); // "Infinity" is no JSON number
const initial = graph.values.map((value) => value.data);
const leaves = [...initial];
const n = graph.groups.length; // nodes are computed in groups, most of one node
const groupOf = new Map(graph.groups.flatMap((group, index) => group.map((v) => [v, index])));
const root = graph.values.length - 1;
const consumers = graph.values.map(() => []);
graph.order = graph.groups.flat();
for (const v of graph.order) for (const parent of graph.values[v].parents) consumers[parent].push(v);

const byId = (id) => document.getElementById(id);
const words = new Words(graph);
const views = new Map([...document.querySelectorAll("[data-view]")].map((box) => [box.dataset.view, box]));
const pictures = new Map([...views].map(([key, box]) => [key, new Picture(box.querySelector("svg"), graph)]));
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const state = {step: 0, view: graph.view, chosen: -1, zoom: null, timer: 0};
let run, last, now;

// --- what is known ----------------------------------------------------------------------------------------------------

function compute() {
  // Everything that follows from the leaves, and how far one can step before something has no answer.
  run = forward(graph, leaves);
  const refused = graph.order.find((v) => run.failures.get(v));
  run.stuck = refused === undefined ? backward(graph, run.data).failure : null;
  if (refused !== undefined) last = groupOf.get(refused) + 1;
  else if (run.stuck) last = n + 1 + (n - groupOf.get(run.stuck.node));
  else last = 2 * n + 1;
}

function moment() {
  // What is known at the current step: 0 the leaves, then the nodes forward, ℒ's own gradient, the nodes backward.
  const step = Math.min(state.step, last), back = step - n - 1;
  const done = graph.groups.slice(Math.max(0, n - back)).flat(); // have passed their gradient on
  const passing = backward(graph, run.data, back < 0 ? 0 : done.length);
  const processed = new Set(back < 0 ? [] : done), seeded = back >= 0;
  const failed = new Map([...run.failures].filter(([v]) => groupOf.get(v) < step));
  const known = graph.values.map((value, v) =>
    value.op < 0 || (groupOf.get(v) < step && !run.failures.has(v)) ? run.data[v] : null);
  const complete = new Set(graph.values.map((_, v) => v).filter((v) => seeded && consumers[v].every((w) => processed.has(w))));
  const grads = graph.values.map(({varies}, v) =>
    seeded && varies && (passing.reached.has(v) || complete.has(v)) ? passing.gradients[v] : null);
  const marks = graph.values.map(({op}, v) => known[v] === null || op < 0 ? "" : mark(v));
  const slopes = graph.values.map((value, v) => processed.has(v) ? localDerivatives(value, run.data, v) : null);
  const reused = new Set([...processed].filter((v) => graph.values[v].varying.filter(Boolean).length > 1));
  const phase = step === 0 ? "start" : step <= n ? "forward" : back === 0 ? "seed" : "backward";
  const group = {start: [], forward: graph.groups[step - 1], seed: [root], backward: graph.groups[n - back]}[phase];
  return {step, phase, group, known, grads, marks, slopes, reused, failed, complete, passing,
    data: run.data, root: run.data[root], number: phase === "forward" ? step : back};
}

function mark(v) {
  // Whether an activation hardly lets a gradient through.
  const {op, varying} = graph.values[v], {mark: kind} = graph.ops[op];
  if (!kind || !varying[0]) return "";
  return Math.abs(localDerivatives(graph.values[v], run.data, v)[0]) < 0.01 ? kind : "";
}

function sentence() {
  const {phase, group, number, data, passing, grads} = now, [v] = group;
  if (phase === "start") return `Start: inputs and parameters have their numbers. Next computes the first of ${count(n)}.`;
  const trouble = now.step === last ? graph.order.find((w) => run.failures.get(w)) : undefined;
  if (trouble !== undefined) return `Forward ${number} of ${n}: ${words.refusal(trouble, run.failures.get(trouble), data)}`;
  if (phase === "forward") {
    if (group.length > 1) return `Forward ${number} of ${n}: ${group.length} nodes from ${words.name(v)} on are computed.`;
    return `Forward ${number} of ${n}: ${words.chain(v, data).join(" = ")}.`;
  }
  if (phase === "seed") return `Backward begins: ${words.gradient(root)} = 1. From here each node passes its gradient on.`;
  const place = `Backward ${number} of ${n}:`;
  if (now.step === last && run.stuck) return `${place} ${words.stuck(run.stuck, data)}`;
  if (group.length > 1) return `${place} ${group.length} nodes from ${words.name(v)} on pass their gradients on.`;
  const given = passing.passed.filter(Boolean);
  const told = given.slice(0, 3).map((part) =>
    `${words.name(part.parent)} gets ${shown(part.upstream)} × ${factor(part.slope)} = ${shown(part.contribution)}` +
    (part.added ? ` and has ${shown(part.after)}` : ""));
  if (given.length > 3) told.push(`${given.length - 3} more get theirs`);
  return `${place} ${words.name(v)} passes ${shown(grads[v])} on; ${told.join(", ") || "no parent varies"}.`;
}

function count(nodes) {
  return nodes === 1 ? "1 node" : `${nodes} nodes`;
}

// --- showing it -------------------------------------------------------------------------------------------------------

function show() {
  now = moment();
  const picture = pictures.get(state.view), backwards = now.phase === "backward" || now.phase === "seed";
  picture.draw(now);
  const lit = picture.light(now.group, backwards);
  picture.choose(state.chosen);
  const words_ = sentence(), trouble = words_.startsWith("Start") ? false : now.step === last && (run.failures.size > 0 || run.stuck);
  write(byId("status"), words_);
  byId("status").classList.toggle("trouble", Boolean(trouble));
  byId("status").classList.toggle("back", backwards);
  byId("step").replaceChildren(...(trouble ? [] : card()));
  byId("back").disabled = now.step === 0;
  byId("next").disabled = now.step === last;
  const bar = byId("progress");
  bar.style.setProperty("--forward", `${(Math.min(now.step, n + 0.5) / (2 * n + 1)) * 100}%`);
  bar.style.setProperty("--backward", `${(Math.max(0, now.step - n - 0.5) / (2 * n + 1)) * 100}%`);
  tell();
  if (byId("numbers").open) table();
  return lit;
}

function card() {
  if (now.phase === "start") return [element("p", {}, "Step with the buttons or the keys ← → and Space. Move a slider at any time.")];
  if (now.phase === "seed") {
    return [element("p", {class: "formula"}, `${words.gradient(root)} = 1`),
      element("p", {}, "The chain rule starts here: upstream gradient × local derivative = contribution.")];
  }
  if (now.phase === "forward") return forwardCard(words, now.group, run.data);
  return backwardCard(words, now.group, run.data, now.grads, now.passing.passed);
}

function tell() {
  // The card of the node that is pointed at, or else of the node of the step.
  const v = state.chosen >= 0 ? state.chosen : now.group.length === 1 ? now.group[0] : -1;
  byId("node").hidden = v < 0;
  if (v >= 0) byId("node").replaceChildren(...nodeCard(words, v, now, leaves));
  const picture = pictures.get(state.view);
  for (const [w, groups] of picture.places.entries()) {
    if (!picture.own[w]) continue;
    const value = now.known[w] === null ? "no value yet" : shown(now.known[w]);
    const gradient = now.grads[w] === null ? "" : `, gradient ${shown(now.grads[w])}`;
    const text = `${words.spoken(w)}: ${value}${gradient}${now.marks[w] ? `, ${now.marks[w]}` : ""}`;
    for (const group of groups) if (group.getAttribute("aria-label") !== text) group.setAttribute("aria-label", text);
  }
}

function table() {
  byId("values").replaceChildren(...graph.values.map((value, v) => element("tr", {"data-row": v},
    element("th", {scope: "row"}, words.name(v)),
    element("td", {}, now.known[v] === null ? "" : String(now.known[v])),
    element("td", {}, now.grads[v] === null ? "" : String(now.grads[v])))));
}

function choose(v) {
  if (v === state.chosen) return;
  state.chosen = v;
  pictures.get(state.view).choose(v);
  tell();
}

// --- moving through it ------------------------------------------------------------------------------------------------

function go(step) {
  state.step = Math.max(0, Math.min(step, last));
  state.chosen = -1;
  bring(show());
}

function play(on) {
  clearInterval(state.timer);
  state.timer = 0;
  if (on) {
    if (now.step >= last) go(0);
    const pace = Math.max(150, Math.min(1100, 60000 / (2 * n + 1)));
    state.timer = setInterval(() => (now.step < last ? go(now.step + 1) : play(false)), pace);
  }
  byId("play").setAttribute("aria-pressed", on);
}

function reset() {
  play(false);
  initial.forEach((x, v) => (leaves[v] = x));
  sliders.reset();
  compute();
  go(0);
}

function look(view) {
  state.view = view;
  for (const [key, box] of views) box.hidden = key !== view;
  for (const button of byId("views").children) button.setAttribute("aria-pressed", button.value === view);
  fit();
  bring(show());
}

function fit() {
  // As large as the stage allows, but never too small to read: then the stage scrolls.
  const stage = byId("stage"), picture = pictures.get(state.view);
  const beside = Math.min((innerWidth * 0.66) / picture.width, (innerHeight - 60) / picture.height);
  const above = Math.min(innerWidth / picture.width, ((innerHeight - 60) * 0.52) / picture.height);
  document.body.classList.toggle("wide", above > beside); // the panel stands where it leaves more room to the picture
  const room = Math.min((stage.clientWidth - 16) / picture.width, (stage.clientHeight - 16) / picture.height);
  picture.scale(state.zoom ?? Math.max(0.55, Math.min(2, room)));
  return room;
}

function magnify(factor) {
  const picture = pictures.get(state.view), zoom = picture.svg.clientWidth / picture.width;
  state.zoom = factor ? Math.max(0.1, Math.min(8, zoom * factor)) : null;
  if (!factor) state.zoom = Math.min(2, fit());
  fit();
}

function bring(group) {
  // Scroll the stage, and only the stage, so that the step's node is seen.
  if (!group) return;
  const stage = byId("stage"), outer = stage.getBoundingClientRect(), inner = group.getBoundingClientRect(), margin = 40;
  const shift = (low, high, least, most) => low < least + margin ? low - least - margin : high > most - margin ? high - most + margin : 0;
  const left = shift(inner.left, inner.right, outer.left, outer.right), top = shift(inner.top, inner.bottom, outer.top, outer.bottom);
  if (left || top) stage.scrollBy({left, top, behavior: calm.matches ? "auto" : "smooth"});
}

const sliders = new Sliders(byId("leaves"), byId("search"), graph, leaves, () => {
  compute();
  show();
}, choose);

byId("back").addEventListener("click", () => (play(false), go(now.step - 1)));
byId("next").addEventListener("click", () => (play(false), go(now.step + 1)));
byId("play").addEventListener("click", () => play(!state.timer));
byId("reset").addEventListener("click", reset);
byId("views").addEventListener("click", (event) => event.target.value && look(event.target.value));
byId("zoom").addEventListener("click", (event) => event.target.value && magnify(Number(event.target.value)));
byId("numbers").addEventListener("toggle", table);

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const target = event.target, typing = target.matches?.("input, textarea, select");
  const presses = target.matches?.("button, summary");
  if (!typing && event.key === "ArrowRight") go(now.step + 1);
  else if (!typing && event.key === "ArrowLeft") go(now.step - 1);
  else if (!typing && !presses && event.key === " ") event.repeat || play(!state.timer); // held down, it plays once
  else return;
  if (event.key !== " ") play(false);
  event.preventDefault();
});

for (const [key, picture] of pictures) {
  // One stop for the Tab key; ↑ and ↓ go from node to node.
  const {svg, places} = picture, box = views.get(key), stops = places.map(([group]) => group).filter(Boolean);
  const valueAt = (target) => {
    const group = target.closest?.("[data-v], [data-op]");
    return group && svg.contains(group) ? Number((group.dataset.v ?? group.dataset.op).split(" ")[0]) : -1;
  };
  stops[0]?.setAttribute("tabindex", "0");
  box.addEventListener("pointerover", (event) => valueAt(event.target) >= 0 && choose(valueAt(event.target)));
  box.addEventListener("click", (event) => sliders.reveal(valueAt(event.target)));
  box.addEventListener("focusin", (event) => { // of the box: an <svg> that listens for it would be a stop itself
    choose(valueAt(event.target));
    for (const group of stops) group.setAttribute("tabindex", group === event.target ? "0" : "-1");
    bring(event.target);
  });
  box.addEventListener("keydown", (event) => {
    const step = {ArrowDown: 1, ArrowUp: -1}[event.key], index = stops.indexOf(event.target);
    if (!step || !stops[index + step]) return;
    stops[index + step].focus({preventScroll: true});
    event.preventDefault();
  });
}

document.documentElement.classList.add("live");
compute();
look(state.view);
new ResizeObserver(() => fit()).observe(byId("stage"));
