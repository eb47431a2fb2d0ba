// Find: the nodes whose label or name has the words that are typed. The picture outlines them.

class Finder {
  constructor(box, graph, found) {
    Object.assign(this, {graph, found, hits: []});
    this.input = box.querySelector("input");
    this.note = box.querySelector("span");
    this.input.addEventListener("input", () => this.find());
    this.input.addEventListener("keydown", (event) => event.key === "Enter" && this.next());
  }

  find() {
    const words = this.input.value.trim().toLowerCase();
    const has = ({label, title}) => label.toLowerCase().includes(words) || title.toLowerCase().includes(words);
    this.hits = words ? this.graph.values.flatMap((value, v) => (has(value) ? [v] : [])) : [];
    write(this.note, !words ? "" : this.hits.length === 1 ? "1 node" : `${this.hits.length} nodes`);
    this.found(this.hits, words !== "");
  }

  next() {
    // Enter goes from hit to hit.
    this.hits.push(...this.hits.splice(0, 1));
    this.found(this.hits, this.hits.length > 0);
  }
}
