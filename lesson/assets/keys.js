/* The keyboard. Keys belong to the clip that has the focus, or was played last; never are they taken from a control
   that has a use for them. */
"use strict";

const STEP = 5; // seconds
const LEAP = 10;

const Keys = {
  " ": (player) => player.toggle(),
  k: (player) => player.toggle(),
  ArrowLeft: (player) => player.step(-STEP),
  ArrowRight: (player) => player.step(STEP),
  j: (player) => player.step(-LEAP),
  l: (player) => player.step(LEAP),
  c: (player) => player.toggleCaptions(),
  f: (player) => {
    if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
    else fill(player.root.querySelector(".player"));
  },
};

/** Would this control do something else with the key? A film knows space and arrows by itself. */
const uses = (control, key) => {
  if (control.closest("input, select, textarea, dialog, [contenteditable]")) return true;
  if (key === " ") return control.closest("button, summary, a, video") !== null;
  return key.startsWith("Arrow") && control.closest("video, pre") !== null;
};

const openHelp = () => {
  const dialog = document.querySelector(".edition:not([hidden]) dialog.help");
  if (dialog && !dialog.open) dialog.showModal();
};

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
