// What is drawn with lines: the data points on the plane, and the curve of the losses.

const SHAPES = Object.fromEntries(Object.entries({ // the marks of the data points, of about the size 1
  o: "M1 0A1 1 0 1 1-1 0A1 1 0 1 1 1 0", s: "M-1-1H1V1H-1z", D: "M0-1.3 1.3 0 0 1.3-1.3 0z", "^": "M0-1.2 1.2 1-1.2 1z", v: "M0 1.2 1.2-1-1.2-1z",
}).map(([kind, path]) => [kind, new Path2D(path)]));

function drawPoints(canvas, data, {point, task, amount, withTest, painter, lines}) {
  // The zero lines, the data points, and where one looks, with the screen's own points.
  const ratio = window.devicePixelRatio || 1, {clientWidth: width, clientHeight: height} = canvas;
  [canvas.width, canvas.height] = [width, height].map((length) => Math.round(length * ratio));
  const context = canvas.getContext("2d"), [[left, right], [bottom, top]] = data.domain;
  context.scale(ratio, ratio);
  const place = ([x1, x2]) => [(x1 - left) / (right - left) * width, (top - x2) / (top - bottom) * height];
  const r = data.train.length > 1500 ? 2 : 3.4;
  const [page, ink] = [painter.page, painter.ink].map(css), colour = (y) => css(task === "classification" ? painter.marks[y] : painter.signed(y / amount));
  const drawAll = (points, isTest) => {
    const hollow = isTest && task === "classification";
    context.lineWidth = hollow ? 1.6 : 1;
    for (const [x1, x2, y] of points) {
      const mark = new Path2D();
      mark.addPath(SHAPES[task === "classification" ? THEME.marks[y] : isTest ? "D" : "o"], new DOMMatrix([r, 0, 0, r, ...place([x1, x2])]));
      context.fillStyle = hollow ? page : colour(y);
      context.strokeStyle = hollow ? colour(y) : task === "classification" ? page : ink; // an amount near 0 has the colour of the page
      context.fill(mark);
      context.stroke(mark);
    }
  };
  for (const {pieces, isDeep, isChosen} of lines) {
    context.strokeStyle = ink;
    context.globalAlpha = isDeep ? 0.4 : 0.85; // those of the first layer are straight, the others bend at them
    context.lineWidth = isChosen ? 3.2 : 1.3;
    context.stroke(new Path2D(pieces.map(([x1, x2, u1, u2]) => `M${place([x1, x2])}L${place([u1, u2])}`).join("")));
    context.globalAlpha = 1;
  }
  if (withTest) drawAll(data.test, true);
  drawAll(data.train, false);
  const [x, y] = place(point);
  context.strokeStyle = ink;
  context.globalAlpha = 0.35;
  context.lineWidth = 1;
  context.stroke(new Path2D(`M${x},0V${height}M0,${y}H${width}`));
  context.globalAlpha = 1;
  context.beginPath();
  context.arc(x, y, 6, 0, 7);
  context.stroke();
}

function drawCurve(svg, points, now) {
  // Train and test loss by step, with a gap where there is none; `now` is the step that is shown, if the curve goes on behind it.
  const {width, height} = svg.getBoundingClientRect(), [left, right, bottom, top] = [54, width - 10, height - 24, 20];
  const end = Math.max(1, points.at(-1)?.[0] ?? 1), most = Math.max(1e-12, ...points.flatMap(([, ...losses]) => losses));
  const x = (step) => left + step / end * (right - left), y = (loss) => bottom - loss / most * (bottom - top);
  const path = (kind, d) => svgElement("path", {class: kind, d});
  const text = (words, x, y, anchor = "start") => svgElement("text", {x, y, "text-anchor": anchor}, words);
  const isGap = (i, column) => (points[i]?.[column] ?? null) === null;
  const curve = (column) => points.map((point, i) => isGap(i, column) ? "" : `${isGap(i - 1, column) ? "M" : "L"}${x(point[0])},${y(point[column])}`).join("");
  svg.replaceChildren(
    ...[0, 0.5, 1].flatMap((part) => [path("rule", `M${left},${y(most * part)}H${right}`), text(shown(most * part, 2), left - 6, y(most * part) + 4, "end")]),
    text("loss", left, height - 5), text(`step ${counted(end)}`, right, height - 5, "end"),
    ...[["test", 2, right - 70], ["train", 1, right - 150]].flatMap(([name, column, at]) => [path(name, `${curve(column)}M${at},8h22`), text(name, at + 27, 12)]),
    ...(now === null ? [] : [path("rule", `M${x(now)},${top}V${bottom}`)]));
}
