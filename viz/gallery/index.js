// a figure opens in full size; where scripts do not run, the link opens its SVG
const dialog = document.querySelector("dialog");
const large = new Image();
for (const link of document.querySelectorAll(".paper a")) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const {src, alt} = link.querySelector("img");
    Object.assign(large, {src, alt});
    dialog.prepend(large);
    dialog.showModal();
  });
}
dialog.addEventListener("click", () => dialog.close());
