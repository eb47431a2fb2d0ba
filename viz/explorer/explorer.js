// The page: what it shows of the current step, and the controls that move it.

const graph = JSON.parse(document.getElementById("graph").textContent);
for (const value of graph.values) value.data = Number(value.data); // "Infinity" is no JSON number
graph.order = graph.groups.flat(); // in which nodes are computed
const initial = graph.values.map((value) => value.data);
const leaves = [...initial];
const words = new Words(graph), steps = new Steps(graph, leaves, words);

const byId = (id) => document.getElementById(id);
const views = new Map([...document.querySelectorAll("[data-view]")].map((box) => [box.dataset.view, box]));
const pictures = new Map([...views].map(([key, box]) => [key, new Picture(box.querySelector("svg"), graph)]));
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const state = {step: 0, view: graph.view, chosen: -1, timer: 0};
const stage = new Stage(byId("stage"), byId("file"), () => pictures.get(state.view), calm);
const quiz = new Quiz(byId("ask"), graph, steps, words, answered);
let now; // what is known at this step

// --- showing it -------------------------------------------------------------------------------------------------------

function show() {
  now = quiz.veiled(steps.at(state.step));
  const picture = pictures.get(state.view), backwards = now.phase === "backward" || now.phase === "seed";
  picture.draw(now);
  const lit = picture.light(now.group, backwards);
  picture.choose(state.chosen);
  write(byId("status"), steps.sentence(now));
  byId("status").classList.toggle("trouble", now.trouble);
  byId("status").classList.toggle("back", backwards);
  quiz.show();
  byId("step").replaceChildren(...(now.trouble || now.asked.length ? [] : card()));
  byId("back").disabled = now.step === 0;
  byId("next").disabled = now.step === steps.last;
  const half = steps.n + 0.5;
  byId("progress").style.setProperty("--forward", `${(Math.min(now.step, half) / half) * 50}%`);
  byId("progress").style.setProperty("--backward", `${(Math.max(0, now.step - half) / half) * 50}%`);
  tell();
  if (byId("numbers").open) table();
  return lit;
}

function card() {
  if (now.phase === "start") return [element("p", {}, "Step with the buttons or the keys ← → and Space. Move a slider at any time.")];
  if (now.phase === "seed") {
    return [element("p", {class: "formula"}, `${words.gradient(steps.root)} = 1`),
      element("p", {}, "The chain rule starts here: upstream gradient × local derivative = contribution.")];
  }
  if (now.phase === "forward") return forwardCard(words, now.group, now.data);
  return backwardCard(words, now.group, now.data, now.grads, now.passing.passed);
}

function tell() {
  // The card of the node that is pointed at, or else of the node of the step, or what there is to see.
  const v = state.chosen >= 0 ? state.chosen : now.group.length === 1 ? now.group[0] : -1;
  byId("node").replaceChildren(...(v < 0 ? overview() : nodeCard(words, v, now, leaves, descent.eta)));
  const picture = pictures.get(state.view);
  for (const [w, groups] of picture.places.entries()) {
    if (!picture.own[w]) continue;
    const value = now.known[w] === null ? "no value yet" : shown(now.known[w]);
    const gradient = now.grads[w] === null ? "" : `, gradient ${shown(now.grads[w])}`;
    const text = `${words.spoken(w)}: ${value}${gradient}${now.marks[w] ? `, ${now.marks[w]}` : ""}`;
    for (const group of groups) if (group.getAttribute("aria-label") !== text) group.setAttribute("aria-label", text);
  }
}

function overview() {
  // Counted in the picture, as what each leaf is drawn as; a class y is there too, though it is a setting and no Value.
  const {svg, places} = pictures.get(state.view), leaves = graph.values.flatMap(({op}, v) => (op < 0 ? [places[v][0]] : []));
  const drawn = [...leaves, ...svg.querySelectorAll(".x:not([data-v])")];
  const as = (...kinds) => drawn.filter(({classList}) => kinds.some((kind) => classList.contains(kind))).length;
  const counts = [["inputs and labels", as("input", "x")], ["parameters", as("parameter")], ["constants", as("constant", "plain")],
    ["computed from them", graph.values.length - leaves.length]];
  return [element("h2", {}, "This graph"), element("dl", {}, ...facts(counts.filter(([, n]) => n).map(([what, n]) => [what, String(n)]))),
    element("p", {}, "Point at anything in the picture, or find it by its name: here you read its formula, its number and its gradient, which is checked by a finite difference.")];
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
  state.step = Math.max(0, Math.min(step, steps.last));
  state.chosen = -1;
  stage.bring(show());
  if (now.asked.length) play(false);
  attend();
}

