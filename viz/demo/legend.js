// What the marks and colours of the plane mean.

const SIGNS = {o: "●", s: "■", D: "◆", "^": "▲", v: "▼"};

function drawLegend(place, labels, painter, isProbability, scale) {
  // `labels` are those of the classes, none for amounts; `scale` is the number with the fullest colour.
  const classes = labels.map((label, k) => {
    const sign = element("b", {}, SIGNS[THEME.marks[k]]);
    sign.style.color = `rgb(${painter.marks[k].join()})`;
    return element("span", {}, sign, ` class ${label}`);
  });
  const kinds = element("span", {}, labels.length ? "filled: train, hollow: test" : `${SIGNS.o}: train, ${SIGNS.D}: test`);
  const [low, high] = isProbability ? ["0", "1"] : [shown(-scale, 3), shown(scale, 3)];
  const ramp = element("span", {class: "ramp"}, low, element("i", {"aria-hidden": "true"}), high);
  place.replaceChildren(...classes, kinds, ...(isProbability && labels.length > 2 ? [] : [ramp]));
}
