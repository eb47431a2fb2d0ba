// The stage that the picture stands on: how large it is, which part of it is seen, and the picture as a file.

class Stage {
  constructor(box, dialog, picture, calm) {
    Object.assign(this, {box, dialog, picture, calm, zoom: null}); // zoom is null as long as the picture is fitted in
    box.addEventListener("wheel", (event) => {
      if (!document.hasFocus()) return; // in a notebook the wheel is the notebook's, until this page is clicked into
      event.preventDefault();
      this.magnify(Math.exp(-0.0015 * event.deltaY), event.clientX, event.clientY);
    }, {passive: false});
    let held = null; // where a drag began
    box.addEventListener("pointerdown", (event) => {
      if (event.pointerType !== "mouse" || event.button || event.target.closest("button")) return; // a finger scrolls
      held = [event.clientX + box.scrollLeft, event.clientY + box.scrollTop];
    });
    addEventListener("pointermove", (event) => held && box.scrollTo(held[0] - event.clientX, held[1] - event.clientY));
    addEventListener("pointerup", () => (held = null));
    dialog.querySelector("button").addEventListener("click", () => dialog.close());
  }

  fit() {
    // The whole picture, unless it were too small to tell its shapes apart: then it can be read, and the stage scrolls.
    const {box} = this, picture = this.picture();
    const beside = Math.min((innerWidth * 0.66) / picture.width, (innerHeight - 60) / picture.height);
    const above = Math.min(innerWidth / picture.width, ((innerHeight - 60) * 0.52) / picture.height);
    document.body.classList.toggle("wide", above > beside); // the panel stands where it leaves more room to the picture
    const room = Math.min((box.clientWidth - 16) / picture.width, (box.clientHeight - 16) / picture.height, 2);
    const least = innerWidth < 832 ? 0.6 : 0.35; // a phone scrolls easily
    picture.scale(this.zoom ?? (room < least ? 0.85 : room));
  }

  magnify(factor, x, y) {
    // What is at (x, y) stays there: the middle of the stage, or what the pointer is at.
    const {box} = this, {svg, width} = this.picture(), outer = box.getBoundingClientRect(), old = svg.getBoundingClientRect();
    x ??= outer.left + outer.width / 2;
    y ??= outer.top + outer.height / 2;
    this.zoom = factor ? Math.max(0.1, Math.min(8, (old.width / width) * factor)) : null;
    this.fit();
    const now = svg.getBoundingClientRect(), grown = now.width / old.width;
    box.scrollBy(now.left - x + (x - old.left) * grown, now.top - y + (y - old.top) * grown);
  }

  bring(group) {
    // Scroll the stage, and only the stage, so that the step's node is seen.
    if (!group) return;
    const outer = this.box.getBoundingClientRect(), inner = group.getBoundingClientRect(), margin = 40;
    const shift = (low, high, least, most) => low < least + margin ? low - least - margin : high > most - margin ? high - most + margin : 0;
    const left = shift(inner.left, inner.right, outer.left, outer.right), top = shift(inner.top, inner.bottom, outer.top, outer.bottom);
    if (left || top) this.box.scrollBy({left, top, behavior: this.calm.matches ? "auto" : "smooth"});
  }

  file() {
    // The picture as a file, and as a text, as the page around this one may not let it download anything.
    const text = standalone(this.picture()), link = this.dialog.querySelector("a"), area = this.dialog.querySelector("textarea");
    link.href = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
    area.value = text;
    this.dialog.showModal();
    area.select();
  }
}

const LOOKS = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "paint-order", "opacity", "transform",
  "font-family", "font-size", "font-weight", "text-decoration-line"];
const KEPT = new Set(["d", "points", "x", "y", "cx", "cy", "rx", "ry", "text-anchor", "viewBox", "aria-label"]);

function standalone({svg, width, height}) {
  // The picture as it is seen now; its looks are written into it, as no style sheet goes with it.
  const copy = svg.cloneNode(true), originals = svg.querySelectorAll("*"), page = getComputedStyle(document.body).backgroundColor;
  [...copy.querySelectorAll("*")].forEach((one, index) => {
    const style = getComputedStyle(originals[index]);
    for (const {name} of [...one.attributes]) if (!KEPT.has(name)) one.removeAttribute(name);
    for (const look of LOOKS) {
      const x = style.getPropertyValue(look);
      if (!["", "none", "normal", "1"].includes(x) || look === "fill") one.setAttribute(look, plain(x));
    }
  });
  for (const {name} of [...copy.attributes]) if (!KEPT.has(name)) copy.removeAttribute(name);
  const [left, top] = copy.getAttribute("viewBox").split(" ");
  copy.prepend(svgElement("rect", {x: left, y: top, width, height, fill: plain(page)}));
  for (const [key, x] of Object.entries({width, height, role: "img"})) copy.setAttribute(key, x);
  return new XMLSerializer().serializeToString(copy);
}

function plain(look) {
  // A mixed colour as other programs know it.
  const mixed = look.match(/^color\(srgb ([\d.e-]+) ([\d.e-]+) ([\d.e-]+)\)$/);
  return mixed ? `rgb(${mixed.slice(1).map((part) => Math.round(255 * part)).join(", ")})` : look;
}
