// The sum of a neuron in numbers, row by row, as it is at one point; in a notebook every weight can be typed.

function counted(n) {
  return n.toLocaleString("en");
}

function weightName(k, j, i) {
  return `w${raised(k + 1)}${lowered(j + 1)},${lowered(i + 1)}`;
}

class Numbers {
  constructor(place, send) {
    Object.assign(this, {place, send, rows: null});
  }

  build(network, k, j) {
    // The sum of a neuron, a row for each weight; made anew only for another neuron.
    const key = `${k} ${j} ${JSON.stringify(network)}`;
    if (this.rows?.key === key) return;
    const {start, inputs} = neuronsOf(network)[k][j], count = inputs + (network.bias ? 1 : 0);
    const cells = Array.from({length: count}, (_, i) => {
      const name = i < inputs ? weightName(k, j, i) : `b${raised(k + 1)}${lowered(j + 1)}`;
      const change = () => this.send({do: "weight", index: start + i, value: input.value});
      const keydown = (event) => {
        event.stopPropagation(); // a notebook has keys of its own
        if (event.key === "Enter") this.edit(cells[i + 1] ? start + i + 1 : start); // as in a table of numbers
      };
      const input = element("input", {type: "text", inputmode: "decimal", "aria-label": name, "data-index": start + i, change, keydown});
      const from = element("td", {}), product = element("td", {});
      const row = element("tr", {}, element("th", {scope: "row"}, name), element("td", {}, input), from, product);
      row.title = i === inputs ? "the bias" : `${name} × ${k ? `a${raised(k)}${lowered(i + 1)}` : CHOICES.feature[network.features[i]]}`;
      return {row, input, from, product};
    });
    const [where, sum, answer, outcome] = ["where", "sum", "answer", "outcome"].map((name) => element("p", {class: name}));
    this.place.replaceChildren(where, element("div", {class: "rows"}, element("table", {}, element("tbody", {}, ...cells.map(({row}) => row)))), sum, answer, outcome);
    this.rows = {key, cells, where, sum, answer, outcome};
  }

  show({network, weights}, k, j, phi, at, where, outcome) {
    // `at` holds z and a of every neuron at the point, `phi` its features.
    this.build(network, k, j);
    const {start, inputs} = neuronsOf(network)[k][j], before = k === 0 ? phi : at[k - 1].a;
    const active = this.place.getRootNode().activeElement;
    this.rows.cells.forEach(({input, from, product}, i) => {
      const w = weights[start + i], x = i < inputs ? before[i][0] : 1;
      if (input !== active) input.value = shown(w);
      from.textContent = i < inputs ? `× ${narrow(x)}` : "";
      product.textContent = `= ${narrow(w * x)}`;
    });
    const f = network.layers[k].activation, marks = raised(k + 1) + lowered(j + 1);
    this.rows.sum.textContent = `Σ: z${marks} = ${shown(at[k].z[j][0])}`;
    this.rows.answer.textContent = `ƒ: a${marks} = ${f}(z${marks}) = ${shown(at[k].a[j][0])}`;
    this.rows.where.textContent = `at ${where}`;
    this.rows.outcome.textContent = outcome;
  }

  edit(index) {
    // Put the cursor into the field of a weight.
    const input = this.place.querySelector(`[data-index="${index}"]`);
    input?.focus();
    input?.select();
  }
}
