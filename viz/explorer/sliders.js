// A slider and a number field for each leaf that may vary; a search field when there are many.

const AT_ONCE = 16; // so many are shown; the search finds the others

class Sliders {
  constructor(box, search, graph, leaves, changed, chosen) {
    Object.assign(this, {box, graph, leaves, changed, chosen});
    this.rows = new Map();
    this.all = graph.sliders;
    search.hidden = this.all.length <= AT_ONCE;
    this.search = search.querySelector("input");
    this.note = search.querySelector("span");
    this.search.addEventListener("input", () => this.list());
    this.list();
  }

  list() {
    // Those whose label or name has the words searched for.
    const words = this.search.value.trim().toLowerCase();
    const found = this.all.filter((v) => {
      const {label, name} = this.graph.values[v];
      return !words || label.toLowerCase().includes(words) || name.toLowerCase().includes(words);
    });
    this.box.replaceChildren(...found.slice(0, AT_ONCE).map((v) => this.row(v)));
    this.note.textContent = `${Math.min(found.length, AT_ONCE)} of ${this.all.length} shown`;
    this.refresh();
  }

  row(v) {
    if (this.rows.has(v)) return this.rows.get(v).row;
    const value = this.graph.values[v], label = this.label(value), reach = this.reach(value.data);
    const slider = element("input", {type: "range", min: -reach, max: reach, step: "any", "aria-label": label});
    const number = element("input", {type: "number", step: "any", "aria-label": label, autocomplete: "off"});
    const row = element("div", {class: `leaf ${value.role || "input"}`}, element("span", {class: "name", title: value.title}, value.title), slider, number);
    let held = false; // by the pointer, which should stop at round numbers
    slider.addEventListener("pointerdown", () => (held = true));
    slider.addEventListener("pointerup", () => (held = false));
    slider.addEventListener("input", () => {
      const grain = Number(slider.max) / 100;
      const x = held ? Number((Math.round(Number(slider.value) / grain) * grain).toPrecision(12)) : Number(slider.value);
      this.set(v, x, slider);
    });
    number.addEventListener("input", () => {
      const x = number.valueAsNumber;
      number.setAttribute("aria-invalid", !Number.isFinite(x));
      if (Number.isFinite(x)) this.set(v, x, number);
    });
    number.addEventListener("blur", () => this.refresh());
    row.addEventListener("focusin", () => this.chosen(v));
    row.addEventListener("pointerenter", () => this.chosen(v));
    this.rows.set(v, {row, slider, number});
    return row;
  }

  label(value) {
    // The leaf's label; where others have the same, as it is told apart from them.
    const alone = this.graph.values.filter(({label}) => label === value.label).length === 1;
    return value.label && alone ? value.label : value.title;
  }

  reach(x) {
    // A round number at least twice as large as x, and at least 2.
    const least = Number.isFinite(x) ? Math.max(2, 2 * Math.abs(x)) : 2, power = 10 ** Math.floor(Math.log10(least));
    const round = [1, 2, 5, 10].find((digit) => digit * power >= least * 0.999999) * power;
    return Number.isFinite(round) ? round : Number.MAX_VALUE;
  }

  set(v, x, source) {
    this.leaves[v] = x;
    this.refresh(source);
    this.changed();
  }

  refresh(source = null) {
    // Show the numbers as they are; the field that is being typed into stays as it is.
    for (const [v, {slider, number}] of this.rows) {
      const x = this.leaves[v];
      if (Math.abs(x) > Number(slider.max)) {
        slider.max = this.reach(x);
        slider.min = -slider.max;
      }
      if (source !== slider || Number(slider.value) !== x) slider.value = x;
      slider.setAttribute("aria-valuetext", shown(x));
      if (source !== number) {
        number.value = x;
        number.removeAttribute("aria-invalid");
      }
    }
  }
}
