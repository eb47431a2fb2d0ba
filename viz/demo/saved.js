// In a saved file: a run that goes on in the page, and the recording of what has been. Nothing is asked of anybody.

const held = JSON.parse(document.getElementById("run").textContent);
const root = document.getElementById("playground");
const page = new Playground(root, send,
  location.protocol === "about:" ? null : () => location.href.split("#")[0]); // in a frame of a notebook there is no address
const run = new Run(held, (message) => {
  if (message.kind === "frame") {
    page.now = null;
    point(run.film.moments.length, message.step);
  }
  page.hear(message);
});
const slider = element("input", {type: "range", min: 0, step: 1, "aria-label": "moment of the run", title: "look back at what was recorded",
  input: () => go(Number(slider.value))});
const again = button("Show again", "show the recording from its beginning", replay);
let timer = null;

function send(message) {
  // To the run as it stands; what is seen of the recording may be another network, which nobody can change.
  const past = page.now;
  if (timer) replay(); // it ends
  if (past === null || !["layers", "weight"].includes(message.do)) return run.hear(message);
  run.refresh();
  page.status.say(`That was the network of step ${counted(past)}, which stays as it was. This is the one that can be changed, of step ${counted(run.step)}.`, true);
}

function point(to, step) {
  slider.max = run.film.moments.length;
  slider.value = to;
  slider.setAttribute("aria-valuetext", `step ${counted(step)}`);
}

function go(to) {
  // A moment of the recording; behind the last one is the run as it stands.
  const {networks, moments} = run.film, at = Math.max(0, Math.min(moments.length, to)), moment = moments[at];
  if (run.timer) run.stop();
  if (!moment) return run.refresh();
  point(at, moment.step);
  page.now = moment.step;
  page.show({...moment, network: networks[moment.network], gradients: null, settings: page.frame.settings, playing: false});
  page.status.say(`Looking back at step ${counted(moment.step)}. What you do goes on from step ${counted(run.step)}.`, false);
}

function replay() {
  // Through the recording, or at once to its end.
  let at = 0;
  clearInterval(timer);
  timer = timer ? null : setInterval(() => at < run.film.moments.length ? go(at++) : replay(), PICTURE);
  again.textContent = timer ? "❚❚ Halt" : "Show again";
  if (!timer) run.refresh();
}

function follow() {
  // The set-up in the address, if there is one.
  if (location.hash.length < 2) return;
  try {
    run.hear({do: "settings", text: decodeURIComponent(location.hash.slice(1))});
  } catch (error) { // no text at all
    page.status.say(error.message, true);
  }
}

page.bar.insertBefore(element("span", {class: "film"}, button("◀", "one moment back", () => go(Number(slider.value) - 1)), slider,
  button("▶", "one moment on", () => go(Number(slider.value) + 1)), again), page.bar.lastChild);
page.take(run.data);
run.refresh();
window.addEventListener("hashchange", follow);
follow();
