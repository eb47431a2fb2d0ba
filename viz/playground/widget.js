// In a notebook: the page talks to the kernel. One picture is asked for at a time, so none waits in line.

function render({model, el}) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const page = new Playground(el, (message) => model.send(message));
  const hear = (message) => {
    if (message.kind === "data") page.take(message);
    if (message.kind === "code") page.controls.program.value = message.text;
    if (message.kind === "frame") {
      page.show(message);
      setTimeout(() => model.send({do: "drawn"}), still && message.playing ? 500 : 0);
    }
  };
  model.on("msg:custom", hear);
  model.send({do: "hello"});
  return () => {
    model.off("msg:custom", hear);
    page.close();
  };
}

export default {render};
