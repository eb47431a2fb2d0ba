// The picture: writes names, numbers and gradients into the <svg>, and lights up what the current step is about.

const SPOKEN = {role: "img", tabindex: -1}; // what shows a Value can be reached, and says what it is

class Picture {
  constructor(svg, graph) {
    const {width, height} = svg.viewBox.baseVal;
    Object.assign(this, {svg, graph, width, height});
    this.places = graph.values.map(() => []); // of each Value: the groups that show it
    this.operations = graph.values.map(() => []); // … the boxes that compute it
    this.incoming = graph.values.map(() => []); // … the arrows into these
    this.slopes = []; // texts of local derivatives: [text, value, parent's place]
    this.texts = []; // texts of names and numbers: [text, value, what]
    const each = (group, key) => (group.dataset[key] ?? "").split(" ").filter(Boolean).map(Number);
    for (const group of svg.querySelectorAll("g[data-v], g[data-op], g[data-into], g[data-from]")) {
      const [value] = each(group, "v"), into = [...each(group, "into"), ...each(group, "from")];
      if (value !== undefined) this.places[value].push(furnished(group, SPOKEN, []));
      for (const v of each(group, "op")) this.operations[v].push(group);
      for (const v of into) this.incoming[v].push(group);
      for (const text of group.querySelectorAll("text[class]")) {
        const [what] = text.classList;
        if (what === "slope") this.slopes.push([text, into[0], Number(group.dataset.slot)]);
        else this.texts.push([text, value, what]);
      }
    }
    this.own = this.places.map((groups) => groups.length > 0); // whether it has a place that is no other's
    for (const [v, own] of this.own.entries()) {
      if (own) continue;
      this.places[v] = this.operations[v]; // the box of a layer stands for each of its Values
      for (const group of this.places[v]) {
        const words = [...group.querySelectorAll("text")].map((text) => text.textContent).join(", ");
        furnished(group, {...SPOKEN, "aria-label": words}, []);
      }
    }
    this.bare = [...svg.querySelectorAll(".arrow.parameter[data-v]")].filter((arrow) => !arrow.querySelector("text"));
  }

  // what there is to see at this moment: known and grads hold null for what is not known yet
  draw({known, grads, slopes, marks, reused, failed}) {
    const dense = this.bare.length > 0, short = (x) => narrow(x, dense ? 6 : 8); // a large network has little room for texts
    for (const [text, v, what] of this.texts) {
      const name = this.graph.values[v].title, x = known[v] === null ? "" : short(known[v]);
      write(text, {
        name,
        data: failed.has(v) ? "?" : x,
        named: x && name ? `${name} = ${x}` : name || x,
        grad: grads[v] === null ? "" : `${dense ? "" : "grad "}${short(grads[v])}${reused.has(v) ? " ↻" : ""}`,
      }[what]);
    }
    for (const [text, v, slot] of this.slopes) write(text, slopes[v] ? `× ${short(slopes[v][slot])}` : "");
    this.weigh(known);
    for (const [v, groups] of this.places.entries()) {
      for (const group of groups) {
        group.classList.toggle("waiting", known[v] === null);
        group.classList.toggle("early", grads[v] === null && this.graph.values[v].varies);
        group.classList.toggle("failed", failed.has(v));
        group.classList.toggle("marked", Boolean(marks[v]));
        this.badge(group, marks[v]);
      }
      for (const group of this.operations[v]) group.classList.toggle("failed", failed.get(v) ?? false);
    }
  }

  weigh(known) {
    // Arrows without texts: as wide as the weight is large, in the colour of its sign.
    const most = Math.max(...this.bare.map((arrow) => Math.abs(known[arrow.dataset.v])), 1e-9);
    for (const arrow of this.bare) {
      const w = known[arrow.dataset.v];
      arrow.style.setProperty("--width", `${0.5 + (2.5 * Math.abs(w)) / most}px`);
      arrow.classList.toggle("negative", w < 0);
    }
  }

  badge(group, words) {
    // "off" or "saturated", above the box
    let badge = group.querySelector("text.badge");
    if (!words) return badge?.remove();
    if (!badge) {
      const shape = group.querySelector("ellipse, polygon, path").getBBox();
      badge = svgElement("text", {class: "badge", x: shape.x + shape.width / 2, y: shape.y - 5, "text-anchor": "middle"});
      group.append(badge);
    }
    write(badge, words);
  }

  light(active, backwards) {
    // The nodes of the step, their operations, and the arrows into these.
    for (const group of this.svg.querySelectorAll(".active, .flow, .back")) group.classList.remove("active", "flow", "back");
    const groups = active.flatMap((v) => [...this.places[v], ...this.operations[v]]);
    for (const group of groups) group.classList.add("active");
    const arrows = active.flatMap((v) => this.incoming[v]);
    for (const arrow of arrows) arrow.classList.add("flow");
    if (backwards) for (const group of [...groups, ...arrows]) group.classList.add("back");
    return groups[0];
  }

  choose(v) {
    for (const group of this.svg.querySelectorAll(".chosen")) group.classList.remove("chosen");
    for (const group of this.places[v] ?? []) group.classList.add("chosen");
  }

  outline(hits) {
    for (const group of this.svg.querySelectorAll(".found")) group.classList.remove("found");
    for (const v of hits) for (const group of this.places[v]) group.classList.add("found");
  }

  scale(zoom) {
    this.svg.style.width = `${this.width * zoom}px`;
    this.svg.style.height = `${this.height * zoom}px`;
  }
}

function write(text, words) {
  if (text.textContent !== words) text.textContent = words;
}
