// A slider and a number field for each leaf that may vary.

const AT_ONCE = 32; // so many are shown; the search finds the others

class Sliders {
  constructor(box, note, graph, leaves, changed, chosen) {
    Object.assign(this, {box, note, graph, leaves, changed, chosen, all: graph.sliders, rows: new Map()});
    this.list([]);
  }

  list(hits) {
    // Those among the nodes that were found, or all.
    const some = this.all.filter((v) => hits.includes(v)), found = some.length ? some : this.all;
    this.box.replaceChildren(...found.slice(0, AT_ONCE).map((v) => this.row(v)));
    this.refresh();
  }

  reveal(v) {
    // Bring a leaf's slider into sight, if it has one.
    if (!this.all.includes(v)) return;
    if (!this.rows.get(v)?.row.isConnected) this.box.prepend(this.row(v));
    this.refresh();
    this.rows.get(v).row.scrollIntoView({block: "nearest"});
  }

  row(v) {
    if (this.rows.has(v)) return this.rows.get(v).row;
    const value = this.graph.values[v], label = this.label(value);
    let held = false; // by the pointer, which should stop at round numbers
    const slid = () => {
      const grain = Number(slider.max) / 100;
      const x = held ? Number((Math.round(Number(slider.value) / grain) * grain).toPrecision(12)) : Number(slider.value);
      this.set(v, x, slider);
    };
    const typed = () => {
      const x = number.valueAsNumber; // NaN when the field is empty or holds no number
      if (Number.isFinite(x)) {
        this.bound(slider, v, x);
        return this.set(v, x, number);
      }
      number.setAttribute("aria-invalid", "true");
      trouble.textContent = `${value.title} needs a number, up to 1.8e308 in size; it is still ${shown(this.leaves[v])}.`;
    };
    const slider = element("input", {type: "range", step: "any", "aria-label": label, pointerdown: () => (held = true), pointerup: () => (held = false), input: slid});
    const number = element("input", {type: "number", step: "any", "aria-label": label, autocomplete: "off", input: typed, blur: () => this.refresh()});
    const trouble = element("small", {class: "trouble", role: "alert"}), chosen = () => this.chosen(v);
    const row = element("div", {class: `leaf ${value.role || "input"}`, focusin: chosen, pointerenter: chosen},
      element("span", {class: "name", title: value.title}, value.title), slider, number, trouble);
    this.bound(slider, v, this.leaves[v]);
    this.rows.set(v, {row, slider, number, trouble});
    return row;
  }

  bound(slider, v, x) {
    // As far as the leaf's first number asks for, or further for a larger one that was typed.
    const first = this.reach(this.graph.values[v].data);
    slider.max = Math.abs(x) > first ? this.reach(x) : first;
    slider.min = -slider.max;
    slider.title = `from ${shown(-slider.max)} to ${shown(Number(slider.max))}`;
  }

  label(value) {
    // The leaf's label; where others have the same, as it is told apart from them.
    const alone = this.graph.values.filter(({label}) => label === value.label).length === 1;
    return value.label && alone ? value.label : value.title;
  }

  reach(x) {
    // How far a slider goes for x: a round number at least twice as large, and at least 2.
    const least = Number.isFinite(x) ? Math.max(2, 2 * Math.abs(x)) : 2, power = 10 ** Math.floor(Math.log10(least));
    const round = [1, 2, 5, 10].find((digit) => digit * power >= least * 0.999999) * power;
    return Number.isFinite(round) ? round : Number.MAX_VALUE;
  }

  set(v, x, source) {
    this.leaves[v] = x;
    this.refresh(source);
    this.changed();
  }

  reset() {
    for (const [v, {slider}] of this.rows) this.bound(slider, v, this.leaves[v]);
    this.refresh();
  }

  refresh(source = null) {
    // Show the numbers as they are; what is being moved or typed into stays as it is.
    write(this.note, this.all.length > AT_ONCE ? `${this.box.childElementCount} of ${this.all.length} shown` : "");
    for (const [v, {slider, number, trouble}] of this.rows) {
      const x = this.leaves[v];
      if (source !== slider) slider.value = x;
      slider.setAttribute("aria-valuetext", shown(x));
      if (source !== number) {
        number.value = Number(x.toPrecision(6)); // the leaf itself keeps all its digits
        number.title = shown(x, 17);
        number.placeholder = Number.isFinite(x) ? "" : shown(x); // which a number field can't hold
      }
      number.removeAttribute("aria-invalid");
      trouble.textContent = "";
    }
  }
}
