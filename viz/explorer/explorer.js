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
const state = {step: 0, view: graph.view, chosen: -1, zoom: null, timer: 0};
let now; // what is known at this step

// --- showing it -------------------------------------------------------------------------------------------------------

function show() {
  now = steps.at(state.step);
  const picture = pictures.get(state.view), backwards = now.phase === "backward" || now.phase === "seed";
  picture.draw(now);
  const lit = picture.light(now.group, backwards);
  picture.choose(state.chosen);
  write(byId("status"), steps.sentence(now));
  byId("status").classList.toggle("trouble", now.trouble);
  byId("status").classList.toggle("back", backwards);
  byId("step").replaceChildren(...(now.trouble ? [] : card()));
  byId("back").disabled = now.step === 0;
  byId("next").disabled = now.step === steps.last;
  const bar = byId("progress"), half = steps.n + 0.5;
  bar.style.setProperty("--forward", `${(Math.min(now.step, half) / half) * 50}%`);
  bar.style.setProperty("--backward", `${(Math.max(0, now.step - half) / half) * 50}%`);
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
  state.step = Math.max(0, Math.min(step, steps.last));
  state.chosen = -1;
  bring(show());
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
  steps.compute();
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
  steps.compute();
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
look(state.view);
new ResizeObserver(() => fit()).observe(byId("stage"));
