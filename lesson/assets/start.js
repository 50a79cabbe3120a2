/* Runs before the page is shown: marks that scripts run, and sets the theme. Settings are saved in this browser. */
"use strict";

const Kept = {
  get(name) {
    try {
      return window.localStorage.getItem(`edgeglow.${name}`);
    } catch {
      return null; // storage is forbidden
    }
  },
  set(name, value) {
    try {
      window.localStorage.setItem(`edgeglow.${name}`, value);
    } catch {
      // the setting is lost when the page is left
    }
  },
  remove(name) {
    try {
      window.localStorage.removeItem(`edgeglow.${name}`);
    } catch {
      // nothing was saved
    }
  },
};

/** Set the theme: "dark", "light", or "auto" for the system's. */
const paint = (theme) => {
  document.documentElement.dataset.theme = theme ?? "auto";
};

document.documentElement.classList.add("js");
paint(Kept.get("theme"));
