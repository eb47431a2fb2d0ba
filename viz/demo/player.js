// In a saved file: a recorded run with a slider. Nothing is asked of anybody.

const run = JSON.parse(document.getElementById("run").textContent);
const {networks, moments} = run.film;
const page = new Playground(document.getElementById("playground"), null);
const slider = element("input", {type: "range", min: 0, max: moments.length - 1, value: 0, "aria-label": "moment of the run"});
const play = button("▶ Play", "play the run", () => timer ? stop() : start());
let at = 0, timer = null;

function go(to) {
  at = Math.max(0, Math.min(moments.length - 1, to));
  const moment = moments[at];
  slider.value = at;
  slider.setAttribute("aria-valuetext", `step ${counted(moment.step)}`);
  page.show({...moment, network: networks[moment.network], settings: run.settings, playing: timer !== null});
}

function start() {
  if (at === moments.length - 1) at = 0;
  timer = setInterval(() => at < moments.length - 1 ? go(at + 1) : stop(), matchMedia("(prefers-reduced-motion: reduce)").matches ? 500 : 50);
  play.textContent = "❚❚ Pause";
}

function stop() {
  clearInterval(timer);
  timer = null;
  play.textContent = "▶ Play";
  go(at);
}

slider.addEventListener("input", () => go(Number(slider.value)));
page.bar.prepend(play, button("◀ Back", "one moment back", () => go(at - 1)),
  button("Next ▶", "one moment on", () => go(at + 1)), slider);
page.take({...run.data, curve: moments.map(({step, losses}) => [step, ...losses])});
page.whole = true;
go(moments.length - 1);
