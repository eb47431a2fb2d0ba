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

function drawPoints(canvas, data, {point, task, amount, withTest, painter, colours, lines}) {
  // The zero lines, the data points, and where one looks.
  const [context, width, height] = sharp(canvas);
  const [[left, right], [bottom, top]] = data.domain;
  const place = ([x1, x2]) => [(x1 - left) / (right - left) * width, (top - x2) / (top - bottom) * height];
  const r = data.train.length > 1500 ? 2 : 3.4;
  const colour = (y) => task === "classification" ? `rgb(${painter.marks[y].join()})`
    : `rgb(${painter.signed(y / amount).join()})`;
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
      context.fillStyle = hollow ? colours.page : colour(y);
      context.strokeStyle = hollow ? colour(y) : task === "classification" ? colours.page
        : colours.ink; // an amount near 0 has the colour of the page
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
    context.strokeStyle = colours.ink;
    context.globalAlpha = isDeep ? 0.4 : 0.85; // those of the first layer are straight, the others bend at them
    context.lineWidth = isChosen ? 3.2 : 1.3;
    context.stroke();
    context.globalAlpha = 1;
  }
  if (withTest) drawAll(data.test, true);
  drawAll(data.train, false);
  const [x, y] = place(point);
  context.strokeStyle = colours.ink;
  context.globalAlpha = 0.35;
  context.lineWidth = 1;
  context.strokeRect(x, -1, 0, height + 2);
  context.strokeRect(-1, y, width + 2, 0);
  context.globalAlpha = 1;
  context.beginPath();
  context.arc(x, y, 6, 0, 7);
  context.stroke();
}

function drawCurve(canvas, points, {colours, now}) {
  // Train and test loss by step; `now` is the step that is shown, if the curve goes on behind it.
  const [context, width, height] = sharp(canvas);
  const room = {left: 54, right: 10, top: 20, bottom: 24};
  const all = points.flatMap(([, train, test]) => [train, test]).filter((x) => x !== null && x !== undefined);
  const end = Math.max(1, points.at(-1)?.[0] ?? 1), top = Math.max(1e-12, ...all);
  const px = (step) => room.left + step / end * (width - room.left - room.right);
  const py = (x) => height - room.bottom - x / top * (height - room.top - room.bottom);
  context.font = "13px system-ui, sans-serif";
  context.fillStyle = colours.soft;
  context.strokeStyle = colours.line;
  context.textAlign = "right";
  for (const part of [0, 0.5, 1]) {
    context.fillText(shown(top * part, 2), room.left - 6, py(top * part) + 4);
    context.strokeRect(room.left, py(top * part), width - room.left - room.right, 0);
  }
  context.fillText(`step ${counted(end)}`, width - room.right, height - 5);
  context.textAlign = "left";
  context.fillText("loss", room.left, height - 5);
  for (const [column, dash, name] of [[2, [5, 4], "test"], [1, [], "train"]]) {
    context.beginPath();
    context.setLineDash(dash);
    context.strokeStyle = column === 1 ? colours.ink : colours.soft;
    context.lineWidth = column === 1 ? 1.8 : 1.5;
    let drawing = false;
    for (const point of points) {
      const known = point[column] !== null && point[column] !== undefined;
      if (known) context[drawing ? "lineTo" : "moveTo"](px(point[0]), py(point[column]));
      drawing = known;
    }
    context.stroke();
    context.beginPath(); // what the line's style means
    const x = width - room.right - (column === 1 ? 150 : 70);
    context.moveTo(x, 8);
    context.lineTo(x + 22, 8);
    context.stroke();
    context.fillText(name, x + 27, 12);
  }
  context.setLineDash([]);
  if (now !== null) context.strokeRect(px(now), room.top, 0, height - room.top - room.bottom);
}
