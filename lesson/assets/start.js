/* Runs before anything is seen: that scripts run, and in which colours. What is chosen here is remembered here. */
"use strict";

const Kept = {
  get(name) {
    try {
      return window.localStorage.getItem(`edgeglow.${name}`);
    } catch {
      return null; // where pages may keep nothing
    }
  },
  set(name, value) {
    try {
      window.localStorage.setItem(`edgeglow.${name}`, value);
    } catch {
      // then it holds until the page is left
    }
  },
  remove(name) {
    try {
      window.localStorage.removeItem(`edgeglow.${name}`);
    } catch {
      // nothing was kept
    }
  },
};

/** "dark", "light", or "auto": as the system has it. */
const paint = (theme) => {
  document.documentElement.dataset.theme = theme ?? "auto";
};

document.documentElement.classList.add("js");
paint(Kept.get("theme"));