function answered() {
  // The question has its answer: on to the next one, or to the next step.
  show();
  attend(byId("next"));
}

function attend(otherwise) {
  const fine = matchMedia("(pointer: fine)").matches; // with a finger, the keyboard would cover the picture
  if (now.asked.length && fine) quiz.answer.focus({preventScroll: true});
  else if (otherwise?.disabled === false) otherwise.focus({preventScroll: true});
}

function found(hits, some) {
  // What the search has found: outlined, the first of it in sight and told about.
  pictures.get(state.view).outline(hits);
  sliders.list(hits);
  choose(some && hits.length ? hits[0] : -1);
  stage.bring(pictures.get(state.view).places[hits[0]]?.[0]);
}

function play(on) {
  clearInterval(state.timer);
  state.timer = 0;
  if (on) {
    if (now.step >= steps.last) go(0);
    const pace = Math.max(150, Math.min(1100, 60000 / (2 * steps.n + 1)));
    state.timer = setInterval(() => (now.step < steps.last ? go(now.step + 1) : play(false)), pace);
  }
  byId("play").setAttribute("aria-pressed", on);
}

function reset() {
  play(false);
  initial.forEach((x, v) => (leaves[v] = x));
  sliders.reset();
  descent.reset();
  quiz.turn(quiz.on);
  steps.compute();
  go(0);
}

function look(view) {
  state.view = view;
  for (const [key, box] of views) box.hidden = key !== view;
  for (const button of byId("views").children) button.setAttribute("aria-pressed", button.value === view);
  stage.fit();
  pictures.get(view).outline(finder.hits);
  stage.bring(show());
}

function follow() {
  // The leaves have other numbers: everything else follows.
  steps.compute();
  show();
}

const sliders = new Sliders(byId("leaves"), byId("search").lastElementChild, graph, leaves, follow, choose);
const finder = new Finder(byId("search"), graph, found);
const descent = new Descent(byId("descent"), graph, leaves, words, () => {
  sliders.reset();
  follow();
});

byId("back").addEventListener("click", () => (play(false), go(now.step - 1)));
byId("next").addEventListener("click", () => (play(false), go(now.step + 1)));
byId("play").addEventListener("click", () => play(!state.timer));
byId("reset").addEventListener("click", reset);
byId("views").addEventListener("click", (event) => event.target.value && look(event.target.value));
byId("zoom").addEventListener("click", ({target: {value}}) => value && (value === "file" ? stage.file() : stage.magnify(Number(value))));
byId("asking").addEventListener("click", () => {
  quiz.turn(!quiz.on);
  byId("asking").setAttribute("aria-pressed", quiz.on);
  play(false);
  go(quiz.on ? steps.n + 1 : now.step); // all is computed, and the first gradient is asked for
});
for (const kind of ["pointerdown", "pointermove"]) {
  byId("progress").addEventListener(kind, (event) => {
    if (!(event.buttons & 1)) return;
    const {left, width} = byId("progress").getBoundingClientRect();
    play(false);
    go(Math.round(((event.clientX - left) / width) * (2 * steps.n + 1)));
  });
}
byId("numbers").addEventListener("toggle", table);

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const target = event.target, waiting = target === quiz.answer && !target.value; // nothing typed yet: the keys → and ← step
  const typing = target.matches?.("input, textarea, select") && !(waiting && event.key !== " ");
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
    stage.bring(event.target);
  });
  box.addEventListener("keydown", (event) => {
    const step = {ArrowDown: 1, ArrowUp: -1}[event.key], index = stops.indexOf(event.target);
    if (!step || !stops[index + step]) return;
    stops[index + step].focus({preventScroll: true});
    event.preventDefault();
  });
}

document.documentElement.classList.add("live");
look(state.view);
new ResizeObserver(() => stage.fit()).observe(byId("stage"));
