// In a notebook: the page talks to the kernel. One picture is asked for at a time, so none waits in line.

const PATIENCE = 4000, HERE = 5000; // milliseconds
const GONE = "Python does not answer: it is busy, or was started anew; then run the cell again.";

function render({model, el}) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  let silence = null;
  const ask = (message) => {
    model.send(message);
    silence ??= setTimeout(() => page.status.say(GONE, true), PATIENCE);
  };
  const page = new Playground(el, ask);
  const hear = (message) => {
    clearTimeout(silence);
    silence = null;
    if (message.kind === "data") page.take(message);
    if (message.kind === "code") page.controls.program.value = message.text;
    if (message.kind === "frame") {
      page.show(message);
      setTimeout(() => model.send({do: "drawn"}), still && message.playing ? 500 : 0);
    }
  };
  model.on("msg:custom", hear);
  ask({do: "hello"});
  const here = setInterval(() => model.send({do: "here"}), HERE);
  return () => {
    clearTimeout(silence);
    clearInterval(here);
    model.send({do: "left"});
    model.off("msg:custom", hear);
    page.close();
  };
}

export default {render};
