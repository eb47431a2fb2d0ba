// Numbers and formulas as text. Whatever comes from a label is put into the page as text, never as markup.

const MINUS = "\u2212";

function shown(x, digits = 4) {
  // A number as the drawings show it: four significant digits, a real minus sign.
  if (Number.isNaN(x)) return "nan";
  if (Math.abs(x) === Infinity) return x > 0 ? "∞" : MINUS + "∞";
  if (x === 0) return "0";
  const size = Math.abs(x), [mantissa, exponent] = x.toExponential(digits - 1).split("e");
  const power = Number(exponent);
  let text;
  if (size >= 1e4 && size < 1e6 && digits === 4) text = x.toFixed(0);
  else if (power < -4 || power >= 4) text = `${Number(mantissa)}e${power}`;
  else text = String(Number(x.toPrecision(digits)));
  return text.replaceAll("-", MINUS);
}

function factor(x) {
  // The number as the second factor of a product.
  const text = shown(x);
  return text.startsWith(MINUS) ? `(${text})` : text;
}

function narrow(x, most = 8) {
  // The same with fewer digits where it would not fit into a box.
  for (const digits of [4, 3, 2]) {
    const text = shown(x, digits);
    if (text.length <= most) return text;
  }
  return shown(x, 1);
}

function filled(template, slot) {
  // A formula: its texts, and what `slot` says for each input between them; a negative number gets parentheses.
  return template.map((piece, i) => {
    if (typeof piece === "string") return piece;
    const text = slot(piece), before = template[i - 1] ?? "", after = template[i + 1] ?? "";
    const alone = /(^|[(,|] ?)$/.test(before) && /^($|[),|])/.test(after);
    return text.startsWith(MINUS) && !alone ? `(${text})` : text;
  }).join("");
}

function element(tag, attributes = {}, ...children) {
  // <tag …attributes>children</tag>; a child that is a string is text, an attribute that is a function hears that event.
  return furnished(document.createElement(tag), attributes, children);
}

function svgElement(tag, attributes = {}, ...children) {
  return furnished(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function furnished(made, attributes, children) {
  for (const [key, x] of Object.entries(attributes)) {
    if (typeof x === "function") made.addEventListener(key, x);
    else made.setAttribute(key, x);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

function tableOf(head, rows) {
  // A table that scrolls; a row is the texts or the elements of its cells, the first of which is its name.
  const cell = (x, i) => (x instanceof Element ? x : element(i ? "td" : "th", i ? {} : {scope: "row"}, x));
  return element("div", {class: "scroll"}, element("table", {class: "contributions"},
    element("thead", {}, element("tr", {}, ...head.map((text) => element("th", {scope: "col"}, text)))),
    element("tbody", {}, ...rows.map((row) => element("tr", {}, ...row.map(cell))))));
}

function facts(pairs) {
  // The parts of a <dl>: what it is, what it is here, and the class of that.
  return pairs.flatMap(([term, text, kind = ""]) => [element("dt", {}, term), element("dd", {class: kind}, text)]);
}

function button(text, label, then, kind = "") {
  // A button that says `text`; pointing at it, and a screen reader, say what it does.
  const made = element("button", {type: "button", title: label, class: kind, click: then}, text);
  if (!/\w/.test(text)) made.setAttribute("aria-label", label);
  return made;
}
