// In a notebook: the page talks to the kernel. One picture is asked for at a time, so none waits in line.

const PATIENCE = 4000, HERE = 5000; // milliseconds
const GONE = "Python does not answer: it is busy, or was started anew; then run the cell again.";

function render({model, el}) {
  let silence = null;
  const ask = (message) => {
    model.send(message);
    silence ??= setTimeout(() => page.status.say(GONE, true), PATIENCE);
  };
  const page = new Playground(el, ask);
  const hear = (message) => {
    clearTimeout(silence);
    silence = null;
    page.hear(message);
    if (message.kind === "frame") setTimeout(() => model.send({do: "drawn"}), message.playing && PICTURE > 50 ? PICTURE : 0);
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
