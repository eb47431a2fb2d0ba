// The line of numbers at the top, and the sentence below it that screen readers say too.

class Status {
  constructor() {
    this.meters = Object.fromEntries(["step", "train", "test", "rate"].map((name) => [name, element("span", {class: name})]));
    this.line = element("p", {class: "status", role: "status"});
    this.pictures = []; // when the last ones were drawn
    this.wasPlaying = false;
  }

  show(frame, isLive) {
    const loss = (x) => x === null || x === undefined ? "too large" : shown(x), now = performance.now();
    this.pictures = [...this.pictures.filter((time) => now - time < 1000), now];
    this.meters.step.textContent = `step ${counted(frame.step)}`;
    this.meters.train.textContent = `train loss ${loss(frame.losses[0])}`;
    this.meters.test.textContent = `test loss ${loss(frame.losses[1])}`;
    this.meters.rate.textContent = frame.playing && frame.rate
      ? `${counted(Math.round(frame.rate))} steps/s · ${this.pictures.length} pictures/s` : "";
    const state = frame.playing ? "Playing." : isLive ? `Paused at step ${counted(frame.step)}.` : `Step ${counted(frame.step)}.`;
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
    sign.style.color = `rgb(${painter.marks[k].join()})`;
    return element("span", {}, sign, ` class ${label}`);
  });
  const kinds = element("span", {}, labels.length ? "filled: train, hollow: test" : `${SIGNS.o}: train, ${SIGNS.D}: test`);
  const [low, high] = isProbability ? ["0", "1"] : [shown(-scale, 3), shown(scale, 3)];
  const ramp = element("span", {class: "ramp"}, low, element("i", {"aria-hidden": "true"}), high);
  place.replaceChildren(...classes, kinds, ...(isProbability && labels.length > 2 ? [] : [ramp]));
}
