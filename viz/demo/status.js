// The line of numbers at the top, and the sentence below it that screen readers say too.

class Status {
  constructor() {
    this.meters = Object.fromEntries(Object.entries({
      step: "how many batches the network has learned from", train: "the average loss over the points it learns from, and of classes how many of them it gets right",
      test: "the average loss over the other points, and of classes how many of them it gets right", rate: "how fast it trains, and how often it is drawn",
    }).map(([name, title]) => [name, element("span", {class: name, title})]));
    this.line = element("p", {class: "status", role: "status"});
    this.pictures = []; // when the last ones were drawn, and at which step
    this.wasPlaying = false;
  }

  show(frame, right) {
    // `right` are the parts of the train and the test points whose class is found, null for amounts.
    const loss = (x) => x === null || x === undefined ? "too large" : shown(x), now = performance.now();
    const found = (i) => right ? `, ${(100 * right[i]).toFixed(right[i] > 0.995 && right[i] < 1 ? 1 : 0)} % right` : "";
    this.pictures = [...this.pictures.filter(([time, step]) => now - time < 1000 && step <= frame.step), [now, frame.step]];
    const [[began, first]] = this.pictures, rate = (frame.step - first) / (now - began) * 1000;
    this.meters.step.textContent = `step ${counted(frame.step)}`;
    this.meters.train.textContent = `train loss ${loss(frame.losses[0])}${found(0)}`;
    this.meters.test.textContent = `test loss ${loss(frame.losses[1])}${found(1)}`;
    this.meters.rate.textContent = frame.playing && rate > 0 ? `${counted(Math.round(rate))} steps/s · ${this.pictures.length} pictures/s` : "";
    const state = frame.playing ? "Playing." : `Paused at step ${counted(frame.step)}.`;
    const goesOn = frame.playing && this.wasPlaying && !this.line.classList.contains("problem");
    this.wasPlaying = frame.playing;
    this.say(frame.message || (goesOn ? this.line.textContent : state), Boolean(frame.message));
  }

  say(text, isProblem) {
    if (this.line.textContent !== text) this.line.textContent = text; // said once
    this.line.classList.toggle("problem", isProblem);
  }
}

// What the marks and colours of the plane mean.

const SIGNS = {o: "●", s: "■", D: "◆", "^": "▲", v: "▼"};

function drawLegend(place, labels, painter, isProbability, scale) {
  // `labels` are those of the classes, none for amounts; `scale` is the number with the fullest colour.
  const classes = labels.map((label, k) => {
    const sign = element("b", {}, SIGNS[THEME.marks[k]]);
    sign.style.color = css(painter.marks[k]);
    return element("span", {title: `a data point of class ${label}`}, sign, ` class ${label}`);
  });
  const kinds = element("span", {title: "it learns from the train points; the test points show what it does with new ones"}, labels.length ? "filled: train, hollow: test" : `${SIGNS.o}: train, ${SIGNS.D}: test`);
  place.replaceChildren(...classes, kinds);
  if (!isProbability) place.append(ramp(scale, "the amount at each point of the plane; 0 has no colour"));
  else if (labels.length <= 2) place.append(ramp(1, `the probability of class ${labels[1]}; ½ has no colour`, 0));
}

function ramp(most, title, least = -most) {
  const [low, high] = [least, most].map((x) => shown(x, 3));
  return element("span", {class: "ramp", title}, low, element("i", {"aria-hidden": "true"}), high);
}
