// What is drawn with lines: the data points on the plane, and the curve of the losses.

function sharp(canvas) {
  // A canvas with the screen's own points; its drawing is in CSS pixels.
  const ratio = window.devicePixelRatio || 1, width = canvas.clientWidth, height = canvas.clientHeight;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  return [context, width, height];
}

function drawPoints(canvas, data, {point, task, amount, withTest, painter, lines}) {
  // The zero lines, the data points, and where one looks.
  const [context, width, height] = sharp(canvas);
  const [[left, right], [bottom, top]] = data.domain;
  const place = ([x1, x2]) => [(x1 - left) / (right - left) * width, (top - x2) / (top - bottom) * height];
  const r = data.train.length > 1500 ? 2 : 3.4;
  const [page, ink] = [painter.page, painter.ink].map(css), colour = (y) => css(task === "classification" ? painter.marks[y] : painter.signed(y / amount));
  const mark = (kind, x, y) => {
    context.beginPath();
    if (kind === "o") context.arc(x, y, r, 0, 7);
    else if (kind === "s") context.rect(x - r, y - r, 2 * r, 2 * r);
    else {
      const corners = {D: [[0, -1.3], [1.3, 0], [0, 1.3], [-1.3, 0]], "^": [[0, -1.2], [1.2, 1], [-1.2, 1]], v: [[0, 1.2], [1.2, -1], [-1.2, -1]]};
      corners[kind].forEach(([dx, dy], i) => i ? context.lineTo(x + r * dx, y + r * dy) : context.moveTo(x + r * dx, y + r * dy));
      context.closePath();
    }
  };
  const drawAll = (points, isTest) => {
    const hollow = isTest && task === "classification";
    context.lineWidth = hollow ? 1.6 : 1;
    for (const [x1, x2, y] of points) {
      mark(task === "classification" ? THEME.marks[y] : isTest ? "D" : "o", ...place([x1, x2]));
      context.fillStyle = hollow ? page : colour(y);
      context.strokeStyle = hollow ? colour(y) : task === "classification" ? page : ink; // an amount near 0 has the colour of the page
      context.fill();
      context.stroke();
    }
  };
  for (const {pieces, isDeep, isChosen} of lines) {
    context.beginPath();
    for (const [x1, x2, u1, u2] of pieces) {
      context.moveTo(...place([x1, x2]));
      context.lineTo(...place([u1, u2]));
    }
    context.strokeStyle = ink;
    context.globalAlpha = isDeep ? 0.4 : 0.85; // those of the first layer are straight, the others bend at them
    context.lineWidth = isChosen ? 3.2 : 1.3;
    context.stroke();
    context.globalAlpha = 1;
  }
  if (withTest) drawAll(data.test, true);
  drawAll(data.train, false);
  const [x, y] = place(point);
  context.strokeStyle = ink;
  context.globalAlpha = 0.35;
  context.lineWidth = 1;
  context.strokeRect(x, -1, 0, height + 2);
  context.strokeRect(-1, y, width + 2, 0);
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
