/* Keyboard shortcuts. They act on the clip that has the focus, or was played last, unless the focused control uses the
   key itself. */
"use strict";

const Keys = {
  " ": (player) => player.toggle(),
  k: (player) => player.toggle(),
  ArrowLeft: (player) => player.step(-STEP),
  ArrowRight: (player) => player.step(STEP),
  j: (player) => player.step(-LEAP),
  l: (player) => player.step(LEAP),
  c: (player) => player.controls.toggleCaptions(),
  f: (player) => player.controls.toggleFull(),
};

const TYPED = "input:not([type=range]), select, textarea, dialog, [contenteditable]"; // controls for typing

/** Whether this control uses the key itself. In a question, keys do not move the clip. */
const uses = (control, key) => {
  if (control.closest(TYPED)) return true;
  if (key === " ") return control.closest("button, summary, a, .question") !== null;
  if (key.startsWith("Arrow") && control.closest("input, pre")) return true;
  return /^(Arrow|[jl]$)/.test(key) && control.closest(".question") !== null;
};

const openHelp = () => {
  const dialog = document.querySelector(".edition:not([hidden]) dialog.help");
  if (dialog && !dialog.open) dialog.showModal();
};

for (const close of document.querySelectorAll("dialog .close")) {
  close.addEventListener("click", () => close.closest("dialog").close());
}
document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (!Settings.keys || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const name = key.length === 1 ? key.toLowerCase() : key;
  if (!(target instanceof Element) || uses(target, name)) return;
  if (name === "?") {
    event.preventDefault();
    openHelp();
    return;
  }
  const section = target.closest("[data-clip]");
  const player = Player.all.find(({ root }) => root === section) ?? Player.current;
  if (!player || !Keys[name]) return;
  event.preventDefault();
  Keys[name](player);
});
